"""Completion of packages in a project file: names, UUIDs, versions, sources, triggers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from precompass.answers.candidates import (
    Candidates,
    Completion,
    CompletionKind,
    Topic,
    other_keys,
)
from precompass.answers.mentions import strings
from precompass.documents.editing import written_string
from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext, FileContext
from precompass.julia.compat import parse_compat
from precompass.julia.load_path import project_in
from precompass.julia.project import LISTING_SECTIONS, ProjectFile
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber
from precompass.recompilation.invalidation import Invalidations
from precompass.registry.index import PackageSummary
from precompass.registry.registries import Registries

REGISTERED = 50
"""Registered packages that are offered at once; more of the name brings others."""

_FOLDERS = ("test", "docs", "benchmark", "bench", "examples", "perf")
_LONG_TERM = VersionNumber((1, 10, 0))  # Julia's long-term support release, as of 2026
_WITH_JULIA = "comes with Julia"
_BEFORE_A_BOUND = re.compile(r"(?:.*,)?\s*[~^=]?\s*")
_SOURCE_KEYS: Mapping[str, tuple[str, frozenset[str]]] = {
    "path": ("a folder", frozenset({"url", "rev"})),
    "url": ("a Git repository", frozenset({"path"})),
    "rev": ("a branch, tag or commit of it", frozenset({"path"})),
    "subdir": ("the folder of the package in it", frozenset({"path"})),
}


def packages(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the packages that ``[deps]``, ``[weakdeps]`` or ``[extras]`` may list, as entries.

    The whole name comes first, then names that begin with what is typed, then those that have it
    in them; among them first those that the project lists elsewhere, then those that most
    registered packages depend on. Where no registry tells that, those of the manifest come
    before those that come with Julia.
    """
    cursor = candidates.cursor
    taken = other_keys(context.document.root.table(*path), cursor)
    found = _known_packages(context, cursor.word)
    typed = cursor.word.casefold()
    ecosystem, own = context.session.ecosystem, set(_listed(context).values())

    def order(one: tuple[str, UUID]) -> tuple[bool, bool, bool, int]:
        name, uuid = one
        folded = name.casefold()
        uses = ecosystem.uses(uuid) if ecosystem is not None else 0
        return folded != typed, not folded.startswith(typed), uuid not in own, -uses

    for name, uuid in sorted(found, key=order):
        detail = found[name, uuid]
        if name not in taken and candidates.matches(name):
            yield candidates.entry(
                name,
                f'"{uuid}"',
                CompletionKind.PACKAGE,
                detail,
                Topic(name, uuid),
                replaces=True,
            )


def uuids(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the UUIDs of the packages of a name."""
    name = path[-1]
    for (found, uuid), detail in _known_packages(context, name).items():
        if found == name:
            subject = Topic(name, uuid)
            yield candidates.string(str(uuid), CompletionKind.VALUE, detail, subject)


def _known_packages(context: FileContext, prefix: str) -> Mapping[tuple[str, UUID], str]:
    """Return packages by name and UUID, the likeliest first, and a few words about each."""
    invalidations, registries = context.invalidations, context.session.registries
    found: dict[tuple[str, UUID], str] = {}
    if invalidations is not None:
        environment = invalidations.environment
        for project in environment.projects:
            for section in LISTING_SECTIONS:
                for name, uuid in project.section(section).items():
                    found.setdefault((name, uuid), f"in [{section}]")
        for entry in environment.manifest.packages.values() if environment.manifest else ():
            version = str(entry.version) if entry.version is not None else "standard library"
            found[entry.name, entry.uuid] = f"{version} · in the manifest"
        if environment.project.name is not None and environment.project.uuid is not None:
            found.pop((environment.project.name, environment.project.uuid), None)
    for uuid, name in sorted(STDLIBS.items(), key=lambda item: item[1]):
        found.setdefault((name, uuid), _WITH_JULIA)
    if registries is not None and prefix:
        for summary in _registered(context, registries, prefix):
            if not summary.deprecated and summary.newest is not None:
                detail = f"{summary.newest} · {summary.registry}"
                found.setdefault((summary.name, summary.uuid), detail)
    return found


def _registered(
    context: FileContext, registries: Registries, prefix: str
) -> Iterator[PackageSummary]:
    """Yield registered packages by the beginning of their names, the most used ones first.

    As long as nobody has counted how often each is used, they come by name.
    """
    ecosystem = context.session.ecosystem
    if ecosystem is None:
        yield from registries.starting_with(prefix, REGISTERED)
        return
    for uuid in ecosystem.most_used(prefix, REGISTERED):
        yield from registries.summaries(uuid)[:1]


# Versions


def compat_names(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the packages that have no entry in ``[compat]`` yet, with what they resolve to."""
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for name in (*_listed(context), "julia"):
        if name in taken or not candidates.matches(name):
            continue
        bounds = list(_bounds(context, name))
        text, detail = bounds[0] if bounds else ("", "")
        kind = CompletionKind.PACKAGE
        yield candidates.entry(name, f'"{text}"', kind, f"{text} · {detail}" if text else "")


def compat_bounds(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield bounds for a package, or for ``julia``: of the resolved version, of the newest.

    Of several bounds in one text, only the one at the cursor is written; its specifier stays.
    """
    cursor = candidates.cursor
    if cursor.quote:
        before = _BEFORE_A_BOUND.match(cursor.word)
        skipped = before.end() if before is not None else 0
        span = Span(cursor.span.start + skipped, cursor.span.end)
        candidates = Candidates(replace(cursor, span=span, word=cursor.word[skipped:]))
    for text, detail in _bounds(context, path[-1]):
        yield candidates.string(text, CompletionKind.VERSION, detail)


def _bounds(context: FileContext, name: str) -> Iterator[tuple[str, str]]:
    versions = dict(_versions(context, name))
    said: set[str] = set()
    for version, detail in versions.items():
        for text in _written(version)[_widest(name, detail) :]:
            if text not in said:
                said.add(text)
                yield text, detail
    if len(versions) == 2 and name != "julia":
        resolved, newest = versions
        spec = parse_compat(_written(resolved)[0])
        if spec is not None and newest not in spec:
            yield f"{_written(resolved)[0]}, {_written(newest)[-1]}", "both"


def _widest(name: str, detail: str) -> int:
    """Return how many numbers are left out: what comes with Julia is told by its first."""
    return 1 if name == "julia" else 2 if detail == _WITH_JULIA else 0


def _written(version: VersionNumber) -> tuple[str, ...]:
    """Return the bounds with which a version is compatible, the narrowest first."""
    major, minor, patch = version.release
    texts = [f"{major}.{minor}.{patch}"]
    if major or minor:
        texts.append(f"{major}.{minor}")
    if major:
        texts.append(f"{major}")
    return tuple(texts)


def _versions(context: FileContext, name: str) -> Iterator[tuple[VersionNumber, str]]:
    """Yield the resolved version of a package, and the newest registered one if that differs."""
    if not isinstance(context, EnvironmentContext):
        return
    environment = context.environment
    if name == "julia":
        if environment.julia_from == "manifest":
            yield environment.julia.version, "wrote the manifest"
        yield _LONG_TERM, "long-term support"
        return
    uuid = environment.named(name)
    if uuid is None:
        return
    entry = environment.entry(uuid)
    if entry is not None and entry.version is not None:
        yield entry.version, "resolved version"
    elif uuid in STDLIBS:
        yield VersionNumber((1, 0, 0)), _WITH_JULIA
    registries = context.session.registries
    newest = registries.newest(uuid) if registries is not None else None
    if newest is not None and context.is_from_registry(name, uuid):
        yield newest, "newest version"


# Other sections


def sources(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the packages whose source ``[sources]`` does not say yet, with a path beside."""
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for name in _listed(context):
        if name not in taken and candidates.matches(name):
            folder = _folder_of(context, name)
            detail = f"at {folder}" if folder else ""
            value = f"{{path = {written_string(folder)}}}"
            yield candidates.entry(name, value, CompletionKind.PACKAGE, detail)


def source_keys(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the keys that an entry of ``[sources]`` may still have.

    Pkg refuses ``path`` beside ``url`` or ``rev`` (``read_project_sources``).
    """
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for key, (detail, excluded) in _SOURCE_KEYS.items():
        if key not in taken and excluded.isdisjoint(taken):
            yield candidates.entry(key, '""', CompletionKind.KEY, detail)


def source_values(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the folder close by that has the package of an entry, or its registered repository."""
    _, name, key = path
    if key == "path" and (folder := _folder_of(context, name)):
        yield candidates.string(folder, CompletionKind.FOLDER, "is there")
    registries, uuid = context.session.registries, _listed(context).get(name)
    if key == "url" and registries is not None and uuid is not None:
        for package in registries.packages(uuid):
            if package.repository is not None:
                yield candidates.string(package.repository, CompletionKind.VALUE, "registered")


def targets(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the targets that Pkg knows."""
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for name in ("test", "build"):
        if name not in taken:
            yield candidates.entry(name, "[]", CompletionKind.KEY)


def target_packages(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the packages that a target may name."""
    yield from _names(context, candidates, path, ("extras", "weakdeps", "deps"))


def extensions(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield extensions as they are usually named, with the weak dependency that loads each."""
    project = context.project
    if project is None or project.name is None:
        return
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for name in project.weakdeps:
        extension = f"{project.name}{name}Ext"
        if extension not in taken and candidates.matches(extension):
            yield candidates.entry(extension, written_string(name), CompletionKind.KEY)


def triggers(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the packages that may load an extension."""
    invalidations = context.invalidations
    from_deps = invalidations is not None and invalidations.environment.julia.triggers_from_deps
    sections = ("weakdeps", "deps") if from_deps else ("weakdeps",)
    if candidates.cursor.in_array:
        yield from _names(context, candidates, path, sections)
        return
    for name, uuid in _in_sections(context.project, sections).items():
        yield candidates.string(name, CompletionKind.PACKAGE, "", Topic(name, uuid))


def workspace_keys(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the one key that ``[workspace]`` may have."""
    if "projects" not in other_keys(context.document.root.table(*path), candidates.cursor):
        yield candidates.entry("projects", "[]", CompletionKind.KEY)


def workspace_folders(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield folders beside the project file that have a project of their own."""
    if path[-1] != "projects":
        return
    entry = context.document.root.get(*path)
    taken = {name for name, _ in strings(entry.node)} if entry is not None else set()
    for name in _FOLDERS:
        is_there = project_in(context.path.parent / name, context.session.snapshot) is not None
        if is_there and name not in taken:
            yield candidates.item(name, CompletionKind.FOLDER)


def skipped_packages(
    context: FileContext,
    invalidations: Invalidations,
    candidates: Candidates,
    path: tuple[str, ...],
    tool: UUID,
) -> Iterator[Completion]:
    """Yield the packages of the environment that use a tool, for a list of them."""
    manifest = invalidations.environment.manifest
    using = {
        entry.name: entry.uuid
        for entry in (manifest.packages.values() if manifest is not None else ())
        if tool in entry.deps.values()
    }
    yield from _items(context, candidates, path, using)


def _names(
    context: FileContext,
    candidates: Candidates,
    path: tuple[str, ...],
    sections: tuple[str, ...],
) -> Iterator[Completion]:
    yield from _items(context, candidates, path, _in_sections(context.project, sections))


def _items(
    context: FileContext,
    candidates: Candidates,
    path: tuple[str, ...],
    names: Mapping[str, UUID],
) -> Iterator[Completion]:
    """Yield the names that the array at a path does not have yet, but at the cursor."""
    entry, cursor = context.document.root.get(*path), candidates.cursor
    written = strings(entry.node) if entry is not None else ()
    taken = {
        name
        for name, span in written
        if span.end < cursor.span.start or span.start > cursor.span.end
    }
    for name, uuid in names.items():
        if name not in taken:
            yield candidates.item(name, CompletionKind.PACKAGE, "", Topic(name, uuid))


def _in_sections(project: ProjectFile | None, sections: tuple[str, ...]) -> Mapping[str, UUID]:
    found: dict[str, UUID] = {}
    if project is not None:
        for section in sections:
            for name, uuid in project.section(section).items():
                found.setdefault(name, uuid)
    return found


def _listed(context: FileContext) -> Mapping[str, UUID]:
    return _in_sections(context.project, LISTING_SECTIONS)


def _folder_of(context: FileContext, name: str) -> str:
    """Return a path that leads to a package of this name close by, or an empty text."""
    for path in (f"../{name}", f"../{name}.jl", name, f"lib/{name}"):
        folder = Path(os.path.normpath(context.path.parent / path))
        if project_in(folder, context.session.snapshot) is not None:
            return path
    return ""
