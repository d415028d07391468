// VS Code in a browser, with our extension, as a user meets it.

import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import {
  chromium,
  type BrowserContext,
  type Locator,
  type Page,
  type PageScreenshotOptions,
  type Request,
} from "playwright-core";

export const ROOT = path.resolve(import.meta.dirname, "../../../..");
const BUILD = path.join(ROOT, "build", "vscode-e2e");
const CODE_SERVER = path.join(BUILD, "parts/node_modules/code-server/out/node/entry.js");
/** Where the pictures of the workbench are kept. */
export const PICTURES = path.join(BUILD, "pictures");

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Milliseconds after which something that does not come is missing; generous, for slow machines. */
export const PATIENCE = 120_000;

const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/** Variables with which code-server would do something else. */
const UNWANTED_VARIABLES = ["VSCODE_IPC_HOOK_CLI", "NODE_OPTIONS", "PORT", "PASSWORD"];

export interface WorkbenchOptions {
  /** What the workbench is for; its files are kept under this name. */
  readonly name: string;
  /** The project that is opened; it is copied first. */
  readonly project: string;
  /** Settings of the user. */
  readonly settings?: Record<string, unknown>;
  /** Settings of the machine, such as paths. */
  readonly machineSettings?: Record<string, unknown>;
  /** Whether the extension is the one for this platform, which brings the server. */
  readonly bringsServer?: boolean;
  /** Environment variables that differ from ours. */
  readonly variables?: Record<string, string>;
  /** Whether folders are asked about before they are trusted; else all are trusted. */
  readonly asksForTrust?: boolean;
}

/** A running workbench. */
export class Workbench {
  /** Requests to another host than this machine. */
  readonly requests: string[] = [];

  private constructor(
    readonly folder: string,
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly server: ChildProcess,
    private readonly home: string,
  ) {}

  /** Starts VS Code with the extension of this repository, and opens a copy of a project. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    mkdirSync(path.join(BUILD, "runs"), { recursive: true });
    const home = mkdtempSync(path.join(BUILD, "runs", `${options.name}-`));
    const parent = mkdtempSync(path.join(tmpdir(), "julia-"));
    const folder = path.join(parent, path.basename(options.project));
    cpSync(options.project, folder, { recursive: true });
    const title = `${options.name}: \${activeEditorShort}`;
    const user = path.join(home, "user");
    writeSettings(path.join(user, "User"), {
      "window.title": title,
      "workbench.startupEditor": "none",
      "workbench.colorTheme": "Default Light Modern",
      "workbench.tips.enabled": false,
      "workbench.reduceMotion": "on",
      "git.enabled": false,
      "editor.hover.delay": 100,
      "editor.minimap.enabled": false,
      "files.autoSave": "off",
      ...options.settings,
    });
    writeSettings(path.join(user, "Machine"), options.machineSettings ?? {});
    const port = await freePort();
    const server = startServer(home, port, options);
    let context: BrowserContext | undefined;
    try {
      await poll(`code-server on port ${port}`, async () => {
        if (server.exitCode !== null) throw new Error(`code-server ended; see ${home}/log`);
        return (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok;
      });
      context = await chromium.launchPersistentContext(path.join(home, "browser"), {
        executablePath: CHROMIUM,
        args: BROWSER_FLAGS,
        viewport: { width: 1280, height: 800 },
      });
      context.setDefaultTimeout(PATIENCE);
      const page = context.pages()[0] ?? (await context.newPage());
      const workbench = new Workbench(folder, page, context, server, home);
      // Webviews have their resources from a worker in the page, under names of other hosts.
      const finished = async (request: Request) => {
        const response = await request.response().catch(() => null);
        if (response?.fromServiceWorker() !== true) workbench.note(request.url());
      };
      context.on("requestfinished", (request) => void finished(request));
      context.on("requestfailed", (request) => {
        workbench.note(request.url());
      });
      await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
      await page.locator(".monaco-workbench").waitFor({ timeout: PATIENCE });
      await poll("the settings to count", async () =>
        (await page.title()).startsWith(options.name),
      );
      return workbench;
    } catch (error) {
      await context?.close();
      endGroup(server);
      throw error;
    }
  }

  /** Ends the browser and VS Code. A failed run's files are kept, with a picture of its end. */
  async close(failed: boolean): Promise<void> {
    if (failed) {
      await this.page.screenshot({ path: path.join(this.home, "failed.png") }).catch(() => null);
    }
    await this.context.close();
    endGroup(this.server);
    if (failed) cpSync(this.folder, path.join(this.home, "folder"), { recursive: true });
    rmSync(path.dirname(this.folder), { recursive: true });
    if (failed) console.error(`What is left of the failed run is in ${this.home}`);
    else rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Opens a file of the folder with a double click in the explorer. */
  async openFile(name: string): Promise<void> {
    const row = this.page.locator(".explorer-folders-view .monaco-list-row", {
      hasText: name,
    });
    await row.dblclick({ timeout: PATIENCE });
    await this.page
      .locator(`.tab.active[data-resource-name="${name}"]`)
      .waitFor({ timeout: PATIENCE });
    await this.page.locator(".monaco-editor .view-line").first().waitFor({ timeout: PATIENCE });
  }

  /** Runs a command by its title, in the command palette. */
  async runCommand(title: string): Promise<void> {
    const { row } = await this.findCommand(title);
    if (row === undefined) throw new Error(`There is no command ${title} here.`);
    await this.page.keyboard.press("Enter");
  }

  /** Looks for a command by its title in the command palette, which stays open. */
  async findCommand(title: string): Promise<{ row?: Locator }> {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await this.page.keyboard.press("F1");
    await input.fill(`>${title}`, { timeout: PATIENCE });
    const rows = this.page.locator(".quick-input-list .monaco-list-row");
    return poll("the command palette", async () => {
      const first = rows.first();
      const label = (await first.getAttribute("aria-label")) ?? "";
      if (label.includes(title)) return { row: first };
      // What VS Code offers where it knows no such command.
      return /similar commands|No matching/.test((await first.textContent()) ?? "") && {};
    });
  }

  /** Puts the mouse on a word of the editor in front; returns what it points at. */
  async pointAt(word: string): Promise<{ x: number; y: number }> {
    const point = await poll(`the word ${word}`, () => this.pixelOf(word));
    await this.page.mouse.move(point.x - 30, point.y + 40);
    await this.page.mouse.move(point.x, point.y, { steps: 5 });
    return point;
  }

  /** Puts the cursor into a word of the editor in front. */
  async clickOn(word: string): Promise<void> {
    await this.page.mouse.move(1, 1); // a hover could lie over the word
    await this.page.locator(".monaco-hover:not(.hidden)").waitFor({ state: "hidden" });
    const point = await poll(`the word ${word}`, () => this.pixelOf(word));
    await this.page.mouse.click(point.x, point.y);
  }

  private note(address: string): void {
    const { protocol, hostname } = new URL(address);
    if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") this.requests.push(address);
  }

  /** Keeps a picture of the window, or of a part of it. */
  async picture(name: string, clip?: PageScreenshotOptions["clip"]): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    const file = path.join(PICTURES, `${name}.png`);
    // What fades in, as hovers do, is shown as it will be.
    const options: PageScreenshotOptions = { path: file, animations: "disabled" };
    await this.page.screenshot(clip === undefined ? options : { ...options, clip });
  }

  /** Returns the middle of a word on the screen; a line is split into spans of one colour. */
  private pixelOf(word: string): Promise<{ x: number; y: number } | null> {
    return this.page.evaluate((wanted) => {
      for (const line of document.querySelectorAll(".editor-instance .view-lines .view-line")) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const at = node.textContent?.indexOf(wanted) ?? -1;
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + wanted.length);
          const box = range.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
      }
      return null;
    }, word);
  }
}

/**
 * Waits until a question has an answer that is neither false, null nor undefined; returns it.
 *
 * VS Code replaces the frame of a webview when it gets another content: a question that was put to
 * the old one in that moment is put again.
 */
export async function poll<T>(
  what: string,
  question: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patience = PATIENCE,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await answered(question);
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await sleep(100);
  }
}

async function answered<T>(question: () => T): Promise<Awaited<T> | null> {
  try {
    return await question();
  } catch (error) {
    if (/Frame was detached|Execution context was destroyed/.test(String(error))) return null;
    throw error;
  }
}

/** Returns the .vsix that `make vsix` has made, or the one of `make vsix-bundled`. */
function vsix(bundled: boolean): string {
  const folder = path.join(ROOT, "dist");
  const pattern = bundled ? /^precompass-[a-z].*\.vsix$/ : /^precompass-[0-9].*\.vsix$/;
  const [name, ...more] = readdirSync(folder).filter((each) => pattern.test(each));
  if (name === undefined || more.length > 0) throw new Error(`One .vsix is needed in ${folder}`);
  return path.join(folder, name);
}

function startServer(home: string, port: number, options: WorkbenchOptions): ChildProcess {
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !UNWANTED_VARIABLES.includes(name)),
    ),
    // Without it, VS Code asks a marketplace.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    XDG_DATA_HOME: path.join(home, "data"),
    XDG_CONFIG_HOME: path.join(home, "config"),
    XDG_CACHE_HOME: path.join(home, "cache"),
    JULIA_DEPOT_PATH: path.join(home, "depot"),
    JULIA_LOAD_PATH: "@",
    ...options.variables,
  };
  const config = path.join(home, "code-server.yaml");
  writeFileSync(config, "auth: none\n");
  const places = [
    ...["--config", config],
    ...["--user-data-dir", path.join(home, "user")],
    ...["--extensions-dir", path.join(home, "extensions")],
  ];
  const log = openSync(path.join(home, "log"), "w");
  const io = { env, stdio: ["ignore", log, log] as ["ignore", number, number] };
  const file = vsix(options.bringsServer === true);
  execFileSync(process.execPath, [CODE_SERVER, ...places, "--install-extension", file], io);
  const server = spawn(
    process.execPath,
    [
      CODE_SERVER,
      ...places,
      ...["--auth", "none"],
      ...["--bind-addr", `127.0.0.1:${port}`],
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-getting-started-override",
      ...(options.asksForTrust === true ? [] : ["--disable-workspace-trust"]),
    ],
    // A group of its own, which is ended as a whole: there are extension hosts in it.
    { ...io, detached: true },
  );
  closeSync(log);
  return server;
}

function endGroup(server: ChildProcess): void {
  try {
    process.kill(-(server.pid ?? 0), "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function writeSettings(folder: string, settings: Record<string, unknown>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings, undefined, 2));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => {
        resolve(port);
      });
    });
  });
}
