"""What a hover says about a package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from precompass import wording
from precompass.answers.explanation import variables_of, with_package
from precompass.answers.hover_lines import Line, fitting, of_rank, pieces_of
from precompass.answers.registry import about_dependents, about_newest
from precompass.documents.values import TomlValue
from precompass.file_context import (
    EnvironmentContext,
)
from precompass.findings import Code, Paragraph, Strong
from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment
from precompass.julia.manifest import PackageEntry
from precompass.julia.preferences import CLEAR
from precompass.julia.stdlib_versions import stdlib_version
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import Unit
from precompass.recompilation.held_back import not_newest
from precompass.recompilation.invalidation import Invalidations, Recompilation
from precompass.recompilation.read_reasons import NoDependency
from precompass.wording import (
    NO_MANIFEST,
    a_part_is_asked,
    approximately,
    counted,
    held_back_by,
    recompiled,
)
from precompass.wording.read_reasons import environment_variables
from precompass.wording.shortening import shown_value
from precompass.wording.why import conflict_sentence, fact, not_compiled_sentence

_LONGEST_VALUE = 60  # characters
_LONGEST_CHAIN = 8  # packages


class Beside(Enum):
    """What is on the screen beside what is said about a package."""

    NOTHING = "nothing"
    LINE = "line"
    """The line of a project file that lists it."""
    HINT = "hint"
    """That line, and behind it a hint that shows the versions."""


def about_package(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str
) -> tuple[Paragraph, ...]:
    """Return what is said about a package: what it is, why it is here, what depends on it."""
    return fitting(package_lines(context, invalidations, uuid, name, Beside.NOTHING))


def package_lines(
    context: EnvironmentContext,
    invalidations: Invalidations,
    uuid: UUID,
    name: str,
    beside: Beside,
) -> Iterator[Line]:
    """Yield what is said about a package, and what is left out first where that is too long.

    Args:
        context: of the file.
        invalidations: of the environment that is meant.
        uuid: the package.
        name: what it is called there.
        beside: what is on the screen already.
    """
    environment = invalidations.environment
    entry = environment.loaded_entry(uuid)
    version = entry.version if entry is not None else None
    is_hinted = beside is Beside.HINT and entry is not None
    if is_hinted:
        yield Line((Strong(name),))
    else:
        shown = f" {version}" if version is not None else ""
        yield Line((Strong(name), shown, *_origin(environment, uuid, entry)))
    yield from of_rank(0, about_unit(context, invalidations, uuid))
    yield from of_rank(4, chain_to(invalidations, uuid, if_direct=beside is Beside.NOTHING))
    held_back = list(_held_back(context, invalidations, uuid, name))
    yield from of_rank(1, held_back)
    yield from of_rank(5, _installed_at(invalidations, uuid))
    yield from of_rank(1, _cached(context, invalidations, uuid))
    values = invalidations.preferences(uuid).values
    settings = [_setting(key, value) for key, value in values.items() if key != CLEAR]
    if settings:
        yield Line(("Preferences in effect: ", *pieces_of(settings, last=", ")), rank=2)
    variables = variables_of(invalidations, invalidations.graph.unit_of(uuid))
    if variables:
        yield Line((environment_variables(name, variables),), rank=3)
    is_said = is_hinted or bool(held_back)
    yield from of_rank(2, about_newest(context.session, uuid, version, is_said=is_said))
    yield from of_rank(5, about_dependents(context.session, uuid))
    yield from of_rank(1, assumed_of(context))


def assumed_of(context: EnvironmentContext) -> Iterator[Paragraph]:
    """Say what is not known of an environment, and assumed instead."""
    if not context.environment.is_on_load_path:
        variable = Code("JULIA_LOAD_PATH")
        yield ("Assumed: the project is on the load path. ", variable, " does not have it.")
    if context.asks_a_part_only:
        yield (f"{a_part_is_asked()}.",)


def _setting(key: str, value: TomlValue) -> Code:
    return Code(f"{key} = {short_value(value)}")


def _held_back(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str
) -> Iterator[Paragraph]:
    """Yield why the environment does not have the newest version of a package."""
    registries = context.session.registries
    if registries is None or uuid in STDLIBS or not context.is_from_registry(name, uuid):
        return
    found = not_newest(invalidations, registries, name, uuid)
    if found is None:
        return
    if not found.is_held_back:
        yield f"Nothing excludes version {found.newest}: ", Code("Pkg.update"), " can take it."
        return
    yield (f"Version {found.newest} is excluded by {held_back_by(found)}.",)
    for holder in found.holders:
        if len(holder.chain) > 2:
            steps = " → ".join(unit.label for unit in holder.chain)
            yield (f"{holder.name} is required by {steps}.",)


def _origin(environment: Environment, uuid: UUID, entry: PackageEntry | None) -> Paragraph:
    if uuid == environment.project.uuid:
        return (" · this project",)
    if any(uuid == member.uuid for member in environment.members):
        return (" · in this workspace",)
    if entry is None:
        return ()  # the next sentence says so
    if entry.path is not None:
        return " · developed at ", Code(entry.path)
    if not entry.is_stdlib:
        return ()
    julia, before = environment.julia, environment.manifest and environment.manifest.julia_version
    name = STDLIBS.get(uuid)
    if not before or name is None or stdlib_version(name, before) is None:
        return (" · standard library",)
    if stdlib_version(name, julia.version) is not None:
        return (" · standard library",)
    return (f" · standard library of Julia {Julia(before).series}, not of {julia.series}",)


def _installed_at(invalidations: Invalidations, uuid: UUID) -> Iterator[Paragraph]:
    """Yield the place of an installed package's source in a depot."""
    unit, installed = invalidations.graph.unit_of(uuid), invalidations.installed
    source = installed.sources.of(unit) if unit is not None else None
    if source is not None and source.is_installed:
        yield "Installed at ", Code(str(source.folder)), "."


def _cached(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID
) -> Iterator[Paragraph]:
    """Yield whether a compile cache of a package fits, with the files as they are saved."""
    unit = invalidations.graph.unit_of(uuid)
    why = context.session.saved_why(context.project.path)
    if why is None or unit is None or why.share is None:
        return
    for conflict in why.conflicts:
        if unit in {conflict.unit, *(one for units in conflict.others for one in units)}:
            yield (conflict_sentence(conflict),)
    pending = why.pending.of(unit.id)
    not_compiled = next((one for one in why.pending.not_compiled if one.unit.id == unit.id), None)
    if not_compiled is not None:
        yield (not_compiled_sentence(not_compiled, context.project.path.parent),)
        return
    if unit in why.not_installed:
        yield ("It is not installed, so it cannot be loaded: run `Pkg.instantiate()`.",)
        return
    if pending is None:
        if any(one.id == unit.id for one in why.pending.considered):
            yield ("Its compile cache fits: the next `using` does not recompile it.",)
        return
    if not pending.is_root:
        yield (f"The next `using` recompiles it, because it recompiles {pending.root.label}.",)
    for cause in why.causes:
        if any(root.unit.id == unit.id for root in cause.roots):
            said = fact(cause, context.project.path.parent)
            yield (f"The next `using` recompiles it. {said}",)


def short_value(value: TomlValue) -> str:
    """Return a value as TOML has it, short enough for a hover."""
    return shown_value(value, _LONGEST_VALUE)


def about_unit(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID
) -> list[Paragraph]:
    """Say what rebuilding a package recompiles."""
    unit = invalidations.graph.unit_of(uuid)
    if invalidations.environment.manifest is None:
        return [(NO_MANIFEST,), *_approximate_rebuild(context, uuid)]
    if unit is None:
        for gap in invalidations.environment.gaps:
            if not gap.hides_names:
                continue
            return [(f"Its dependents are unknown: {wording.unknown_part(gap)}.",)]
        return [("It is not in the manifest of this environment.",)]
    recompilation = invalidations.of_package(uuid)
    if unit.kind != "stdlib" and isinstance(invalidations.why_not_of_package(uuid), NoDependency):
        return list(_for_others(context, uuid, unit))
    return [(_hanging(unit, recompilation),)]


def _for_others(context: EnvironmentContext, uuid: UUID, unit: Unit) -> Iterator[Paragraph]:
    """Say for which projects of the workspace a package is there that this one does not use."""
    yield (f"{context.project.path.name} does not depend on it.",)
    for answer in with_package(context.invalidations, context.members_below, uuid)[:1]:
        said = _hanging(unit, answer.invalidation.recompilation)
        yield (f"For {answer.name}, a project of this workspace: {said}",)


def _approximate_rebuild(context: EnvironmentContext, uuid: UUID) -> list[Paragraph]:
    """Say what rebuilding a package would recompile if there were a manifest."""
    approximation = context.approximation
    if approximation is None or approximation.invalidations.graph.unit_of(uuid) is None:
        return []
    recompilation = approximation.invalidations.of_package(uuid)
    return [(f"Rebuilding it: {approximately(recompilation, approximation)}",)]


def _hanging(unit: Unit, recompilation: Recompilation) -> str:
    if unit.kind == "stdlib":
        least = "" if recompilation.is_complete else "at least "
        return (
            f"{least}{counted(recompilation.count, 'package')} of this environment "
            f"{'depends' if recompilation.count == 1 else 'depend'} on it."
        )
    dependents = [other for other in recompilation.units if other.id != unit.id]
    if not dependents and not recompilation.is_complete:
        return f"Its dependents are unknown: {wording.unknown_part(recompilation.gaps[0])}."
    if not dependents:
        return "Nothing else in this environment depends on it."
    return f"Rebuilding {unit.name} recompiles {recompiled(recompilation)}, itself included."


def chain_to(
    invalidations: Invalidations, uuid: UUID, *, if_direct: bool = False
) -> list[Paragraph]:
    """Say how the project comes to depend on a package; of a direct dependency, only if asked."""
    chain = _steps(invalidations, uuid)
    if len(chain) < (2 if if_direct else 3):
        return []
    project = invalidations.environment.project
    own = project.name or project.path.parent.name
    steps = [
        "this project" if step.kind == "project" and step.name == own else step.label
        for step in chain
    ]
    if len(steps) > _LONGEST_CHAIN:
        steps[3:-3] = ["…"]
    return [("Required by " + " → ".join(steps),)]


def _steps(invalidations: Invalidations, uuid: UUID) -> Sequence[Unit]:
    """Return the shortest way from the project to a package."""
    unit = invalidations.graph.unit_of(uuid)
    return invalidations.graph.chain(unit.id) if unit is not None else ()
