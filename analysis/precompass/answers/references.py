"""All places that are about one package, or one preference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.answers.definition import definition
from precompass.answers.mentions import (
    Mention,
    mention_at,
    mentions,
    mentions_of,
    strings,
)
from precompass.documents.text import Span
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.findings import Place
from precompass.julia.environment import local_preferences_path
from precompass.julia.preferences import CLEAR
from precompass.julia.project import LISTING_SECTIONS
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session


def references(
    session: Session, path: Path, offset: int, *, include_declaration: bool
) -> tuple[Place, ...]:
    """Return all places that are about the thing at *offset*.

    Of a preference, the tables of the stack that set or clear it, the nearest first. Of a
    package, every place that names it in the project files and preferences files of the
    environment, and its entry in the manifest; from within a manifest, also the entries that
    depend on it there.

    Args:
        session: the user's files.
        path: the file.
        offset: the place, a code point offset.
        include_declaration: whether to return the lines that read a preference, and those that
            tell the UUID of a package, too.
    """
    context = context_of(session, path)
    if context is None or context.invalidations is None:
        return ()
    mention = mention_at(context, offset)
    if mention is None:
        found = [*_of_preference(context, offset)]
        if include_declaration:
            found += definition(session, path, offset)
    else:
        found = [
            Place(file, one.span)
            for file, one in _of_package(context, context.invalidations, mention)
            if include_declaration or one.section not in (*LISTING_SECTIONS, "entry")
        ]
    return tuple(dict.fromkeys(found))


def highlights(session: Session, path: Path, offset: int) -> tuple[Span, ...]:
    """Return the places of one file that are about the thing at *offset*, in its order."""
    context = context_of(session, path)
    if context is None:
        return ()
    mention = mention_at(context, offset)
    if mention is None:
        found = [place.span for place in _of_preference(context, offset) if place.file == path]
    else:
        found = [one.span for one in mentions_of(context) if is_same(one, mention)]
    return tuple(sorted(set(found)))


def is_same(one: Mention, other: Mention) -> bool:
    """Tell whether two mentions are about the same package."""
    if one.uuid is None or other.uuid is None:
        return one.uuid is other.uuid and one.name == other.name
    return one.uuid == other.uuid


def _of_package(
    context: FileContext, invalidations: Invalidations, mention: Mention
) -> Iterator[tuple[Path, Mention]]:
    environment = invalidations.environment
    for file in dict.fromkeys(_files(context, invalidations)):
        is_other_manifest = environment.manifest is not None and file == environment.manifest.path
        for one in mentions(context.session, file, environment.named):
            if is_other_manifest and file != context.path and one.section != "entry":
                continue
            if is_same(one, mention):
                yield file, one


def _files(context: FileContext, invalidations: Invalidations) -> Iterator[Path]:
    """Yield the files of an environment that name packages, this one first."""
    environment = invalidations.environment
    yield context.path
    projects = [*environment.projects, *(layer.project for layer in environment.layers)]
    for project in projects:
        yield project.path
        local = local_preferences_path(project.path.parent, context.session.snapshot)
        if local is not None:
            yield local
    if environment.manifest is not None:
        yield environment.manifest.path


def _of_preference(context: FileContext, offset: int) -> Iterator[Place]:
    found = context.preference_at(offset) if context.kind is not FileKind.MANIFEST else None
    if found is None:
        return
    table, key, entry = found
    if table.uuid is None or context.invalidations is None:
        yield Place(context.path, entry.key.span)
        return
    for source in reversed(context.invalidations.preferences(table.uuid).sources):
        place = source.entry(key)
        if place is not None:
            yield Place(source.file, place.key.span)
        cleared = source.entry(CLEAR)
        for name, span in strings(cleared.node) if cleared is not None else ():
            if name == key:
                yield Place(source.file, span)
