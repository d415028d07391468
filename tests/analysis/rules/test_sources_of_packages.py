"""Dependencies from a repository, in a package that others install from a registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import manifest, project, write
from support.rule_findings import expect, findings

CODE = "sources-of-package"
FASTER = 'url = "https://github.com/JuliaData/CSV.jl", rev = "faster"'
MANIFEST = manifest({"CSV": "", "Parsers": ""}, julia="1.12.2")


def files(head: str, sources: str) -> dict[str, str]:
    """A project that lists CSV and Parsers."""
    return {"Project.toml": f"{head}\n[sources]\n{sources}\n", "Manifest.toml": MANIFEST}


def test_one_finding_for_all_dependencies(tmp_path: Path) -> None:
    parsers = 'Parsers = {url = "https://github.com/JuliaData/Parsers.jl"}'
    texts = files(project("Meadow", deps="CSV Parsers"), f"⟦CSV⟧ = {{{FASTER}}}\n{parsers}")
    (found,) = expect(tmp_path, CODE, texts, Severity.INFORMATION)
    assert found.message == (
        "Installing Meadow from a registry installs CSV and Parsers from the registry too, not "
        "from this URL: registries ignore `[sources]`. Before you register Meadow, require "
        "registered versions in [compat]."
    )


def test_packages_of_one_repository_find_each_other_by_path(tmp_path: Path) -> None:
    texts = files(project("Meadow", deps="CSV Parsers"), 'CSV = {path = "lib/CSV"}')
    assert findings(tmp_path, CODE, texts) == []


@pytest.mark.parametrize(
    "head",
    [
        project(deps="CSV Parsers"),
        project("Meadow", deps="CSV Parsers").replace('version = "0.1.0"\n', ""),
        project("Meadow", deps="Parsers", extras="CSV"),
    ],
    ids=["no package", "without version", "for the tests alone"],
)
def test_what_is_not_registered(tmp_path: Path, head: str) -> None:
    assert findings(tmp_path, CODE, files(head, f"CSV = {{{FASTER}}}")) == []


def test_a_package_among_the_tests_of_another(tmp_path: Path) -> None:
    inner = files(project("Inner", deps="CSV Parsers"), f"CSV = {{{FASTER}}}")
    texts = {f"test/Inner/{name}": text for name, text in inner.items()}
    texts["Project.toml"] = project("Meadow")
    write(tmp_path, texts)
    assert findings(tmp_path, CODE, texts, of="test/Inner/Project.toml") == []
    texts = {name.replace("test/", "lib/"): text for name, text in texts.items()}
    write(tmp_path, texts)
    (found,) = findings(tmp_path, CODE, texts, of="lib/Inner/Project.toml")
    assert found.severity is Severity.INFORMATION


def test_before_julia_1_11_there_are_no_sources(tmp_path: Path) -> None:
    texts = files(project("Meadow", deps="CSV Parsers"), f"CSV = {{{FASTER}}}")
    texts["Manifest.toml"] = manifest({"CSV": "", "Parsers": ""}, julia="1.10.4")
    assert findings(tmp_path, CODE, texts) == []
