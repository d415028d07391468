"""Files that Pkg refuses to read: manifests that break its rules, values of another type."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import TREE, manifest, uuid
from support.rule_findings import expect, findings

HEAD = 'julia_version = "1.12.2"\nmanifest_format = "2.0"\n'
CSV, TOML = uuid("CSV"), uuid("TOML")


def entry(lines: str, name: str = "CSV") -> str:
    """Return a manifest with one entry that has these lines besides its UUID."""
    return f'{HEAD}\n[[deps.{name}]]\n{lines}uuid = "{uuid(name)}"\n'


# malformed-manifest


@pytest.mark.parametrize(
    "lines",
    [
        "path = ⟦1⟧\n",
        "repo-url = ⟦true⟧\n",
        "repo-rev = ⟦[]⟧\n",
        'git-tree-sha1 = ⟦"abc"⟧\n',
        f'git-tree-sha1 = ⟦"{TREE[:-1]}x"⟧\n',
        'pinned = ⟦"true"⟧\n',
        "deps = ⟦1⟧\n",
        "registries = ⟦1⟧\n",
        "syntax = {⟦julia_version⟧ = 1.14}\n",
        "extensions = {⟦AExt⟧ = 1}\n",
    ],
)
def test_a_value_of_another_type(tmp_path: Path, lines: str) -> None:
    files = {"Manifest.toml": entry(lines)}
    found = expect(tmp_path, "malformed-manifest", files, Severity.ERROR, of="Manifest.toml")
    assert found[0].message.startswith("Pkg refuses to read this manifest: in the entry of CSV, ")


def test_a_dependency_that_is_named_twice(tmp_path: Path) -> None:
    text = entry('deps = ["TOML", ⟦"TOML"⟧]\n') + f'\n[[deps.TOML]]\nuuid = "{TOML}"\n'
    found = expect(tmp_path, "malformed-manifest", {"Manifest.toml": text}, of="Manifest.toml")
    assert "TOML is named twice" in found[0].message


def test_a_dependency_with_the_uuid_of_another_package(tmp_path: Path) -> None:
    text = entry(f'deps = {{⟦Dates⟧ = "{TOML}"}}\n') + f'\n[[deps.TOML]]\nuuid = "{TOML}"\n'
    found = expect(tmp_path, "malformed-manifest", {"Manifest.toml": text}, of="Manifest.toml")
    assert "the UUID of Dates is that of TOML" in found[0].message


def test_a_list_of_weak_dependencies_names_what_is_there_once(tmp_path: Path) -> None:
    files = {"Manifest.toml": entry('weakdeps = [⟦"TOML"⟧]\n')}
    expect(tmp_path, "malformed-manifest", files, of="Manifest.toml")
    there = entry('weakdeps = ["TOML"]\n') + f'\n[[deps.TOML]]\nuuid = "{TOML}"\n'
    files = {"Manifest.toml": there}
    assert findings(tmp_path, "malformed-manifest", files, of="Manifest.toml") == []


def test_two_entries_with_one_uuid(tmp_path: Path) -> None:
    text = entry('version = "0.9.0"\n') + f'\n[[deps.CSV]]\nuuid = ⟦"{CSV}"⟧\nversion = "0.10.0"\n'
    files = {"Manifest.toml": text}
    found = expect(tmp_path, "malformed-manifest", files, Severity.WARNING, of="Manifest.toml")
    assert "Julia loads the first" in found[0].message


def test_one_fault_of_several_entries_is_one_finding(tmp_path: Path) -> None:
    more = f'\n[[deps.TOML]]\nuuid = "{TOML}"\npinned = "no"\n'
    text = entry('pinned = ⟦"yes"⟧\n') + more
    (found,) = expect(tmp_path, "malformed-manifest", {"Manifest.toml": text}, of="Manifest.toml")
    assert "in the entries of CSV and TOML, `pinned` has to be true or false" in found.message
    assert [related.message for related in found.related] == ["Here, too."]


@pytest.mark.parametrize(
    "text",
    [
        "⟦manifest_format⟧ = 2\n",
        f'{HEAD}⟦project_hash⟧ = "abc"\n',
        f"{HEAD}⟦deps⟧ = 1\n",
        f'{HEAD}[deps.⟦CSV⟧]\nuuid = "{CSV}"\n',
        f"{HEAD}[⟦registries⟧]\nGeneral = 1\n",
    ],
)
def test_what_is_wrong_with_the_file_itself(tmp_path: Path, text: str) -> None:
    expect(tmp_path, "malformed-manifest", {"Manifest.toml": text}, of="Manifest.toml")


def test_a_format_that_nobody_knows(tmp_path: Path) -> None:
    files = {"Manifest.toml": '⟦manifest_format⟧ = "3.0"\n'}
    expect(tmp_path, "malformed-manifest", files, Severity.WARNING, of="Manifest.toml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        manifest({"CSV": "TOML", "TOML": ""}),
        f'[[CSV]]\nuuid = "{CSV}"\ndeps = ["TOML"]\n\n[[TOML]]\nuuid = "{TOML}"\n',
        manifest({"CSV": ""}) + "oh no\n",  # toml-syntax speaks of that
    ],
)
def test_manifests_that_pkg_reads(tmp_path: Path, text: str) -> None:
    assert (
        findings(tmp_path, "malformed-manifest", {"Manifest.toml": text}, of="Manifest.toml") == []
    )


# wrong-type


@pytest.mark.parametrize(
    ("text", "julia"),
    [
        ("name = ⟦1⟧\n", "1.6.7"),
        ("manifest = ⟦true⟧\n", "1.6.7"),
        ("entryfile = ⟦1⟧\n", "1.12.2"),
        ('extensions = ⟦"x"⟧\n', "1.9.4"),
        ('sources = ⟦"x"⟧\n', "1.11.2"),
        (f'[deps]\nCSV = "{CSV}"\n[sources]\nCSV = {{path = ⟦1⟧}}\n', "1.11.2"),
        ('readonly = ⟦"true"⟧\n', "1.13.0"),
        ("syntax.julia_version = ⟦1.14⟧\n", "1.14.0"),
    ],
)
def test_a_value_in_a_project_file(tmp_path: Path, text: str, julia: str) -> None:
    expect(tmp_path, "wrong-type", text, Severity.ERROR, julia=julia)


def test_a_key_that_only_a_later_julia_reads(tmp_path: Path) -> None:
    found = expect(
        tmp_path, "wrong-type", 'readonly = ⟦"true"⟧\n', Severity.WARNING, julia="1.11.2"
    )
    assert found[0].message.startswith("Pkg of Julia 1.13 and later refuses")


def test_values_of_the_right_types(tmp_path: Path) -> None:
    text = 'name = "A"\nreadonly = true\n[syntax]\njulia_version = "1.14"\n[extensions]\nB = "C"\n'
    assert findings(tmp_path, "wrong-type", text) == []


# manifest-of-another-julia


def of_julia_1_11(lines: str = "") -> str:
    return f'julia_version = ⟦"1.11.5"⟧\nmanifest_format = "2.0"\n{lines}'


MBEDTLS = '\n[[deps.MbedTLS_jll]]\nuuid = "c8ffd9c3-330d-5841-b78e-0817d7145fa1"\n'
LINEAR = (
    '\n[[deps.LinearAlgebra]]\nuuid = "37e2e46d-f89d-539d-b4ee-838fcccc9c8e"\nversion = "1.11.0"\n'
)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "Pkg of Julia 1.12 warns of it"),
        (MBEDTLS, "Julia 1.12 does not have MbedTLS_jll as a standard library"),
        (LINEAR, "Julia 1.12 has other versions of LinearAlgebra"),
    ],
)
def test_a_manifest_of_another_series(tmp_path: Path, lines: str, said: str) -> None:
    files = {"Project.toml": "", "Manifest.toml": of_julia_1_11(lines)}
    found = expect(
        tmp_path,
        "manifest-of-another-julia",
        files,
        Severity.WARNING,
        of="Manifest.toml",
        julia="1.12.2",
    )
    assert said in found[0].message


@pytest.mark.parametrize("julia", [None, "1.11.2"])
def test_a_manifest_of_the_julia_in_use(tmp_path: Path, julia: str | None) -> None:
    text = of_julia_1_11(MBEDTLS).replace("⟦", "").replace("⟧", "")
    files = {"Project.toml": "", "Manifest.toml": text}
    code = "manifest-of-another-julia"
    assert findings(tmp_path, code, files, of="Manifest.toml", julia=julia) == []


def test_a_manifest_that_the_julia_in_use_does_not_take(tmp_path: Path) -> None:
    text = of_julia_1_11(MBEDTLS).replace("⟦", "").replace("⟧", "")
    files = {"Project.toml": "", "Manifest-v1.11.toml": text}
    code = "manifest-of-another-julia"
    assert findings(tmp_path, code, files, of="Manifest-v1.11.toml", julia="1.12.2") == []
