// Programs that are run for what they print.

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { ProgramError, run, type RunOptions } from "../../../editors/vscode/src/program";

function node(script: string, options?: RunOptions): Promise<string> {
  return run(process.execPath, ["-e", script], options);
}

test("what a program prints is returned whole, and line by line", async () => {
  const lines: string[] = [];
  const printed = await node("console.log('one\\n\\n two')", {
    onLine: (line) => lines.push(line),
  });
  assert.equal(printed, "one\n\n two\n");
  assert.deepEqual(lines, ["one", "two"]);
});

test("a program that fails says why", async () => {
  await assert.rejects(node("console.error('out of ink'); process.exit(3)"), (error) => {
    assert.ok(error instanceof ProgramError);
    assert.match(error.message, /failed with exit code 3\.\nout of ink$/);
    return true;
  });
});

test("a program that is not there is a failure too", async () => {
  await assert.rejects(
    run("/nowhere/precompass-lsp", []),
    /^ProgramError: There is no file \/nowhere\/precompass-lsp\.$/,
  );
});

test("a program that does not end is ended", async () => {
  await assert.rejects(node("setInterval(() => {}, 1000)", { timeout: 300 }), /was stopped/);
});

test("whoever asked can end it, with a reason", async () => {
  const abort = new AbortController();
  const reason = new Error("cancelled");
  const running = node("console.log('here'); setInterval(() => {}, 1000)", {
    signal: abort.signal,
    onLine: () => {
      abort.abort(reason);
    },
  });
  await assert.rejects(running, reason);
});
