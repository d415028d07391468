"""Real environments: what is said of them, against computations that share no code with ours.

The computations below read the files with Python's own TOML parser and know nothing but the
rules of Julia, told once more in the plainest way.
"""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from precompass.documents.toml import parse_toml, plain
from precompass.files.kinds import file_kind
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.versions import VersionNumber
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.shared_data import FOLDER

pytestmark = pytest.mark.exhaustive

CORPUS = FOLDER / "corpus"
ENVIRONMENTS = sorted(path for path in CORPUS.glob("*") if path.is_dir())

every_environment = pytest.mark.parametrize(
    "folder", ENVIRONMENTS, ids=[folder.name for folder in ENVIRONMENTS]
)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.toml") if file_kind(path) is not None)


@cache
def read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError):
        return None


def session(julia: tuple[int, int, int]) -> Session:
    settings = Settings(julia=VersionNumber(julia), variables={}, use_depot=False)
    return Session(Snapshot(Disk()), settings)


@pytest.mark.skipif(not FOLDER.exists(), reason="needs the test data")
def test_the_corpus_is_there() -> None:
    assert len(ENVIRONMENTS) >= 46


@every_environment
def test_values_are_those_of_pythons_own_parser(folder: Path) -> None:
    for path in files_of(folder):
        document = parse_toml(path.read_text())
        expected = read(path)
        assert bool(document.faults) == (expected is None), path
        if expected is None:
            continue
        assert document.values == expected, path
        assert plain(document.root) == expected, path


# Which tables Julia ignores


def project_in(folder: Path) -> Path | None:
    paths = (folder / name for name in ("JuliaProject.toml", "Project.toml"))
    return next((path for path in paths if path.exists()), None)


def visible_names(project: dict[str, Any]) -> set[str]:
    names = {}
    if "name" in project and "uuid" in project:
        names[project["uuid"]] = project["name"]
    for section in ("deps", "extras", "weakdeps"):
        for name, uuid in project.get(section, {}).items():
            names.setdefault(uuid, name)
    return set(names.values())


def is_in_readable_project(path: Path) -> bool:
    owner = project_in(path.parent)
    return owner is None or read(owner) is not None


def ignored_tables(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every table with preferences in it that no package of its project belongs to."""
    for path in files_of(folder):
        owner = project_in(path.parent)
        project = (read(owner) if owner is not None else None) or {}
        tables = read(path) or {}
        if not path.name.endswith("Preferences.toml"):
            tables = tables.get("preferences", {}) if path == owner else {}
        for name, table in tables.items() if is_in_readable_project(path) else ():
            if isinstance(table, dict) and table and name not in visible_names(project):
                yield path, name


@every_environment
def test_ignored_preferences_are_those_that_julia_ignores(folder: Path) -> None:
    answers = session((1, 11, 5))
    found = {
        (path, path.read_text()[finding.span.start : finding.span.end].strip("\"'"))
        for path in files_of(folder)
        if is_in_readable_project(path)
        for finding in check(answers, path)
        if finding.code == "ignored-preferences"
    }
    assert found == set(ignored_tables(folder))


# What depends on what


def manifest_of(project: Path, julia: tuple[int, int, int]) -> Path | None:
    series = f"v{julia[0]}.{julia[1]}"
    names = ["JuliaManifest.toml", "Manifest.toml"]
    if julia >= (1, 10, 8):
        names = [f"JuliaManifest-{series}.toml", f"Manifest-{series}.toml", *names]
    return next((path for name in names if (path := project.parent / name).exists()), None)


def workspace_of(project: Path, julia: tuple[int, int, int]) -> tuple[Path, list[Path]]:
    """The base of a project's workspace, and all projects of it."""
    if julia < (1, 12, 0):
        return project, [project]
    base = project
    for above in project.parent.parents:
        candidate = project_in(above) if above != CORPUS.parent else None
        if candidate is not None and base.parent in listed_by(candidate):
            base = candidate
    found, pending = [], [base]
    while pending:
        one = pending.pop(0)
        if one not in found:
            found.append(one)
            inner = [project_in(member) for member in listed_by(one)]
            pending += [path for path in inner if path is not None]
    return base, found


def listed_by(project: Path) -> list[Path]:
    workspace = (read(project) or {}).get("workspace", {})
    return [(project.parent / name).resolve() for name in workspace.get("projects", [])]


def edges_of(project: Path, julia: tuple[int, int, int]) -> dict[str, set[str]] | None:
    """What each package and extension of an environment depends on, directly."""
    base, projects = workspace_of(project, julia)
    path = manifest_of(base, julia)
    manifest = read(path) if path is not None else None
    if manifest is None or any(read(one) is None for one in projects):
        return None
    by_name = manifest.get("deps", {}) if "manifest_format" in manifest else manifest
    entries = {
        entry["uuid"]: (name, entry)
        for name, several in by_name.items()
        if isinstance(several, list)
        for entry in several
    }

    def resolved(names: Any) -> dict[str, str | None]:
        if isinstance(names, dict):
            return names
        return {
            name: by_name[name][0]["uuid"] if len(by_name.get(name, ())) == 1 else None
            for name in names
        }

    packages: dict[str, tuple[dict[str, str | None], dict[str, str | None], dict[str, Any]]] = {}
    for one in projects:
        told = read(one) or {}
        if "name" in told and "uuid" in told:
            weak = dict(told.get("weakdeps", {}))
            strong = {n: u for n, u in told.get("deps", {}).items() if n not in weak}
            packages[told["uuid"]] = (strong, weak, told.get("extensions", {}))
    for uuid, (_, entry) in entries.items():
        if uuid not in packages:
            weak = resolved(entry.get("weakdeps", {}))
            packages[uuid] = (resolved(entry.get("deps", {})), weak, entry.get("extensions", {}))
    edges: dict[str, set[str]] = {}
    for uuid, (strong, weak, extensions) in packages.items():
        edges[uuid] = {dep for dep in strong.values() if dep in packages}
        names = {**strong, **weak} if julia >= (1, 11, 0) else weak
        for extension, triggers in extensions.items() if julia >= (1, 9, 0) else ():
            needed = [triggers] if isinstance(triggers, str) else triggers
            uuids = {names.get(name) for name in needed}
            if uuids <= set(packages):
                edges[f"{uuid}/{extension}"] = {uuid, *(str(one) for one in uuids)}
    return edges


def inverted(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    above: dict[str, set[str]] = {}
    for unit, below in edges.items():
        for one in below:
            above.setdefault(one, set()).add(unit)
    return above


def reached(above: dict[str, set[str]], start: str) -> set[str]:
    found, pending = {start}, deque([start])
    while pending:
        for unit in above.get(pending.popleft(), ()):
            if unit not in found:
                found.add(unit)
                pending.append(unit)
    return found


@pytest.mark.parametrize("julia", [(1, 10, 4), (1, 12, 2)], ids=["1.10", "1.12"])
@every_environment
def test_dependents_are_those_of_a_plain_search(folder: Path, julia: tuple[int, int, int]) -> None:
    answers = session(julia)
    for project in {project_in(path.parent) for path in files_of(folder)} - {None}:
        assert project is not None
        edges = edges_of(project, julia)
        if edges is None:
            continue
        found = answers.invalidations(project)
        assert found is not None
        graph = found.graph
        units = {unit for unit in graph.units.values() if unit.kind != "project"}
        assert {unit.id for unit in units} == set(edges)
        above = inverted(edges)
        few = sorted(units, key=lambda unit: unit.id)[:: len(units) // 60 + 1]
        for unit in few:
            ours = {other.id for other in graph.dependents([unit.id]).units if other in units}
            assert ours == reached(above, unit.id), unit.name


@every_environment
def test_the_total_is_every_package_that_is_no_standard_library(folder: Path) -> None:
    answers = session((1, 10, 4))
    project = project_in(folder)
    path = manifest_of(project, (1, 10, 4)) if project is not None else None
    if project is None or path is None or read(project) is None:
        pytest.skip("no environment of Julia 1.10 here")
    manifest = read(path) or {}
    by_name = manifest.get("deps", {}) if "manifest_format" in manifest else manifest
    entries = [
        entry for several in by_name.values() if isinstance(several, list) for entry in several
    ]
    packages = {entry["uuid"] for entry in entries if "path" in entry or "git-tree-sha1" in entry}
    told = read(project) or {}
    if "name" in told and "uuid" in told:
        packages.add(told["uuid"])
    found = answers.invalidations(project)
    assert found is not None
    assert found.graph.package_count == len(packages)
