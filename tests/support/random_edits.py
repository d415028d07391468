"""Random edits of a text, as an editor makes and describes them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LINE_END = re.compile("\r\n|\n|\r")

TOKENS = (
    "\n", "\n\n", "\r\n", "\r", " ", "\t", '"', "'", "[", "]", "{", "}", "=", ".", ",", "#", "\\",
    "a", "Z", "0", "\N{MATHEMATICAL DOUBLE-STRUCK CAPITAL A}", "é", "\u2028", "\ufeff", '"1.2"',
    '"""', "'''", "true", "false", "0xff", "1979-05-27", " = ", "# precompass: ignore[unused]",
    "_jll", "\nx = 1\n", "__clear__ = []\n",
    "\n[deps]\n", "\n[compat]\n", "\n[weakdeps]\n", "\n[extensions]\n", "\n[extras]\n",
    "\n[preferences.Forest]\n", "\n[SnoopPrecompile]\n", "\n[[deps.Forest]]\n", "[sources]\n",
    '\njulia = "1.10"\n', "julia_version", '\n[workspace]\nprojects = ["docs", "test"]\n',
    'Forest = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"\n', 'skip_precompile = ["River"]\n',
    "precompile_workloads = false\n", "depth = 4\n", 'path = "../other"\n', 'uuid = "no"\n',
)  # fmt: skip
"""What is typed and pasted: what TOML is made of, and what Julia's files say."""


@dataclass(frozen=True)
class Edit:
    """Some text in the place of other text: code point offsets, before and behind."""

    start: int
    end: int
    new_text: str

    def applied(self, text: str) -> str:
        """Return the text after the edit."""
        return text[: self.start] + self.new_text + text[self.end :]


def random_edit(rng: random.Random, text: str, pieces: Sequence[str]) -> Edit:
    """Return an edit of a text.

    Args:
        rng: chooses.
        text: the text.
        pieces: other texts, of which parts are pasted.
    """
    at = _place(rng, text)
    kind = rng.randrange(100)
    if kind < 40:
        return Edit(at, at, rng.choice(TOKENS))
    if kind < 55:
        return Edit(at, _not_inside_line_end(text, at + rng.randint(1, 3)), "")
    if kind < 65:
        return Edit(at, _not_inside_line_end(text, at + rng.randint(1, 12)), rng.choice(TOKENS))
    if kind < 72:  # a whole line goes
        start, end = _line(text, at)
        return Edit(start, end, "")
    if kind < 79:  # a line twice
        start, end = _line(text, at)
        return Edit(end, end, text[start:end])
    if kind < 85:  # a comment, or none any more
        start, _ = _line(text, at)
        return (
            Edit(start, start + 1, "")
            if text[start : start + 1] == "#"
            else Edit(start, start, "#")
        )
    if kind < 97:
        piece = rng.choice(pieces)
        begin = rng.randrange(len(piece) + 1)
        pasted = piece[begin : begin + rng.choice((8, 40, 200, 1000))]
        return Edit(at, _not_inside_line_end(text, at + rng.choice((0, 0, 5, 100))), pasted)
    if kind < 99:  # much goes
        return Edit(at, _not_inside_line_end(text, at + rng.randint(100, 4000)), "")
    ends = ("\n", "\r\n") if "\r\n" in text else ("\r\n", "\n")
    return Edit(0, len(text), text.replace(ends[1], ends[0]) if rng.random() < 0.9 else "")


def lsp_range(text: str, start: int, end: int, encoding: str) -> dict[str, Any]:
    """Return the range of a part of a text as the protocol writes it (LSP 3.17, "Position")."""
    return {"start": lsp_position(text, start, encoding), "end": lsp_position(text, end, encoding)}


def lsp_position(text: str, offset: int, encoding: str) -> dict[str, int]:
    """Return the position of an offset as the protocol writes it."""
    ends = [match.end() for match in _LINE_END.finditer(text, 0, offset)]
    before = text[ends[-1] if ends else 0 : offset]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = "utf-8" if width == 1 else f"{encoding}-le"
    return {"line": len(ends), "character": len(before.encode(codec)) // width}


def _place(rng: random.Random, text: str) -> int:
    return _not_inside_line_end(text, rng.randint(0, len(text)))


def _not_inside_line_end(text: str, offset: int) -> int:
    """Return an offset that a position can name: none lies between CR and LF."""
    offset = min(offset, len(text))
    return offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset


def _line(text: str, offset: int) -> tuple[int, int]:
    """Return where the line begins, and where the next one does."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    found = _LINE_END.search(text, offset)
    return start, found.end() if found else len(text)
