"""The configurations that no editor tries here, and what all have in common."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from precompass import __version__
from precompass.files.kinds import file_kind
from precompass.settings.settings import SETTINGS, SEVERITY_WORDS
from precompass_lsp.settings import ServerSettings, read_settings
from support.editor_instructions import EDITORS, code_blocks, follow_installation
from support.shared_data import ROOT

SERVED = [
    "JuliaLocalPreferences.toml",
    "JuliaManifest-v1.11.toml",
    "JuliaManifest.toml",
    "JuliaProject.toml",
    "LocalPreferences.toml",
    "Manifest-v1.12.toml",
    "Manifest.toml",
    "Project.toml",
    "precompass.toml",
]
OTHERS = ["Cargo.toml", "Manifest.toml.orig", "MyProject.toml", "project.toml", "pyproject.toml"]


def _helix_patterns() -> list[str]:
    configuration = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text())
    (language,) = configuration["language"]
    return [each["glob"] for each in language["file-types"]]


def _kate_patterns() -> list[str]:
    modes = configparser.ConfigParser()
    modes.read(EDITORS / "kate" / "katemoderc")
    return modes["Julia TOML"]["Wildcards"].split(";")


@pytest.mark.parametrize("patterns", [_helix_patterns(), _kate_patterns()], ids=["helix", "kate"])
def test_patterns_of_file_names_are_those_of_the_server(patterns: list[str]) -> None:
    for name in [*SERVED, *OTHERS]:
        is_matched = any(fnmatchcase(name, pattern) for pattern in patterns)
        assert is_matched is (file_kind(Path(name)) is not None), name
    assert all(any(fnmatchcase(name, pattern) for name in SERVED) for pattern in patterns)


def test_the_steps_for_helix_add_to_what_a_user_has(variables: Mapping[str, str]) -> None:
    folder = Path(variables["XDG_CONFIG_HOME"], "helix")
    folder.mkdir(parents=True)
    theirs = '[language-server.mine]\ncommand = "mine"\n'
    (folder / "languages.toml").write_text(theirs)
    follow_installation("helix", variables)
    configuration = tomllib.loads((folder / "languages.toml").read_text())
    assert configuration["language-server"].keys() == {"mine", "precompass-lsp"}
    (language,) = configuration["language"]
    queries = folder / "runtime" / "queries" / language["name"]
    assert {path.read_text() for path in queries.iterdir()} == {"; inherits: toml\n"}


def test_the_steps_for_kate_add_to_what_a_user_has(variables: Mapping[str, str]) -> None:
    folder = Path(variables["XDG_CONFIG_HOME"])
    folder.mkdir()
    (folder / "katemoderc").write_text("[Mine]\nPriority=1\n")
    follow_installation("kate", variables)
    modes = configparser.ConfigParser()
    modes.read(folder / "katemoderc")
    assert modes.sections() == ["Mine", "Julia TOML"]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("emacs/precompass.el", r"^;; Version: (.*)$"),
        ("zed/Cargo.toml", r'^version = "(.*)"$'),
        ("zed/extension.toml", r'^version = "(.*)"$'),
    ],
)
def test_what_has_a_version_has_that_of_the_server(file: str, pattern: str) -> None:
    assert re.findall(pattern, (EDITORS / file).read_text(), re.MULTILINE) == [__version__]


def test_every_editor_has_its_row_and_its_page() -> None:
    text = EDITORS.joinpath("README.md").read_text()
    folders = {path.parent.name for path in EDITORS.glob("*/README.md")} - {"upstream"}
    assert set(re.findall(r"^\| \[.*\]\((\w+)/README\.md\)", text, re.MULTILINE)) == folders


def test_kate_starts_the_server_in_the_mode_that_is_shipped() -> None:
    settings = json.loads((EDITORS / "kate" / "settings.json").read_text())
    server = settings["servers"]["julia-toml"]
    assert re.search(server["highlightingModeRegex"], "Julia TOML")
    assert not re.search(server["highlightingModeRegex"], "TOML")
    assert server["command"] == ["precompass-lsp"]


def test_sublime_text_is_told_of_the_server() -> None:
    text = (EDITORS / "sublime" / "LanguageServers.sublime-settings").read_text()
    server = json.loads(re.sub("//.*", "", text))["precompass"]
    older = json.loads(code_blocks("sublime", "json")[0])["clients"]["precompass"]
    assert server == {**older, "settings": {}}


def test_zeds_settings_are_for_the_server_of_the_extension() -> None:
    extension = tomllib.loads((EDITORS / "zed" / "extension.toml").read_text())
    (name,) = extension["language_servers"]
    (settings,) = [json.loads(code) for code in code_blocks("zed", "json")]
    assert settings["lsp"].keys() == {name}
    json.loads((EDITORS / "zed" / "in-place-of-tombi.json").read_text())


def test_the_table_lists_every_setting_and_its_default() -> None:
    text = (EDITORS / "README.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    names = [setting.editor_name for setting in SETTINGS.values()]
    assert sorted(name for name, _ in rows) == sorted(
        [*names, "debounce", "workspaceDiagnostics", "trust", "trace"]
    )
    assert all(f'`"{word}"`' in text for word in SEVERITY_WORDS)

    defaults = {name: json.loads(default.strip("`")) for name, default in rows if _is_json(default)}
    switches = {"useDepot", "useRegistry", "inlayHints", "codeLenses", "workspaceDiagnostics"}
    assert defaults.keys() == {*switches, "wideThreshold", "debounce", "trace"}
    settings, wrong = read_settings(defaults)
    assert not wrong
    assert settings.debounce == ServerSettings().debounce
    assert settings.log_level == ServerSettings().log_level
    assert settings.analysis.wide_from == ServerSettings().analysis.wide_from


def test_the_table_has_the_names_of_the_page_on_settings() -> None:
    page = ROOT.joinpath("docs", "settings.md").read_text()
    names = re.findall(r"^\|[^|]*\| \[?`(\w+)`[^|]*\|", page, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \|", EDITORS.joinpath("README.md").read_text(), re.MULTILINE)
    assert rows == names
    told = EDITORS.joinpath("neovim", "doc", "precompass.txt").read_text()
    assert all(f"`{name}`" in told for name in names)


def _is_json(text: str) -> bool:
    return re.fullmatch(r'\d+|true|false|`".*"`', text) is not None
