// The private virtual environment, which holds the server and its dependencies.

import { rm } from "node:fs/promises";
import path from "node:path";
import type { Run } from "./program";

/** The oldest Python that the server runs with. */
export const OLDEST_PYTHON = [3, 11] as const;

/** The names of Python: the usual one first, then the newest. */
export const PYTHON_NAMES = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python",
] as const;

const PATIENCE = 30_000; // milliseconds

/** Returns the Python of a virtual environment. */
export function pythonIn(folder: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? path.win32.join(folder, "Scripts", "python.exe")
    : path.posix.join(folder, "bin", "python");
}

/** Returns the first program that is a Python with which an environment can be made. */
export async function findPython(
  programs: readonly string[],
  run: Run,
  log: (line: string) => void,
): Promise<string | undefined> {
  // Debian's Python has venv without ensurepip, and fails only half way.
  const question = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
  for (const program of programs) {
    try {
      const answer = await run(program, ["-I", "-c", question], { timeout: PATIENCE });
      const [major = 0, minor = 0] = answer.trim().split(" ").map(Number);
      if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) {
        return program;
      }
      log(`${program} is Python ${major}.${minor}; Precompass needs ${OLDEST_PYTHON.join(".")}.`);
    } catch (error) {
      log(
        `${program} cannot make a virtual environment: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return undefined;
}

export interface Installation {
  /** The Python that makes the environment. */
  readonly python: string;
  /** The folder of the environment; it is replaced. */
  readonly folder: string;
  /** The argument of pip install: a wheel, or a name with a version. */
  readonly requirement: string;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
  /** Called with each line of progress. */
  readonly report: (line: string) => void;
}

/**
 * Makes the environment. If that fails or is cancelled, nothing is left of it.
 *
 * Throws a ProgramError, or the signal's reason.
 */
export async function install(installation: Installation, run: Run): Promise<void> {
  const { python, folder, requirement, platform, signal, report } = installation;
  await rm(folder, { recursive: true, force: true });
  try {
    report("Creating a virtual environment");
    await run(python, ["-I", "-m", "venv", folder], { signal });
    const pip = ["-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"];
    await run(pythonIn(folder, platform), [...pip, "--progress-bar=off", requirement], {
      signal,
      onLine: report,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
