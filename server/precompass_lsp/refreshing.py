"""Hints and lenses of files that did not change themselves: the client is told to ask again."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.steadiness import Steadiness

if TYPE_CHECKING:
    from precompass.answers.code_lenses import CodeLens
    from precompass.answers.inlay_hints import InlayHint


class Refreshing:
    """Remembers what the client shows in the open files.

    A client asks for the hints of a file by itself when its text changes. That a manifest on
    disk, another open file, a registry or a setting has changed them, it has to be told.

    Args:
        ls: the server.
    """

    def __init__(self, ls: Host) -> None:
        self._ls = ls
        self.steadiness = Steadiness()
        self._hints: dict[Path, object] = {}
        self._lenses: dict[Path, object] = {}

    def shows_hints(self, path: Path, hints: object) -> None:
        """Note with which hints of a file the client was answered."""
        self._hints[path] = hints

    def shows_lenses(self, path: Path, lenses: object) -> None:
        """Note with which lenses of a file the client was answered."""
        self._lenses[path] = lenses

    async def look(self, moment: Moment, changed: Collection[Path]) -> None:
        """Tell the client to ask again if it shows something else in a file not *changed*.

        Where it has not asked yet, what it would be answered now is taken for what it shows.
        """
        client = self._ls.client
        if not client.refreshes_hints and not client.refreshes_lenses:
            return
        hints: dict[Path, object] = {}
        lenses: dict[Path, object] = {}
        for path in moment.documents:
            hints[path], lenses[path] = await self._ls.answer(
                ((), ()), shown_in, moment, self.steadiness, path
            )
        # A look that is given up ends above: then what the client shows stays as it was noted.
        hints_differ = _differ(self._hints, hints, changed)
        lenses_differ = _differ(self._lenses, lenses, changed)
        self._hints, self._lenses = hints, lenses
        if hints_differ and client.refreshes_hints:
            self._ls.workspace_inlay_hint_refresh(None)
        if lenses_differ and client.refreshes_lenses:
            self._ls.workspace_code_lens_refresh(None)


def hints_of(moment: Moment, path: Path, steadiness: Steadiness) -> tuple[InlayHint, ...]:
    """Return the hints of a whole file."""
    from precompass.answers.inlay_hints import inlay_hints
    from precompass.documents.text import Span

    source = moment.snapshot.read(path)
    if source is None:
        return ()
    span = Span(0, len(source.text))
    found = inlay_hints(moment.session, path, span, has_lenses=moment.client.shows_lenses)
    return steadiness.hints(moment, path, found)


def lenses_of(moment: Moment, path: Path, steadiness: Steadiness) -> tuple[CodeLens, ...]:
    """Return the lenses of a file."""
    from precompass.answers.code_lenses import code_lenses

    return steadiness.lenses(moment, path, code_lenses(moment.session, path))


def shown_in(moment: Moment, steadiness: Steadiness, path: Path) -> tuple[object, object]:
    """Return the hints and the lenses of a whole file."""
    return hints_of(moment, path, steadiness), lenses_of(moment, path, steadiness)


def _differ(shown: dict[Path, object], now: dict[Path, object], changed: Collection[Path]) -> bool:
    return any(
        path in shown and shown[path] != found for path, found in now.items() if path not in changed
    )
