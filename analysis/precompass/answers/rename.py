"""Rename a package in the files of a project: every section that names it, and its preferences."""

from __future__ import annotations

from pathlib import Path

import msgspec

from precompass.answers.mentions import Mention, mention_at, mentions
from precompass.answers.references import is_same
from precompass.documents.editing import rename_everywhere
from precompass.documents.text import Span
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind, file_kind
from precompass.findings import FileEdit
from precompass.julia.environment import local_preferences_path
from precompass.julia.identifiers import can_be_module
from precompass.julia.project import LISTING_SECTIONS
from precompass.session import Session


def renamed_span(session: Session, path: Path, offset: int) -> Span | None:
    """Return the name at a place, without quotes, if it can be renamed."""
    context = context_of(session, path)
    mention = _package_at(context, offset) if context is not None else None
    return _inner(mention, context.text) if context is not None and mention is not None else None


class NoRename(msgspec.Struct, frozen=True):
    """Why a package cannot be renamed: a whole sentence."""

    why: str


def rename(
    session: Session, path: Path, offset: int, new_name: str
) -> tuple[FileEdit, ...] | NoRename:
    """Return the edits that rename a package in a project file and the preferences beside it.

    Each edited file is read back: it holds exactly the same values under the new name, or nothing
    is renamed. A package of a manifest is not renamed: Pkg writes manifests. Nor is the project
    itself, whose name is also that of its module and file.
    """
    context = context_of(session, path)
    mention = _package_at(context, offset) if context is not None else None
    if context is None or mention is None or context.invalidations is None:
        return NoRename("There is no package here that can be renamed.")
    if not can_be_module(new_name):
        return NoRename(f"{new_name} cannot be the name of a Julia module.")
    named = context.invalidations.environment.named
    found: list[FileEdit] = []
    for file in _files(context):
        source = session.snapshot.read(file)
        if source is None or source.invalid_utf8_at is not None:
            return NoRename(f"{file.name} is not UTF-8 text.")
        every = tuple(mentions(session, file, named))
        if new_name != mention.name and any(one.name == new_name for one in every):
            return NoRename(f"{file.name} names a package {new_name} already.")
        meant = [one for one in every if is_same(one, mention) and one.name == mention.name]
        keys = {key for one in meant if (key := _key(one, file)) is not None}
        strings = {one.span for one in meant if _key(one, file) is None}
        edits = rename_everywhere(source.text, keys, strings, mention.name, new_name)
        if edits is None:
            return NoRename(f"{mention.name} cannot be renamed everywhere in {file.name}.")
        if edits:
            found.append(FileEdit(file, source.text, edits))
    return tuple(found)


def _key(mention: Mention, file: Path) -> tuple[str, ...] | None:
    """Return the key that is a mention, None if it is a string."""
    if mention.section in (*LISTING_SECTIONS, "compat", "sources"):
        return (mention.section, mention.name)
    if mention.section != "preferences":
        return None
    is_project = file_kind(file) is FileKind.PROJECT
    return ("preferences", mention.name) if is_project else (mention.name,)


def _package_at(context: FileContext, offset: int) -> Mention | None:
    if context.kind is FileKind.MANIFEST:
        return None
    mention = mention_at(context, offset)
    if mention is None or offset not in mention.span:
        return None
    project = context.project
    is_project = project is not None and project.uuid is not None and project.uuid == mention.uuid
    return None if is_project or mention.section == "name" else mention


def _files(context: FileContext) -> tuple[Path, ...]:
    local = local_preferences_path(context.path.parent, context.session.snapshot)
    project = context.project.path if context.project is not None else None
    files = (context.path, project, local)
    return tuple(dict.fromkeys(file for file in files if file is not None))


def _inner(mention: Mention, text: str) -> Span:
    """Return the name itself, without quotes and without what a list says behind it."""
    start = mention.span.start + (text[mention.span.start] in "\"'")
    return Span(start, min(start + len(mention.name), mention.span.end))
