"""A preference that another table overrides.

Julia merges the preferences of a package over the whole stack of environments. Within one
environment, `LocalPreferences.toml` overrides `[preferences]` of the project file. A nearer
environment of the load path overrides a farther one; in a workspace, a member overrides its base.
The key `__clear__` of a nearer table removes inherited keys. `JuliaLocalPreferences.toml` replaces
`LocalPreferences.toml` altogether; other rules do not check a file that it replaces, apart from
`unused-ignore`.

**Example**

```toml
# Project.toml
[preferences.FFTW]
provider = "mkl"     # without effect

# LocalPreferences.toml
[FFTW]
provider = "fftw"
```

**Use instead**

```toml
# LocalPreferences.toml
[FFTW]
provider = "fftw"
```

**Fix** Change the value where it is in effect, or delete the one that is not.

**Source** `recursive_prefs_merge` and `get_preferences` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext, FileContext
from precompass.findings import Finding, Related, Severity
from precompass.julia.preferences import Source
from precompass.rules import unused_ignore
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "shadowed-preference"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO: frozenset[Resource] = frozenset()

STILL_CHECKED = frozenset({CODE, unused_ignore.CODE})
"""The rules that check a preferences file that Julia does not read."""


def check(context: FileContext) -> Iterator[Finding]:
    """Report every key that is not in effect, or the whole file where it is not read."""
    if context.is_hidden:
        yield _whole_file(context)
        return
    if not isinstance(context, EnvironmentContext):
        return
    for one in context.preferences:
        package, key = one.preference
        source = context.source(one.table)
        if source is None:
            continue
        nearer = context.invalidations.preferences(package).shadowing(source, key)
        if nearer is None:
            continue
        place = _place(nearer, key)
        verb = "sets" if key in nearer.values else "clears"
        where = "further down" if nearer.file == context.path else f"in {nearer.file.name}"
        message = (
            f"This value has no effect: `[{'.'.join(nearer.path)}]` {where} {verb} `{key}` "
            "and is nearer. Change it there."
        )
        related = (Related(nearer.file, place, f"`{key}` is decided here."),)
        yield context.finding(
            CODE, SEVERITY, one.entry.key.span, message, related=related, is_unnecessary=True
        )


def is_ignored(context: FileContext) -> bool:
    """Tell whether a file is a preferences file that Julia does not read."""
    return context.is_hidden


def _place(source: Source, key: str) -> Span:
    entry = source.entry(key) or source.entry("__clear__")
    return entry.key.span if entry is not None else Span(0, 0)


def _whole_file(context: FileContext) -> Finding:
    other = context.path.parent / "JuliaLocalPreferences.toml"
    end = context.document.lines.line_span(0).end
    message = (
        "Julia does not read this file, because JuliaLocalPreferences.toml is beside it. "
        "Move what should count there, or delete one of the two."
    )
    related = (Related(other, Span(0, 0), "This file is read instead."),)
    return context.finding(
        CODE, SEVERITY, Span(0, end), message, related=related, is_unnecessary=True
    )
