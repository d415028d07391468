"""``precompass.toml``: what it chooses, for which files, and what is said of its mistakes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from precompass.answers.code_actions import fix_all
from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.fixes import edits_of
from precompass.julia.versions import VersionNumber
from precompass.rules import check
from precompass.session import Session
from precompass.settings.configuration import parse_configuration
from precompass.settings.settings import SETTINGS, Settings
from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.environments import after, write

HERE = Path("/nowhere/App")
FILE = HERE / "precompass.toml"
VARIABLES = {"JULIA_LOAD_PATH": "@"}
APP = {
    "Project.toml": PROJECT,
    "Manifest.toml": MANIFEST,
    "LocalPreferences.toml": PREFERENCES + '\n[Fields]\norder = "row"\n',
}


def session(files: Mapping[str, str], chosen: Settings | None = None) -> Session:
    """A session over files below the folder, as if an editor had them all open."""
    texts = {HERE / name: text for name, text in files.items()}
    settings = replace(chosen or Settings(use_depot=False), variables=VARIABLES)
    return Session(Snapshot(Disk(), texts), settings)


def findings(
    configuration: str | Mapping[str, str],
    path: str = "LocalPreferences.toml",
    chosen: Settings | None = None,
) -> dict[str, Severity]:
    """The codes and severities in a file of the application."""
    if isinstance(configuration, str):
        configuration = {"precompass.toml": configuration}
    found = check(session({**APP, **configuration}, chosen), HERE / path)
    return {finding.code: finding.severity for finding in found}


def of_the_file(text: str) -> tuple[Finding, ...]:
    return check(session({**APP, "precompass.toml": text}), FILE)


def test_every_setting_is_read() -> None:
    text = """\
julia = "1.10.4"
depot = "/opt/julia:~/.julia::local"
use-depot = false
use-registry = false
wide-threshold = 25

[severity]
wide-invalidation = "hint"
global-skip-list = "off"
"""
    found = parse_configuration(FILE, text)
    assert found.problems == ()
    assert found.settings == Settings(
        julia=VersionNumber((1, 10, 4)),
        depots="/opt/julia:~/.julia::/nowhere/App/local",
        use_depot=False,
        use_registry=False,
        wide_threshold=25,
        severities={"wide-invalidation": Severity.HINT, "global-skip-list": None},
        variables={},
    )


def test_severities_count_for_what_is_found() -> None:
    assert findings("")["global-skip-list"] is Severity.WARNING
    assert findings('severity.global-skip-list = "hint"')["global-skip-list"] is Severity.HINT
    assert "global-skip-list" not in findings('severity.global-skip-list = "off"')


def test_the_threshold_counts() -> None:
    assert "wide-invalidation" not in findings("")
    assert "wide-invalidation" in findings("wide-threshold = 1")


def test_the_version_of_julia_counts() -> None:
    configured = session({**APP, "precompass.toml": 'julia = "1.9"'})
    project = HERE / "Project.toml"
    environment = configured.configured_for(project).environment(project)
    assert environment is not None
    assert environment.julia.series == "1.9"


def test_what_the_user_chooses_goes_over_the_file() -> None:
    text = 'wide-threshold = 1\nseverity.global-skip-list = "off"\nseverity.x = "hint"\n'
    chosen = Settings(
        use_depot=False, wide_threshold=1000, severities={"global-skip-list": Severity.ERROR}
    )
    found = findings(text, chosen=chosen)
    assert found["global-skip-list"] is Severity.ERROR
    assert "wide-invalidation" not in found


def test_who_names_depots_wants_them_looked_into() -> None:
    file = parse_configuration(FILE, "use-depot = false").settings
    assert Settings(depots="/opt/julia").over(file).use_depot is True
    assert Settings(use_depot=False, depots="/opt/julia").over(file).use_depot is False
    assert Settings().over(file).use_depot is False


def test_the_nearest_file_upward_counts_alone() -> None:
    member = {f"docs/{name}": text for name, text in APP.items()}
    off, hint = 'severity.global-skip-list = "off"', 'severity.global-skip-list = "hint"'
    inner = "docs/LocalPreferences.toml"
    assert "global-skip-list" not in findings({**member, "precompass.toml": off}, inner)
    both = {**member, "precompass.toml": off, "docs/precompass.toml": hint}
    assert findings(both, inner)["global-skip-list"] is Severity.HINT
    assert "global-skip-list" not in findings(both)
    emptied = {**both, "docs/precompass.toml": ""}
    assert findings(emptied, inner)["global-skip-list"] is Severity.WARNING


def test_the_search_ends_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    write(tmp_path, {"precompass.toml": "wide-threshold = 1", "home/App/Project.toml": ""})
    path = home / "App" / "Project.toml"
    assert Session(Snapshot(Disk())).configuration(path) is None
    write(home, {"precompass.toml": "wide-threshold = 2"})
    found = Session(Snapshot(Disk())).configuration(path)
    assert found is not None
    assert found.settings.wide_threshold == 2


def test_sessions_of_one_configuration_share_what_is_computed() -> None:
    files = {**APP, "precompass.toml": "wide-threshold = 1", "docs/Project.toml": ""}
    origin = session(files)
    here = origin.configured_for(HERE / "Project.toml")
    assert here.settings.wide_from == 1
    assert origin.configured_for(HERE / "docs" / "Project.toml") is here
    assert here.configured_for(HERE / "Manifest.toml") is here
    elsewhere = here.configured_for(Path("/nowhere/else/Project.toml"))
    assert elsewhere.settings == origin.settings


# What is wrong in the file


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("julia = 1.11", "1.11", 'must be a version of Julia such as "1.11"'),
        ('julia = "newest"', '"newest"', "must be a version of Julia"),
        ("wide-threshold = 0", "0", "must be a number of packages, at least 1"),
        ("wide-threshold = true", "true", "must be a number of packages"),
        ('wide-threshold = "10"', '"10"', "must be a number of packages"),
        ("depot = []", "[]", "must be a string"),
        ('use-depot = "no"', '"no"', "must be true or false"),
        ("[use-registry]", "use-registry", "must be true or false"),
        ('severity = "off"', '"off"', "must be a table of rules"),
        ("severity.missing-manifest = 1", "1", "The severity of `missing-manifest` must be"),
        ('severity.missing-manifest = "info"', '"info"', '"information", "hint" or "off"'),
        ("colour = 1", "colour", "There is no setting `colour`"),
        ("wide-treshold = 5", "wide-treshold", "Did you mean `wide-threshold`?"),
        ("wideThreshold = 5", "wideThreshold", "Did you mean `wide-threshold`?"),
        ('severity.mising-manifest = "off"', "mising-manifest", "mean `missing-manifest`?"),
        ('severity.zzz = "off"', "zzz", "There is no rule `zzz`"),
    ],
)
def test_what_has_no_effect_is_said(text: str, at: str, said: str) -> None:
    (finding,) = of_the_file(text)
    assert (finding.code, finding.severity) == ("configuration", Severity.WARNING)
    assert text[finding.span.start : finding.span.end] == at
    assert said in finding.message


def test_what_is_right_counts_beside_what_is_wrong() -> None:
    text = 'wide-threshold = 1\njulia = "newest"\n[severity\nglobal-skip-list = "off"\n'
    assert {finding.code for finding in of_the_file(text)} == {"toml-syntax", "configuration"}
    assert "wide-invalidation" in findings(text)


def test_a_misspelt_name_can_be_mended() -> None:
    files = {"precompass.toml": 'severity.mising-manifest = "off"\nwideThreshold = 3\n'}
    configured = session(files)
    for finding in check(configured, FILE):
        (fix,) = finding.fixes
        files = after(HERE, files, edits_of(session(files), fix.id))
    assert files["precompass.toml"] == 'severity.missing-manifest = "off"\nwide-threshold = 3\n'


def test_the_file_is_checked_by_its_own_severities() -> None:
    assert of_the_file('colour = 1\nseverity.configuration = "off"') == ()


def test_what_is_switched_off_is_not_mended_on_save() -> None:
    path = HERE / "LocalPreferences.toml"
    app = {**APP, path.name: "# precompass: ignore[toml-syntax]\n"}
    assert fix_all(session(app), path) is not None
    off = {**app, "precompass.toml": 'severity.unused-ignore = "off"'}
    assert fix_all(session(off), path) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(list(SETTINGS)) | st.text(), _VALUES)
def test_no_content_is_too_strange(key: str, value: object) -> None:
    for text in (f"{json.dumps(key)} = {json.dumps(value)}\n", f"{key} = {value}\n"):
        for finding in of_the_file(text):
            assert finding.code in ("toml-syntax", "configuration", "unused-ignore")


# On the command line


def test_the_command_line_looks_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {f"App/{name}": text for name, text in APP.items()})
    write(tmp_path, {"precompass.toml": 'colour = 1\n[severity]\nglobal-skip-list = "error"\n'})

    def checked(*arguments: str) -> dict[str, tuple[str, str]]:
        main(["check", "--format", "json", "--no-depot", *arguments])
        found = json.loads(capsys.readouterr().out)["findings"]
        return {one["code"]: (one["file"], one["severity"]) for one in found}

    for arguments in ([], ["App/LocalPreferences.toml"]):
        found = checked(*arguments)
        assert found["configuration"] == ("precompass.toml", "warning")
        assert found["global-skip-list"] == ("App/LocalPreferences.toml", "error")
    assert main(["check", "--severity", "error", "--no-depot"]) == 1
    write(tmp_path, {"precompass.toml": '[severity]\nglobal-skip-list = "hint"\n'})
    capsys.readouterr()
    found = checked("App/LocalPreferences.toml")
    assert "configuration" not in found
    assert found["global-skip-list"] == ("App/LocalPreferences.toml", "hint")


def test_an_option_goes_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JULIA_LOAD_PATH", "@")
    write(tmp_path, {**APP, "precompass.toml": 'julia = "1.9"\nuse-depot = false\n'})
    main(["check", "--verbose", "Project.toml"])
    assert "Julia 1.9.4" in capsys.readouterr().err
    main(["check", "--verbose", "Project.toml", "--julia", "1.12"])
    assert "Julia 1.12.7" in capsys.readouterr().err


def test_a_file_above_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {f"App/{name}": text for name, text in APP.items()})
    write(tmp_path, {"precompass.toml": "#" * 2**21})
    monkeypatch.chdir(tmp_path / "App")
    assert main(["check", "--no-depot"]) == 2
    assert "precompass.toml cannot be read: it is larger than 256 KiB" in capsys.readouterr().err


def test_of_settings_for_several_folders_the_innermost_count(tmp_path: Path) -> None:
    outer, inner = tmp_path / "a", tmp_path / "a" / "b"
    settings = {
        tmp_path: Settings(wide_threshold=1),
        outer: Settings(wide_threshold=2),
        inner: Settings(wide_threshold=3),
    }
    texts = {
        outer / "precompass.toml": 'wide-threshold = 9\njulia = "1.10"\n',
        **{folder / "Project.toml": "" for folder in settings},
    }
    own = settings.pop(tmp_path)
    opened = Session(Snapshot(Disk(), texts), own, folder_settings=settings)
    found = {
        folder: opened.configured_for(folder / "Project.toml").settings
        for folder in (tmp_path, outer, inner)
    }
    assert [one.wide_threshold for one in found.values()] == [1, 2, 3]
    # What an editor leaves open, precompass.toml still says.
    assert [one.julia and one.julia.minor for one in found.values()] == [None, (1, 10), (1, 10)]
    assert opened.configured_for(inner / "x" / "Project.toml").settings == found[inner]
