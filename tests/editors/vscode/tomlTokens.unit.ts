// The colours of TOML, as pairs of text and type.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { tokensOf } from "../../../editors/vscode/src/tomlTokens";

const ROOT = path.resolve(import.meta.dirname, "../../../..");

function coloured(text: string): string[] {
  const lines = text.split("\n");
  return tokensOf(text).map(
    ({ line, start, length, type }) =>
      `${type} ${lines[line]?.slice(start, start + length) ?? "nowhere"}`,
  );
}

test("tables, keys, values and comments", () => {
  assert.deepEqual(coloured('[deps] # all\nCSV = "336e"\nwait = 1.5\non = true\n'), [
    "namespace [deps]",
    "comment # all",
    "property CSV",
    'string "336e"',
    "property wait",
    "number 1.5",
    "property on",
    "keyword true",
  ]);
});

test("an array over several lines is no table", () => {
  assert.deepEqual(coloured('list = [\n  ["a # b", 1], # c\n]\n[[deps.CSV]]'), [
    "property list",
    'string "a # b"',
    "number 1",
    "comment # c",
    "namespace [[deps.CSV]]",
  ]);
});

test("strings over several lines, inline tables and dotted, quoted keys", () => {
  assert.deepEqual(coloured("a.'b c' = {x = \"\"\"one\n[two]\"\"\", y = inf}\nz = '''w''' # end"), [
    "property a",
    "property 'b c'",
    "property x",
    'string """one',
    'string [two]"""',
    "property y",
    "keyword inf",
    "property z",
    "string '''w'''",
    "comment # end",
  ]);
});

test("tokens of broken text are in the text, in order, and do not overlap", () => {
  const whole = readFileSync(path.join(ROOT, "examples/CatchmentModels/Manifest.toml"), "utf8");
  const text = whole.slice(0, 20_000);
  for (let cut = 0; cut < text.length; cut += 397) {
    const part = `${text.slice(0, cut)}"'[{=${text.slice(cut + 3, cut + 400)}`;
    const lines = part.split("\n");
    let last = { line: 0, end: 0 };
    for (const { line, start, length } of tokensOf(part)) {
      assert.ok(length > 0 && start + length <= (lines[line]?.length ?? 0));
      assert.ok(line > last.line || start >= last.end);
      last = { line, end: start + length };
    }
  }
});
