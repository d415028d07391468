"""Changes of several files that belong together, on their way to being edits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from precompass.documents.editing import smallest_edits
from precompass.findings import FileEdit
from precompass.session import Session


class Draft:
    """The texts of files as they are to become. One change that fails spoils the whole draft.

    Args:
        session: the files as they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: dict[Path, str] = {}
        self._after: dict[Path, str] = {}
        self._is_spoiled = False

    def change(self, path: Path, change: Callable[[str], str | None]) -> None:
        """Replace the text of a file by what *change* makes of it; None spoils the draft."""
        source = self._session.snapshot.read(path)
        if source is None or source.invalid_utf8_at is not None:
            self._is_spoiled = True
            return
        self._before.setdefault(path, source.text)
        text = change(self._after.get(path, source.text))
        if text is None:
            self._is_spoiled = True
        else:
            self._after[path] = text

    def edits(self) -> tuple[FileEdit, ...] | None:
        """Return the edits, file by file; None if there are none or they cannot be made."""
        if self._is_spoiled:
            return None
        edits = tuple(
            FileEdit(path, self._before[path], smallest_edits(self._before[path], text))
            for path, text in self._after.items()
            if text != self._before[path]
        )
        return edits or None
