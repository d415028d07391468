// The places where VS Code looks for the server.

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { pythonIn } from "./privateEnvironment";
import { chosenInterpreter } from "./pythonExtension";
import { programsOnPath, settingPath, type Places } from "./serverSearch";
import { SECTION } from "./settings";

/** Returns the places to look for the server. */
export function placesOf(context: vscode.ExtensionContext): Places {
  const setting = vscode.workspace.getConfiguration(SECTION).get("server.path", "");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return {
    setting: settingPath(setting, homedir(), folder),
    onPath: programsOnPath("precompass-lsp", process.env, process.platform, existsSync),
    interpreter: chosenInterpreter,
    bundled: bundledProgram(context),
    privatePython: pythonIn(privateFolder(context).fsPath, process.platform),
  };
}

/** Returns the program that the extension brings, which needs no Python; the pure one has none. */
function bundledProgram(context: vscode.ExtensionContext): string | undefined {
  const name = process.platform === "win32" ? "precompass-lsp.exe" : "precompass-lsp";
  const { fsPath } = vscode.Uri.joinPath(context.extensionUri, "server", "programs", name);
  return existsSync(fsPath) ? fsPath : undefined;
}

/** Returns the folder of the private environment for this version of the extension. */
export function privateFolder(context: vscode.ExtensionContext): vscode.Uri {
  return vscode.Uri.joinPath(context.globalStorageUri, `server-${versionOf(context)}`);
}

/** Returns the folders of private environments that other versions of the extension have made. */
export async function formerFolders(context: vscode.ExtensionContext): Promise<vscode.Uri[]> {
  const names = await readdir(context.globalStorageUri.fsPath).catch(() => []);
  return names
    .filter((name) => name.startsWith("server-"))
    .map((name) => vscode.Uri.joinPath(context.globalStorageUri, name))
    .filter((folder) => folder.fsPath !== privateFolder(context).fsPath);
}

/** Returns the argument of pip install: the wheel in the extension, or the release on PyPI. */
export async function requirementOf(context: vscode.ExtensionContext): Promise<string> {
  const folder = vscode.Uri.joinPath(context.extensionUri, "server");
  const names = await readdir(folder.fsPath).catch(() => []);
  const wheel = names.find((name) => name.endsWith(".whl"));
  return wheel === undefined
    ? `precompass==${versionOf(context)}`
    : vscode.Uri.joinPath(folder, wheel).fsPath;
}

function versionOf(context: vscode.ExtensionContext): string {
  return (context.extension.packageJSON as { version: string }).version;
}
