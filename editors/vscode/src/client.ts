// The language client, which connects VS Code and the server.

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import { PATTERNS } from "./juliaFiles";
import type { Server } from "./serverSearch";
import { answeringSettings, chosenSettings } from "./settings";

/** The command of the server's code lenses. */
export const SHOW_PICTURE = "precompass.showPicture";

/** The command of a hover's link to the explanation. */
export const EXPLAIN = "precompass.explainPreference";

/** The command of the lens that says what is recompiled next. */
export const SHOW_STATUS = "precompass.showStatus";

/** The commands that the links of a hover run. */
const LINKED = [SHOW_PICTURE, EXPLAIN];

/** Returns a client of a server, not yet started. */
export function createClient(
  server: Server,
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): LanguageClient {
  const manifest = context.extension.packageJSON as {
    contributes: { configuration: { properties: Record<string, unknown> }[] };
  };
  const names = manifest.contributes.configuration
    .flatMap(({ properties }) => Object.keys(properties))
    .map((name) => name.replace(/^precompass\./, ""))
    .filter((name) => name !== "server.path");
  return new LanguageClient(
    "precompass",
    "Precompass",
    // Not in the open folder: a program could load its parts from there.
    {
      command: server.command,
      args: [...server.args],
      options: { cwd: context.extensionPath },
    },
    {
      documentSelector: PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
      outputChannel: channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // The links of a hover may run these two commands, which show something, and no others.
      markdown: { isTrusted: { enabledCommands: LINKED } },
      initializationOptions: () => ({
        commands: [SHOW_PICTURE, SHOW_STATUS],
        linkedCommands: LINKED,
        showsLenses: vscode.workspace.getConfiguration("editor").get("codeLens") !== false,
        precompass: chosenSettings(names),
      }),
      middleware: { workspace: answeringSettings(names) },
    },
  );
}
