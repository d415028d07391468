"""Where the thing under the cursor comes from: the lines of source that read a preference."""

from __future__ import annotations

from pathlib import Path

from precompass.depot.preference_reads import PreferenceRead
from precompass.documents.text import Position, PositionEncoding, Span
from precompass.file_context import context_of
from precompass.findings import Place
from precompass.graph import Unit
from precompass.invalidation import Invalidations
from precompass.julia.uuids import UUID
from precompass.session import Session


def definition(session: Session, path: Path, offset: int) -> tuple[Place, ...]:
    """Return the places where the preference at *offset* is read, as far as sources tell.

    Those that are read while a package compiles come before those that are read at run time.
    """
    context = context_of(session, path)
    found = context.preference_at(offset) if context is not None else None
    if context is None or found is None or context.invalidations is None:
        return ()
    table, key, _ = found
    if table.uuid is None:
        return ()
    places = (_place(session, read) for read in reads_of(context.invalidations, table.uuid, key))
    return tuple(dict.fromkeys(place for place in places if place is not None))


def reads_of(invalidations: Invalidations, uuid: UUID, key: str) -> tuple[PreferenceRead, ...]:
    """Return the places in installed sources where a preference is read."""
    if invalidations.installed is None:
        return ()
    evidence = invalidations.installed.source_evidence
    owner = invalidations.graph.unit_of(uuid)
    observers = [seen.unit for seen in invalidations.observers.of(uuid, key)]
    units: dict[str, Unit] = {unit.id: unit for unit in (owner, *observers) if unit is not None}
    found: list[PreferenceRead] = []
    for unit in units.values():
        found += [read for read in evidence.places(unit) if _is_about(read, unit, owner, key)]
    package = evidence.package(owner) if owner is not None else None
    if package is not None and owner is not None:
        found += [read for read in package.reads if _is_about(read, owner, owner, key)]
    return tuple(found)


def _is_about(read: PreferenceRead, unit: Unit, owner: Unit | None, key: str) -> bool:
    if read.key != key or owner is None:
        return False
    if read.owner.uuid is not None:
        return read.owner.uuid == owner.uuid or unit.id == owner.id
    return read.owner.name in (None, owner.name)


def _place(session: Session, read: PreferenceRead) -> Place | None:
    source = session.snapshot.read(read.site.file)
    if source is None:
        return None
    position = Position(read.site.line, read.site.character)
    start = source.lines.offset(position, PositionEncoding.UTF16)
    line = source.lines.line_span(source.lines.line_of(start))
    return Place(read.site.file, Span(start, line.end))
