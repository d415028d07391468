"""The command ``precompass.picture``: what a change, or the next ``using``, recompiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.uris import path_of

if TYPE_CHECKING:
    from precompass.answers.picture import Picture

PICTURE = "precompass.picture"


def register(server: Host) -> None:
    """Let a server draw pictures.

    The argument has a ``uri``, and says what the picture is about: by a ``position`` in that
    file, or by a ``package``, the name or UUID of one or of an extension, and a ``key``, which
    may be null. With ``pending``, which is true, it is what the next ``using`` recompiles, by root
    cause, with the files as they are saved. The answer has a ``title``, the page as ``html``, and
    its content as ``picture``; it is null where there is nothing to draw.
    """

    @server.command(PICTURE)
    async def picture(subject: Any) -> dict[str, Any] | None:
        match subject:
            case {"uri": str(uri), "pending": True}:
                path = path_of(uri)
                if path is None:
                    return None
                return await server.answer(None, pending_of, server.moment, path)
            case {"uri": str(uri), "position": {"line": int(line), "character": int(character)}}:
                about: types.Position | tuple[str, str | None] = types.Position(line, character)
            case {"uri": str(uri), "package": str(package), "key": str() | None as key}:
                about = (package, key)
            case _:
                return None
        path = path_of(uri)
        if path is None:
            return None
        return await server.answer(None, picture_of, server.moment, path, about)


def picture_of(
    moment: Moment, path: Path, about: types.Position | tuple[str, str | None]
) -> dict[str, Any] | None:
    """Return the picture of what a place, or a package and a key, are about."""
    from precompass.answers.picture import picture
    from precompass.answers.subject import Subject, packages_named, subject_at

    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    if project is None or invalidations is None:
        return None
    approximation = session.approximation(project)
    if isinstance(about, types.Position):
        subject = subject_at(moment.session, path, moment.positions.offset(path, about))
    else:
        name, key = about
        named = packages_named(name, invalidations, approximation)
        subject = Subject(named[0], key) if len(named) == 1 else None
    if subject is None:
        return None
    return _answer(picture(invalidations, subject.uuid, subject.key, approximation))


def pending_of(moment: Moment, path: Path) -> dict[str, Any] | None:
    """Return the picture of what the next ``using`` recompiles in the project of a file."""
    from precompass.answers.pending_picture import pending_picture

    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    why = session.saved_why(project, now=True) if project is not None else None
    if project is None or invalidations is None or why is None:
        return None
    return _answer(pending_picture(invalidations, why, project.parent))


def _answer(drawn: Picture) -> dict[str, Any]:
    from precompass.report.picture_html import page
    from precompass.report.picture_json import picture_json

    return {
        "title": plain_line(drawn.title),
        "html": page(drawn, folder=None),
        "picture": picture_json(drawn, folder=None),
    }
