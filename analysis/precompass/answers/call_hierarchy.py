"""Who needs whom: the dependents and dependencies of a package, the readers of a preference.

In the words of the LSP (3.17, "Call Hierarchy") a dependent "calls" what it depends on. Followed
upwards to its end, from a package or a preference, the hierarchy holds everything that a change
recompiles, the same units that ``explain`` lists. Standard libraries and projects that are no
packages are on the way, and are not recompiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from precompass.answers.mentions import strings
from precompass.answers.subject import subject_at
from precompass.documents.text import Position, PositionEncoding, Span
from precompass.documents.toml import Entry, Node, Table
from precompass.file_context import environment_context_of
from precompass.julia.preferences import Preference
from precompass.julia.project import LISTING_SECTIONS, ProjectFile
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.precompilation import recompilation_network, visited
from precompass.recompilation.preference_places import reads_of
from precompass.session import Session
from precompass.source.preference_reads import PreferenceRead
from precompass.wording import recompiled


class HierarchyItem(msgspec.Struct, frozen=True):
    """A package, an extension, a project, or a preference, in one environment.

    Attributes:
        project: the project file of the environment.
        unit: what it is about; of a preference, the package that it belongs to.
        key: of a preference; None for a unit.
        name: for a person.
        detail: for a person: a version, or what a change recompiles.
        kind: ``package``, ``stdlib``, ``project``, ``extension`` or ``preference``.
        file, span, selection: where it is written: all of it, and its name.
    """

    project: Path
    unit: UnitId
    key: str | None
    name: str
    detail: str
    kind: str
    file: Path
    span: Span
    selection: Span


class HierarchyCall(msgspec.Struct, frozen=True):
    """That a unit depends on another, or reads a preference.

    Attributes:
        item: the other end: a dependent or reader of what was asked about, or a dependency.
        file: of the dependent or reader.
        spans: where that is written there.
    """

    item: HierarchyItem
    file: Path
    spans: tuple[Span, ...]


def hierarchy_at(session: Session, path: Path, offset: int) -> HierarchyItem | None:
    """Return what a place of a file is about, or None where there is nothing to follow.

    Args:
        session: the user's files.
        path: the file.
        offset: the place, a code point offset.
    """
    context = environment_context_of(session, path)
    subject = subject_at(session, path, offset) if context is not None else None
    if context is None or subject is None:
        return None
    invalidations = context.invalidations
    unit = invalidations.graph.unit_of(subject.uuid)
    if unit is None:
        return None
    if subject.key is None:
        return _item(invalidations, unit)
    found = context.preference_at(offset)
    entry = found[2] if found is not None else None
    invalidation = invalidations.of_preference(Preference(subject.uuid, subject.key))
    spans = (_whole(entry), entry.key.span) if entry is not None else (Span(0, 0), Span(0, 0))
    return HierarchyItem(
        context.project.path,
        unit.id,
        subject.key,
        f"{unit.label}.{subject.key}",
        f"recompiles {recompiled(invalidation.recompilation)}",
        "preference",
        path,
        *spans,
    )


def incoming(
    session: Session, project: Path, unit: str, key: str | None
) -> tuple[HierarchyCall, ...]:
    """Return what depends directly on a unit, or reads a preference.

    Args:
        session: the user's files.
        project: the project file of the environment.
        unit: identity of the unit, or of the one that the preference belongs to.
        key: of the preference; None for the unit itself.
    """
    found = _unit(session, project, unit)
    if found is None:
        return ()
    session, invalidations, asked = found
    if key is not None:
        return tuple(_readers(session, invalidations, asked, key))
    calls = []
    for dependent in _dependents(invalidations, asked):
        item = _item(invalidations, dependent)
        calls.append(
            HierarchyCall(item, item.file, _namings(invalidations, dependent, asked, item))
        )
    return tuple(calls)


def outgoing(session: Session, project: Path, unit: str) -> tuple[HierarchyCall, ...]:
    """Return what a unit depends on directly; of an extension, its parent and its triggers.

    Args:
        session: the user's files.
        project: the project file of the environment.
        unit: identity of the unit.
    """
    found = _unit(session, project, unit)
    if found is None:
        return ()
    session, invalidations, asked = found
    own = _item(invalidations, asked)
    units = invalidations.graph.units
    dependencies = (units[one] for one in invalidations.graph.network.succ[asked.id])
    return tuple(
        HierarchyCall(
            _item(invalidations, dependency),
            own.file,
            _namings(invalidations, asked, dependency, own),
        )
        for dependency in sorted(dependencies, key=_by_label)
    )


def _unit(
    session: Session, project: Path, identity: str
) -> tuple[Session, Invalidations, Unit] | None:
    session = session.configured_for(project)
    invalidations = session.invalidations(project)
    unit = invalidations.graph.units.get(UnitId(identity)) if invalidations is not None else None
    return (session, invalidations, unit) if invalidations is not None and unit else None


def _by_label(unit: Unit) -> tuple[str, str]:
    return unit.label, unit.id


# Dependents and readers


def _dependents(invalidations: Invalidations, unit: Unit) -> list[Unit]:
    """Return the units directly above a unit: recompiled with it, or on the way to such.

    What is recompiled with it although no dependency leads there, as caches may tell, is taken
    to depend on it directly.
    """
    graph = invalidations.graph
    network = recompilation_network(graph)
    passed = {one.id for one in graph.order if one.kind in ("stdlib", "project")}
    again = invalidations.of_package(graph.compiled_uuid(unit)).compiled
    followed = (again | graph.subset(passed)) & visited(graph)
    found = {one for one in network.pred[unit.id] if one in followed}
    reached, waiting = {unit.id}, [unit.id]
    while waiting:
        for above in network.pred[waiting.pop()]:
            if above in followed and above not in reached:
                reached.add(above)
                waiting.append(above)
    found.update(one for one in again if one not in reached)
    return sorted((graph.units[one] for one in found - {unit.id}), key=_by_label)


def _readers(
    session: Session, invalidations: Invalidations, owner: Unit, key: str
) -> Iterator[HierarchyCall]:
    """Yield the units whose caches hold the preference, at the lines that read it."""
    preference = Preference(invalidations.graph.compiled_uuid(owner), key)
    if not invalidations.of_preference(preference).noticed:
        return
    reads = reads_of(invalidations, preference)
    for seen in sorted(invalidations.observers_of(preference), key=lambda seen: seen.unit.label):
        item = _item(invalidations, seen.unit)
        lines = [
            (read.site.file, span)
            for read in reads
            if _is_of(invalidations, read, seen.unit) and (span := _line(session, read)) is not None
        ]
        if not lines:
            yield HierarchyCall(item, item.file, (item.selection,))
            continue
        file = lines[0][0]
        spans = tuple(dict.fromkeys(span for place, span in lines if place == file))
        yield HierarchyCall(
            replace(item, file=file, span=spans[0], selection=spans[0]), file, spans
        )


def _is_of(invalidations: Invalidations, read: PreferenceRead, unit: Unit) -> bool:
    """Tell whether a read is in the source of a unit."""
    installed = invalidations.installed
    source = installed.sources.of(unit)
    if source is None:
        return False
    if unit.is_extension:
        return read.site.file == source.entry or source.entry.parent in read.site.file.parents
    root = source.entry.parent.parent
    return root in read.site.file.parents and root / "ext" not in read.site.file.parents


def _line(session: Session, read: PreferenceRead) -> Span | None:
    source = session.snapshot.read(read.site.file)
    if source is None:
        return None
    position = Position(read.site.line, read.site.character)
    start = source.lines.offset(position, PositionEncoding.UTF16)
    return Span(start, source.lines.line_span(source.lines.line_of(start)).end)


# Where units and their dependencies are written


def _item(invalidations: Invalidations, unit: Unit) -> HierarchyItem:
    file, span, selection = _place(invalidations, unit)
    entry = invalidations.environment.entry(unit.uuid)
    detail = {"extension": "extension", "stdlib": "standard library", "project": "project"}.get(
        unit.kind
    )
    if detail is None:
        again = f"recompiles {recompiled(invalidations.of_package(unit.uuid))}"
        version = entry.version if entry is not None else None
        detail = f"{version}, {again}" if version is not None else again
    project = invalidations.environment.project.path
    return HierarchyItem(
        project, unit.id, None, unit.label, detail, unit.kind, file, span, selection
    )


def _place(invalidations: Invalidations, unit: Unit) -> tuple[Path, Span, Span]:
    """Return where a unit is written: its file, all of it, and its name."""
    environment = invalidations.environment
    project, table = _tables(invalidations, unit.uuid)
    if unit.is_extension:
        entry = table.get("extensions", unit.name) if table is not None else None
        if entry is not None:
            return _file(invalidations, project), _whole(entry), entry.key.span
    elif project is not None:
        own_name = project.document.root.get("name")
        span = own_name.node.span if own_name is not None else Span(0, 0)
        return project.path, span, span
    elif table is not None:
        header = table.header
        if header is None:
            return _file(invalidations, None), table.span, table.span
        return _file(invalidations, None), header.block, header.keys[-1].span
    for lister in environment.projects:
        for section in LISTING_SECTIONS:
            for name, uuid in lister.section(section).items():
                listed = lister.document.root.get(section, name)
                if uuid == unit.uuid and listed is not None:
                    return lister.path, _whole(listed), listed.key.span
    return environment.project.path, Span(0, 0), Span(0, 0)


def _tables(invalidations: Invalidations, uuid: UUID) -> tuple[ProjectFile | None, Table | None]:
    """Return the project that a package is, if it is one, and the table that describes it."""
    environment = invalidations.environment
    for project, unit in zip(environment.projects, invalidations.graph.projects, strict=True):
        if unit.uuid == uuid:
            return project, project.document.root
    manifest, entry = environment.manifest, environment.entry(uuid)
    return None, manifest.table(entry) if manifest is not None and entry is not None else None


def _file(invalidations: Invalidations, project: ProjectFile | None) -> Path:
    environment = invalidations.environment
    if project is not None:
        return project.path
    return environment.manifest.path if environment.manifest else environment.project.path


def _whole(entry: Entry) -> Span:
    start = entry.key.span.start
    if isinstance(entry.node, Table) and entry.node.header is not None:
        return Span(start, max(entry.key.span.end, entry.node.header.block.end))
    return Span(start, max(entry.key.span.end, entry.node.span.end))


def _namings(
    invalidations: Invalidations, dependent: Unit, dependency: Unit, item: HierarchyItem
) -> tuple[Span, ...]:
    """Return where a unit's entry names one that it depends on; else the unit's own name."""
    project, table = _tables(invalidations, dependent.uuid)
    found: list[Span] = []
    if table is not None and dependent.is_extension:
        extension = table.get("extensions", dependent.name)
        names = strings(extension.node) if extension is not None else ()
        found = [span for name, span in names if name == dependency.name]
    elif table is not None:
        for section in ("deps", "weakdeps") if project is None else ("deps",):
            listed = table.get(section)
            found += [
                span
                for name, span in (_names(listed.node) if listed is not None else ())
                if name == dependency.name
            ]
    return tuple(found) or (item.selection,)


def _names(node: Node) -> tuple[tuple[str, Span], ...]:
    if isinstance(node, Table):
        return tuple((name, entry.key.span) for name, entry in node.entries.items())
    return strings(node)
