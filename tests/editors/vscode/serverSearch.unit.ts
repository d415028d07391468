// Where the server is looked for, and in which order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ProgramError, type Run } from "../../../editors/vscode/src/program";
import {
  findServer,
  programsOnPath,
  settingPath,
  WrongSettingError,
  type Places,
} from "../../../editors/vscode/src/serverSearch";

const EVERYWHERE: Places = {
  setting: "/chosen/precompass-lsp",
  onPath: ["/usr/bin/precompass-lsp", "/opt/precompass-lsp"],
  interpreter: () => Promise.resolve("/project/.venv/bin/python3.12"),
  bundled: "/extension/server/programs/precompass-lsp",
  privatePython: "/storage/server-1.0.0/bin/python",
};

/** A machine on which some programs are servers, and all others cannot be run. */
function machine(...servers: string[]): { run: Run; asked: string[] } {
  const asked: string[] = [];
  const run: Run = (command, args) => {
    asked.push([command, ...args].join(" "));
    return servers.includes(command)
      ? Promise.resolve("precompass-lsp 1.2.3\n")
      : Promise.reject(new ProgramError(`${command} cannot be run`));
  };
  return { run, asked };
}

function ignore(): void {
  // What is logged is for people.
}

test("the setting counts before all others", async () => {
  const { run, asked } = machine(EVERYWHERE.setting, ...EVERYWHERE.onPath);
  const server = await findServer(EVERYWHERE, run, ignore);
  assert.deepEqual(server, {
    command: "/chosen/precompass-lsp",
    args: [],
    version: "1.2.3",
    origin: "setting",
  });
  assert.deepEqual(asked, ["/chosen/precompass-lsp --version"]);
});

test("a setting that names no server is an error, whatever else is there", async () => {
  const { run } = machine(...EVERYWHERE.onPath);
  await assert.rejects(findServer(EVERYWHERE, run, ignore), WrongSettingError);
});

test("a setting may name a Python, which must not import from the working folder", async () => {
  const { run, asked } = machine("/venv/bin/python");
  const server = await findServer({ ...EVERYWHERE, setting: "/venv/bin/python" }, run, ignore);
  assert.deepEqual(server?.args, ["-P", "-m", "precompass_lsp"]);
  assert.deepEqual(asked, ["/venv/bin/python -P -m precompass_lsp --version"]);
});

test("then the PATH, the interpreter, the extension, and our own folder", async () => {
  const places = { ...EVERYWHERE, setting: "" };
  const all = [
    ...places.onPath,
    "/project/.venv/bin/python3.12",
    places.bundled ?? "",
    places.privatePython,
  ];
  const origins = [];
  for (let first = 0; first <= all.length; first++) {
    const { run, asked } = machine(...all.slice(first));
    const server = await findServer(places, run, ignore);
    origins.push(server?.origin);
    assert.equal(server?.command, all[first]);
    assert.equal(asked.length, Math.min(first + 1, all.length), "nobody is asked in vain");
  }
  assert.deepEqual(origins, ["path", "path", "interpreter", "bundled", "private", undefined]);
});

test("the interpreter is asked for only where it is needed", async () => {
  const places = {
    ...EVERYWHERE,
    setting: "",
    interpreter: () => Promise.reject(new Error("the Python extension does not start")),
  };
  const lines: string[] = [];
  const { run } = machine("/opt/precompass-lsp", places.privatePython);
  const onPath = await findServer(places, run, (line) => lines.push(line));
  assert.equal(onPath?.origin, "path");
  assert.equal(lines.length, 1, "of the first program on the PATH");
  const own = await findServer({ ...places, onPath: [], bundled: undefined }, run, (line) =>
    lines.push(line),
  );
  assert.equal(own?.origin, "private");
  assert.match(lines[1] ?? "", /interpreter.*the Python extension does not start/);
});

test("a place that cannot be used is logged", async () => {
  const lines: string[] = [];
  const places = {
    ...EVERYWHERE,
    setting: "",
    interpreter: () => Promise.resolve(undefined),
  };
  await findServer(places, machine().run, (line) => lines.push(line));
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? "", /path.*\/usr\/bin\/precompass-lsp cannot be run/);
});

test("another program of that name is no server", async () => {
  const run: Run = () => Promise.resolve("GNU precompass 7\n");
  assert.equal(await findServer({ ...EVERYWHERE, setting: "" }, run, ignore), undefined);
  await assert.rejects(findServer(EVERYWHERE, run, ignore), /GNU precompass 7/);
});

test("the setting may start from home or from the folder that is open", () => {
  assert.equal(settingPath("", "/home/ada", "/rivers"), "");
  assert.equal(settingPath("  ", "/home/ada", "/rivers"), "");
  assert.equal(settingPath("/opt/lsp", "/home/ada", "/rivers"), "/opt/lsp");
  assert.equal(settingPath("~/bin/lsp", "/home/ada", "/rivers"), "/home/ada/bin/lsp");
  assert.equal(settingPath(".venv/bin/lsp", "/home/ada", "/rivers"), "/rivers/.venv/bin/lsp");
  assert.equal(settingPath("bin/lsp", "/home/ada", undefined), "/home/ada/bin/lsp");
});

test("only absolute folders of the PATH count: others depend on the folder that is open", () => {
  const there = () => true;
  assert.deepEqual(programsOnPath("lsp", { PATH: "/a::.:b:/c" }, "linux", there), [
    "/a/lsp",
    "/c/lsp",
  ]);
  assert.deepEqual(programsOnPath("lsp", { Path: "C:\\a;.;D:\\b" }, "win32", there), [
    "C:\\a\\lsp.exe",
    "D:\\b\\lsp.exe",
  ]);
  assert.deepEqual(
    programsOnPath("lsp", { PATH: "/a:/b" }, "darwin", (file) => file === "/b/lsp"),
    ["/b/lsp"],
  );
  assert.deepEqual(programsOnPath("lsp", {}, "linux", there), []);
});
