"""Text for a client to show as it is: titles, labels, messages."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return a text in which every character can be seen, and none is obeyed."""
    from precompass.report.visible import visible_lines

    return visible_lines(text)


def plain_line(text: str) -> str:
    """Return the same in one line: a line break of a file's name is no line break of a log."""
    if text.isascii() and text.isprintable():
        return text
    from precompass.report.visible import visible

    return visible(text)
