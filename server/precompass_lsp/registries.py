"""Registries: opened on a thread of their own, while everything else is answered.

The first look at a state of a registry takes a second or two, of which the client is shown how
much is done. Until then, answers are those of a machine without a registry; then the open files
are checked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.host import Host

if TYPE_CHECKING:
    from precompass.registry.memory import Registered, RegistryMemory

TITLE = "Reading the registries"

logger = logging.getLogger(__name__)


class RegistryReader:
    """Opens registries in the background, and tells the client.

    Args:
        ls: the server; it must run.
    """

    def __init__(self, ls: Host) -> None:
        self._ls = ls
        self._loop = asyncio.get_running_loop()
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._tokens = itertools.count(1)
        self._share = 1.0
        self._shown: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    @cached_property
    def memory(self) -> RegistryMemory:
        """What is known of the registries; for the thread of the analysis."""
        from precompass.registry.memory import RegistryMemory  # not before ``initialize``

        return RegistryMemory(self._submit, progress=self._report, ready=self._tell)

    # On the thread of the analysis

    def _submit(self, work: Callable[[], None]) -> None:
        if self._thread is None:
            # A daemon, so that the server does not outlive its client for an index.
            self._thread = threading.Thread(target=self._run, name="registries", daemon=True)
            self._thread.start()
        self._work.put(work)

    # On the thread of the registries

    def _run(self) -> None:
        while True:
            self._work.get()()

    def _report(self, share: float) -> None:
        self._in_loop(self._note, share)

    def _tell(self, registered: Registered) -> None:
        for problem in registered.registries.problems:
            self._in_loop(self._ls.complain, f"{problem.path}: {problem.message}")
        self._in_loop(self._ls.diagnostics.check_all_soon)

    def _in_loop(self, function: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function, *arguments)

    # On the thread of the protocol

    def _note(self, share: float) -> None:
        self._share = share
        self._news.set()
        is_shown = self._shown is not None and not self._shown.done()
        if share < 1 and self._ls.client.shows_progress and not is_shown:
            self._shown = asyncio.create_task(self._show())

    async def _show(self) -> None:
        """Show the share that is done until it is all."""
        token = f"precompass-registries-{next(self._tokens)}"
        progress = self._ls.work_done_progress
        try:
            await progress.create_async(token)
        except Exception:
            logger.exception("The client does not show progress.")
            return
        progress.begin(token, types.WorkDoneProgressBegin(TITLE, percentage=0))
        percentage = 0
        while self._share < 1:
            if percentage != int(self._share * 100):
                percentage = int(self._share * 100)
                progress.report(token, types.WorkDoneProgressReport(percentage=percentage))
            self._news.clear()
            await self._news.wait()
        progress.end(token, types.WorkDoneProgressEnd())
