// The picture of a preference, updated when files change.

import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { isJuliaFile, PATTERNS } from "./juliaFiles";
import type { ServerLife } from "./life";
import { type At, placeOfCursor, runningClient } from "./place";

/** The subject of a picture: a preference of a package, or a package alone. */
export interface Subject {
  readonly uri: string;
  readonly package: string;
  readonly key: string | null;
}

/** The subject of a picture of what the next `using` recompiles: a file of the project. */
export interface Pending {
  readonly uri: string;
  readonly pending: true;
}

interface Answer {
  readonly html: string;
  readonly picture: {
    readonly package: string;
    readonly uuid: string;
    readonly key: string | null;
  };
}

const VIEW_TYPE = "precompass.picture";
/** The name under which the subject of the open picture is kept when the window is reloaded. */
const SUBJECT = "picture.subject";
/** The time without changes after which the picture is updated, in milliseconds. */
const QUIET = 200;

/** Shows one picture at a time, in a panel beside the text. */
export class PicturePanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private subject: Subject | Pending | undefined;
  private shown: Answer | undefined;
  private newest: Answer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private questions = 0;
  private isLoading = false;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly life: ServerLife,
    private readonly icon: vscode.Uri,
    private readonly memory: vscode.Memento,
  ) {
    const soon = () => {
      this.followSoon();
    };
    const watchers = PATTERNS.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
    this.listeners = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isJuliaFile(document.uri.path)) soon();
      }),
      ...watchers.flatMap((watcher) => [
        watcher,
        watcher.onDidChange(soon),
        watcher.onDidCreate(soon),
        watcher.onDidDelete(soon),
      ]),
      life.onDidChange(soon),
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
        deserializeWebviewPanel: (panel) => this.restore(panel),
      }),
    ];
  }

  /** Shows the picture of a subject; without one, of the preference or package at the cursor. */
  async show(subject?: Subject | At): Promise<void> {
    let client: LanguageClient | undefined;
    let question: Subject | At;
    if (subject === undefined) {
      const place = placeOfCursor(this.life);
      if (place === undefined) return;
      client = place.client;
      question = { uri: place.uri, position: place.position };
    } else {
      client = runningClient(this.life);
      if (client === undefined) return;
      question = subject;
    }
    const answer = await ask(client, question);
    if (answer === null) {
      void vscode.window.showInformationMessage(
        "There is nothing to draw at the cursor. Put it on a preference or a dependency.",
      );
      return;
    }
    const { uuid, key } = answer.picture;
    await this.remember({ uri: question.uri, package: uuid, key });
    this.open(answer);
  }

  /** Shows what the next `using` recompiles in the project of the open file, by root cause. */
  async showPending(): Promise<void> {
    const place = placeOfCursor(this.life);
    if (place === undefined) return;
    const question: Pending = { uri: place.uri, pending: true };
    const answer = await ask(place.client, question);
    if (answer === null) {
      void vscode.window.showInformationMessage(
        "Precompass cannot tell what Julia recompiles next: the project has no manifest, or no depot was found.",
      );
      return;
    }
    await this.remember(question);
    this.open(answer);
  }

  private async remember(subject: Subject | Pending): Promise<void> {
    this.subject = subject;
    await this.memory.update(SUBJECT, subject);
  }

  /** Shows the picture again after the window was reloaded, when the server runs. */
  private restore(panel: vscode.WebviewPanel): Promise<void> {
    this.subject = this.memory.get<Subject | Pending>(SUBJECT);
    if (this.subject === undefined || this.panel !== undefined) {
      panel.dispose();
      return Promise.resolve();
    }
    this.isLoading = true;
    this.adopt(panel);
    this.life.wanted();
    this.followSoon();
    return Promise.resolve();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    this.listeners.forEach((listener) => {
      listener.dispose();
    });
  }

  private open(answer: Answer): void {
    if (this.panel === undefined) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.adopt(vscode.window.createWebviewPanel(VIEW_TYPE, "", column));
    } else {
      this.panel.reveal(undefined, true);
    }
    this.fill(answer);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = this.icon;
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [] };
    panel.onDidDispose(() => {
      this.panel = this.subject = this.shown = this.newest = undefined;
      this.isLoading = false;
      void this.memory.update(SUBJECT, undefined);
    });
    panel.onDidChangeViewState(() => {
      this.followSoon();
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.heard(message);
    });
  }

  private fill(answer: Answer): void {
    if (this.panel === undefined) return;
    this.isLoading = false;
    this.panel.title =
      this.subject !== undefined && "pending" in this.subject ? "Next using" : nameOf(answer);
    this.panel.webview.html = answer.html;
    this.shown = this.newest = answer;
  }

  /** A page that is shown again starts from the first picture: it is given the newest. */
  private heard(message: unknown): void {
    if (typeof message !== "object" || message === null || !("type" in message)) return;
    if (message.type === "ready" && this.newest !== this.shown) this.tell(this.newest);
    if (message.type === "open" && "file" in message && "line" in message) {
      const { file, line } = message;
      if (typeof file === "string" && typeof line === "number") void openSource(file, line);
    }
  }

  private followSoon(): void {
    clearTimeout(this.timer);
    if (this.panel?.visible !== true) return;
    // A question that fails, as while the server is restarted, is asked again at the next change.
    this.timer = setTimeout(() => void this.follow().catch(() => undefined), QUIET);
  }

  private async follow(): Promise<void> {
    const { client } = this.life;
    const { subject } = this;
    if (client === undefined || subject === undefined) return;
    const number = ++this.questions;
    const answer = await ask(client, subject);
    if (number !== this.questions || subject !== this.subject) return; // there is a newer one
    if (answer !== null && this.isLoading) {
      this.fill(answer);
      return;
    }
    if (answer !== null && answer.html === this.newest?.html) return;
    this.newest = answer ?? undefined;
    this.tell(this.newest);
  }

  private tell(answer: Answer | undefined): void {
    if (this.panel === undefined) return;
    void this.panel.webview.postMessage(
      answer === undefined ? { type: "gone" } : { type: "picture", html: answer.html },
    );
  }
}

function nameOf({ picture }: Answer): string {
  return picture.key === null ? picture.package : `${picture.package}.${picture.key}`;
}

async function ask(
  client: LanguageClient,
  question: Subject | Pending | At,
): Promise<Answer | null> {
  return (await client.sendRequest(ExecuteCommandRequest.type, {
    command: "precompass.picture",
    arguments: [question],
  })) as Answer | null;
}

async function openSource(file: string, line: number): Promise<void> {
  const start = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(start, start),
  });
}
