"""The version of Julia's syntax that a package is written in (Julia 1.14).

A cache made for another one is not used. Source: ``project_get_syntax_version`` and
``explicit_manifest_entry_load_spec`` in ``base/loading.jl`` of 1.14.0-DEV (commit c8851d0b62); no
earlier version has it.
"""

from __future__ import annotations

from precompass.julia.compat import parse_compat
from precompass.julia.environment import Environment
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber

_FIRST = (1, 14)
_OLDEST_SYNTAX = 13  # the minor version that all earlier ones count as
_MOST = 255  # above it: the cache has one byte


def syntax_byte(environment: Environment, uuid: UUID) -> int | None:
    """Return the syntax version of a package as its cache has it: the minor version, less 13.

    The active project's own file says it of the project, the manifest of all other packages. None
    where the Julia in use has no syntax versions.
    """
    if environment.julia.minor < _FIRST:
        return None
    entry = environment.loaded_entry(uuid)
    version = entry.syntax if entry is not None else None
    if environment.project.uuid == uuid:
        version = _of_project(environment.project, environment.julia.version)
    minor = version.minor[1] if version is not None else _OLDEST_SYNTAX
    return min(max(minor - _OLDEST_SYNTAX, 0), _MOST)


def _of_project(project: ProjectFile, running: VersionNumber) -> VersionNumber:
    """Return what ``[syntax]`` says, else the oldest Julia allowed, else the running one."""
    if project.syntax is not None:
        return project.syntax
    spec = parse_compat(project.compat.get("julia", ""))
    if spec is None or not spec.ranges or "julia" not in project.compat:
        return running
    major, minor, patch, *_ = (*min(one.lower for one in spec.ranges), 0, 0, 0)
    return VersionNumber((major, minor, patch))
