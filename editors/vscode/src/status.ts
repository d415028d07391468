// What is shown of the server beside the language of a file.

import * as vscode from "vscode";
import { PATTERNS } from "./juliaFiles";
import type { Condition, ServerLife } from "./life";

const RESTART = { command: "precompass.restart", title: "Restart" };
const OUTPUT = { command: "precompass.showOutput", title: "Show the output" };
const INSTALL = { command: "precompass.installServer", title: "Install…" };

/** Shows how the server is, and tells the menus. */
export function showStatus(life: ServerLife): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem(
    "precompass.server",
    PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
  );
  item.name = "Precompass";
  const show = (condition: Condition) => {
    Object.assign(item, shown(condition));
    void vscode.commands.executeCommand("setContext", "precompass.state", condition.kind);
  };
  show(life.condition);
  return vscode.Disposable.from(item, life.onDidChange(show));
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
        text: "Precompass has no server",
        command: INSTALL,
      };
    case "failed":
      return {
        ...calm,
        severity: Error,
        text: "Precompass does not run",
        detail: condition.why,
        command: RESTART,
      };
    case "running":
      return {
        ...calm,
        text: `Precompass ${condition.server.version}`,
        detail: condition.server.command,
        command: RESTART,
      };
  }
}
