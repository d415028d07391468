"""The commands ``precompass.status`` and ``precompass.caches``: pages about a file's project.

Caches are listed, never deleted: that is for the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line
from precompass_lsp.uris import path_of

STATUS = "precompass.status"
CACHES = "precompass.caches"


def register(server: Host) -> None:
    """Let a server describe projects and their caches.

    The argument of both has a ``uri``. The answers have a ``title`` and ``markdown``; they are
    null for a file without a project. What they say is about the files as they are saved.
    """

    @server.command(STATUS)
    async def status(file: Any) -> dict[str, str] | None:
        path = _path(file)
        if path is None:
            return None
        return await server.answer(None, status_of, server.moment, path)

    @server.command(CACHES)
    async def caches(file: Any) -> dict[str, str] | None:
        path = _path(file)
        if path is None:
            return None
        return await server.answer(None, caches_of, server.moment, path)


def _path(file: Any) -> Path | None:
    match file:
        case {"uri": str(uri)}:
            return path_of(uri)
        case _:
            return None


def status_of(moment: Moment, path: Path) -> dict[str, str] | None:
    """Return the page about the project of a file."""
    from precompass.answers.status import status
    from precompass.report.status_markdown import status_markdown

    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    if project is None or invalidations is None:
        return None
    checks = session.saved_checks(project)
    why = session.saved_why(project, now=True)
    found = status(session, invalidations, checks, why)
    name = invalidations.environment.project.name or project.parent.name
    return {
        "title": plain_line(f"Status of {name}"),
        "markdown": status_markdown(found, folder=project.parent),
    }


def caches_of(moment: Moment, path: Path) -> dict[str, str] | None:
    """Return the page about the compile caches of a file's project."""
    from precompass.answers.cache_list import environment_units, list_caches
    from precompass.report.status_markdown import caches_markdown

    session = moment.session.configured_for(path)
    project = session.project_of(path)
    checks = session.saved_checks(project) if project is not None else None
    if project is None or checks is None:
        return None
    caches = list_caches(checks, environment_units(checks))
    return {
        "title": "Compile caches",
        "markdown": caches_markdown(caches, folder=project.parent),
    }
