"""Comments by which a user silences findings: ``# precompass: ignore[code]``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from typing import TypeAlias

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import Comment, TomlDocument
from precompass.findings import Finding

MARK = "precompass:"
_IGNORE = r"\#[ \t]*precompass:[ \t]*(?P<ignore>ignore(?![\w-])[ \t]*(?P<codes>\[[^\[\]#]*\])?)?"
_WORD = re.compile(r"[^\s,\[\]]+")


MAX_CODES = 100
"""Rules that one comment may name; there are fewer. The rest of a longer list is not read."""

Used: TypeAlias = frozenset[tuple[int, str]]
"""What silenced findings: the place where a comment begins, and the rule of the finding."""


class Ignore(msgspec.Struct, frozen=True, dict=True):
    """A comment that silences findings.

    Attributes:
        span: the comment, from its ``#``.
        codes: the rules that it names, each with its place; None for all rules.
        lines: the lines, from 0, on which findings are silenced: its own, and the one below
            if it is alone on its line.
        is_understood: whether it is written as it must be; else it silences nothing.
    """

    span: Span
    codes: tuple[tuple[str, Span], ...] | None
    lines: tuple[int, ...]
    is_understood: bool = True

    @cached_property
    def names(self) -> frozenset[str]:
        """The rules that it names."""
        return frozenset(name for name, _ in self.codes or ())

    def silences(self, code: str) -> bool:
        """Tell whether it silences findings of a rule on its lines."""
        return self.is_understood and (self.codes is None or code in self.names)


def ignores_in(document: TomlDocument) -> tuple[Ignore, ...]:
    """Return the comments of a document that silence findings, in the order of the text.

    Such a comment counts for its own line; if it is on a separate line, for the line
    below as well, and several such lines count together for the line below them.
    """
    if MARK not in document.text:
        return ()
    found: list[Ignore] = []
    for comment in reversed(document.comments):
        match = re.search(_IGNORE, comment.text)
        if match is None:
            continue
        line = document.lines.line_of(comment.span.start)
        before = document.text[document.lines.starts[line] : comment.span.start]
        lines: tuple[int, ...] = (line,)
        if not before.strip():
            is_above_another = found and found[-1].lines[0] == line + 1 and len(found[-1].lines) > 1
            lines = (line, found[-1].lines[1] if is_above_another else line + 1)
        found.append(_ignore(comment, match, lines))
    return tuple(reversed(found))


def _ignore(comment: Comment, match: re.Match[str], lines: tuple[int, ...]) -> Ignore:
    at = comment.span.start
    span = Span(at + match.start(), comment.span.end)
    codes = match["codes"]
    if codes is None:
        # A bracket that is not closed, or words that nobody knows, must not silence everything.
        rest = comment.text[match.end() :].lstrip()
        is_understood = match["ignore"] is not None and not rest.startswith("[")
        return Ignore(span, None, lines, is_understood)
    begin = at + match.start("codes")
    named = tuple(
        (word.group(), Span(begin + word.start(), begin + word.end()))
        for word in islice(_WORD.finditer(codes), MAX_CODES)
    )
    return Ignore(span, named, lines, bool(named))


def silence(
    document: TomlDocument, ignores: Iterable[Ignore], findings: Iterable[Finding]
) -> tuple[list[Finding], Used]:
    """Return the findings that no comment silences, and which comments silenced which codes.

    A finding that spans lines can be silenced on its first and on its last.
    """
    by_line: dict[int, list[Ignore]] = {}
    for ignore in ignores:
        for line in ignore.lines:
            by_line.setdefault(line, []).append(ignore)
    left: list[Finding] = []
    used: set[tuple[int, str]] = set()
    for finding in findings:
        first = document.lines.line_of(finding.span.start)
        last = document.lines.line_of(max(finding.span.start, finding.span.end - 1))
        near = [*by_line.get(first, ()), *(by_line.get(last, ()) if last != first else ())]
        silencing = [ignore for ignore in near if ignore.silences(finding.code)]
        used.update((ignore.span.start, finding.code) for ignore in silencing)
        if not silencing:
            left.append(finding)
    return left, frozenset(used)
