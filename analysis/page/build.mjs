// Bundles the page's script into the Python package, with the licences of what is in it.
// With --check it writes nothing, and fails if the file there is not what comes out.

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../precompass/report/page/page.js");

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  write: false,
});

const packages = new Set();
for (const [input, { bytesInOutput }] of Object.entries(
  Object.values(result.metafile.outputs)[0].inputs,
)) {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (name && bytesInOutput > 0) packages.add(name);
}
const licences = [];
for (const name of [...packages].sort()) {
  const { version, license } = JSON.parse(
    await readFile(join(here, "node_modules", name, "package.json"), "utf8"),
  );
  const text = await readFile(join(here, "node_modules", name, "LICENSE"), "utf8");
  licences.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
}
const head = `/* Made by "make page" from analysis/page. It holds parts of these libraries:\n\n${licences.join("\n")}*/\n`;
const made = head + result.outputFiles[0].text;
if (/<\/script|<!--/i.test(made)) throw new Error("the bundle cannot stand in a script element");

if (!process.argv.includes("--check")) {
  await writeFile(target, made);
} else if ((await readFile(target, "utf8").catch(() => "")) !== made) {
  console.error(`${target} is not what its sources make; run "make page".`);
  process.exitCode = 1;
}
