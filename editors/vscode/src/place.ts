// The place that a command is about, in the words of the protocol.

import * as vscode from "vscode";
import type { LanguageClient, Position } from "vscode-languageclient/node";
import type { ServerLife } from "./life";

/** A running server, the editor in front, and its cursor as the server counts it. */
export interface Place {
  readonly client: LanguageClient;
  readonly editor: vscode.TextEditor;
  readonly uri: string;
  readonly position: Position;
}

/** Returns the place of the cursor; tells the user what is missing if there is none. */
export function placeOfCursor(life: ServerLife): Place | undefined {
  const client = runningClient(life);
  if (client === undefined) return undefined;
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(
      "Open a Project.toml or LocalPreferences.toml first, and put the cursor on a preference.",
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

/** Returns the client of a running server; tells the user if it does not run. */
export function runningClient(life: ServerLife): LanguageClient | undefined {
  const { client } = life;
  if (client === undefined) {
    void vscode.window.showInformationMessage(
      "The server of Precompass is not running yet. The output says why.",
    );
  }
  return client;
}
