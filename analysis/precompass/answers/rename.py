"""Rename a package in the files of a project: every section that names it, and its preferences."""

from __future__ import annotations

from pathlib import Path

from precompass.answers.candidates import key
from precompass.answers.mentions import Mention, mention_at, mentions
from precompass.answers.references import is_same
from precompass.documents.text import Span, TextEdit
from precompass.file_context import FileContext, context_of
from precompass.files.kinds import FileKind
from precompass.findings import FileEdit
from precompass.julia.environment import local_preferences_path
from precompass.session import Session


def renamed_span(session: Session, path: Path, offset: int) -> Span | None:
    """Return the name at a place, without quotes, if it can be renamed."""
    context = context_of(session, path)
    mention = _package_at(context, offset) if context is not None else None
    return _inner(mention, context.text) if context is not None and mention is not None else None


def rename(session: Session, path: Path, offset: int, new_name: str) -> tuple[FileEdit, ...] | None:
    """Return the edits that rename a package in a project file and the preferences beside it.

    None where no package is named, the new name cannot be one of a Julia module, or a file at
    stake is not text. A package of a manifest is not renamed: Pkg writes manifests. Nor is the
    project itself, whose name is also that of its module and file.
    """
    context = context_of(session, path)
    mention = _package_at(context, offset) if context is not None else None
    if context is None or mention is None or not new_name.isidentifier():
        return None
    invalidations = context.invalidations
    if invalidations is None:
        return None
    found: list[FileEdit] = []
    for file in _files(context):
        source = session.snapshot.read(file)
        if source is None or source.invalid_utf8_at is not None:
            return None
        edits = tuple(
            _edit(one, source.text, new_name)
            for one in mentions(session, file, invalidations.environment.named)
            if is_same(one, mention) and one.name == mention.name
        )
        if edits:
            found.append(FileEdit(file, source.text, edits))
    return tuple(found)


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


def _edit(mention: Mention, text: str, new_name: str) -> TextEdit:
    inner = _inner(mention, text)
    is_quoted = inner != mention.span
    return TextEdit(inner, new_name if is_quoted else key(new_name))


def _inner(mention: Mention, text: str) -> Span:
    """Return the name itself, without quotes and without what a list says behind it."""
    start = mention.span.start + (text[mention.span.start] in "\"'")
    return Span(start, min(start + len(mention.name), mention.span.end))
