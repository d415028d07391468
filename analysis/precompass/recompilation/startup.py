"""What ``startup.jl`` costs: packages that it loads in other versions than a project has.

Julia keeps the first version of a package that a session loads. Started with ``--project``, the
project is active before the startup file runs, and decides the versions: the tool that the file
loads is recompiled, once for each project. If the project is activated later, the versions of the
shared environment are loaded already, and the project's packages are recompiled at every switch
(measured with Julia 1.12.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.loading import LoadingSession
from precompass.recompilation.pending import PendingUnit, pending_for_using
from precompass.recompilation.stack import Level, Stack


class VersionClash(msgspec.Struct, frozen=True):
    """A package that a startup file loads, directly or not, in another version.

    Attributes:
        unit: the package.
        project: the version of the project, if its manifest says one.
        shared: the version of the shared environment.
    """

    unit: Unit
    project: str | None
    shared: str | None


class Startup(msgspec.Struct, frozen=True):
    """What a startup file loads, and where that meets a project.

    Attributes:
        files: the startup files that load them.
        shared: the project file of the environment that the packages are from.
        loaded: the packages that it loads from there.
        clashes: the loaded packages and their dependencies that differ in the project.
        tools: what is recompiled once for the project if it is active from the start.
        dependents: the project's packages that are recompiled at every later activation.
    """

    files: tuple[Path, ...]
    shared: Path
    loaded: tuple[Unit, ...]
    clashes: tuple[VersionClash, ...]
    tools: tuple[Unit, ...]
    dependents: tuple[Unit, ...]


class StartupCost(msgspec.Struct, frozen=True):
    """What is recompiled, as the caches are now, beyond what is recompiled anyway.

    Attributes:
        with_project: if Julia is started with ``--project``.
        with_activate: if the project is activated in a session that began without it.
    """

    with_project: tuple[PendingUnit, ...]
    with_activate: tuple[PendingUnit, ...]


def startup_of(stack: Stack, loads: Sequence[tuple[Path, str]]) -> Startup | None:
    """Return where startup files and a project meet; None if they load nothing from elsewhere.

    Args:
        stack: the environments of a session in the project, which is the active one.
        loads: the packages that are loaded, by name, each with the startup file that does it.
    """
    active = stack.active_level
    loaded: list[Unit] = []
    files: dict[Path, None] = {}
    shared: Level | None = None
    for file, name in loads:
        level = next(
            (
                one
                for one in stack.levels
                if name in one.environment.project.deps or one.environment.project.name == name
            ),
            None,
        )
        if level is None or level is active:
            continue
        project = level.environment.project
        uuid = project.uuid if project.name == name else project.deps[name]
        unit = level.graph.package(uuid) if uuid is not None else None
        if unit is not None and unit.is_package and not active.has(unit.uuid):
            loaded.append(unit)
            files[file] = None
            shared = shared or level
    if shared is None:
        return None
    below: dict[UnitId, Unit] = {}
    for unit in loaded:
        if unit.id in shared.graph.units:
            for identity in (unit.id, *shared.graph.dependencies(unit.id)):
                below[identity] = shared.graph.units[identity]
    clashes = [
        clash for unit in below.values() if (clash := _clash(active, shared, unit)) is not None
    ]
    clashing = [clash.unit.id for clash in clashes]
    tools = [
        unit
        for unit in shared.graph.dependents(clashing).units
        if unit.id in below and unit.is_package and not active.has(unit.uuid)
    ]
    dependents = [
        unit
        for unit in active.graph.dependents(
            [one for one in clashing if one in active.graph.units]
        ).units
        if unit.kind in ("package", "extension") and unit.id not in clashing
    ]
    return Startup(
        tuple(files),
        shared.environment.project.path,
        tuple(loaded),
        tuple(sorted(clashes, key=lambda clash: clash.unit.name)),
        tuple(tools),
        tuple(dependents),
    )


def startup_cost(checks: CacheChecks, shared: CacheChecks, startup: Startup) -> StartupCost:
    """Return what is recompiled because of a startup file, with the caches that are there.

    Args:
        checks: of the caches in the project.
        shared: of the caches in the shared environment alone.
        startup: what the file loads.
    """
    anyway = {one.unit.id for one in pending_for_using(checks).units}
    with_project = pending_for_using(checks, startup.loaded)
    session = LoadingSession(shared)
    for unit in startup.loaded:
        session.load(unit)
    session.activate(checks)
    with_activate = pending_for_using(checks, session=session)
    return StartupCost(
        tuple(one for one in with_project.units if one.unit.id not in anyway),
        tuple(one for one in with_activate.units if one.unit.id not in anyway),
    )


def _clash(active: Level, shared: Level, unit: Unit) -> VersionClash | None:
    """Return how the project has another version, or another source, of a package."""
    if not unit.is_package or not active.has(unit.uuid):
        return None
    here, there = active.environment.entry(unit.uuid), shared.environment.entry(unit.uuid)
    if here is None or there is None:
        return None
    same_tree = here.tree_sha1 is not None and here.tree_sha1 == there.tree_sha1
    one, other = active.sources.of(unit), shared.sources.of(unit)
    same_source = one is not None and other is not None and one.entry == other.entry
    if same_tree or same_source:
        return None
    versions = tuple(str(one.version) if one.version else None for one in (here, there))
    return VersionClash(unit, versions[0], versions[1])
