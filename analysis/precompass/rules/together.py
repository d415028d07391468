"""Several faults of one kind in one file are one finding, at the first of them.

A fault whose line a comment silences is reported separately, so that the comment hides it alone.

Manifests of one repository grow old together, when all its projects were changed and none was
resolved; whoever checks a whole repository is told that once. A load path is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from precompass.documents.text import Span
from precompass.documents.toml import TomlDocument
from precompass.findings import Finding, Related, Severity
from precompass.rules import not_on_load_path, stale_manifest
from precompass.settings.ignoring import ignores_in

Fault = TypeVar("Fault")

_MANY = 4  # files
_SAID_ONCE = frozenset({stale_manifest.CODE, not_on_load_path.CODE})
"""Rules whose findings have one cause in many files."""


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


def in_one_run(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of several files, with one for many that are about the same thing."""
    many: dict[tuple[Severity, str], list[Finding]] = {}
    found = tuple(findings)
    for one in found:
        if one.code in _SAID_ONCE:
            many.setdefault((one.severity, one.message), []).append(one)
    for one in found:
        same = many.get((one.severity, one.message), [])
        if one.code not in _SAID_ONCE or len(same) < _MANY:
            yield one
        elif one is same[0]:
            yield _first_of(same)


def _first_of(same: Sequence[Finding]) -> Finding:
    first, *others = same
    return replace(
        first,
        message=f"{first.message} The same is true of {len(others)} other projects.",
        related=(*first.related, *(Related(one.file, one.span, "Here, too.") for one in others)),
    )
