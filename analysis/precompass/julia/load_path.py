"""The load path: where Julia looks for environments.

Source: ``base/initdefs.jl`` (``init_load_path``, ``load_path_expand``,
``init_active_project``), Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from precompass.julia.behaviour import Julia
from precompass.julia.files import Files
from precompass.julia.project import PROJECT_NAMES

DEFAULT_LOAD_PATH = ("@", "@v#.#", "@stdlib")
"""What an unset ``JULIA_LOAD_PATH`` means."""

_WITHOUT_PROJECT = ("@stdlib", "@temp", "@script")
"""Entries that lead to no project file, or to one that only a running Julia knows."""


def read_load_path(variables: Mapping[str, str], separator: str = os.pathsep) -> tuple[str, ...]:
    """Return the entries that ``JULIA_LOAD_PATH`` means, not yet expanded.

    An empty element means all the defaults that are not there yet.
    """
    text = variables.get("JULIA_LOAD_PATH")
    if text is None:
        return DEFAULT_LOAD_PATH
    entries: list[str] = []
    for element in text.split(separator) if text else ():
        for entry in (element,) if element else DEFAULT_LOAD_PATH:
            if entry not in entries:
                entries.append(entry)
    return tuple(entries)


def expand_load_path(
    entries: Iterable[str],
    *,
    active: Path | None,
    working_directory: Path,
    depots: Sequence[Path],
    julia: Julia,
    files: Files,
) -> tuple[Path, ...]:
    """Return the project files of a load path, nearest first.

    Folders without a project file (``@stdlib`` among them) offer packages, but have no
    preferences; they are left out.

    Args:
        entries: see :func:`read_load_path`.
        active: the active project file, what ``@`` means.
        working_directory: where ``@.`` begins to look, and what paths are relative to.
        depots: where named environments are looked for.
        julia: the version that ``#`` in names means.
        files: where to look.
    """
    found: list[Path] = []
    for entry in entries:
        project = _expand(entry, active, working_directory, depots, julia, files)
        if project is not None and project not in found:
            found.append(project)
    return tuple(found)


def may_name(entries: Iterable[str], project: Path, files: Files) -> bool:
    """Tell whether an entry may lead to a project in a way that its path does not say.

    A relative path begins at the working directory of a Julia that is not seen, ``#`` means its
    version, a folder may be reached through a link, and a folder of packages, which has no project
    file, offers the packages in it.
    """
    folder = project.parent
    places = [folder]
    name = folder.name.removesuffix(".jl")
    if files.is_file(folder / "src" / f"{name}.jl"):
        places.append(folder.parent)
    for entry in entries:
        path = Path(entry)
        if entry.startswith("@"):
            if "#" in entry and folder.parent.name == "environments":
                return True
        elif not path.is_absolute():
            return True
        else:
            named = path.parent if path.name in PROJECT_NAMES else path
            if any(files.same_folder(named, place) for place in places):
                return True
    return False


def _expand(
    entry: str,
    active: Path | None,
    working_directory: Path,
    depots: Sequence[Path],
    julia: Julia,
    files: Files,
) -> Path | None:
    if entry == "@":
        return active
    if entry == "@.":
        return enclosing_project(working_directory, files)
    if entry in _WITHOUT_PROJECT:
        return None
    if entry.startswith("@"):
        return named_environment(entry[1:], depots, julia, files)
    path = _absolute(entry, working_directory)
    return path if path.name in PROJECT_NAMES and files.is_file(path) else project_in(path, files)


def _absolute(text: str, working_directory: Path) -> Path:
    """Return a path as ``abspath`` makes it: ``~`` expanded, without ``.`` and ``..``."""
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # a user that is not known
        path = Path(text)
    return Path(os.path.normpath(working_directory / path))


def named_environment(name: str, depots: Sequence[Path], julia: Julia, files: Files) -> Path | None:
    """Return the project file of a shared environment, such as ``v#.#`` in ``@v#.#``."""
    for number in julia.version.release:
        name = name.replace("#", str(number), 1)
    for depot in depots:
        project = project_in(depot / "environments" / name, files)
        if project is not None:
            return project
    return None


def project_in(folder: Path, files: Files) -> Path | None:
    """Return the project file of a folder, or None."""
    return files.once(_project_in, folder)


def _project_in(files: Files, folder: Path) -> Path | None:
    paths = (folder / name for name in PROJECT_NAMES)
    return next((path for path in paths if files.is_file(path)), None)


def project_read_instead(path: Path, files: Files) -> Path | None:
    """Return the project file that Julia reads of a folder in place of this one, or None."""
    found = project_in(path.parent, files)
    if found is None or path.name not in PROJECT_NAMES[PROJECT_NAMES.index(found.name) + 1 :]:
        return None
    return found


def enclosing_project(folder: Path, files: Files) -> Path | None:
    """Return the nearest project file at or above a folder; the home folder is the last one."""
    for place in walk_up(folder):
        project = project_in(place, files)
        if project is not None:
            return project
    return None


def walk_up(folder: Path) -> Iterable[Path]:
    """Return a folder and those above it, as far as Julia goes: to the root, or to home."""
    return _walk_up(folder, _plain(os.path.expanduser("~")))  # noqa: PTH111 - asked at each walk


@lru_cache(maxsize=4)
def _plain(home: str) -> str:
    return str(Path(home))


@lru_cache(maxsize=256)
def _walk_up(folder: Path, home: str) -> tuple[Path, ...]:
    """Return the same, once for all who ask: the folders of a project are walked up repeatedly."""
    began_inside_home = str(folder).startswith(home)
    found: list[Path] = []
    for place in (folder, *folder.parents):
        if began_inside_home and not str(place).startswith(home):
            break
        found.append(place)
        if str(place) == home:
            break
    return tuple(found)


def active_project(
    variables: Mapping[str, str],
    *,
    working_directory: Path,
    depots: Sequence[Path],
    julia: Julia,
    files: Files,
) -> Path | None:
    """Return the project file that ``JULIA_PROJECT`` makes the active one, or None."""
    text = variables.get("JULIA_PROJECT", "")
    if not text:
        return None
    if text == "@.":
        return enclosing_project(working_directory, files)
    if text.startswith("@"):
        return named_environment(text[1:], depots, julia, files)
    path = _absolute(text, working_directory)
    if path.name in PROJECT_NAMES or files.is_file(path):
        return path
    return project_in(path, files) or path / "Project.toml"
