// The status item beside the language of a file: the server, and the environment of the file.

import path from "node:path";
import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { SHOW_STATUS } from "./client";
import { isJuliaFile, PATTERNS } from "./juliaFiles";
import type { Condition, ServerLife } from "./life";
import { asText } from "./plainText";

const RESTART = { command: "precompass.restart", title: "Restart" };
const STATUS = { command: SHOW_STATUS, title: "Status" };
const OUTPUT = { command: "precompass.showOutput", title: "Show Output" };
const INSTALL = { command: "precompass.installServer", title: "Install" };
const SETTINGS = { command: "precompass.openServerSetting", title: "Open Settings" };

/** The answer of the server's command precompass.environment. */
interface Environment {
  readonly project: string;
  readonly manifest: string | null;
  readonly julia: string;
  readonly juliaFrom: "manifest" | "setting" | "newest";
  readonly units: number;
  readonly cached: number | null;
}

/** Shows the condition of the server, and lets menus depend on it. */
export function showStatus(life: ServerLife): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem(
    "precompass.server",
    PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
  );
  item.name = "Precompass";
  let questions = 0;
  const describe = async () => {
    const document = vscode.window.activeTextEditor?.document;
    const { client } = life;
    if (client === undefined || document === undefined || !isJuliaFile(document.uri.path)) return;
    const number = ++questions;
    const environment = (await client
      .sendRequest(ExecuteCommandRequest.type, {
        command: "precompass.environment",
        arguments: [{ uri: client.code2ProtocolConverter.asUri(document.uri) }],
      })
      .catch(() => null)) as Environment | null;
    if (number !== questions || life.client !== client) return; // there is a newer one
    item.detail = environment === null ? "no project" : asText(inWords(environment));
  };
  const show = (condition: Condition) => {
    Object.assign(item, shown(condition));
    void vscode.commands.executeCommand("setContext", "precompass.state", condition.kind);
    void describe();
  };
  show(life.condition);
  return vscode.Disposable.from(
    item,
    life.onDidChange(show),
    vscode.window.onDidChangeActiveTextEditor(() => void describe()),
    vscode.workspace.onDidSaveTextDocument(() => void describe()),
  );
}

function inWords(environment: Environment): string {
  const { project, manifest, julia, juliaFrom, units, cached } = environment;
  const name = path.basename(path.dirname(project));
  const version = { manifest: "", setting: " (from the settings)", newest: " (newest known)" }[
    juliaFrom
  ];
  const caches =
    manifest === null
      ? "no manifest"
      : cached
        ? `${cached} of ${units} compile caches`
        : "no compile caches";
  return [name, `Julia ${julia}${version}`, caches].join(" · ");
}

type Shown = Pick<vscode.LanguageStatusItem, "text" | "detail" | "severity" | "busy" | "command">;

function shown(condition: Condition): Shown {
  const { Error, Information, Warning } = vscode.LanguageStatusSeverity;
  const calm = { severity: Information, busy: false, detail: "" };
  switch (condition.kind) {
    case "idle":
      return { ...calm, text: "Precompass", command: RESTART };
    case "starting":
      return { ...calm, busy: true, text: "Precompass is starting", command: OUTPUT };
    case "missing":
      return {
        ...calm,
        severity: Warning,
        text: "Precompass server is not installed",
        command: INSTALL,
      };
    case "failed":
      return {
        ...calm,
        severity: Error,
        text: "Precompass is not running",
        detail: condition.why,
        command: condition.isSetting ? SETTINGS : RESTART,
      };
    case "running":
      return { ...calm, text: `Precompass ${condition.server.version}`, command: STATUS };
  }
}
