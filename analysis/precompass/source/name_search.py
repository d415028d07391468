"""Where certain names occur in source files: as plain words, comments and strings included.

A word that is found may still be none of the names, but where no word is found no name is.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import msgspec

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_FEW = 64  # names: so many searches of all bytes cost less than to go through the words

_CHANGE = re.compile(rb"!\(\s*(?:\w+\.)*(\w+)")
_BANG_NAME = re.compile(rb"[A-Za-z_]\w*\Z")
_KEEP_ITEMS = frozenset(
    {b"sort", b"unique", b"reverse", b"shuffle", b"sizehint", b"filter", b"empty", b"pop"}
    | {b"popfirst", b"delete", b"deleteat"}
)
_ASSIGNED = re.compile(rb"\][ \t]*=(?![=>])")
_INDEXED = re.compile(rb"(\w+)\[[^\[\]\n]*\Z")
_BEFORE = 80  # bytes that are looked at before such a place


def changed_names(data: bytes) -> set[bytes]:
    """Return the names of what code may add to: ``push!(KEYS, "a")``, ``KEYS[1] = "a"``."""
    found: set[bytes] = set()
    for match in _CHANGE.finditer(data):
        function = _BANG_NAME.search(data, max(0, match.start() - _BEFORE), match.start())
        if function is not None and function[0] not in _KEEP_ITEMS:
            found.add(match[1])
    for match in _ASSIGNED.finditer(data):
        indexed = _INDEXED.search(data, max(0, match.start() - _BEFORE), match.start())
        if indexed is not None:
            found.add(indexed[1])
    return found


def word_of(name: str) -> bytes:
    """Return the word of a name: ``@m`` and ``f!`` without what is no letter."""
    return name.removeprefix("@").rstrip("!").encode("utf-8", "replace")


def words_of(name: str) -> tuple[bytes, ...]:
    """Return the words by which code may mean a name: ``r"…"`` is a call of ``@r_str``."""
    word = word_of(name)
    is_prefix = name.startswith("@") and word.endswith((b"_str", b"_cmd"))
    return (word, word[:-4]) if is_prefix and len(word) > 4 else (word,)


def holds_any(data: bytes, words: AbstractSet[bytes]) -> bool:
    """Tell whether some bytes hold one of the words (perhaps as a part of another word)."""
    if len(words) <= _FEW:
        return any(word in data for word in words)
    return not words.isdisjoint(_WORD.findall(data))


class Occurrences(msgspec.Struct, frozen=True):
    """The places of words in one file, in order: offsets in bytes, and the word at each."""

    offsets: tuple[int, ...]
    words: tuple[bytes, ...]

    @classmethod
    def of(cls, data: bytes, words: AbstractSet[bytes]) -> Occurrences:
        """Find the places of *words*."""
        return cls._of_pairs(
            [(one.start(), word) for one in _WORD.finditer(data) if (word := one[0]) in words]
        )

    def only(self, words: AbstractSet[bytes]) -> Occurrences:
        """Return the places of some of the words."""
        pairs = zip(self.offsets, self.words, strict=True)
        return self._of_pairs([pair for pair in pairs if pair[1] in words])

    @classmethod
    def _of_pairs(cls, pairs: list[tuple[int, bytes]]) -> Occurrences:
        return cls(tuple([offset for offset, _ in pairs]), tuple([word for _, word in pairs]))

    def between(self, start: int, end: int) -> tuple[bytes, ...]:
        """Return the words from byte *start* up to *end*."""
        first = bisect.bisect_left(self.offsets, start)
        return self.words[first : bisect.bisect_left(self.offsets, end)]

    def any_between(self, start: int, end: int) -> bool:
        """Tell whether there is a word from byte *start* up to *end*."""
        first = bisect.bisect_left(self.offsets, start)
        return first < len(self.offsets) and self.offsets[first] < end


def reached(start: Iterable[bytes], uses: dict[bytes, set[bytes]]) -> set[bytes]:
    """Return all words that lead from some by *uses* (word: what is defined by means of it)."""
    found = set(start)
    pending = list(found)
    while pending:
        for word in uses.get(pending.pop(), ()):
            if word not in found:
                found.add(word)
                pending.append(word)
    return found
