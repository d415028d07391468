"""The hover at a place, as data: which thing is there, and where the hover leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass.answers.definition import module_of, places_of_reads
from precompass.answers.hover_lines import fitting
from precompass.answers.hover_of_packages import Beside, about_package, package_lines
from precompass.answers.hover_of_preferences import about_preference, about_skipped, about_table
from precompass.answers.links import repository_page
from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Table, plain
from precompass.file_context import (
    EnvironmentContext,
    environment_context_of,
    string_items,
)
from precompass.files.kinds import FileKind
from precompass.findings import Act, Hover, Link
from precompass.julia.preferences import CLEAR, Preference
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.workload_tools import THE_SKIP_LIST
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session

_SECTIONS = ("deps", "weakdeps", "extras", "compat", "sources")


def hover(session: Session, path: Path, offset: int, *, shows_hints: bool = False) -> Hover | None:
    """Return what is said about a place, or None where there is nothing to say.

    Args:
        session: the user's files.
        path: the file.
        offset: the place, a code point offset.
        shows_hints: whether the client shows inlay hints; what they show is not repeated.
    """
    context = environment_context_of(session, path)
    if context is None:
        return None
    if context.kind is FileKind.MANIFEST:
        return _manifest_hover(context, context.invalidations, offset)
    found = _preference_hover(context, context.invalidations, offset)
    if found is None and context.kind is FileKind.PROJECT:
        shows_hints &= context.session.settings.inlay_hints is not False
        found = _dependency_hover(context, context.invalidations, offset, shows_hints=shows_hints)
    return found


# Preferences


def _preference_hover(
    context: EnvironmentContext, invalidations: Invalidations, offset: int
) -> Hover | None:
    for table in context.tables:
        if offset in table.header:
            links = _links(context, table.uuid) if table.uuid is not None else ()
            said = fitting(about_table(context, invalidations, table))
            return Hover(table.header, said, tuple(links))
    found = context.preference_at(offset)
    if found is None:
        return None
    table, key, entry = found
    preference = Preference(table.uuid, key) if table.uuid is not None else None
    links = _links(context, preference.package, preference) if preference is not None else ()
    if preference == THE_SKIP_LIST:
        for name, span in string_items(entry.node):
            if offset in span:
                lines = about_skipped(context, invalidations, name)
                return Hover(span, fitting(lines), tuple(links))
    lines = about_preference(context, invalidations, table, key, entry)
    return Hover(entry.key.span, fitting(lines), tuple(links))


def _links(
    context: EnvironmentContext, uuid: UUID, preference: Preference | None = None
) -> Iterator[Link]:
    """Yield where a hover about a package, or a preference of it, leads to."""
    if preference is None or preference.key != CLEAR:
        yield Link("Picture", Act.PICTURE)
        yield Link("Explain", Act.EXPLAIN)
    if preference is None:
        yield from (Link("Source", place) for place in module_of(context, uuid))
    else:
        places = places_of_reads(context, preference)
        yield from (Link("Line that reads it", place) for place in places[:1])
    page = repository_page(context.session, uuid)
    if page is not None:
        yield Link("Repository", page)


# Packages


def _dependency_hover(
    context: EnvironmentContext,
    invalidations: Invalidations,
    offset: int,
    *,
    shows_hints: bool,
) -> Hover | None:
    root, project = context.document.root, context.project
    for section in _SECTIONS:
        table = root.table(section)
        for name, entry in table.entries.items() if table is not None else ():
            span = Span(entry.key.span.start, entry.node.span.end)
            if offset not in span:
                continue
            listed_uuid = parse_uuid(plain(entry.node))
            uuid = listed_uuid or invalidations.environment.named(name)
            if uuid is None:
                return None
            beside = Beside.HINT if shows_hints and section != "compat" else Beside.LINE
            lines = package_lines(context, invalidations, uuid, name, beside)
            return Hover(entry.key.span, fitting(lines), tuple(_links(context, uuid)))
    if project.uuid is None:
        return None
    for key in ("name", "uuid"):
        top = root.get(key)
        if top is not None and offset in Span(top.key.span.start, top.node.span.end):
            name = project.name or str(project.uuid)
            lines = package_lines(context, invalidations, project.uuid, name, Beside.LINE)
            return Hover(top.key.span, fitting(lines), tuple(_links(context, project.uuid)))
    return None


# Manifests


def _manifest_hover(
    context: EnvironmentContext, invalidations: Invalidations, offset: int
) -> Hover | None:
    manifest = invalidations.environment.manifest
    if manifest is None or manifest.path != context.path:
        return None
    for name, entry in _package_arrays(context):
        node = entry.node
        for table in _tables(node):
            if table.header is not None and offset not in table.header.block:
                continue
            span = table.header.span if table.header is not None else table.span
            uuid_entry = table.get("uuid")
            uuid = parse_uuid(plain(uuid_entry.node)) if uuid_entry is not None else None
            if offset in span and uuid is not None:
                return _of_entry(context, invalidations, uuid, name, span)
            deps = table.get("deps")
            for dependency, place in string_items(deps.node) if deps is not None else ():
                if offset in place:
                    found = invalidations.environment.named(dependency)
                    if found is not None:
                        return _of_entry(context, invalidations, found, dependency, place)
    return None


def _of_entry(
    context: EnvironmentContext, invalidations: Invalidations, uuid: UUID, name: str, span: Span
) -> Hover:
    said = about_package(context, invalidations, uuid, name)
    return Hover(span, said, tuple(_links(context, uuid)))


def _package_arrays(context: EnvironmentContext) -> Sequence[tuple[str, Entry]]:
    root = context.document.root
    deps = root.table("deps") if root.get("manifest_format") is not None else root
    return list(deps.entries.items()) if deps is not None else []


def _tables(node: object) -> Sequence[Table]:
    items = node.items if isinstance(node, Array) else ()
    return [item for item in items if isinstance(item, Table)]
