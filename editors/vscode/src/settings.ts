// The settings of the section "precompass", as the server is told of them.

import * as vscode from "vscode";
import type { ConfigurationMiddleware } from "vscode-languageclient/node";

export const SECTION = "precompass";

/**
 * Returns the settings that the user has set, without defaults.
 *
 * What is not set here may be set in a precompass.toml, over which a default must not go. Values
 * that an untrusted folder may not set are left out by VS Code.
 *
 * @param names the settings of the section, such as "trace.server".
 */
export function chosenSettings(
  names: readonly string[],
  resource?: vscode.Uri,
): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(SECTION, resource);
  const chosen: Record<string, unknown> = {};
  for (const name of names) {
    const known = configuration.inspect(name);
    const values = [known?.globalValue, known?.workspaceValue, known?.workspaceFolderValue];
    if (values.every((value) => value === undefined)) continue;
    const [outer = name, inner] = name.split(".");
    const value = configuration.get(name);
    chosen[outer] = inner === undefined ? value : { [inner]: value };
  }
  return chosen;
}

/** Returns what answers the server when it asks for its section. */
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
