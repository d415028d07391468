"""Hints and lenses that stay where they are while a file cannot be read for a moment.

While a line is typed, its file is no valid TOML, and some of what was known of it is not. A hint
or a lens would go with one key and come back with the next, and the lines below would jump.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec.structs import replace

from precompass_lsp.moment import Moment

if TYPE_CHECKING:
    from precompass.answers.code_lenses import CodeLens
    from precompass.answers.inlay_hints import InlayHint

T = TypeVar("T")


class Steadiness:
    """Remembers what was shown in each file, and in which text."""

    def __init__(self) -> None:
        self._lenses: _Shown[CodeLens] = _Shown(lambda lens: lens.span.start, _moved_lens)
        self._hints: _Shown[InlayHint] = _Shown(lambda hint: hint.offset, _moved_hint)

    def lenses(self, moment: Moment, path: Path, found: Sequence[CodeLens]) -> tuple[CodeLens, ...]:
        """Return the lenses of a file: where these are unsure, those that were shown before."""
        if moment.session.configured_for(path).settings.code_lenses is False:
            return ()
        return self._lenses.steady(moment, path, found)

    def hints(
        self, moment: Moment, path: Path, found: Sequence[InlayHint]
    ) -> tuple[InlayHint, ...]:
        """Return the hints of a whole file, in the same way."""
        if moment.session.configured_for(path).settings.inlay_hints is False:
            return ()
        return self._hints.steady(moment, path, found)


class _Shown(Generic[T]):
    """What was shown of one kind.

    Args:
        place_of: says where one is, a code point offset.
        moved: returns the same at another place, given the line of it if that has changed, and
            where the line starts.
    """

    def __init__(
        self, place_of: Callable[[T], int], moved: Callable[[T, int, str | None, int], T]
    ) -> None:
        self._place_of = place_of
        self._moved = moved
        self._last: dict[Path, tuple[str, tuple[T, ...]]] = {}

    def steady(self, moment: Moment, path: Path, found: Sequence[T]) -> tuple[T, ...]:
        from precompass.answers.unsure import unsure

        source = moment.snapshot.read(path)
        text = source.text if source is not None else ""
        shown = tuple(found)
        was = self._last.get(path)
        where = unsure(moment.session, path) if was is not None and was[1] else None
        if was is not None and where is not None:
            starts = _starts(text.split("\n"))
            now = {_line(starts, self._place_of(one)): one for one in found}
            for one in self._carried(*was, text):
                line = _line(starts, self._place_of(one))
                if line not in now or where.has(self._place_of(one)):
                    now[line] = one
            shown = tuple(sorted(now.values(), key=self._place_of))
        self._last = {one: last for one, last in self._last.items() if one in moment.documents}
        self._last[path] = (text, shown)
        return shown

    def _carried(self, before: str, shown: Sequence[T], now: str) -> Iterator[T]:
        """Yield what was shown at its places in the text as it is now, unless they are deleted.

        The lines before and behind the change stay what they are. Of those between, the first is
        taken for the first, and so on.
        """
        old, new = before.split("\n"), now.split("\n")
        most = min(len(old), len(new))
        same = next((at for at in range(most) if old[at] != new[at]), most)
        behind = next(
            (at for at in range(most - same) if old[-1 - at] != new[-1 - at]), most - same
        )
        starts, started = _starts(new), _starts(old)
        for one in shown:
            place = self._place_of(one)
            line = _line(started, place)
            column = place - started[line]
            if same <= line < len(old) - behind:
                line = min(line, len(new) - behind - 1)
                if line < same or not new[line].strip():
                    continue
                text = new[line]
                yield self._moved(one, starts[line] + min(column, len(text)), text, starts[line])
            else:
                line += 0 if line < same else len(new) - len(old)
                yield self._moved(one, starts[line] + column, None, starts[line])


def _starts(lines: Sequence[str]) -> list[int]:
    """Return where each line of a text starts, and where one behind the last would."""
    return [0, *accumulate(len(line) + 1 for line in lines)]


def _line(starts: Sequence[int], place: int) -> int:
    """Return the number, from 0, of the line that a place is in."""
    return bisect_right(starts, place) - 1


def _moved_lens(lens: CodeLens, place: int, line: str | None, start: int) -> CodeLens:
    from precompass.documents.text import Span

    end = place + lens.span.end - lens.span.start
    return replace(lens, span=Span(place, end if line is None else min(end, start + len(line))))


def _moved_hint(hint: InlayHint, place: int, line: str | None, start: int) -> InlayHint:
    """Move a hint; one of a line that has changed stays at its end."""
    return replace(hint, offset=place if line is None else start + len(line.rstrip()))
