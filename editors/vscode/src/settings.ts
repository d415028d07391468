// The settings of the section "precompass", as the server is told of them.

import * as vscode from "vscode";
import type { ConfigurationMiddleware } from "vscode-languageclient/node";
import { nested } from "./nested";

export const SECTION = "precompass";

/**
 * Returns the settings that the user has set, without defaults.
 *
 * A precompass.toml may set the others, and a default must not override it. Values that an
 * untrusted folder may not set are left out by VS Code; whether it is trusted is told, too.
 *
 * @param names the settings of the section, such as "trace.server".
 */
export function chosenSettings(
  names: readonly string[],
  resource?: vscode.Uri,
): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(SECTION, resource);
  const chosen: [string, unknown][] = [];
  for (const name of names) {
    const known = configuration.inspect(name);
    const values = [known?.globalValue, known?.workspaceValue, known?.workspaceFolderValue];
    if (values.every((value) => value === undefined)) continue;
    chosen.push([name, configuration.get(name)]);
  }
  // Not a setting here: VS Code asks the user itself.
  chosen.push(["trust", vscode.workspace.isTrusted]);
  return nested(chosen);
}

/** Returns the middleware that answers when the server asks for its section. */
export function answeringSettings(names: readonly string[]): ConfigurationMiddleware {
  return {
    configuration: (params, token, next) => {
      const answers = params.items.map((item) =>
        item.section === SECTION
          ? chosenSettings(names, item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined)
          : undefined,
      );
      return answers.includes(undefined) ? next(params, token) : answers;
    },
  };
}

/** Opens the settings editor at a setting. */
export async function openSetting(name: string): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.${name}`);
}
