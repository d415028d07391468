// Bundles the extension into dist/; with --tests, also the tests of tests/editors/vscode.

import process from "node:process";
import { build } from "esbuild";

const production = process.argv.includes("--production");
const shared = { bundle: true, platform: "node", target: "node20", logLevel: "warning" };

await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outdir: "dist",
  format: "cjs",
  external: ["vscode"],
  minify: production,
  sourcemap: !production,
});

if (process.argv.includes("--tests")) {
  await build({
    ...shared,
    entryPoints: ["../../tests/editors/vscode/*.ts"],
    outdir: "dist/tests",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    external: ["playwright-core"],
    sourcemap: "inline",
  });
}
