"""What a command says on the error stream: why it cannot run, what to know besides."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from precompass.documents.closest import closest
from precompass.report.visible import visible


class CannotRun(Exception):  # noqa: N818 - it is no error of the program
    """Why a command cannot run: a sentence without its full stop; the exit code is 2."""


def did_you_mean(word: str, known: Iterable[str], mark: str = "") -> str:
    """Return ``; did you mean …?`` with the known word nearest to *word*; empty if none is near.

    Case does not count, so that ``csv`` finds ``CSV``.

    Args:
        word: what was said.
        known: the words that have a meaning.
        mark: what is put before the word that is found.
    """
    by_folded = {name.casefold(): name for name in sorted(set(known), reverse=True)}
    near = closest(word.casefold(), by_folded)
    return f"; did you mean {mark}{by_folded[near]}?" if near is not None else ""


def warn(sentence: str) -> None:
    """Say on the error stream what the user should know besides the answer."""
    _say("warning", sentence)


def complain(sentence: str) -> None:
    """Say on the error stream why something could not be done."""
    _say("error", sentence)


def _say(kind: str, sentence: str) -> None:
    print(f"{kind}: {visible(sentence)}", file=sys.stderr)
