// The life of the server: found when the first of Julia's files is opened, started, ended.

import * as vscode from "vscode";
import { State, type LanguageClient } from "vscode-languageclient/node";
import { createClient } from "./client";
import { installServer, offerToInstall } from "./installing";
import { isJuliaFile } from "./juliaFiles";
import { placesOf } from "./places";
import { run } from "./program";
import { findServer, type Server } from "./serverSearch";

/** What the server is doing. "idle": nobody has needed it yet; "missing": there is none. */
export type Condition =
  | { readonly kind: "idle" | "starting" | "missing" }
  | { readonly kind: "running"; readonly server: Server }
  | { readonly kind: "failed"; readonly why: string };

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
    const isOurs = document.uri.scheme === "file" && isJuliaFile(document.uri.path);
    if (isOurs && this.current.kind === "idle") void this.restart();
  }

  /** Ends the server if it runs, looks for it again, and starts it. */
  restart(): Promise<void> {
    this.enter({ kind: "starting" });
    return this.next(async () => {
      await this.end();
      await this.begin(true);
    });
  }

  /** Installs the server into its own folder, whoever else may have one, and starts it. */
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
      this.channel.error(String(error));
      this.enter({ kind: "failed", why: error instanceof Error ? error.message : String(error) });
    });
    return this.last;
  }

  private enter(condition: Condition): void {
    this.current = condition;
    this.changed.fire(condition);
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
        this.enter({ kind: "failed", why: "The server has ended." });
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
