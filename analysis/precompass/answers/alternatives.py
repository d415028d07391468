"""The values that a package knows of a preference: those that its source compares it with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from precompass.documents.text import Position, PositionEncoding
from precompass.session import Session
from precompass.source.preference_reads import PreferenceRead

_ASSIGNED = re.compile(r"^\s*(?:(?:const|global|local)\s+)*(\w+)\s*(?:::[^=]+)?=(?!=)")
_LITERAL = r'"[^"\\$\x00-\x1f\x7f]*"|[+-]?\d+(?:\.\d+)?'
_LITERALS = re.compile(_LITERAL)
_COMMENTS = re.compile(
    r'""".*?(?:"""|\Z)|#=.*?(?:=#|\Z)|#[^\n]*|(?P<kept>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\')',
    re.DOTALL,
)
_LONGEST = 1_000_000  # characters of a source that is looked through
_MOST = 50  # values


def compared_with(session: Session, reads: Iterable[PreferenceRead]) -> list[str]:
    """Return the strings and numbers, in TOML, that a preference is compared with.

    Looked at are the line that reads it and, where that gives it a name, what is done with the
    name in the same file: ``name == "a"``, ``name in ("a", "b")``.
    """
    found: dict[str, None] = {}
    for read in reads:
        source = session.snapshot.read(read.site.file)
        if source is None or len(source.text) > _LONGEST:
            continue
        code = _without_comments(source.text)
        place = Position(read.site.line, read.site.character)
        start = source.lines.offset(place, PositionEncoding.UTF16)
        span = source.lines.line_span(source.lines.line_of(start))
        line = code[span.start : span.end]
        found |= dict.fromkeys(_literals(line, r"@?\w*load_preference\w*\([^()\n]*\)"))
        name = _ASSIGNED.match(line)
        if name is not None:
            found |= dict.fromkeys(_literals(code, rf"(?<![\w.]){name[1]}"))
    return list(found)[:_MOST]


def _without_comments(text: str) -> str:
    """Return Julia code with spaces for its comments and documentation, as long as it was."""

    def blank(found: re.Match[str]) -> str:
        return found[0] if found["kept"] else re.sub(r"[^\n]", " ", found[0])

    return _COMMENTS.sub(blank, text)


def _literals(text: str, subject: str) -> Iterator[str]:
    """Yield the literals that something, told by a pattern, is compared with in a text."""
    equal = r"\s*(?:[=!]==?|≠)\s*"
    for match in re.finditer(
        rf"{subject}{equal}({_LITERAL})|({_LITERAL}){equal}{subject}\b"
        rf"|{subject}\s*(?:\bin\b|[∈∉])\s*[(\[]([^()\[\]]*)"
        rf"|\bin\(\s*{subject}\s*,\s*[(\[]([^()\[\]]*)",
        text,
    ):
        yield from _LITERALS.findall("".join(part for part in match.groups() if part))
