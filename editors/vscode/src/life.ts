// The life of the server: it is found and started when the first Julia file is opened.

import * as vscode from "vscode";
import { State, type LanguageClient } from "vscode-languageclient/node";
import { createClient } from "./client";
import { installServer, offerToInstall } from "./installing";
import { isJuliaFile } from "./juliaFiles";
import { placesOf } from "./places";
import { run } from "./program";
import { findServer, sentence, WrongSettingError, type Server } from "./serverSearch";
import { openSetting } from "./settings";

/** What the server is doing. "idle": no Julia file was opened yet; "missing": none is installed. */
export type Condition =
  | { readonly kind: "idle" | "starting" | "missing" }
  | { readonly kind: "running"; readonly server: Server }
  | { readonly kind: "failed"; readonly why: string; readonly isSetting: boolean };

export class ServerLife implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Condition>();
  private current: Condition = { kind: "idle" };
  private running: LanguageClient | undefined;
  private last: Promise<void> = Promise.resolve();

  /** Tells whenever the condition has changed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly channel: vscode.LogOutputChannel,
  ) {}

  get condition(): Condition {
    return this.current;
  }

  /** The client, while the server runs. */
  get client(): LanguageClient | undefined {
    return this.current.kind === "running" ? this.running : undefined;
  }

  /** Starts the server if a document needs it, and nobody has tried to. */
  needed(document: vscode.TextDocument): void {
    if (document.uri.scheme === "file" && isJuliaFile(document.uri.path)) this.wanted();
  }

  /** Starts the server if nobody has tried to. */
  wanted(): void {
    if (this.current.kind === "idle") void this.restart();
  }

  /** Ends the server if it runs, looks for it again, and starts it. */
  restart(): Promise<void> {
    this.enter({ kind: "starting" });
    return this.next(async () => {
      await this.end();
      await this.begin(true);
    });
  }

  /** Installs the server into the private environment and starts it. */
  install(): Promise<void> {
    return this.next(async () => {
      if (!(await installServer(this.context, this.channel))) return;
      await this.end();
      await this.begin(false);
    });
  }

  /** Ends the server. */
  stop(): Promise<void> {
    return this.next(() => this.end());
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Does something when everything that was asked for before is done. */
  private next(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(work).catch((error: unknown) => {
      this.fail(sentence(error), error instanceof WrongSettingError);
    });
    return this.last;
  }

  private enter(condition: Condition): void {
    this.current = condition;
    this.changed.fire(condition);
  }

  /** Shows why there is no server, once, with a button that leads to the remedy. */
  private fail(why: string, isSetting: boolean): void {
    this.channel.error(why);
    this.enter({ kind: "failed", why, isSetting });
    const remedy = isSetting ? "Open Settings" : "Restart";
    void vscode.window.showErrorMessage(why, remedy, "Show Output").then((answer) => {
      if (answer === "Show Output") this.channel.show();
      else if (answer === "Open Settings") void openSetting("server.path");
      else if (answer === "Restart") void this.restart();
    });
  }

  private async begin(mayInstall: boolean): Promise<void> {
    this.enter({ kind: "starting" });
    const log = (line: string) => {
      this.channel.info(line);
    };
    const server = await findServer(placesOf(this.context), run, log);
    if (server === undefined) {
      this.enter({ kind: "missing" });
      // Not waited for: a question may stay open for ever, and the commands must work meanwhile.
      if (mayInstall) void this.offer();
      return;
    }
    log(`Starting ${[server.command, ...server.args].join(" ")} (${server.version})`);
    const client = createClient(server, this.context, this.channel);
    this.running = client;
    client.onDidChangeState(({ newState }) => {
      if (this.running !== client) return;
      if (newState === State.Running) this.enter({ kind: "running", server });
      // The client starts a server that ended by itself again, a few times.
      if (newState === State.Starting) this.enter({ kind: "starting" });
      if (newState === State.Stopped || newState === State.StartFailed) {
        this.fail("The Precompass server stopped.", false);
      }
    });
    await client.start();
  }

  private async offer(): Promise<void> {
    if (await offerToInstall(this.context, this.channel)) {
      await this.next(() => this.begin(false));
    }
  }

  private async end(): Promise<void> {
    const client = this.running;
    this.running = undefined;
    if (client === undefined) return;
    // One that is starting cannot be stopped, and one that could not start needs not be.
    if (client.state === State.Starting) await client.start().catch(() => undefined);
    if (client.state === State.Running) await client.dispose();
  }
}
