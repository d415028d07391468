"""What a place in a file, or a name, is about: a preference, or a package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from precompass.answers.mentions import mention_at
from precompass.file_context import EnvironmentContext, environment_context_of
from precompass.julia.preferences import CLEAR
from precompass.julia.uuids import UUID, parse_uuid
from precompass.recompilation.approximation import Approximation
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session


class Subject(msgspec.Struct, frozen=True):
    """What can be explained, or drawn.

    Attributes:
        uuid: of the package.
        key: of a preference of it; None for the package itself.
    """

    uuid: UUID
    key: str | None


def subject_at(session: Session, path: Path, offset: int) -> Subject | None:
    """Return what a place is about, or None where there is nothing, or Julia ignores it.

    A name on the skip list is about the list. A table of preferences is about the first of them
    in effect that Julia notices, or else about its package.

    Args:
        session: the user's files.
        path: the file.
        offset: the place, a code point offset.
    """
    context = environment_context_of(session, path)
    if context is None:
        return None
    found = context.preference_at(offset)
    if found is not None:
        table, key, _ = found
        if table.uuid is None:
            return None
        return Subject(table.uuid, key if key != CLEAR else None)
    mention = mention_at(context, offset)
    if mention is None or mention.uuid is None:
        return None
    if mention.section != "preferences":
        return Subject(mention.uuid, None)
    return _of_table(context, context.invalidations, offset)


def packages_named(
    name: str, invalidations: Invalidations, approximation: Approximation | None = None
) -> Sequence[UUID]:
    """Return the packages, or extensions, that a name means: one, none, or several.

    Args:
        name: of a package, or of an extension, also as ``Parent/Extension``; or a UUID.
        invalidations: of the environment.
        approximation: what the environment would hold, where it has no manifest.
    """
    if approximation is not None:
        invalidations = approximation.invalidations
    environment, graph = invalidations.environment, invalidations.graph
    uuid = parse_uuid(name) or environment.named(name)
    if uuid is not None and (graph.unit_of(uuid) or environment.name_of(uuid) != str(uuid)):
        return (uuid,)
    units = (unit for unit in graph.units.values() if unit.kind != "project")
    return sorted(
        graph.compiled_uuid(unit)
        for unit in units
        if unit.label == name or (unit.is_extension and unit.name == name)
    )


def _of_table(
    context: EnvironmentContext, invalidations: Invalidations, offset: int
) -> Subject | None:
    table = next((one for one in context.tables if offset in one.header), None)
    if table is None or table.uuid is None:
        return None
    for one in context.preferences_in_effect:
        if one.table == table and invalidations.of_preference(one.preference).noticed:
            return Subject(*one.preference)
    return Subject(table.uuid, None)
