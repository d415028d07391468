"""The command ``precompass.environment``: the environment of a file, for a status line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

ENVIRONMENT = "precompass.environment"


def register(server: Host) -> None:
    """Let a server describe the environment of a file.

    The argument has a ``uri``. The answer has the paths of the ``project`` and its ``manifest``
    (null without one), the version of ``julia`` and where it comes from (``juliaFrom``:
    ``manifest``, ``setting`` or ``newest``), and of how many ``units`` a compile cache was found
    (``cached``; null if no depot is read). It is null for a file without a project.
    """

    @server.command(ENVIRONMENT)
    async def environment(file: Any) -> dict[str, Any] | None:
        match file:
            case {"uri": str(uri)}:
                path = path_of(uri)
            case _:
                return None
        if path is None:
            return None
        return await server.answer(None, environment_of, server.moment, path)


def environment_of(moment: Moment, path: Path) -> dict[str, Any] | None:
    """Return the description of a file's environment."""
    session = moment.session.configured_for(path)
    project = session.project_of(path)
    invalidations = session.invalidations(project) if project is not None else None
    if project is None or invalidations is None:
        return None
    environment, caches = invalidations.environment, invalidations.caches
    return {
        "project": str(project),
        "manifest": str(environment.manifest.path) if environment.manifest is not None else None,
        "julia": str(environment.julia.version),
        "juliaFrom": environment.julia_from,
        "units": len(invalidations.graph.units),
        "cached": len(caches.candidates) if caches is not None else None,
    }
