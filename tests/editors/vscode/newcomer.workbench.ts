// The first minute: no server is there, and the folder is not trusted.

import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { PATIENCE, poll, ROOT, Workbench } from "./workbench";

const INSTALLING = 5 * PATIENCE; // pip gets what the server depends on from PyPI

let workbench: Workbench;
let project: string;
let passed = false;

before(async () => {
  // The folder names a server of its own, which leaves a mark when it is run, and is none.
  project = path.join(mkdtempSync(path.join(tmpdir(), "precompass-")), "CatchmentModels");
  cpSync(path.join(ROOT, "examples", "CatchmentModels"), project, {
    recursive: true,
  });
  const settings = { "precompass.server.path": "./server" };
  mkdirSync(path.join(project, ".vscode"));
  writeFileSync(path.join(project, ".vscode", "settings.json"), JSON.stringify(settings));
  writeFileSync(
    path.join(project, "server"),
    '#!/bin/sh\ntouch "$(dirname "$0")/was-run"\n[ "$1" = --version ] && echo precompass-lsp 9\n',
  );
  chmodSync(path.join(project, "server"), 0o755);
  workbench = await Workbench.open({
    name: "newcomer",
    project,
    settings: { "security.workspace.trust.startupPrompt": "never" },
    variables: { PATH: pathWithoutServer() },
    asksForTrust: true,
  });
});

after(async () => {
  await workbench.close(!passed);
  rmSync(path.dirname(project), { recursive: true });
});

test("the server is installed with consent, and that of an untrusted folder is not run", async () => {
  const { page } = workbench;
  const warnings = page.locator(".squiggly-warning");
  await page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
  await workbench.openFile("LocalPreferences.toml");
  const question = page.locator(".notification-list-item", {
    hasText: "is not installed",
  });
  await question.waitFor({ timeout: PATIENCE });
  await workbench.picture("consent");
  assert.equal(await warnings.count(), 0);

  await question.getByRole("button", { name: "Install" }).click();
  const progress = page.locator(".notification-list-item", {
    hasText: "Installing the Precompass server",
  });
  await progress.waitFor({ timeout: PATIENCE });
  await poll("the first finding", async () => (await warnings.count()) > 0, INSTALLING);
  assert.ok(!existsSync(path.join(workbench.folder, "was-run")));

  // Once the folder is trusted, its setting counts; what it names says its version and ends.
  await workbench.runCommand("Workspaces: Manage Workspace Trust");
  await page.getByRole("button", { name: "Trust", exact: true }).click();
  await poll("the folder's program to be asked", () =>
    existsSync(path.join(workbench.folder, "was-run")),
  );
  await page.locator('.tab[data-resource-name="LocalPreferences.toml"]').click();
  await poll("the findings to go", async () => (await warnings.count()) === 0);
  await page.locator("#status\\.languageStatus").click();
  await page.getByText("Precompass is not running").waitFor({ timeout: PATIENCE });
  await page.keyboard.press("Escape");

  // Without the setting, the server that was installed is found again.
  writeFileSync(path.join(workbench.folder, ".vscode", "settings.json"), "{}");
  await poll("the findings to come back", async () => (await warnings.count()) > 0);
  assert.deepEqual(workbench.requests, []);
  passed = true;
});

function pathWithoutServer(): string {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders
    .filter((folder) => !existsSync(path.join(folder, "precompass-lsp")))
    .join(path.delimiter);
}
