// The explanation of a preference, as a page of Markdown.

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import type { ServerLife } from "./life";
import { type At, placeOfCursor, runningClient } from "./place";

const SCHEME = "precompass";

interface Explanation {
  readonly title: string;
  readonly markdown: string;
}

/** Shows explanations in the Markdown preview. */
export class Explanations implements vscode.TextDocumentContentProvider {
  private readonly pages = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** Lets VS Code read the pages. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.path) ?? "";
  }

  /** Explains the preference at a position; without one, at the cursor. */
  async show(life: ServerLife, at?: At): Promise<void> {
    const client = at === undefined ? undefined : runningClient(life);
    const place = at === undefined ? placeOfCursor(life) : client && { client, ...at };
    if (place === undefined) return;
    const explanation = (await place.client.sendRequest(ExecuteCommandRequest.type, {
      command: "precompass.explain",
      arguments: [{ uri: place.uri, position: place.position }],
    })) as Explanation | null;
    if (explanation === null) {
      void vscode.window.showInformationMessage(
        "There is nothing to explain at the cursor. Put it on a preference, a table of " +
          "preferences or a dependency.",
      );
      return;
    }
    await this.preview(explanation);
  }

  /** Shows the status, or the compile caches, of the project of a file. */
  async showProject(
    life: ServerLife,
    command: "precompass.status" | "precompass.caches",
    file?: string,
  ): Promise<void> {
    const client = runningClient(life);
    if (client === undefined) return;
    const document = vscode.window.activeTextEditor?.document;
    const uri = file ?? (document && client.code2ProtocolConverter.asUri(document.uri));
    const page =
      uri === undefined
        ? null
        : ((await client.sendRequest(ExecuteCommandRequest.type, {
            command,
            arguments: [{ uri }],
          })) as Explanation | null);
    if (page === null) {
      void vscode.window.showInformationMessage("Open a file of a Julia project first.");
      return;
    }
    await this.preview(page);
  }

  private async preview(page: Explanation): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${page.title}.md` });
    this.pages.set(uri.path, page.markdown);
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }
}
