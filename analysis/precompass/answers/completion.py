"""What can be written at a cursor, in the middle of a line that is not finished."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import msgspec

from precompass.answers import app_completion, package_completion, preference_completion
from precompass.answers.candidates import (
    Candidates,
    Completion,
    CompletionKind,
    Topic,
    other_keys,
)
from precompass.answers.hover_of_packages import about_package
from precompass.documents.cursor import Cursor, Where, cursor_at
from precompass.file_context import FileContext, context_of, environment_context_of
from precompass.files.kinds import FileKind
from precompass.findings import Paragraph
from precompass.julia.preferences import Preference
from precompass.julia.project import LISTING_SECTIONS
from precompass.session import Session

_MOST = 500  # completions at once

_SECTIONS = {
    "deps": "what the project uses",
    "weakdeps": "what its extensions are for",
    "extensions": "code that is loaded with weak dependencies",
    "compat": "the versions that it allows",
    "extras": "packages for tests, or whose preferences are set",
    "targets": "the packages that tests use",
    "sources": "where packages come from that are in no registry",
    "workspace": "projects that share the manifest",
    "apps": "programs that Pkg installs with the package",
    "preferences": "preferences that are shared with the project",
}
_KEYS = {
    "name": ('""', "of the package"),
    "uuid": ('""', "of the package"),
    "version": ('"0.1.0"', "of the package"),
    "authors": ("[]", "of the package"),
    "manifest": ('""', "a manifest elsewhere"),
    "entryfile": ('""', "the file with the module"),
    "readonly": ("true", "Pkg changes nothing here (Julia 1.13 and later)"),
}

Offer: TypeAlias = Callable[[FileContext, Candidates, tuple[str, ...]], Iterator[Completion]]

_OFFERS: Mapping[tuple[Where, str, int], Offer] = {
    **{("key", section, 1): package_completion.packages for section in LISTING_SECTIONS},
    **{("value", section, 2): package_completion.uuids for section in LISTING_SECTIONS},
    ("key", "compat", 1): package_completion.compat_names,
    ("value", "compat", 2): package_completion.compat_bounds,
    ("key", "sources", 1): package_completion.sources,
    ("key", "sources", 2): package_completion.source_keys,
    ("value", "sources", 3): package_completion.source_values,
    ("key", "targets", 1): package_completion.targets,
    ("value", "targets", 2): package_completion.target_packages,
    ("key", "extensions", 1): package_completion.extensions,
    ("value", "extensions", 2): package_completion.triggers,
    ("key", "workspace", 1): package_completion.workspace_keys,
    ("value", "workspace", 2): package_completion.workspace_folders,
    ("key", "apps", 1): app_completion.apps,
    ("key", "apps", 2): app_completion.keys,
    ("value", "apps", 3): app_completion.values,
}
"""What offers completions, by where the cursor is, in which section, and how deep in it."""


_FOLLOWS = {
    "header": re.compile(r"[ \t]*(?:$|[#.\]])"),
    "key": re.compile(r"[ \t]*(?:$|[#.=,}])"),
    "value": re.compile(r"[ \t]*(?:$|[#,\]}])"),
}
"""What can be behind a word on its line, by where the word is."""


class Completions(msgspec.Struct, frozen=True):
    """Completions, the most useful first.

    Attributes:
        is_complete: whether all were found that what is written so far can become.
    """

    items: tuple[Completion, ...]
    is_complete: bool


def complete(session: Session, path: Path, offset: int) -> Completions:
    """Return what can be written at a place of a project file or preferences file."""
    context = context_of(session, path)
    cursor = cursor_at(context.text, offset) if context is not None else None
    if context is None or cursor is None or context.kind is FileKind.MANIFEST:
        return Completions((), is_complete=True)
    if not cursor.quote and not _FOLLOWS[cursor.where].match(cursor.rest):
        return Completions((), is_complete=True)  # what would be offered is written already
    candidates = Candidates(cursor)
    offered = _completions(context, candidates, cursor)
    if cursor.where == "value" and cursor.quote:
        offered = (one for one in offered if _goes_on(one, context.text, offset))
    if cursor.where == "key" and not cursor.ends_its_line:  # no header in place of a key
        offered = (one for one in offered if one.kind is not CompletionKind.SECTION)
    found = tuple(islice(offered, _MOST))
    names_packages = cursor.where == "key" and cursor.path[:1] in {
        (one,) for one in LISTING_SECTIONS
    }
    is_complete = not names_packages or session.registries is None
    return Completions(found, is_complete and len(found) < _MOST)


def _goes_on(one: Completion, text: str, offset: int) -> bool:
    """Tell whether what is written in a string before the cursor can become a completion."""
    written = text[one.edit.span.start : offset]
    return one.typed.casefold().startswith(written.casefold())


def documentation(session: Session, path: Path, subject: Topic) -> tuple[Paragraph, ...]:
    """Return what is said about the subject of a completion."""
    context = environment_context_of(session, path)
    if context is None:
        return ()
    invalidations = context.invalidations
    if subject.key is None:
        return about_package(context, invalidations, subject.uuid, subject.name)
    about = preference_completion.about_preference
    return about(invalidations, subject.name, Preference(subject.uuid, subject.key))


def _completions(
    context: FileContext, candidates: Candidates, cursor: Cursor
) -> Iterator[Completion]:
    prefix = preference_completion.prefix_of(context)
    below = cursor.path[len(prefix) :] if cursor.path[: len(prefix)] == prefix else None
    if below is not None:
        yield from _preferences(context, candidates, cursor, below)
    if context.kind is FileKind.PROJECT:
        yield from _project(context, candidates, cursor)


def _preferences(
    context: FileContext, candidates: Candidates, cursor: Cursor, below: tuple[str, ...]
) -> Iterator[Completion]:
    match cursor.where, below:
        case "header", ():
            yield from preference_completion.tables(context, candidates)
        case "key", () if not cursor.in_braces:
            yield from preference_completion.tables(context, candidates)
        case "key", (name,):
            yield from preference_completion.keys(context, candidates, name)
        case "value", (name, key):
            yield from preference_completion.values(context, candidates, name, key)


def _project(context: FileContext, candidates: Candidates, cursor: Cursor) -> Iterator[Completion]:
    if not cursor.path:
        if cursor.where == "key":
            yield from _top_level_keys(context, candidates)
        yield from _sections(context, candidates)
        return
    offer = _OFFERS.get((cursor.where, cursor.path[0], len(cursor.path)))
    if offer is not None:
        yield from offer(context, candidates, cursor.path)


def _top_level_keys(context: FileContext, candidates: Candidates) -> Iterator[Completion]:
    taken = other_keys(context.document.root, candidates.cursor)
    for name, (value, detail) in _KEYS.items():
        if name not in taken and candidates.matches(name):
            yield candidates.entry(name, value, CompletionKind.KEY, detail)


def _sections(context: FileContext, candidates: Candidates) -> Iterator[Completion]:
    taken = other_keys(context.document.root, candidates.cursor)
    for name, detail in _SECTIONS.items():
        if name not in taken and candidates.matches(name):
            yield candidates.header((name,), detail)
