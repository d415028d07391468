"""Diagnostics: pushed after every change, or pulled by the client."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from pathlib import Path

from lsprotocol import types

from precompass_lsp.findings import SOURCE, diagnostics_of, result_id_of
from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of

logger = logging.getLogger(__name__)


def register(server: Host) -> None:
    """Let a server answer clients that pull."""
    options = types.DiagnosticOptions(
        identifier=SOURCE,
        inter_file_dependencies=True,
        workspace_diagnostics=True,
        work_done_progress=True,
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def pull(
        ls: Host, params: types.DocumentDiagnosticParams
    ) -> types.DocumentDiagnosticReport:
        path, uri = path_of(params.text_document.uri), params.text_document.uri
        ls.diagnostics.pulls(uri)
        found = None
        if path is not None:
            found = await ls.answer(None, diagnostics_of, ls.moment, path)
            ls.diagnostics.pulled(uri, path, found)
        result_id = result_id_of(found)
        if result_id == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id)
        return types.RelatedFullDocumentDiagnosticReport(found or [], result_id=result_id)


class Diagnostics:
    """Checks the open files again whenever something changed, and tells the client.

    Editors keep what is pushed beside what they pull and show both, so a client gets one or the
    other. Since some that could pull never do, it is the first pull of such a client that ends
    the pushing and takes back what was pushed.

    Args:
        ls: the server.
    """

    def __init__(self, ls: Host) -> None:
        self._ls = ls
        self._changed: dict[Path, None] = {}
        """Changed files that are not yet checked; those that changed last are last."""
        self._told: dict[str, list[types.Diagnostic]] = {}
        """What the client was told last, or told to ask for, by URI."""
        self._only_texts = True
        """Whether since the last check only texts have changed, which the client knows."""
        self._pulls = False
        self._last_change = -math.inf
        """When a text was changed last, in seconds of a clock that only goes forward."""
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    def text_changed(self, path: Path, *, debounce: bool = False) -> None:
        """Check all open files soon, this one first: the client opened or changed it.

        Args:
            path: the file. A client that pulls asks for it by itself.
            debounce: whether to wait for a pause, unless this is the first change after one.
        """
        self._put_first(path)
        self._start(debounce=debounce)

    def check_all_soon(self, first: Path | None = None, *, debounce: bool = False) -> None:
        """Check all open files soon, because of something else than their texts.

        Args:
            first: the file to begin with.
            debounce: whether to wait for a pause, unless this is the first change after one.
        """
        if first is not None:
            self._put_first(first)
        self._only_texts = False
        self._start(debounce=debounce)

    def _put_first(self, path: Path) -> None:
        self._changed.pop(path, None)
        self._changed[path] = None

    def _start(self, *, debounce: bool = False) -> None:
        """Begin a check; one that is under way is given up."""
        self._ls.forget_moment()
        if self._task is not None:
            self._task.cancel()
        delay = self._delay() if debounce else 0
        self._task = self._ls.start(self._check_all(delay))

    def _delay(self) -> float:
        """Return the seconds until a change is checked: none for the first one after a pause."""
        pause = self._ls.settings.debounce / 1000
        now = time.monotonic()
        follows = now - self._last_change < pause
        self._last_change = now
        return pause if follows else 0

    def pulls_all(self) -> None:
        """Note that the client pulls the diagnostics of the workspace, if it was offered to.

        Some clients take those of an open file from a pull of that file alone.
        """
        self.pulls(None)

    def pulls(self, uri: str | None) -> None:
        """Note that the client pulls the diagnostics of a file, if it was offered to."""
        if self._pulls or not self._ls.client.pulls_diagnostics:
            return
        self._pulls = True
        pushed = [other for other, found in self._told.items() if found]
        for other in pushed:
            self._publish(other, None, [])
        if any(other != uri for other in pushed):
            self._ls.workspace_diagnostic_refresh(None)

    def pulled(self, uri: str, path: Path, found: list[types.Diagnostic] | None) -> None:
        """Note what the client was answered."""
        if self._pulls and found is not None and path in self._ls.documents:
            self._told[uri] = found

    def closed(self, path: Path, uri: str) -> None:
        """Take back what was told of a file, and check the others: the disk counts again."""
        if self._told.pop(uri, None) is not None and not self._pulls:
            self._publish(uri, None, [])
        self._changed.pop(path, None)
        self.check_all_soon()

    async def check_disk(self) -> None:
        """Check all open files as they are on disk now; tell the client only what differs."""
        if self._task is not None and not self._task.done():
            return
        self._only_texts = False
        self._ls.forget_moment()
        self._task = self._ls.start(self._check_all(0, only_differences=True))
        await asyncio.wait([self._task])

    def look_at_rest_soon(self) -> None:
        """Look at what takes long and was left for later, behind the check under way.

        That is what Julia recompiles next, and the source of packages. Then tell the client what
        it adds.
        """
        if self._looking is None or self._looking.done():
            self._looking = self._ls.start(self._look_at_rest())

    async def _look_at_rest(self) -> None:
        await self._checked()
        while await self._has_looked():
            await self._checked()
            await self.check_disk()
            if self._pulls:  # what it pulled of files that are not open may say more now
                self._ls.workspace_diagnostic_refresh(None)

    async def _has_looked(self) -> bool:
        """Look at all that was left for later, with room for requests between the steps."""
        has_looked = False
        while await self._ls.answer(False, _look_at_what_was_left, self._ls.moment):
            has_looked = True
        return has_looked

    async def _checked(self) -> None:
        """Wait until no check is under way."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _check_all(self, delay: float, *, only_differences: bool = False) -> None:
        await asyncio.sleep(delay)
        await self._ls.analysis_loaded()
        moment = self._ls.moment
        first = [path for path in reversed(self._changed) if path in moment.documents]
        known = first if self._only_texts else []
        to_pull: dict[str, list[types.Diagnostic]] = {}
        for path in dict.fromkeys([*first, *moment.documents]):
            begun = time.perf_counter()
            found = await self._ls.answer([], diagnostics_of, moment, path)
            self._ls.done(f"diagnostics {path.name}", time.perf_counter() - begun)
            self._changed.pop(path, None)
            if found is None:
                continue
            uri = moment.uri(path)
            is_new = self._told.get(uri) != found
            if not self._pulls:
                self._told[uri] = found
                if is_new or not only_differences:
                    self._publish(uri, moment.version(path), found)
            elif is_new and path not in known:
                to_pull[uri] = found
        # A check that is given up ends above: what the client has not heard of is still news.
        if to_pull:
            self._told |= to_pull
            self._ls.workspace_diagnostic_refresh(None)
        await self._ls.refreshing.look(moment, known)
        self._only_texts = True

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self._ls.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, found, version)
        )


def _look_at_what_was_left(moment: Moment) -> bool:
    return moment.depots.memory.look_at_what_was_left()
