"""Text for a client to show as it is: titles, labels, messages.

Names of files and packages may hold anything: control characters, line breaks, links.
"""

from __future__ import annotations


def plain(text: str) -> str:
    """Return lines for a log, in which every character can be seen, and none is obeyed."""
    from precompass.report.visible import visible_lines

    return visible_lines(text)


def plain_line(text: str) -> str:
    """Return a title, a label or a message, on one line: a line break in a name is no other."""
    if text.isascii() and text.isprintable():
        return text
    from precompass.report.visible import visible

    return visible(text)


def notice(text: str) -> str:
    """Return what pops up, on one line: VS Code makes links of ``[text](command:…)`` there."""
    return plain_line(text).replace("](", "] (")
