// Installing the server into a virtual environment of our own, if the user agrees.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import * as vscode from "vscode";
import { formerFolders, privateFolder, requirementOf } from "./places";
import { findPython, install, OLDEST_PYTHON, PYTHON_NAMES } from "./privateEnvironment";
import { run } from "./program";
import { chosenInterpreter } from "./pythonExtension";
import { programsOnPath } from "./serverSearch";

const INSTALL = "Install";
const SETTINGS = "Name a Program…";

/**
 * Asks whether to install the server, and does it.
 *
 * Who has agreed for an earlier version of the extension is not asked again. Returns whether the
 * server has been installed; what went wrong has been shown then.
 */
export async function offerToInstall(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<boolean> {
  const former = await formerFolders(context);
  if (former.length === 0) {
    const answer = await vscode.window.showInformationMessage(
      "Precompass needs its language server, a Python program, and finds none. Install it into a " +
        "folder of its own? pip gets what it depends on from PyPI; nothing else is changed.",
      INSTALL,
      SETTINGS,
    );
    if (answer === SETTINGS) {
      await vscode.commands.executeCommand(
        "workbench.action.openSettings",
        "precompass.server.path",
      );
    }
    if (answer !== INSTALL) return false;
  }
  return installServer(context, channel);
}

/** Installs the server in view of the user; returns whether that was done. */
export async function installServer(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<boolean> {
  const log = (line: string) => {
    channel.info(line);
  };
  const python = await findPython(await pythons(), run, log);
  if (python === undefined) {
    const oldest = OLDEST_PYTHON.join(".");
    await complain(
      `Precompass needs Python ${oldest} or later, with venv and pip, and finds none. Install it ` +
        "(on Debian and Ubuntu: apt install python3-venv), then run the command " +
        "“Precompass: Install the Server”.",
      channel,
    );
    return false;
  }
  const cancelled = new Error("cancelled");
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: "Installing the server of Precompass",
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
    channel.error(String(error));
    await complain(
      "The server of Precompass could not be installed; the output says why.",
      channel,
    );
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
  const show = "Show the Output";
  if ((await vscode.window.showErrorMessage(message, show)) === show) channel.show();
}
