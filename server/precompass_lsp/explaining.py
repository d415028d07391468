"""The command ``precompass.explain``: a page about what is under the cursor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.uris import path_of

EXPLAIN = "precompass.explain"


def register(server: Host) -> None:
    """Let a server explain.

    The argument has a ``uri`` and a ``position``. The answer has a ``title`` and ``markdown``; it
    is null where there is nothing to explain.
    """

    @server.command(EXPLAIN)
    async def explain(place: Any) -> dict[str, str] | None:
        match place:
            case {"uri": str(uri), "position": {"line": int(line), "character": int(character)}}:
                path, position = path_of(uri), types.Position(line, character)
            case _:
                return None
        if path is None:
            return None
        return await server.answer(None, explanation_at, server.moment, path, position)


def explanation_at(moment: Moment, path: Path, position: types.Position) -> dict[str, str] | None:
    """Return the page about a place in a file."""
    from precompass.answers.explanation import explain
    from precompass.answers.subject import subject_at
    from precompass.report.explanation_markdown import explanation_markdown

    subject = subject_at(moment.session, path, moment.positions.offset(path, position))
    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    if subject is None or project is None or invalidations is None:
        return None
    approximation = session.approximation(project)
    tests = session.tests(project)
    members = session.members_below(invalidations)
    explanation = explain(
        invalidations,
        subject.uuid,
        subject.key,
        approximation,
        tests,
        members,
        session.snapshot,
    )
    return {
        "title": plain_line(explanation.subject),
        "markdown": explanation_markdown(explanation, folder=project.parent),
    }
