"""Files that change on disk: the client tells of them, or they are looked at now and then."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment

PATTERNS = (
    "**/Project.toml",
    "**/JuliaProject.toml",
    "**/Manifest.toml",
    "**/JuliaManifest.toml",
    "**/Manifest-v*.toml",
    "**/JuliaManifest-v*.toml",
    "**/LocalPreferences.toml",
    "**/JuliaLocalPreferences.toml",
    "**/precompass.toml",
    "**/*.jl",
)
"""The files whose change on disk can change an answer."""
CACHES = "v*/*/*.ji"
"""Compile caches, in the folder of a depot that holds them."""
INTERVAL = 2.0
"""Seconds between two looks at the disk where the client does not tell of changes."""

SELDOM = 60.0
"""Seconds between two looks in a session in which nothing happens any more.

Also until it is asked again whether the client tells of all changes that matter.
"""

logger = logging.getLogger(__name__)


def register(server: Host) -> None:
    """Let a server listen to changes on disk, and look for them."""
    server.when_initialized(start)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(
        ls: Host,
        params: types.DidChangeWatchedFilesParams,  # noqa: ARG001 - every file counts the same
    ) -> None:
        ls.forget_depots()
        ls.diagnostics.check_all_soon(debounce=True)


async def start(ls: Host) -> None:
    """Ask the client to tell of changes; look at the disk as long as it cannot for every file."""
    is_told = ls.client.registers_watchers and await _register_watchers(ls)
    if is_told and ls.client.watches_outside:
        await _watch_caches(ls)
    pause = INTERVAL
    ls.heard.clear()
    while True:
        if is_told and _all_in_folders(ls):
            ls.documents.opened.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ls.documents.opened.wait(), SELDOM)
            continue
        goes_on = await _hears(ls, pause)
        if await ls.answer(False, _has_changed, ls.moment):
            goes_on = True
            ls.forget_depots()
            await ls.diagnostics.check_disk()
        # A computer is not woken every two seconds for an editor that nobody has touched for long.
        pause = INTERVAL if goes_on else min(2 * pause, SELDOM)


async def _hears(ls: Host, pause: float) -> bool:
    """Wait for the next look at the disk; return whether the client has sent something meanwhile.

    If it does, the look is at once, but never sooner than :data:`INTERVAL` after the last one.
    What it sends during that look counts, too.
    """
    await asyncio.sleep(INTERVAL)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ls.heard.wait(), pause - INTERVAL)
    heard = ls.heard.is_set()
    ls.heard.clear()
    return heard


def _has_changed(moment: Moment) -> bool:
    return moment.snapshot.has_changed()


async def _register_watchers(ls: Host) -> bool:
    """Return whether the client tells of changes."""
    watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in PATTERNS]
    return await _register(ls, "precompass-files", watchers)


async def _watch_caches(ls: Host) -> None:
    """Ask the client to tell when Julia has compiled: it writes into the first depot."""
    folder = await ls.answer(None, _compiled, ls.moment)
    if folder is not None:
        pattern = types.RelativePattern(base_uri=folder.as_uri(), pattern=CACHES)
        watchers = [types.FileSystemWatcher(glob_pattern=pattern)]
        await _register(ls, "precompass-caches", watchers)


def _compiled(moment: Moment) -> Path | None:
    """Return the folder into which Julia writes compile caches."""
    from precompass.julia.behaviour import NEWEST_KNOWN, Julia

    depots = moment.session.depots(Julia(NEWEST_KNOWN))
    folder = Path(depots[0], "compiled") if depots else None
    return folder if folder is not None and folder.is_absolute() else None


async def _register(ls: Host, name: str, watchers: list[types.FileSystemWatcher]) -> bool:
    registration = types.Registration(
        id=name,
        method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers),
    )
    try:
        await ls.client_register_capability_async(types.RegistrationParams([registration]))
    except Exception:
        logger.exception("The client does not tell of changes on disk.")
        return False
    return True


def _all_in_folders(ls: Host) -> bool:
    """Tell whether all open files are in the folders that the client watches."""
    folders = ls.folders.values()
    return all(
        any(path.is_relative_to(folder) for folder in folders)
        for path in ls.documents.at_this_moment()
    )
