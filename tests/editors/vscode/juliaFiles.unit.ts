// Which files the server is told of.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isJuliaFile } from "../../../editors/vscode/src/juliaFiles";

test("Julia's project files, and our own", () => {
  for (const name of [
    "Project.toml",
    "JuliaProject.toml",
    "LocalPreferences.toml",
    "JuliaLocalPreferences.toml",
    "Manifest.toml",
    "JuliaManifest.toml",
    "Manifest-v1.11.toml",
    "JuliaManifest-v1.12.toml",
    "precompass.toml",
  ]) {
    assert.ok(isJuliaFile(name), name);
    assert.ok(isJuliaFile(`/home/ada/Rivers/${name}`), name);
    assert.ok(isJuliaFile(`C:\\Rivers\\${name}`), name);
  }
});

test("no other TOML files", () => {
  for (const name of [
    "Cargo.toml",
    "pyproject.toml",
    "MyProject.toml",
    "project.toml",
    "Manifest.toml.orig",
    "LocalPreferences-v1.11.toml",
    "Juliaprecompass.toml",
  ]) {
    assert.ok(!isJuliaFile(`/home/ada/${name}`), name);
  }
});
