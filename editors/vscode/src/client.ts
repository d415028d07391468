// The language client: what VS Code and the server tell each other.

import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import { PATTERNS } from "./juliaFiles";
import type { Server } from "./serverSearch";
import { answeringSettings, chosenSettings } from "./settings";

/** The command that the server puts above tables of preferences. */
export const SHOW_PICTURE = "precompass.showPicture";

/** Returns a client of a server, not yet started. */
export function createClient(
  server: Server,
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): LanguageClient {
  const manifest = context.extension.packageJSON as {
    contributes: { configuration: { properties: Record<string, unknown> } };
  };
  const names = Object.keys(manifest.contributes.configuration.properties)
    .map((name) => name.replace(/^precompass\./, ""))
    .filter((name) => name !== "server.path");
  return new LanguageClient(
    "precompass",
    "Precompass",
    // Not in the folder that is open: a program looks for its parts where it is started.
    {
      command: server.command,
      args: [...server.args],
      options: { cwd: context.extensionPath },
    },
    {
      documentSelector: PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
      outputChannel: channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => ({
        commands: [SHOW_PICTURE],
        precompass: chosenSettings(names),
      }),
      middleware: { workspace: answeringSettings(names) },
    },
  );
}
