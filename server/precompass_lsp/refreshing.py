"""Hints and lenses of files that did not change themselves: the client is told to ask again."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from precompass_lsp.moment import Moment

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer


class Refreshing:
    """Remembers what was shown in the open files.

    A client asks for the hints of a file by itself when its text changes. That a manifest on
    disk, another open file, a registry or a setting has changed them, it has to be told.

    Args:
        ls: the server.
    """

    def __init__(self, ls: PrecompassServer) -> None:
        self._ls = ls
        self._shown: dict[Path, object] = {}

    async def look(self, moment: Moment, changed: Collection[Path]) -> None:
        """Tell the client to ask again if what is shown in a file not *changed* is another."""
        client = self._ls.client
        if not client.refreshes_hints and not client.refreshes_lenses:
            return
        now = {}
        for path in moment.documents:
            now[path] = await self._ls.answer(None, shown_in, moment, path)
        # Not before all are there: a look that is given up half way must not be remembered.
        before, self._shown = self._shown, now
        if all(
            shown == before[path]
            for path, shown in self._shown.items()
            if path in before and path not in changed
        ):
            return
        if client.refreshes_hints:
            self._ls.workspace_inlay_hint_refresh(None)
        if client.refreshes_lenses:
            self._ls.workspace_code_lens_refresh(None)


def shown_in(moment: Moment, path: Path) -> object:
    """Return the hints and lenses of a whole file, as far as they are switched on."""
    from precompass.answers.code_lenses import code_lenses
    from precompass.answers.inlay_hints import inlay_hints
    from precompass.documents.text import Span

    whole = Span(0, len(moment.documents[path].text))
    return (
        inlay_hints(moment.session, path, whole) if moment.settings.inlay_hints else (),
        code_lenses(moment.session, path) if moment.settings.code_lenses else (),
    )
