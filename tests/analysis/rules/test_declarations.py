"""What rules say of themselves: which files they check, and what else they look into."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.kinds import FileKind
from precompass.findings import Finding
from precompass.rules import RULES, check
from precompass.rules.rule import Resource
from precompass.session import Session
from support.environments import Package, manifest, project, session, uuid

SKIP_LIST = '[SnoopPrecompile]\nskip_precompile = ["Brook"]'
BROOK = project("Brook", deps="Preferences", extras="SnoopPrecompile")
WITHOUT_SNOOP = manifest({"Preferences": Package("TOML", version="1.4.3"), "TOML": ""})


def codes(opened: Session, path: Path) -> list[str]:
    return [finding.code for finding in check(opened, path)]


def test_an_ignore_may_be_for_a_machine_with_another_manifest(tmp_path: Path) -> None:
    ignored = f"{SKIP_LIST} # precompass: ignore[global-skip-list]\n"
    files = {"Project.toml": BROOK, "LocalPreferences.toml": ignored}
    here = session(tmp_path, {**files, "Manifest.toml": WITHOUT_SNOOP})
    assert "unused-ignore" not in codes(here, tmp_path / "LocalPreferences.toml")


def test_on_the_other_machine_the_same_comment_is_needed(tmp_path: Path) -> None:
    files = {"Project.toml": BROOK, "LocalPreferences.toml": f"{SKIP_LIST}\n"}
    elsewhere = session(tmp_path, files)
    assert "global-skip-list" in codes(elsewhere, tmp_path / "LocalPreferences.toml")


@pytest.mark.parametrize("code", sorted(RULES))
def test_an_ignore_is_reported_unless_its_rule_looks_elsewhere(tmp_path: Path, code: str) -> None:
    files = {"Project.toml": f"# precompass: ignore[{code}]\n"}
    reported = "unused-ignore" in codes(session(tmp_path, files), tmp_path / "Project.toml")
    assert reported is not bool(RULES[code].looks_into)


@pytest.mark.parametrize(
    "text",
    [
        project("Brook", deps="CSV Missing") + '[compat]\nCSV = "0.10"\nOther = "1"\n',
        project("Brook", deps="CSV", extras="SnoopPrecompile")
        + '[sources]\nCSV = {path = "a", url = "b"}\n\n[extensions]\nExt = "Nothing"\n\n'
        '[targets]\ntest = ["Test"]\n\n[preferences]\nCSV = 1\nUnlisted = 2\n',
        project("Brook", deps="CSV") + f'Twin = "{uuid("CSV")}"\n[weakdeps]\nCSV = "no UUID"\n',
    ],
)
def test_what_does_not_look_into_the_manifest_is_the_same_without_one(
    tmp_path: Path, text: str
) -> None:
    files = {"Project.toml": text}
    with_manifest = {**files, "Manifest.toml": manifest({"CSV": "SnoopPrecompile"})}

    def found(files: dict[str, str]) -> set[Finding]:
        opened = session(tmp_path / str(len(files)), files, julia="1.12.0")
        findings = check(opened, tmp_path / str(len(files)) / "Project.toml")
        return {one for one in findings if Resource.MANIFEST not in RULES[one.code].looks_into}

    assert {(one.code, one.span, one.message) for one in found(files)} == {
        (one.code, one.span, one.message) for one in found(with_manifest)
    }
    assert found(files)


def test_only_the_rules_of_precompass_check_its_own_file() -> None:
    of_our_own = {code for code, rule in RULES.items() if FileKind.CONFIGURATION in rule.kinds}
    assert of_our_own == {"toml-syntax", "configuration", "unused-ignore", "untrusted-path"}
