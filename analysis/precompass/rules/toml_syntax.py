r"""A file that is not valid TOML.

Julia reads project files, manifests and preferences files as TOML 1.0, and from 1.13.0-rc3 on as
TOML 1.1: inline tables of several lines, `\e` and `\xHH` in strings, times without seconds. Julia
reads nothing from an invalid file. An unreadable project file or manifest stops everything. An
unreadable preferences file stops every package that the project lists (up to Julia 1.13), or every
package that has read one of its preferences (later).

Julia's parser is not TOML's to the letter. No Julia reads a date-time with an offset such as
`+01:00`. Every Julia reads control characters in strings and comments, and Julia before 1.13.0-rc3
reads a header for a table that dotted keys have made: TOML forbids both, so this is only a warning.

A merge conflict is reported once, with the names of both sides; nothing else inside it is reported.
A mark that is left over from one, such as `>>>>>>> branch`, is called that.

Precompass continues with the readable part of the file. Its answers about that part apply once the
fault is fixed.

**Example**

```toml
# LocalPreferences.toml
[CSV]
precompile_workload = fals
```

**Use instead**

```toml
# LocalPreferences.toml
[CSV]
precompile_workload = false
```

**Fix** Correct the line.

**Source** TOML 1.0.0 and 1.1.0; `base/toml_parser.jl`, `base/loading.jl` of Julia 1.6 to 1.14.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from precompass.documents.conflicts import Conflict, conflicts_in, is_inside, stray_marks
from precompass.documents.julia_toml import accepts, refused
from precompass.documents.text import Span
from precompass.documents.toml import Fault
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Related, Severity
from precompass.rules.rule import ALL_FILES, Resource

CODE = "toml-syntax"
SEVERITY = Severity.ERROR
KINDS = ALL_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_MAX_FINDINGS = 20
"""Faults reported of one file; a file with more is most likely no TOML at all."""

_CONSEQUENCE = {
    FileKind.PROJECT: "Julia cannot load anything from this project",
    FileKind.MANIFEST: "Julia cannot load anything with this manifest",
    FileKind.PREFERENCES: "Julia throws an error for the packages that this project lists",
    FileKind.CONFIGURATION: "This line has no effect",
}


def check(context: FileContext) -> Iterator[Finding]:
    """Report every fault, in the order of the text."""
    if context.invalid_utf8_at is not None:
        at = context.invalid_utf8_at
        message = "This byte is not UTF-8, as TOML requires. Save the file in UTF-8."
        yield context.finding(CODE, SEVERITY, Span(at, at + 1), message)
    document = context.document
    environment = context.invalidations.environment if context.invalidations is not None else None
    julia = environment.julia if environment is not None else None
    faults = document.faults
    conflicts = conflicts_in(context.text) if faults else ()
    stray = stray_marks(context.text) if faults else ()
    for conflict in conflicts[:_MAX_FINDINGS]:
        sides = " and ".join(f"`{side}`" for side in (conflict.ours, conflict.theirs) if side)
        between = f" between {sides}" if sides else ""
        message = (
            f"This merge conflict{between} is not resolved. {_CONSEQUENCE[context.kind]} until "
            "one side is chosen."
        )
        yield context.finding(CODE, SEVERITY, conflict.mark, message)
    rest = [one for one in faults if any(one.span.start in mark for mark in stray)]
    if rest:
        lines = "This line is" if len(rest) == 1 else "These lines are"
        message = (
            f"{lines} the rest of a merge conflict. {_CONSEQUENCE[context.kind]} until this is "
            "fixed."
        )
        marks = tuple(Related(context.path, one.span, "This line, too.") for one in rest[1:])
        yield context.finding(CODE, SEVERITY, rest[0].span, message, related=marks)
    ours = [
        one
        for one in faults
        if not (_is_of(conflicts, one) or _is_across(context.text, stray, one))
    ]
    for fault in [one for one in ours if one not in rest][:_MAX_FINDINGS]:
        related: tuple[Related, ...] = ()
        if fault.first is not None:
            related = (Related(context.path, fault.first, "It is defined first here."),)
        message = f"{fault.message}. {_CONSEQUENCE[context.kind]} until this is fixed."
        severity = SEVERITY
        if julia is not None and accepts(document, fault, before_toml_1_1=not julia.reads_toml_1_1):
            severity = Severity.WARNING
            message = f"{fault.message}. TOML forbids this; Julia {julia.version} reads it anyway."
        yield context.finding(CODE, severity, fault.span, message, related=related)
    if document.unread_from is not None:
        message = "Precompass ignores the file from here on: too much of it is not valid TOML."
        place = Span(document.unread_from, document.unread_from)
        yield context.finding(CODE, Severity.INFORMATION, place, message)
    for fault in refused(document) if context.kind is not FileKind.CONFIGURATION else ():
        message = f"{fault.message}. {_CONSEQUENCE[context.kind]} until this is fixed."
        yield context.finding(CODE, SEVERITY, fault.span, message)
    if julia is None or julia.reads_toml_1_1 or context.kind is FileKind.CONFIGURATION:
        return
    for fault in document.newer_syntax[:1]:
        message = (
            f"{fault.message}, which Julia reads from 1.13 on, and not Julia {julia.version}. "
            f"{_CONSEQUENCE[context.kind]} until this is fixed."
        )
        yield context.finding(CODE, SEVERITY, fault.span, message)


def is_inside_conflict(context: FileContext, span: Span) -> bool:
    """Tell whether a place is between the marks of a merge conflict."""
    if not context.document.faults:
        return False
    return is_inside(conflicts_in(context.text), span.start)


def _is_across(text: str, marks: Sequence[Span], fault: Fault) -> bool:
    """Tell whether the two places of a fault are the two sides of a half resolved conflict.

    A mark is between them, or they are between the mark that begins it and the one that ends it.
    """
    if fault.first is None:
        return False
    first, second = fault.first.start, fault.span.start
    begins = any(mark.start < first and text[mark.start] == "<" for mark in marks)
    ends = any(mark.start > second and text[mark.start] == ">" for mark in marks)
    return (begins and ends) or any(first < mark.start < second for mark in marks)


def _is_of(conflicts: Sequence[Conflict], fault: Fault) -> bool:
    """Tell whether a fault comes from a conflict: from its marks, or from both of its sides."""
    places = [fault.span, *([fault.first] if fault.first is not None else [])]
    return any(is_inside(conflicts, place.start) for place in places)
