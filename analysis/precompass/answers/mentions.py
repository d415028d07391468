"""The places of a file where a package is named: what references, highlights and renames share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import Array, Entry, Node, Scalar, Table, parse_toml, plain
from precompass.file_context import FileContext, string_items
from precompass.files.kinds import FileKind, file_kind
from precompass.julia.manifest import Manifest, PackageEntry, parse_manifest
from precompass.julia.project import LISTING_SECTIONS, ProjectFile, parse_project
from precompass.julia.uuids import SNOOP_PRECOMPILE, UUID
from precompass.julia.workload_tools import SKIP_LIST
from precompass.memo import kept_with
from precompass.session import Session

Named: TypeAlias = Callable[[str], UUID | None]


class Mention(msgspec.Struct, frozen=True):
    """A place where a package is named.

    Attributes:
        name: as it is written.
        uuid: what the name means there; None where that is not known.
        span: the name, with its quotes if it has some.
        reach: where a cursor means this mention: the whole line of a dependency.
        section: of the file: ``deps``, ``targets``, ``preferences``, ...; ``name`` for the
            project's own name; in a manifest ``entry`` for the package's own entry.
    """

    name: str
    uuid: UUID | None
    span: Span
    reach: Span
    section: str


def mentions(session: Session, path: Path, named: Named) -> Iterator[Mention]:
    """Yield every place of a file where a package is named, section by section.

    Args:
        session: the user's files.
        path: the file.
        named: says which package a name means that the file's own project does not list.
    """
    source = session.snapshot.read(path)
    if source is None:
        return
    kind = file_kind(path)
    if kind is FileKind.MANIFEST:
        yield from _in_manifest(parse_manifest(path, source.text))
        return
    project_path = path if kind is FileKind.PROJECT else session.project_of(path)
    project_source = session.snapshot.read(project_path) if project_path is not None else None
    project = None
    if project_path is not None and project_source is not None:
        project = parse_project(project_path, project_source.text)
    uuids = _uuids(project) if project is not None else {}

    def meaning(name: str) -> UUID | None:
        return uuids.get(name) or named(name)

    root = parse_toml(source.text).root
    if kind is FileKind.PROJECT and project is not None:
        yield from _in_project(project, root, meaning)
        yield from _in_preferences(root.table("preferences"), meaning)
    elif kind is FileKind.PREFERENCES:
        yield from _in_preferences(root, meaning)


def mention_at(context: FileContext, offset: int) -> Mention | None:
    """Return the mention that a cursor in a file means, the smallest if it touches several."""
    found = [one for one in mentions_of(context) if offset in one.reach]
    return min(found, key=lambda one: one.reach.end - one.reach.start, default=None)


def mentions_of(context: FileContext) -> Iterator[Mention]:
    """Yield every place of a file where a package is named."""
    invalidations = context.invalidations
    named = invalidations.environment.named if invalidations is not None else _nothing
    return mentions(context.session, context.path, named)


def _nothing(name: str) -> None:  # noqa: ARG001 - a name that nothing is known of
    return None


def _uuids(project: ProjectFile) -> Mapping[str, UUID]:
    own = {project.name: project.uuid} if project.name and project.uuid else {}
    return {**project.extras, **project.weakdeps, **project.deps, **own}


def _in_project(project: ProjectFile, root: Table, meaning: Named) -> Iterator[Mention]:
    own = root.get("name")
    if own is not None and project.name is not None:
        span = own.node.span
        yield Mention(project.name, project.uuid, span, Span(own.key.span.start, span.end), "name")
    for section in (*LISTING_SECTIONS, "compat", "sources"):
        table = root.table(section)
        for name, entry in table.entries.items() if table is not None else ():
            if (section, name) == ("compat", "julia"):
                continue
            uuid = project.section(section).get(name) if section in LISTING_SECTIONS else None
            reach = entry.key.span if section == "sources" else _line(entry)
            yield Mention(name, uuid or meaning(name), entry.key.span, reach, section)
    for section in ("targets", "extensions"):
        table = root.table(section)
        for entry in table.entries.values() if table is not None else ():
            for name, span in strings(entry.node):
                yield Mention(name, meaning(name), span, span, section)


def _in_preferences(tables: Table | None, meaning: Named) -> Iterator[Mention]:
    for name, entry in tables.entries.items() if tables is not None else ():
        uuid = meaning(name)
        yield Mention(name, uuid, entry.key.span, entry.key.span, "preferences")
        if uuid == SNOOP_PRECOMPILE and isinstance(entry.node, Table):
            skipped = entry.node.get(SKIP_LIST)
            for item, span in strings(skipped.node) if skipped is not None else ():
                package = item.split(".", 1)[0]
                yield Mention(package, meaning(package), span, span, SKIP_LIST)


@kept_with
def _in_manifest(manifest: Manifest) -> tuple[Mention, ...]:
    """Return the mentions of a manifest; those of the same one are computed once."""
    return tuple(_found_in_manifest(manifest))


def _found_in_manifest(manifest: Manifest) -> Iterator[Mention]:
    for entry in manifest.packages.values():
        table = manifest.table(entry)
        if table is None:
            continue
        header = table.header
        span = header.keys[-1].span if header is not None else table.span
        reach = header.span if header is not None else table.span
        yield Mention(entry.name, entry.uuid, span, reach, "entry")
        for section, named in (("deps", entry.deps), ("weakdeps", entry.weakdeps)):
            found = table.get(section)
            for name, place, line in _names(found.node) if found is not None else ():
                yield Mention(name, named.get(name), place, line, section)
        yield from _triggers(entry, table)


def _triggers(entry: PackageEntry, table: Table) -> Iterator[Mention]:
    extensions = table.table("extensions")
    for extension in extensions.entries.values() if extensions is not None else ():
        for name, span in strings(extension.node):
            uuid = entry.weakdeps.get(name) or entry.deps.get(name)
            yield Mention(name, uuid, span, span, "extensions")


def _names(node: Node) -> Iterator[tuple[str, Span, Span]]:
    """Yield the names of a list, or the keys of a table: name, place, reach."""
    if isinstance(node, Table):
        for name, entry in node.entries.items():
            yield name, entry.key.span, _line(entry)
    else:
        for name, span in strings(node):
            yield name, span, span


def _line(entry: Entry) -> Span:
    end = entry.node.span.end if entry.statement is not None else entry.key.span.end
    return Span(entry.key.span.start, end)


def strings(node: Node) -> tuple[tuple[str, Span], ...]:
    """Return a string, or the strings of an array, with their places."""
    if isinstance(node, Array):
        return string_items(node)
    value = plain(node) if isinstance(node, Scalar) else None
    return ((value, node.span),) if isinstance(value, str) else ()
