// Installs the server into a private virtual environment, if the user agrees.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import * as vscode from "vscode";
import { formerFolders, privateFolder, requirementOf } from "./places";
import { findPython, install, OLDEST_PYTHON, PYTHON_NAMES } from "./privateEnvironment";
import { run } from "./program";
import { chosenInterpreter } from "./pythonExtension";
import { programsOnPath, sentence } from "./serverSearch";
import { openSetting } from "./settings";

const INSTALL = "Install";
const SETTINGS = "Open Settings";

/**
 * Asks whether to install the server, and does it.
 *
 * Does not ask again after an update of the extension, or without a usable Python. Returns whether
 * the server has been installed; otherwise the reason has been shown.
 */
export async function offerToInstall(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<boolean> {
  const python = await usablePython(channel);
  if (python === undefined) return false;
  const former = await formerFolders(context);
  if (former.length === 0) {
    const answer = await vscode.window.showInformationMessage(
      "The Precompass language server is not installed. Install it into a private virtual " +
        "environment? pip will download its dependencies from PyPI.",
      INSTALL,
      SETTINGS,
    );
    if (answer === SETTINGS) await openSetting("server.path");
    if (answer !== INSTALL) return false;
  }
  return installWith(python, context, channel);
}

/** Installs the server in view of the user; returns whether that was done. */
export async function installServer(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<boolean> {
  const python = await usablePython(channel);
  return python !== undefined && installWith(python, context, channel);
}

/** Returns a Python that can make a virtual environment; tells the user if there is none. */
async function usablePython(channel: vscode.LogOutputChannel): Promise<string | undefined> {
  const python = await findPython(await pythons(), run, (line) => {
    channel.info(line);
  });
  if (python === undefined) {
    const oldest = OLDEST_PYTHON.join(".");
    void complain(
      `Precompass needs Python ${oldest} or later with venv and pip. No such Python was found. ` +
        "Install one (Debian and Ubuntu: apt install python3-venv), then run “Precompass: " +
        "Install Server”.",
      channel,
    );
  }
  return python;
}

async function installWith(
  python: string,
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<boolean> {
  const log = (line: string) => {
    channel.info(line);
  };
  const cancelled = new Error("cancelled");
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: "Installing the Precompass server",
        cancellable: true,
      },
      async (progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => {
          abort.abort(cancelled);
        });
        const report = (line: string) => {
          log(line);
          progress.report({ message: line.length > 60 ? `${line.slice(0, 59)}…` : line });
        };
        await vscode.workspace.fs.createDirectory(context.globalStorageUri);
        await install(
          {
            python,
            folder: privateFolder(context).fsPath,
            requirement: await requirementOf(context),
            platform: process.platform,
            signal: abort.signal,
            report,
          },
          run,
        );
      },
    );
  } catch (error) {
    if (error === cancelled) return false;
    channel.error(sentence(error));
    void complain("Installing the Precompass server failed. The output shows why.", channel);
    return false;
  }
  for (const folder of await formerFolders(context)) {
    await rm(folder.fsPath, { recursive: true, force: true });
  }
  return true;
}

async function pythons(): Promise<string[]> {
  const onPath = PYTHON_NAMES.flatMap((name) =>
    programsOnPath(name, process.env, process.platform, existsSync),
  );
  const chosen = await chosenInterpreter();
  return chosen === undefined ? onPath : [chosen, ...onPath];
}

async function complain(message: string, channel: vscode.LogOutputChannel): Promise<void> {
  const show = "Show Output";
  if ((await vscode.window.showErrorMessage(message, show)) === show) channel.show();
}
