// The file and cursor position that a command applies to, as the protocol counts them.

import * as vscode from "vscode";
import type { LanguageClient, Position } from "vscode-languageclient/node";
import type { ServerLife } from "./life";

/** A position in a file, as the server counts it. */
export interface At {
  readonly uri: string;
  readonly position: Position;
}

/** A running server, the editor in front, and its cursor as the server counts it. */
export interface Place {
  readonly client: LanguageClient;
  readonly editor: vscode.TextEditor;
  readonly uri: string;
  readonly position: Position;
}

/** Returns the place of the cursor; without one, tells the user why. */
export function placeOfCursor(life: ServerLife): Place | undefined {
  const client = runningClient(life);
  if (client === undefined) return undefined;
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(
      "Open a Project.toml or LocalPreferences.toml, and put the cursor on a preference.",
    );
    return undefined;
  }
  const converter = client.code2ProtocolConverter;
  return {
    client,
    editor,
    uri: converter.asUri(editor.document.uri),
    position: converter.asPosition(editor.selection.active),
  };
}

/** Returns the client of a running server; without one, tells the user. */
export function runningClient(life: ServerLife): LanguageClient | undefined {
  const { client } = life;
  if (client === undefined) {
    void vscode.window.showInformationMessage(
      "The Precompass server is not running. The output shows why.",
    );
  }
  return client;
}
