import assert from "node:assert/strict";
import { test } from "node:test";

import { asText } from "../../../editors/vscode/src/plainText";

test("a name is no link, no icon and no control character", () => {
  assert.equal(
    asText("[Julia](command:workbench.action.terminal.new)"),
    "[Julia] (command:workbench.action.terminal.new)",
  );
  assert.equal(asText("$(error) a"), "$ (error) a");
  assert.equal(asText("a\u202eb\u001b[31m\n"), "a\ufffdb\ufffd[31m\ufffd");
  assert.equal(asText("Survey · Julia 1.12.1 · 🙂"), "Survey · Julia 1.12.1 · 🙂");
});
