"""The patterns of ``.gitignore``, as expressions that RE2 matches in linear time.

Source: gitignore(5), and git's ``dir.c`` (``parse_path_pattern``, ``match_basename``,
``match_pathname``) and ``wildmatch.c``, whose rules these are to the letter. Git compares bytes:
``?`` stands for one byte, and a range of characters that are not ASCII for one of many.
"""

from __future__ import annotations

import msgspec

_NOT_SLASH = b"[^/]"
_ALL = frozenset(range(1, 256))
_LOWER = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset(b"0123456789")
_GRAPHIC = frozenset(range(0x21, 0x7F))
_ALNUM = _LOWER | _UPPER | _DIGITS
_CLASSES = {
    b"alnum": _ALNUM,
    b"alpha": _LOWER | _UPPER,
    b"blank": frozenset(b" \t"),
    b"cntrl": frozenset(range(1, 0x20)) | {0x7F},
    b"digit": _DIGITS,
    b"graph": _GRAPHIC,
    b"lower": _LOWER,
    b"print": _GRAPHIC | {0x20},
    b"punct": _GRAPHIC - _ALNUM,
    b"space": frozenset(b" \t\n\v\f\r"),
    b"upper": _UPPER,
    b"xdigit": _DIGITS | frozenset(b"abcdefABCDEF"),
}
"""Of ASCII alone, as git has them, whatever the locale."""
_SPECIAL = b"*?[\\"
_BACKSLASH, _SLASH, _STAR, _OPEN, _CLOSE, _DASH = b"\\/*[]-"


class GitPattern(msgspec.Struct, frozen=True):
    """One line of a file of patterns.

    Attributes:
        expression: what RE2 matches a whole path with, the path of a folder with ``/`` behind it.
        ignores: whether what matches is ignored; False for a line that begins with ``!``.
    """

    expression: bytes
    ignores: bool


def git_pattern(line: bytes) -> GitPattern | None:
    """Return the pattern of a line without its end; None where it is none, or matches nothing."""
    line = _without_spaces(line.partition(b"\0")[0])
    if not line or line.startswith(b"#"):
        return None
    ignores = not line.startswith(b"!")
    text = line if ignores else line[1:]
    only_folders = text.endswith(b"/")
    text = text[:-1] if only_folders else text
    expression = _of_path(text) if b"/" in text else _of_name(text)
    if expression is None:
        return None
    return GitPattern(expression + (b"/" if only_folders else b"/?"), ignores)


def _without_spaces(line: bytes) -> bytes:
    """Return a line without the spaces at its end; one behind a backslash is kept."""
    end = place = 0
    while place < len(line):
        if line[place] == _BACKSLASH:
            place += 2
            end = min(place, len(line))
        else:
            place += 1
            end = place if line[place - 1] != 0x20 else end
    return line[:end]


def _of_name(text: bytes) -> bytes | None:
    """Return the expression of a pattern without ``/``: it matches a name in whatever folder."""
    found = _translated(text, is_path=False)
    return None if found is None or not text else b"(?:.*/)?" + found


def _of_path(text: bytes) -> bytes | None:
    """Return the expression of a pattern with ``/``: it matches paths from where the file is."""
    text = text[1:] if text.startswith(b"/") else text
    plain = next((at for at, byte in enumerate(text) if byte in _SPECIAL), len(text))
    # Git compares the plain text before the first special character by itself, so that ``**`` right
    # behind it is at the beginning of what it takes for the pattern.
    found = _translated(text[plain:], is_path=True)
    return None if found is None or not text else _quoted(text[:plain]) + found


def _translated(text: bytes, *, is_path: bool) -> bytes | None:
    """Return the expression of a pattern; None where it matches nothing."""
    found: list[bytes] = []
    place = 0
    while place < len(text):
        byte = text[place]
        if byte == _STAR:
            piece, place = _stars(text, place, is_path=is_path)
            found.append(piece)
        elif byte == 0x3F:  # ?
            found.append(_NOT_SLASH)
            place += 1
        elif byte == _OPEN:
            members, place = _bracket(text, place + 1)
            members -= {_SLASH}
            if place < 0 or not members:
                return None
            found.append(_class(members))
        else:
            if byte == _BACKSLASH:
                place += 1
                if place == len(text):
                    return None
            found.append(_quoted(text[place : place + 1]))
            place += 1
    return b"".join(found)


def _stars(text: bytes, first: int, *, is_path: bool) -> tuple[bytes, int]:
    """Return what one or more stars stand for, and the place behind it."""
    place = first
    while place < len(text) and text[place] == _STAR:
        place += 1
    behind = text[place : place + 2]
    begins_part = first == 0 or text[first - 1] == _SLASH
    ends_part = behind[:1] in {b"", b"/"} or behind == b"\\/"
    if not is_path or place - first < 2 or not (begins_part and ends_part):
        return _NOT_SLASH + b"*", place
    if behind[:1] == b"/":
        return b"(?:.*/)?", place + 1
    return b".*", place


def _bracket(text: bytes, place: int) -> tuple[frozenset[int], int]:
    """Return the bytes that a bracket stands for, and the place behind it; -1 where it is broken.

    Args:
        text: the pattern.
        place: that behind the ``[``.
    """
    is_negated = text[place : place + 1] in {b"!", b"^"}
    place += is_negated
    members: set[int] = set()
    before = 0  # the byte that a range may begin with
    is_first = True
    while place < len(text) and (is_first or text[place] != _CLOSE):
        is_first = False
        byte = text[place]
        if byte == _BACKSLASH:
            place += 1
            if place == len(text):
                return frozenset(), -1
            before = text[place]
            members.add(before)
        elif byte == _DASH and before and text[place + 1 : place + 2] not in {b"", b"]"}:
            place += 1
            if text[place] == _BACKSLASH:
                place += 1
                if place == len(text):
                    return frozenset(), -1
            members.update(range(before, text[place] + 1))
            before = 0
        elif text[place : place + 2] == b"[:":
            end = text.find(b"]", place + 2)
            if end < 0:
                return frozenset(), -1
            name = text[place + 2 : end]
            if name.endswith(b":"):
                if name[:-1] not in _CLASSES:
                    return frozenset(), -1
                members |= _CLASSES[name[:-1]]
                before, place = 0, end
            else:
                before = _OPEN
                members.add(before)
        else:
            before = byte
            members.add(byte)
        place += 1
    if place >= len(text):
        return frozenset(), -1
    return (_ALL - members if is_negated else frozenset(members)), place + 1


def _class(members: frozenset[int]) -> bytes:
    """Return a class of RE2 with some bytes."""
    ranges: list[list[int]] = []
    for byte in sorted(members):
        if ranges and ranges[-1][1] == byte - 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    return b"[" + b"".join(b"\\x%02x-\\x%02x" % (first, last) for first, last in ranges) + b"]"


def _quoted(text: bytes) -> bytes:
    """Return the expression of plain text."""
    return b"".join(
        bytes((byte,)) if byte in _ALNUM or byte >= 0x80 else b"\\x%02x" % byte for byte in text
    )
