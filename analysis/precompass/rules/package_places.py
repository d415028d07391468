"""What there is at the path of a developed package."""

from __future__ import annotations

from pathlib import Path

from precompass.files.snapshot import Snapshot
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.uuids import UUID


def project_at(folder: Path, files: Snapshot) -> ProjectFile | None:
    """Return the project in a folder; None if there is none, or if it cannot be read in full."""
    path = project_in(folder, files)
    source = files.read(path) if path is not None else None
    found = parse_project(path, source.text) if path is not None and source is not None else None
    return found if found is not None and not found.document.faults else None


def is_environment_alone(folder: Path, name: str, files: Snapshot) -> bool:
    """Tell whether the project in a folder is no package, which Pkg refuses (``read_package``)."""
    found = project_at(folder, files)
    return found is not None and found.name is None and not _has_entry(folder, name, files)


def other_name_at(folder: Path, name: str, files: Snapshot) -> str | None:
    """Return the name of the package in a folder, if it is another, with another entry file."""
    found = project_at(folder, files)
    if found is None or found.name in (None, name) or found.entryfile is not None:
        return None
    return None if _has_entry(folder, name, files) else found.name


def folder_above(folder: Path, uuid: UUID, files: Snapshot) -> Path | None:
    """Return the nearest folder above that holds a package, such as the one of `docs`."""
    for place in walk_up(folder.parent):
        found = project_at(place, files)
        if found is not None and found.uuid == uuid:
            return place
    return None


def _has_entry(folder: Path, name: str, files: Snapshot) -> bool:
    return files.is_file(folder / "src" / f"{name}.jl")
