"""Places of a file that were not understood, and what they may hide.

Where the parser found an error, code may be missing from the tree, or be in the wrong place of
it: after a lost ``end`` the rest of a module is outside it. So an error counts unless nothing
that matters is near: in the statement around it, and if it may have moved the ends of blocks, in
all that follows. Reads that can be seen in such a place are told, as reads that may happen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from precompass.source.effects import Read
from precompass.source.modules import Condition
from precompass.source.syntax import Broken, Code, JuliaSource, Module, Site
from precompass.source.values import Text, Unknown

_STRUCTURE = re.compile(
    rb"^[ \t]*(?:module|baremodule|using|import)[ \t]+[\w.]|\binclude\b", re.MULTILINE
)
_BLOCK_WORD = re.compile(
    rb"\b(?:end|begin|do|for|function|if|let|macro|module|quote|struct|try|while)\b"
)
_READ = re.compile(
    rb"\b(?:load|has)_preference\b[ \t]*\(?[^\n\"']*?\"([^\"\\$\n]+)\"|"
    rb"\brecord_compiletime_preference\b[^\n\"']*?\"([^\"\\$\n]+)\""
)


def unread_places(
    source: JuliaSource, mentions: Callable[[JuliaSource, int, int], bool]
) -> Iterator[tuple[Code, range]]:
    """Yield each error of a file that may hide something, with the bytes that it may concern.

    Args:
        source: the file.
        mentions: tells whether something that is looked for is named between two offsets.
    """
    for error in source.errors if source.complete else ():
        place = _concerned(source, error)
        data = source.data[place.start : place.stop]
        if _STRUCTURE.search(data) or mentions(source, place.start, place.stop):
            yield error, place


def reads_in(source: JuliaSource, place: range) -> Iterator[Read]:
    """Yield the reads that can be seen in a place that was not understood."""
    for match in _READ.finditer(source.data, place.start, place.stop):
        line = source.data.count(b"\n", 0, match.start())
        character = match.start() - source.data.rfind(b"\n", 0, match.start()) - 1
        site = Site(source.path, line, character)
        key = (match[1] or match[2]).decode("utf-8", "replace")
        code = match[0].decode("utf-8", "replace")
        condition = Condition(site, 0, 0, "this part of the file was not understood")
        yield Read(Unknown(code), Text(key), site, (condition,))


def _concerned(source: JuliaSource, error: Code) -> range:
    statements = source.statements
    around: Code | None = None
    while True:
        around = next((s for s in statements if s.start <= error.start <= s.end), None)
        if not isinstance(around, Module) or error.end > around.end:
            break
        statements = around.statements
    start = error.start if around is None else around.start
    moves_ends = around is None or isinstance(around, Broken) or error.end > around.end
    moves_ends |= error.start == error.end or bool(_BLOCK_WORD.search(error.data))
    end = len(source.data) if moves_ends or around is None else around.end
    return range(start, end)
