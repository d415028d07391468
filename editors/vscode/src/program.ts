// Programs that are run to their end, for what they print.

import { spawn } from "node:child_process";

export interface RunOptions {
  /** Ends the program early. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number;
  /** Told of each line that the program prints, while it runs. */
  readonly onLine?: (line: string) => void;
}

/** A program that could not be run, or ended with an exit code other than 0. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

export type Run = (
  command: string,
  args: readonly string[],
  options?: RunOptions,
) => Promise<string>;

/**
 * Runs a program and returns what it printed on standard output.
 *
 * Throws a ProgramError with the last lines of standard error if it fails, and the signal's
 * reason if it was ended by that.
 */
export const run: Run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const { signal, timeout, onLine } = options;
    const program = spawn(command, args, { timeout, stdio: ["ignore", "pipe", "pipe"] });
    const end = () => program.kill();
    signal?.addEventListener("abort", end);
    if (signal?.aborted) {
      end();
    }
    let printed = "";
    let complaints = "";
    program.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      text.split(/\r?\n/).forEach((line) => {
        if (line.trim() !== "") onLine?.(line.trim());
      });
    });
    program.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    program.on("error", (error) => {
      reject(new ProgramError(whyNot(command, error)));
    });
    program.on("close", (code, ended) => {
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) {
        reject(signal.reason as Error);
      } else if (code === 0) {
        resolve(printed);
      } else {
        const last = complaints.trim().split("\n").slice(-5).join("\n");
        const how =
          code === null ? `was stopped (${ended ?? "no answer"})` : `failed with exit code ${code}`;
        reject(new ProgramError(`“${[command, ...args].join(" ")}” ${how}.\n${last}`.trim()));
      }
    });
  });

/** Returns a sentence for an error of spawn, such as "spawn /bin/x ENOENT". */
function whyNot(command: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return `There is no file ${command}.`;
    case "EACCES":
      return `${command} is not executable.`;
    default:
      return `${command} cannot be run (${error.code ?? error.message}).`;
  }
}
