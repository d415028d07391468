"""The page of settings names every setting, where it can be set, and its default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from precompass.cli import check
from precompass.documents.toml import parse_toml
from precompass.rules import RULES
from precompass.settings.configuration import parse_configuration
from precompass.settings.ignoring import ignores_in
from precompass.settings.settings import SETTINGS, SEVERITY_WORDS, Settings
from precompass_lsp.settings import ServerSettings, read_settings
from support.shared_data import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
_TABLE = [
    [cell.strip() for cell in line[1:-1].split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and line.count("|") == 6
]
ROWS = _TABLE[2:]  # behind the head and the line below it


def _named(cell: str) -> str:
    found = re.search("`([^`]+)`", cell)
    return found[1] if found else ""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


class _Asked(Mapping[str, object]):
    """A section of an editor's settings that notes what it is asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> object:
        self.names.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_every_setting_has_its_row_and_its_section() -> None:
    asked = _Asked()
    read_settings(asked)
    assert sorted(_named(row[1]) for row in ROWS) == sorted(asked.names)
    assert [_named(row[0]) for row in ROWS if row[0]] == list(SETTINGS)
    for row in ROWS:
        name = _named(row[0] or row[1])
        assert f"\n### {name}\n" in PAGE
        assert f"](#{name.lower()})" in row[0] + row[1]


def test_a_setting_is_called_in_editors_what_the_page_says() -> None:
    for row in ROWS:
        if row[0]:
            setting = SETTINGS[_named(row[0])]
            assert _named(row[1]) == setting.editor_name
            assert row[4] == setting.default


def test_a_setting_has_the_type_of_its_schema() -> None:
    words = {
        "array": "array",
        "boolean": "`true` or `false`",
        "integer": "integer",
        "string": "string",
    }
    for row in ROWS:
        if row[0]:
            schema = SETTINGS[_named(row[0])].schema
            assert row[3].startswith(words.get(str(schema["type"]), "table"))
            if "minimum" in schema:
                assert row[3].endswith(f"at least {schema['minimum']}")


def test_defaults_of_the_editor_are_those_of_the_page() -> None:
    settings = ServerSettings()
    defaults = {_named(row[1]): row[4] for row in ROWS if not row[0]}
    assert defaults["debounce"] == str(settings.debounce)
    assert defaults["workspaceDiagnostics"] == str(settings.workspace_diagnostics).lower()
    assert list(defaults) == ["debounce", "workspaceDiagnostics", "trust", "trace"]


def test_options_of_the_command_line_are_there() -> None:
    options = check.parser().format_help()
    named = [_named(row[2]) for row in ROWS if row[2]]
    assert named == [
        "--rule",
        "--wide-threshold",
        "--julia",
        "--depot",
        "--no-depot",
        "--no-registry",
        "--trust",
    ]
    assert all(option in options for option in named)


def test_every_severity_is_named() -> None:
    (row,) = (row for row in ROWS if _named(row[0]) == "severity")
    assert re.findall('"([a-z]+)"', row[3]) == list(SEVERITY_WORDS)


def test_the_examples_are_right() -> None:
    example, silenced = _blocks("toml")
    configuration = parse_configuration(Path("/nowhere/precompass.toml"), example)
    assert configuration.problems == ()
    assert set(configuration.settings.severities) <= set(RULES)
    (editor,) = _blocks("json")
    settings, wrong = read_settings(json.loads(editor)["precompass"])
    assert wrong == ()
    assert settings.analysis == Settings().over(configuration.settings)
    (ignore,) = ignores_in(parse_toml(silenced))
    assert [code for code, _ in ignore.codes or ()] == ["global-skip-list"]


@pytest.mark.parametrize("key", SETTINGS)
def test_a_setting_is_one_of_those_that_count(key: str) -> None:
    assert hasattr(Settings(), SETTINGS[key].attribute)
