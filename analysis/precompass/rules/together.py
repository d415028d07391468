"""Several faults of one kind in one file are one finding, at the first of them.

A fault whose line a comment silences is reported separately, so that the comment hides it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from precompass.documents.text import Span
from precompass.documents.toml import TomlDocument
from precompass.settings.ignoring import ignores_in

Fault = TypeVar("Fault")


def groups(
    document: TomlDocument, code: str, faults: Iterable[tuple[Fault, Span]]
) -> Iterator[Sequence[Fault]]:
    """Yield the faults that are reported together, after each whose line a comment silences.

    Args:
        document: the text of the file.
        code: the rule that reports the faults.
        faults: each with its place in the file.
    """
    ignores = [ignore for ignore in ignores_in(document) if ignore.silences(code)]
    silenced = {line for ignore in ignores for line in ignore.lines}
    left: list[Fault] = []
    for fault, place in faults:
        if silenced and document.lines.line_of(place.start) in silenced:
            yield [fault]
        else:
            left.append(fault)
    if left:
        yield left
