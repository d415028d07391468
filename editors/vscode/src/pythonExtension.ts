// The interpreter that is chosen in Microsoft's Python extension.

import * as vscode from "vscode";

/** What is used of the API of ms-python.python (its package @vscode/python-extension). */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/**
 * Returns the interpreter's path, or undefined if there is none.
 *
 * There is none either in a folder that is not trusted: it may be a program of that folder.
 */
export async function chosenInterpreter(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (extension === undefined || !vscode.workspace.isTrusted) return undefined;
  const { environments } = await extension.activate();
  const environment = await environments.resolveEnvironment(
    environments.getActiveEnvironmentPath(),
  );
  return environment?.executable.uri?.fsPath;
}
