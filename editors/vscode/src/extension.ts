// Precompass in VS Code: the entry points of the extension.

import * as vscode from "vscode";
import { EXPLAIN, SHOW_PICTURE, SHOW_STATUS } from "./client";
import { Explanations } from "./explain";
import { ServerLife } from "./life";
import { moveToFlags } from "./moveToFlags";
import { PicturePanel, type Subject } from "./picture";
import type { At } from "./place";
import { reportProblem } from "./problemReport";
import { colourToml } from "./tomlColours";
import { openSetting, SECTION } from "./settings";
import { showStatus } from "./status";

/** Tells the server that Julia may have run since the window lost the focus. */
const LOOK_AGAIN = "workspace/didChangeWatchedFiles";

let life: ServerLife | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const channel = vscode.window.createOutputChannel("Precompass", { log: true });
  const server = new ServerLife(context, channel);
  life = server;
  const explanations = new Explanations();
  const picture = new PicturePanel(
    server,
    vscode.Uri.joinPath(context.extensionUri, "images", "icon.png"),
    context.workspaceState,
  );
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    channel,
    server,
    picture,
    explanations.register(),
    showStatus(server),
    colourToml(),
    registerCommand("precompass.restart", () => server.restart()),
    registerCommand("precompass.installServer", () => server.install()),
    registerCommand("precompass.showOutput", () => {
      channel.show();
    }),
    registerCommand("precompass.reportProblem", () => reportProblem(server, context)),
    registerCommand("precompass.openServerSetting", () => openSetting("server.path")),
    registerCommand(EXPLAIN, (at?: At | vscode.Uri) =>
      explanations.show(server, at instanceof vscode.Uri ? undefined : at),
    ),
    registerCommand(SHOW_STATUS, (file?: { readonly uri: string } | vscode.Uri) =>
      explanations.showProject(
        server,
        "precompass.status",
        file instanceof vscode.Uri ? undefined : file?.uri,
      ),
    ),
    registerCommand("precompass.showCaches", () =>
      explanations.showProject(server, "precompass.caches"),
    ),
    registerCommand("precompass.moveToFlags", () => moveToFlags(server)),
    registerCommand(SHOW_PICTURE, (subject?: Subject | At | vscode.Uri) =>
      // From the menus of an editor, VS Code gives the file.
      picture.show(subject instanceof vscode.Uri ? undefined : subject),
    ),
    registerCommand("precompass.showPending", () => picture.showPending()),
    vscode.workspace.onDidOpenTextDocument((document) => {
      server.needed(document);
    }),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void server.client?.sendNotification(LOOK_AGAIN, { changes: [] });
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const isOurs = event.affectsConfiguration(`${SECTION}.server.path`);
      if (isOurs && server.condition.kind !== "idle") void server.restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (server.condition.kind !== "idle") void server.restart();
    }),
  );
  vscode.workspace.textDocuments.forEach((document) => {
    server.needed(document);
  });
}

export function deactivate(): Promise<void> | undefined {
  return life?.stop();
}
