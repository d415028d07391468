// Takes the pictures of the readmes from the last run, and makes the icon from its source.

import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM, PICTURES, ROOT } from "./workbench";

const IMAGES = path.join(ROOT, "editors", "vscode", "images");
const SIDE = 256; // pixels of the icon

for (const name of ["action", "diagnostics", "hover", "picture"]) {
  copyFileSync(path.join(PICTURES, `${name}.png`), path.join(IMAGES, `${name}.png`));
}
const DOCUMENTED = { "hover-alone": "hover", completion: "completion", explanation: "explanation" };
mkdirSync(path.join(ROOT, "docs", "images"), { recursive: true });
for (const [taken, name] of Object.entries(DOCUMENTED)) {
  copyFileSync(
    path.join(PICTURES, `${taken}.png`),
    path.join(ROOT, "docs", "images", `${name}.png`),
  );
}

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
await page.goto(pathToFileURL(path.join(IMAGES, "icon.svg")).href);
await page.screenshot({
  path: path.join(IMAGES, "icon.png"),
  omitBackground: true,
});
await browser.close();
