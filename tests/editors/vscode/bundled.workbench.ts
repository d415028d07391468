// The extension that brings the server, on a machine that has no Python, and no other program.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { PATIENCE, poll, ROOT, Workbench } from "./workbench";

let workbench: Workbench;
let folder: string;
let passed = false;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "precompass-"));
  const project = path.join(folder, "CatchmentModels");
  cpSync(path.join(ROOT, "examples", "CatchmentModels"), project, { recursive: true });
  mkdirSync(path.join(folder, "nothing"));
  workbench = await Workbench.open({
    name: "bundled",
    project,
    settings: {},
    variables: { PATH: path.join(folder, "nothing") },
    bringsServer: true,
  });
});

after(async () => {
  await workbench.close(!passed);
  rmSync(folder, { recursive: true });
});

test("installing the extension is the whole instruction", async () => {
  const { page } = workbench;
  await workbench.openFile("LocalPreferences.toml");
  const warnings = page.locator(".squiggly-warning");
  await poll("the first finding", async () => (await warnings.count()) > 0, PATIENCE);
  const questions = page.locator(".notification-list-item", { hasText: "Precompass" });
  assert.equal(await questions.count(), 0);
  await workbench.picture("bundled");
  assert.deepEqual(workbench.requests, []);
  passed = true;
});
