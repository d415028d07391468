// Settings as the server reads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nested } from "../../../editors/vscode/src/nested";

test("settings of one group are one object", () => {
  assert.deepEqual(
    nested([
      ["wideThreshold", 25],
      ["severity.toml-syntax", "hint"],
      ["severity.unknown-key", "off"],
      ["trace.server", "verbose"],
    ]),
    {
      wideThreshold: 25,
      severity: { "toml-syntax": "hint", "unknown-key": "off" },
      trace: { server: "verbose" },
    },
  );
});

test("a severity that is set back to its default is left to precompass.toml", () => {
  assert.deepEqual(nested([["severity.toml-syntax", "default"]]), {});
});
