// The virtual environment of our own: which Python makes it, and what is left when that fails.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import {
  findPython,
  install,
  pythonIn,
  type Installation,
} from "../../../editors/vscode/src/privateEnvironment";
import { ProgramError, type Run } from "../../../editors/vscode/src/program";

function installation(context: TestContext): Installation & { lines: string[] } {
  const parent = mkdtempSync(path.join(tmpdir(), "precompass-"));
  context.after(() => {
    rmSync(parent, { recursive: true });
  });
  const lines: string[] = [];
  return {
    python: "/usr/bin/python3",
    folder: path.join(parent, "server-1.0.0"),
    requirement: "/extension/server/precompass-1.0.0-py3-none-any.whl",
    platform: "linux",
    signal: new AbortController().signal,
    report: (line) => lines.push(line),
    lines,
  };
}

/** A Python whose venv makes a folder, and whose pip does what the test says. */
function python(pip: (printed: (line: string) => void) => Promise<string>) {
  const asked: string[] = [];
  const run: Run = (command, args, options) => {
    asked.push([command, ...args].join(" "));
    if (args.includes("venv")) {
      mkdirSync(args.at(-1) ?? "");
      return Promise.resolve("");
    }
    return pip((line) => options?.onLine?.(line));
  };
  return { run, asked };
}

test("the first Python that is new enough makes it", async () => {
  const versions: Record<string, string> = {
    python3: "3 9",
    "python3.12": "3 12",
    python: "3 13",
  };
  const run: Run = (command) => {
    const version = versions[command];
    return version === undefined
      ? Promise.reject(new ProgramError("No module named ensurepip"))
      : Promise.resolve(`${version}\n`);
  };
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  assert.equal(await findPython(["python3", "python3.14", "python3.12"], run, log), "python3.12");
  assert.match(lines[0] ?? "", /python3 is Python 3\.9; Precompass needs 3\.11/);
  assert.match(lines[1] ?? "", /ensurepip/);
  assert.equal(await findPython(["python3"], run, log), undefined);
  assert.equal(await findPython(["python"], run, log), "python");
});

test("pip of the new environment installs the server, and tells how far it is", async (context) => {
  const asked = installation(context);
  const machine = python((printed) => {
    printed("Collecting pygls");
    return Promise.resolve("");
  });
  await install(asked, machine.run);
  const inside = path.join(asked.folder, "bin", "python");
  assert.deepEqual(machine.asked, [
    `/usr/bin/python3 -I -m venv ${asked.folder}`,
    `${inside} -I -m pip --disable-pip-version-check --no-input install --progress-bar=off ` +
      asked.requirement,
  ]);
  assert.deepEqual(asked.lines, ["Creating a virtual environment", "Collecting pygls"]);
  assert.ok(existsSync(asked.folder));
});

test("what an earlier attempt has left goes first", async (context) => {
  const asked = installation(context);
  mkdirSync(asked.folder);
  writeFileSync(path.join(asked.folder, "half"), "");
  await install(asked, python(() => Promise.resolve("")).run);
  assert.ok(!existsSync(path.join(asked.folder, "half")));
});

test("nothing is left when pip fails", async (context) => {
  const asked = installation(context);
  const failing = python(() => Promise.reject(new ProgramError("no network")));
  await assert.rejects(install(asked, failing.run), /no network/);
  assert.ok(!existsSync(asked.folder));
});

test("nothing is left when the user cancels", async (context) => {
  const asked = installation(context);
  const abort = new AbortController();
  const cancelled = new Error("cancelled");
  const machine = python(() => {
    abort.abort(cancelled);
    return Promise.reject(abort.signal.reason as Error);
  });
  await assert.rejects(install({ ...asked, signal: abort.signal }, machine.run), cancelled);
  assert.ok(!existsSync(asked.folder));
});

test("on Windows, its Python lies elsewhere", () => {
  assert.equal(pythonIn("C:\\store\\server", "win32"), "C:\\store\\server\\Scripts\\python.exe");
  assert.equal(pythonIn("/store/server", "darwin"), "/store/server/bin/python");
});
