"""A value that the package does not accept for this preference.

Some packages accept only a few values, and silently use their default for any other: FFTW treats
`provider = "MKL"` as `"fftw"`. Precompass knows the values if the installed source rejects all
others (`provider ∉ ("fftw", "mkl")`), and for a dozen packages without their source.

**Example**

```toml
# LocalPreferences.toml
[FFTW]
provider = "MKL"
```

**Use instead**

```toml
# LocalPreferences.toml
[FFTW]
provider = "mkl"
```

**Fix** Write the nearest value that the package takes.

**Source** The installed source of the package; `published_preferences.toml`, with the source of
each entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.closest import closest
from precompass.documents.toml import plain
from precompass.documents.values import TomlValue
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import writing
from precompass.julia.equality import identical
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed

CODE = "unknown-preference-value"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every value in effect that its package does not accept."""
    set_here = tuple(context.preferences_in_effect)
    if not set_here:
        return
    from precompass.recompilation.preference_places import allowed_values

    allowed_of: dict[str, Mapping[str, tuple[TomlValue, ...]]] = {}  # by the name of the table
    for one in set_here:
        (uuid, key), name = one.preference, one.table.name
        if name not in allowed_of:
            allowed_of[name] = allowed_values(context.invalidations, uuid)
        allowed = allowed_of[name].get(key)
        if not allowed:
            continue
        value = plain(one.entry.node)
        if any(identical(value, other) for other in allowed):
            continue
        taken = listed(f"`{_toml(other)}`" for other in allowed)
        nearest = _nearest(value, allowed)
        fixes: tuple[Fix, ...] = ()
        if nearest is not None:
            title = f"Write {_toml(nearest)}"
            fixes = (writing.offer(context.path, one.path, nearest, title, is_preferred=True),)
        yield context.finding(
            CODE,
            SEVERITY,
            one.entry.node.span,
            f"{name} does not take this value for `{key}`. It takes {taken}.",
            fixes=fixes,
        )


def _nearest(value: TomlValue, allowed: tuple[TomlValue, ...]) -> str | None:
    texts = {other.lower(): other for other in allowed if isinstance(other, str)}
    if not isinstance(value, str):
        return None
    close = closest(value.lower(), texts)
    return texts[close] if close is not None else None


def _toml(value: TomlValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
