"""What the extension for VS Code says of the server is what the server says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from precompass.files.kinds import file_kind
from precompass.fixes import move_to_flags, switch_to_flags
from precompass.rules import RULES
from precompass.settings.settings import DEFAULT_WIDE_THRESHOLD, SEVERITY_WORDS
from precompass_lsp.settings import ServerSettings, read_settings
from precompass_lsp.watching import PATTERNS
from support.shared_data import ROOT

FOLDER = ROOT / "editors" / "vscode"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "package.json").read_text())
CONTRIBUTES = MANIFEST["contributes"]
GENERAL, SEVERITIES = CONTRIBUTES["configuration"]
SETTINGS: dict[str, dict[str, Any]] = GENERAL["properties"]
COMMANDS = [command["command"] for command in CONTRIBUTES["commands"]]
STEPS = CONTRIBUTES["walkthroughs"][0]["steps"]
OF_THE_EDITOR = {"precompass.server.path"}


def source(name: str) -> str:
    return (FOLDER / "src" / name).read_text()


def test_every_setting_of_the_server_is_described_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = re.findall(r"^\| [^|]*\| \[?`(\w+)`", page, re.MULTILINE)
    # VS Code's clients keep the level one step deeper.
    names = {"trace.server" if name == "trace" else name for name in rows}
    assert names
    names -= {"severity", "trust"}  # a setting for each rule; what the workspace is trusted with
    assert set(SETTINGS) - OF_THE_EDITOR == {f"precompass.{name}" for name in names}
    assert all(len(setting["markdownDescription"]) > 20 for setting in SETTINGS.values())


def test_the_defaults_are_those_of_the_server() -> None:
    section: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        outer, _, inner = name.removeprefix("precompass.").partition(".")
        section[outer] = {inner: setting["default"]} if inner else setting["default"]
    settings, wrong = read_settings(section)
    assert wrong == ()
    default = ServerSettings()
    assert settings.analysis.wide_from == DEFAULT_WIDE_THRESHOLD
    assert (settings.debounce, settings.log_level) == (default.debounce, default.log_level)
    assert settings.analysis.depots is None
    assert settings.analysis.julia is None


def test_every_rule_has_a_drop_down_of_all_severities() -> None:
    severities = SEVERITIES["properties"]
    assert severities.keys() == {f"precompass.severity.{code}" for code in RULES}
    for code, rule in RULES.items():
        setting = severities[f"precompass.severity.{code}"]
        assert setting["enum"] == [setting["default"], *SEVERITY_WORDS]
        assert rule.summary in setting["markdownDescription"]
        assert f"Default: {rule.default_severity.value}." in setting["markdownDescription"]


def test_paths_are_of_the_machine_and_not_taken_from_a_folder_that_is_not_trusted() -> None:
    of_the_machine = {
        name for name, setting in SETTINGS.items() if setting["scope"] == "machine-overridable"
    }
    assert of_the_machine == {"precompass.server.path", "precompass.depot"}
    untrusted = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert set(untrusted["restrictedConfigurations"]) == of_the_machine


def test_files_are_chosen_as_the_server_chooses_them() -> None:
    of_the_client = re.findall(r'"(\*\*/[^"]+)"', source("juliaFiles.ts"))
    assert sorted(of_the_client) == sorted(each for each in PATTERNS if each.endswith(".toml"))
    (when,) = {item["when"] for item in CONTRIBUTES["menus"]["editor/context"]}
    (pattern,) = re.findall(r"=~ /(.*)/$", when)
    for name in ("Project.toml", "JuliaLocalPreferences.toml", "Manifest.toml", "precompass.toml"):
        kind = file_kind(ROOT / name)
        assert kind is not None
        has_preferences = kind.name in ("PROJECT", "PREFERENCES")
        assert bool(re.search(pattern, name)) is has_preferences, name


def test_commands_are_there_and_are_none_of_the_servers() -> None:
    registered = re.findall(r'registerCommand\(\s*"(precompass\.\w+)"', source("extension.ts"))
    of_links = re.findall(r'const [A-Z_]+ = "(precompass\.\w+)"', source("client.ts"))
    assert len(of_links) == 3
    assert sorted(COMMANDS) == sorted([*registered, *of_links])
    # The client registers those of the server by itself, and a name can be registered once.
    servers = {"explain", "picture", "status", "caches"}
    assert not {f"precompass.{name}" for name in servers} & {*COMMANDS}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["id"])
def test_a_step_of_the_walkthrough_leads_to_what_is_there(step: dict[str, Any]) -> None:
    for command in re.findall(r"command:(precompass\.\w+)", step["description"]):
        assert command in COMMANDS
    assert "`" not in step["title"] + step["description"]  # VS Code would show them
    media = step["media"]
    assert (FOLDER / media.get("image", media.get("markdown"))).is_file()
    if "image" in media:
        assert media["altText"]


def test_the_moves_are_the_fixes_that_make_them() -> None:
    (kinds,) = re.findall(r"const KINDS = (\[.*\]);", source("moveToFlags.ts"))
    assert json.loads(kinds) == [move_to_flags.KIND, switch_to_flags.KIND]


def test_the_version_is_not_written_a_second_time() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    assert MANIFEST["version"] == lock["version"] == "0.0.0"
    types = MANIFEST["devDependencies"]["@types/vscode"]
    assert MANIFEST["engines"]["vscode"] == f"^{types}"
