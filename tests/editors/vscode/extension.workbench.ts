// The extension in a real VS Code, from the squiggle to the bytes on disk.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { FrameLocator, Locator } from "playwright-core";
import { poll, ROOT, Workbench } from "./workbench";

const EXAMPLE = path.join(ROOT, "examples", "CatchmentModels");
const SERVER = path.join(ROOT, ".venv", "bin", "precompass-lsp");
const PREFERENCES = "LocalPreferences.toml";
const COUNT = "41 of 158 packages and 8 extensions";
/** What the finding says where the lens above the table shows the count. */
const FINDING = "Changing this list recompiles everything that depends on SnoopPrecompile";

let workbench: Workbench;
let failed = false;

before(async () => {
  assert.ok(existsSync(SERVER), `make installed-dev makes ${SERVER}`);
  workbench = await Workbench.open({
    name: "extension",
    project: EXAMPLE,
    machineSettings: { "precompass.server.path": SERVER },
  });
});

after(async () => {
  await workbench.close(failed);
});

/** A step of the session: the next ones build on it. */
function step(name: string, steps: () => Promise<void>): void {
  void test(name, async (context) => {
    if (failed) {
      context.skip("an earlier step failed");
      return;
    }
    failed = true;
    await steps();
    failed = false;
  });
}

function bytes(name = PREFERENCES): string {
  return readFileSync(path.join(workbench.folder, name), "latin1");
}

step("no command of a file is offered before one is open", async () => {
  assert.deepEqual(await workbench.findCommand("Precompass: Show Picture"), {});
  await workbench.page.keyboard.press("Escape");
});

step("the list is underlined, and the Problems panel says what it costs", async () => {
  await workbench.openFile(PREFERENCES);
  const { page } = workbench;
  await page.locator(".squiggly-warning").first().waitFor();
  await page.keyboard.press("Control+Shift+M");
  const problem = page.locator(".markers-panel .monaco-list-row", {
    hasText: FINDING,
  });
  await problem.waitFor();
  const said = await text(problem);
  assert.match(said, /Changing this list recompiles everything that depends on SnoopPrecompile/);
  assert.doesNotMatch(said, /41 of 158/); // the lens above the table says so
  assert.match(await text(problem), /global-skip-list/);
  await workbench.picture("diagnostics", { x: 348, y: 36, width: 932, height: 652 });
});

step("the file has colours, although no extension brings TOML", async () => {
  const spans = workbench.page.locator(".editor-instance .view-line span span");
  await poll("comments, tables, keys and strings to differ", async () => {
    const classes = await spans.evaluateAll((all) => all.map((each) => each.classList.item(0)));
    return new Set(classes.filter((each) => each?.startsWith("mtk"))).size > 3;
  });
});

step("the status item names the version, the environment and its caches", async () => {
  const item = workbench.page.locator("#status\\.languageStatus");
  await item.click();
  const hover = workbench.page.locator(".language-status-hover, .hover-language-status");
  await poll("the status item", async () => {
    const said = await text(hover);
    return (
      said.includes(`Precompass ${version()}`) &&
      said.includes("CatchmentModels · Julia 1.9.0 · no compile caches")
    );
  });
  const box = (await hover.boundingBox()) ?? assert.fail("it is shown");
  assert.ok(box.x + box.width <= 1280, "nothing of it is outside the window");
  await workbench.picture("status");
  await workbench.page.keyboard.press("Escape");
});

step("a hover says what a change recompiles, and what that rests on", async () => {
  await workbench.pointAt("skip_precompile");
  const hover = workbench.page.locator(".monaco-hover:not(.hidden)", {
    hasText: "recompiles",
  });
  await poll("the hover", async () => {
    const said = await text(hover);
    return said.includes(COUNT) && said.includes("SnoopPrecompile.skip_precompile");
  });
  await workbench.picture("hover", { x: 348, y: 36, width: 932, height: 440 });
  const { x, y, width, height } = (await hover.boundingBox()) ?? assert.fail("it is shown");
  await workbench.picture("hover-alone", {
    x: x - 50,
    y: y - 70,
    width: width + 60,
    height: height + 80,
  });
});

step("a link in the hover explains the preference", async () => {
  await workbench.pointAt("skip_precompile");
  const hover = workbench.page.locator(".monaco-hover:not(.hidden)", {
    hasText: "recompiles",
  });
  assert.equal(await hover.getByText("Picture", { exact: true }).count(), 1);
  await hover.getByText("Explain", { exact: true }).click();
  const page = webview();
  await page.getByText("Changing it recompiles").first().waitFor();
  assert.match(await text(page.locator("body")), /SnoopPrecompile\.skip_precompile/);
  await workbench.page.locator(".tab", { hasText: "Preview" }).locator(".codicon-close").click();
});

step("a command explains the preference under the cursor", async () => {
  await workbench.clickOn("nansafe_mode");
  await workbench.runCommand("Precompass: Explain Preference at Cursor");
  const page = webview();
  await page.getByText("Changing it recompiles").first().waitFor();
  assert.match(await text(page.locator("body")), /ForwardDiff\.nansafe_mode/);
  await workbench.picture("explanation");
  await workbench.page.locator(".tab", { hasText: "Preview" }).locator(".codicon-close").click();
  await workbench.page.keyboard.press("Control+J"); // the panel below goes,
  await workbench.page.keyboard.press("Control+B"); // and the explorer: more room
});

step("the light bulb offers to move the name, and says what the move costs", async () => {
  await workbench.clickOn("skip_precompile");
  await workbench.page.keyboard.press("Control+.");
  const menu = workbench.page.locator(".action-widget");
  await menu.getByText("Move CatchmentModels to its own flag (recompiles 41").waitFor();
  await workbench.picture("action", { x: 48, y: 36, width: 932, height: 300 });
  await workbench.page.keyboard.press("Escape");
});

step("the lens above a table opens the picture", async () => {
  const lens = workbench.page.locator(".codelens-decoration a", {
    hasText: COUNT,
  });
  await lens.click();
  const nodes = webview().locator("g.unit[data-label]");
  await nodes.first().waitFor();
  const labels = await nodes.evaluateAll((all) =>
    all.map((each) => each.getAttribute("data-label")),
  );
  for (const name of ["SnoopPrecompile", "CatchmentModels", "CSV", "DataFrames"]) {
    assert.ok(labels.includes(name), `${name} is drawn`);
  }
  assert.match(await text(webview().locator("h1")), new RegExp(`skip_precompile.*${COUNT}`));
  assert.ok(await isInEffect());
  await workbench.picture("picture");
});

step("completion offers a table for a package that the project lists", async () => {
  const { page } = workbench;
  await workbench.clickOn("nansafe_mode");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\n[CS", { delay: 50 });
  const widget = page.locator(".suggest-widget.visible");
  await widget.locator(".monaco-list-row", { hasText: "CSV" }).first().waitFor();
  await workbench.picture("completion", { x: 48, y: 300, width: 616, height: 420 });
  await page.keyboard.press("Escape");
  await workbench.runCommand("File: Revert File");
  await page.locator(".tab.dirty").waitFor({ state: "detached" });
});

step("a command draws what Julia recompiles next, by root cause", async () => {
  await workbench.runCommand("Precompass: Show Picture of What Julia Recompiles Next");
  const title = webview().locator("h1");
  await poll("the picture", async () =>
    (await text(title)).includes("Julia recompiles 158 of 158 packages"),
  );
  assert.equal(
    await text(webview().locator("header p").first()),
    "No caches for this Julia version.",
  );
  assert.ok((await webview().locator("g.unit").count()) > 158);
  await workbench.picture("pending");
  const lens = workbench.page.locator(".codelens-decoration a", { hasText: COUNT });
  await lens.click();
  await poll("the picture of the preference", async () => (await text(title)).includes(COUNT));
});

step("the action moves the name to a flag, byte for byte", async () => {
  const earlier = bytes();
  await workbench.clickOn("skip_precompile");
  await workbench.runCommand("Precompass: Move to Per-Package Flags");
  const unsaved = workbench.page.locator(".tab.dirty");
  await unsaved.waitFor();
  await workbench.clickOn("nansafe_mode");
  await workbench.page.keyboard.press("Control+S");
  const list = '[SnoopPrecompile]\nskip_precompile = ["CatchmentModels"]\n';
  assert.ok(earlier.includes(list));
  const later = earlier.replace(list, "[CatchmentModels]\nprecompile_workload = false\n");
  await unsaved.waitFor({ state: "detached" }); // before, the file may be empty
  assert.equal(bytes(), later);
  await workbench.page.keyboard.press("Control+Shift+M");
  await workbench.page.locator(".markers-panel .monaco-list-row").first().waitFor();
  const finding = workbench.page.locator(".markers-panel .monaco-list-row", {
    hasText: FINDING,
  });
  await poll("the finding to go", async () => (await finding.count()) === 0);
});

step("the picture and the lens follow the file", async () => {
  await poll("the picture to change", async () => !(await isInEffect()));
  await workbench.clickOn("nansafe_mode"); // VS Code asks for no lenses while it is elsewhere
  const lens = workbench.page.locator(".codelens-decoration", { hasText: "recompiles" }).first();
  await poll("the lens to change", async () => (await text(lens)).endsWith("1 of 158 packages"));
});

step("the picture is there again after the window was reloaded", async () => {
  // VS Code writes down what is open when it is told to reload; a browser only lets it try.
  const loaded = workbench.page.waitForEvent("load");
  await workbench.runCommand("Developer: Reload Window");
  await loaded;
  await poll("the picture", async () => (await webview().locator("g.unit").count()) > 0);
  await workbench.clickOn("nansafe_mode");
  await workbench.page.locator(".codelens-decoration", { hasText: "recompiles" }).first().waitFor();
});

step("a report of a problem is a text that the user can read first", async () => {
  await workbench.runCommand("Precompass: Report a Problem");
  const lines = workbench.page.locator(".editor-instance .view-lines");
  await poll("the text", async () => {
    const said = (await text(lines)).replaceAll(/\s/g, " ");
    return said.includes(`server: ${version()} (setting: ${SERVER})`);
  });
  await workbench.page.locator(`.tab[data-resource-name="${PREFERENCES}"]`).click();
});

step("a restart takes the findings away, and brings them back", async () => {
  const findings = workbench.page.locator(".markers-panel .monaco-list-row");
  if ((await findings.count()) === 0) await workbench.page.keyboard.press("Control+Shift+M");
  await findings.first().waitFor();
  await workbench.runCommand("Precompass: Restart Server");
  await poll("the findings to go", async () => (await findings.count()) === 0);
  await poll("the findings to come back", async () => (await findings.count()) > 0);
});

step("nothing was asked of another machine", () => {
  assert.deepEqual(workbench.requests, []);
  return Promise.resolve();
});

async function text(locator: Locator): Promise<string> {
  return (await locator.allTextContents()).join("\n").replaceAll("\u00a0", " ");
}

/** Tells whether the picture shows a value of the preference. */
function isInEffect(): Promise<boolean> {
  return webview()
    .getByText(/^Value: /)
    .first()
    .isVisible();
}

/** Returns the page in the webview; VS Code puts it into two frames. */
function webview(): FrameLocator {
  const frame = workbench.page.locator("iframe.webview.ready").last().contentFrame();
  return frame.locator("#active-frame").contentFrame();
}

function version(): string {
  const text = readFileSync(path.join(ROOT, "analysis/precompass/__init__.py"), "utf8");
  return /__version__ = "(.+)"/.exec(text)?.[1] ?? "";
}
