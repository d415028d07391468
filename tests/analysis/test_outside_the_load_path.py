"""A load path without the active project: Julia loads nothing from it, and no preferences.

`load_path` (``base/initdefs.jl``) has the active project only in place of `@`; `get_preferences`
and `identify_package` look at nothing else. What is answered all the same says what it assumes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.report.paragraphs import as_plain_text
from precompass.rules import check
from precompass.rules.together import in_one_run
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, uuid, write

PREFERENCES = '[A]\nx = "own"\n'
MESSAGE = (
    "This project is not on the load path: JULIA_LOAD_PATH has neither `@` nor its path. "
    "Counts assume that it is the first there."
)
WITHOUT = ["@stdlib", "", "{far}", "{far}:@stdlib", "{folder}/own/src", "{folder}"]
UNSEEN = ["own", "{far}:."]  # relative to the working directory of Julia
WITH = [
    *UNSEEN,
    "@",
    ":{far}",
    "{far}:@",
    "{folder}/own",
    "{folder}/own/Project.toml",
    "{far}:{folder}/own",
]


def opened(folder: Path, load_path: str) -> Session:
    """Return a session in which the project ``own`` is the active one, and ``far`` is another."""
    write(
        folder,
        {
            "far/Project.toml": project(deps="A"),
            "far/Manifest.toml": manifest({"A": Package("Z"), "Z": ""}, julia="1.12.2"),
            "far/LocalPreferences.toml": '[A]\nx = "far"\n',
            "own/Project.toml": project(deps="A"),
            "own/Manifest.toml": manifest({"A": "B", "B": ""}, julia="1.12.2"),
            "own/LocalPreferences.toml": PREFERENCES,
        },
    )
    text = load_path.format(far=folder / "far", folder=folder).replace(":", os.pathsep)
    settings = Settings(variables={"JULIA_LOAD_PATH": text}, use_depot=False)
    return Session(Snapshot(Disk()), settings)


@pytest.mark.parametrize(
    ("load_path", "is_on_it"), [*((one, False) for one in WITHOUT), *((one, True) for one in WITH)]
)
def test_a_project_that_the_load_path_does_not_have_is_reported(
    tmp_path: Path, load_path: str, *, is_on_it: bool
) -> None:
    session = opened(tmp_path, load_path)
    path = tmp_path / "own" / "Project.toml"
    found = [one.message for one in check(session, path) if one.code == "not-on-load-path"]
    assert found == ([] if is_on_it else [MESSAGE])
    environment = session.environment(path)
    assert environment is not None
    assert environment.is_on_load_path is is_on_it


@pytest.mark.parametrize("load_path", WITHOUT)
def test_the_answers_are_those_of_a_load_path_that_begins_with_it(
    tmp_path: Path, load_path: str
) -> None:
    found = opened(tmp_path, load_path).invalidations(tmp_path / "own" / "Project.toml")
    assert found is not None
    assert found.preferences(uuid("A")).values["x"] == "own"
    assert {unit.name for unit in found.of_package(uuid("B")).units} == {"A", "B"}


def test_a_hover_says_what_it_assumes(tmp_path: Path) -> None:
    said = "Assumed: the project is on the load path. JULIA_LOAD_PATH does not have it."
    for load_path, is_said in (("@stdlib", True), ("@", False)):
        session = opened(tmp_path, load_path)
        for name, word in (
            ("own/LocalPreferences.toml", "x ="),
            ("own/LocalPreferences.toml", "A]"),
            ("own/Project.toml", "A ="),
        ):
            path = tmp_path / name
            found = hover(session, path, path.read_text().index(word))
            assert found is not None
            assert (said in as_plain_text(found.paragraphs)) is is_said


@pytest.mark.parametrize("command", [("explain", "A.x"), ("why",), ("status",), ("caches",)])
def test_the_command_line_says_what_it_assumes(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    opened(tmp_path, "")
    for load_path, is_said in (("@stdlib", True), ("@", False)):
        monkeypatch.setenv("JULIA_LOAD_PATH", load_path)
        main([*command, "--project", str(tmp_path / "own"), "--no-depot"])
        assert ("JULIA_LOAD_PATH has neither" in capsys.readouterr().err) is is_said


def test_a_check_of_many_projects_says_it_once(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/Project.toml": "" for name in "abcd"})
    settings = Settings(variables={"JULIA_LOAD_PATH": "@stdlib"}, use_depot=False)
    session = Session(Snapshot(Disk()), settings)
    every = [one for name in "abcd" for one in check(session, tmp_path / name / "Project.toml")]
    (found,) = (one for one in in_one_run(every) if one.code == "not-on-load-path")
    assert found.message == f"{MESSAGE} The same is true of 3 other projects."


def test_tests_have_a_load_path_of_their_own(tmp_path: Path) -> None:
    """`Pkg.test` starts Julia with ``JULIA_LOAD_PATH=@:…`` (``Pkg/src/Operations.jl``)."""
    session = opened(tmp_path, "@stdlib")
    write(
        tmp_path,
        {
            "own/Project.toml": project("Own", deps="A"),
            "own/test/runtests.jl": "",
            "own/src/Own.jl": "module Own\nend\n",
        },
    )
    tests = session.tests(tmp_path / "own" / "Project.toml")
    assert tests is not None
    assert tests.environment.environment.is_on_load_path
