"""Where the thing under the cursor comes from: lines of source, files, lines of other files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from precompass.answers.mentions import Mention, mention_at
from precompass.answers.named_paths import extension_files, named_paths
from precompass.documents.text import Position, PositionEncoding, Span
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.findings import Place
from precompass.julia.preferences import Preference
from precompass.julia.project import LISTING_SECTIONS
from precompass.julia.uuids import UUID
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.preference_places import reads_of
from precompass.session import Session
from precompass.source.preference_reads import PreferenceRead


def definition(session: Session, path: Path, offset: int) -> tuple[Place, ...]:
    """Return the places to which the thing at *offset* leads, as far as they are there.

    A preference leads to the lines that read it, those that are run while a package compiles
    before those that are run later; a package to the module in its source, or to its entry in
    the manifest where that is not installed; in a manifest, the header of an entry to the lines
    of the projects that list it, and what depends on others to their entries; an extension to
    its file, and a path to the project that is there.
    """
    context = context_of(session, path)
    if context is None:
        return ()
    for named in named_paths(context):
        if offset in named.span:
            return (Place(named.target, Span(0, 0)),)
    for span, file in extension_files(context):
        if offset in span:
            return (_module_in(session, file, file.stem),)
    mention = mention_at(context, offset)
    if mention is not None:
        return _of_mention(context, mention)
    return _of_preference(context, offset)


def _of_preference(context: FileContext, offset: int) -> tuple[Place, ...]:
    found = context.preference_at(offset)
    if found is None:
        return ()
    table, key, _ = found
    if table.uuid is None:
        return ()
    return places_of_reads(context, Preference(table.uuid, key))


def places_of_reads(context: FileContext, preference: Preference) -> tuple[Place, ...]:
    """Return the lines of installed sources that read a preference, the compile-time ones first."""
    if context.invalidations is None:
        return ()
    reads = reads_of(context.invalidations, preference)
    places = (_place(context.session, read) for read in reads)
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _place(session: Session, read: PreferenceRead) -> Place | None:
    source = session.snapshot.read(read.site.file)
    if source is None:
        return None
    position = Position(read.site.line, read.site.character)
    start = source.lines.offset(position, PositionEncoding.UTF16)
    line = source.lines.line_span(source.lines.line_of(start))
    return Place(read.site.file, Span(start, line.end))


# Packages


def _of_mention(context: FileContext, mention: Mention) -> tuple[Place, ...]:
    invalidations = context.invalidations
    if invalidations is None or mention.uuid is None:
        return ()
    if context.kind is FileKind.MANIFEST:
        if mention.section != "entry":
            return tuple(_manifest_entry(invalidations, mention.uuid))
        lines = tuple(_project_lines(invalidations, mention.uuid))
        return lines or tuple(module_of(context, mention.uuid))
    source = tuple(module_of(context, mention.uuid))
    return source or tuple(_manifest_entry(invalidations, mention.uuid))


def _project_lines(invalidations: Invalidations, uuid: UUID) -> Iterator[Place]:
    """Yield the lines of the environment's projects that list a package."""
    for project in invalidations.environment.projects:
        for section in LISTING_SECTIONS:
            for name, listed in project.section(section).items():
                entry = project.document.root.get(section, name)
                if listed == uuid and entry is not None:
                    yield Place(project.path, entry.key.span)


def _manifest_entry(invalidations: Invalidations, uuid: UUID) -> Iterator[Place]:
    """Yield the header of a package's entry in the manifest in use."""
    manifest, entry = invalidations.environment.manifest, invalidations.environment.entry(uuid)
    table = manifest.table(entry) if manifest is not None and entry is not None else None
    if manifest is not None and table is not None:
        yield Place(manifest.path, table.header.span if table.header is not None else table.span)


def module_of(context: FileContext, uuid: UUID) -> Iterator[Place]:
    """Yield the module of a package, or of an extension, in its source."""
    invalidations = context.invalidations
    if invalidations is None:
        return
    unit = invalidations.graph.unit_of(uuid)
    installed = invalidations.installed
    source = installed.sources.of(unit) if unit is not None else None
    if source is not None and unit is not None:
        yield _module_in(context.session, source.entry, unit.name)


def _module_in(session: Session, file: Path, name: str) -> Place:
    """Return the name of a module where the file begins it; without that line, its beginning."""
    source = session.snapshot.read(file)
    pattern = rf"^[ \t]*(?:bare)?module[ \t]+({re.escape(name)})\b"
    found = re.search(pattern, source.text, re.MULTILINE) if source is not None else None
    return Place(file, Span(*found.span(1)) if found is not None else Span(0, 0))
