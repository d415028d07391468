// Finds the server: in the setting, on the PATH, in the Python extension's interpreter, in the
// extension itself, or in the private environment.

import path from "node:path";
import type { Run } from "./program";

export type Origin = "setting" | "path" | "interpreter" | "bundled" | "private";

/** A server that has answered with its version. */
export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
  readonly origin: Origin;
}

/** Where to look, in this order. */
export interface Places {
  /** The program that the setting names, or "" if it names none. */
  readonly setting: string;
  /** The programs of that name on the PATH, absolute. */
  readonly onPath: readonly string[];
  /** Returns the Python extension's interpreter, if there is one; called only if it is needed. */
  readonly interpreter: () => Promise<string | undefined>;
  /** The program that the extension brings on this platform, if it does. */
  readonly bundled: string | undefined;
  /** The Python of our own virtual environment, whether it is there or not. */
  readonly privatePython: string;
}

/** The setting precompass.server.path does not name a language server. */
export class WrongSettingError extends Error {}

const PATIENCE = 30_000; // milliseconds: a first start from a cold disk takes seconds

/**
 * Returns the first server that answers, or undefined if there is none.
 *
 * If the setting names a program, nothing else is tried. Throws a WrongSettingError if that
 * program is not a language server.
 */
export async function findServer(
  places: Places,
  run: Run,
  log: (line: string) => void,
): Promise<Server | undefined> {
  if (places.setting !== "") {
    try {
      return await ask("setting", places.setting, run);
    } catch (error) {
      throw new WrongSettingError(
        `${sentence(error)} The setting precompass.server.path names it as the language server.`,
      );
    }
  }
  const attempts: [Origin, () => string | undefined | Promise<string | undefined>][] = [
    ...places.onPath.map((each): [Origin, () => string] => ["path", () => each]),
    ["interpreter", places.interpreter],
    ["bundled", () => places.bundled],
    ["private", () => places.privatePython],
  ];
  for (const [origin, place] of attempts) {
    try {
      const program = await place();
      if (program !== undefined) return await ask(origin, program, run);
    } catch (error) {
      log(`No server (${origin}): ${sentence(error)}`);
    }
  }
  return undefined;
}

async function ask(origin: Origin, program: string, run: Run): Promise<Server> {
  const args = serverArguments(program);
  const answer = await run(program, [...args, "--version"], { timeout: PATIENCE });
  const version = /^precompass-lsp (\S+)/m.exec(answer)?.[1];
  if (version === undefined) {
    throw new Error(
      `${program} is not the language server: its version is ${JSON.stringify(answer.trim().slice(0, 80))}.`,
    );
  }
  return { command: program, args, version, origin };
}

/** Returns the message of an error. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Returns the arguments with which a program is the server: none, or for Python the module.
 *
 * -P (Python 3.11) keeps Python from importing what lies in the working folder.
 */
function serverArguments(program: string): readonly string[] {
  const name = program.slice(Math.max(program.lastIndexOf("/"), program.lastIndexOf("\\")) + 1);
  return /^python[\d.]*(\.exe)?$/i.test(name) ? ["-P", "-m", "precompass_lsp"] : [];
}

/**
 * Returns the absolute path that the setting means.
 *
 * @param setting what the user wrote; ~ is the home folder.
 * @param folder what a relative path starts from: the first folder of the workspace.
 */
export function settingPath(setting: string, home: string, folder: string | undefined): string {
  const text = setting.trim();
  if (text === "") return "";
  if (text === "~" || /^~[/\\]/.test(text)) return path.join(home, text.slice(1));
  return path.resolve(folder ?? home, text);
}

/** Returns the paths that a program would have in the absolute folders of PATH. */
export function programsOnPath(
  name: string,
  variables: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  exists: (file: string) => boolean,
): string[] {
  const style = platform === "win32" ? path.win32 : path.posix;
  const file = platform === "win32" ? `${name}.exe` : name;
  const value = variables["PATH"] ?? variables["Path"] ?? "";
  return value
    .split(style.delimiter)
    .filter((folder) => style.isAbsolute(folder)) // "." would be the folder that is open
    .map((folder) => style.join(folder, file))
    .filter(exists);
}
