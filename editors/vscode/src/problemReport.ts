// The command that collects the facts for a bug report. Nothing is sent: the user reads the text
// first, and posts it.

import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import type { ServerLife } from "./life";
import { run } from "./program";
import { sentence, type Server } from "./serverSearch";

const PATIENCE = 60_000; // milliseconds
const OPEN = "Open GitHub Issues";

/** Opens a Markdown document with the versions, the server and its view of the environment. */
export async function reportProblem(
  life: ServerLife,
  context: vscode.ExtensionContext,
): Promise<void> {
  const { version, bugs } = context.extension.packageJSON as {
    version: string;
    bugs: { url: string };
  };
  const { condition } = life;
  const server =
    condition.kind === "running"
      ? `${condition.server.version} (${condition.server.origin}: ${condition.server.command})`
      : `${condition.kind}${condition.kind === "failed" ? `: ${condition.why}` : ""}`;
  const lines = [
    "## What happened",
    "",
    "<!-- Describe what you did, what you expected, and what you saw. -->",
    "",
    "## Versions",
    "",
    `- Precompass for VS Code ${version}`,
    `- server: ${server}`,
    `- VS Code ${vscode.version} (${vscode.env.appName})`,
    `- system: ${process.platform} ${process.arch}`,
  ];
  if (condition.kind === "running") {
    const status = await statusOf(condition.server);
    if (status !== undefined) lines.push("", "## Status", "", "```text", status.trimEnd(), "```");
  }
  const document = await vscode.workspace.openTextDocument({
    language: "markdown",
    content: `${lines.join("\n")}\n`,
  });
  await vscode.window.showTextDocument(document);
  const answer = await vscode.window.showInformationMessage(
    "Check this text for private paths, then post it as an issue.",
    OPEN,
  );
  if (answer === OPEN) await vscode.env.openExternal(vscode.Uri.parse(bugs.url));
}

/** Returns the output of `precompass status --verbose` for the open project. */
async function statusOf(server: Server): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const program = commandLineOf(server);
  if (folder === undefined || program === undefined) return undefined;
  const [command, args] = program;
  try {
    const options = ["status", "--verbose", "--color", "never", "--project", folder];
    return await run(command, [...args, ...options], { timeout: PATIENCE });
  } catch (error) {
    return sentence(error);
  }
}

/** Returns the program `precompass` that belongs to a server, and its first arguments. */
function commandLineOf(server: Server): [string, readonly string[]] | undefined {
  if (server.args.length > 0) return [server.command, ["-P", "-m", "precompass.cli"]];
  const name = path.basename(server.command).replace("precompass-lsp", "precompass");
  const command = path.join(path.dirname(server.command), name);
  return name !== path.basename(server.command) && existsSync(command) ? [command, []] : undefined;
}
