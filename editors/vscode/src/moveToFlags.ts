// The command that moves global lists and switches to per-package flags.

import * as vscode from "vscode";
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  type CodeAction,
  type Range,
} from "vscode-languageclient/node";
import type { ServerLife } from "./life";
import { placeOfCursor, type Place } from "./place";

/** The fixes of the server that this is about (analysis/precompass/fixes). */
const KINDS = ["move-to-flags", "switch-to-flags"];

/** Applies the move that the server offers at the cursor, else the one for the whole file. */
export async function moveToFlags(life: ServerLife): Promise<void> {
  const place = placeOfCursor(life);
  if (place === undefined) return;
  const { document } = place.editor;
  const cursor = { start: place.position, end: place.position };
  let moves = await movesIn(place, cursor);
  if (moves.length === 0) {
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    moves = await movesIn(place, place.client.code2ProtocolConverter.asRange(whole));
  }
  const chosen = await chooseOne(moves);
  if (chosen === undefined) return;
  const { edit } = await place.client.sendRequest(CodeActionResolveRequest.type, chosen);
  if (edit === undefined) return; // the server has shown why
  await vscode.workspace.applyEdit(await place.client.protocol2CodeConverter.asWorkspaceEdit(edit));
}

async function movesIn(place: Place, range: Range): Promise<CodeAction[]> {
  const offered = await place.client.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: place.uri },
    range,
    context: { diagnostics: [], only: ["quickfix"] },
  });
  return (offered ?? []).filter((each): each is CodeAction => {
    const kind = "data" in each ? (each.data as { kind?: unknown }).kind : undefined;
    return typeof kind === "string" && KINDS.includes(kind);
  });
}

async function chooseOne(moves: CodeAction[]): Promise<CodeAction | undefined> {
  if (moves.length > 1) {
    const items = moves.map((move) => ({ label: move.title, move }));
    return (await vscode.window.showQuickPick(items, { placeHolder: "Move to per-package flags" }))
      ?.move;
  }
  if (moves.length === 0) {
    void vscode.window.showInformationMessage(
      "Nothing in this file can move to per-package flags. It sets no global list or switch that " +
        "affects a package with its own flag.",
    );
  }
  return moves[0];
}
