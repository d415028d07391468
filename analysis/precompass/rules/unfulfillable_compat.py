"""A compat entry that no registered version fulfils.

Pkg chooses among the registered versions that `[compat]` allows. Where there is none, it cannot
resolve: "Unsatisfiable requirements". A number that slipped (`"5"` for `"0.5"`), a version that was
never registered or has been withdrawn, are the common causes.

An entry for versions above all registered ones may be right, and the registry on this machine old.
Such entries are reported once for a file, as information; but a jump from 0.x to 2 or more is
taken for a slip.

**Example**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"     # registered as 1.0.0

[compat]
CSV = "0.0.7"
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "1"
```

**Fix** Allow a version that exists, or update the registry.

**Source** `deps_graph` and `resolve_versions!` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.julia.compat import parse_compat
from precompass.julia.version_ranges import VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.registry.registries import Registries
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import dated, listed

CODE = "unfulfillable-compat"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})

_MOST_VERSIONS = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that no version fulfils, and the versions that exist, ascending."""

    name: str
    text: str
    span: Span
    is_above: bool
    versions: tuple[VersionNumber, ...]


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the entries that no registered version fulfils; those above all of them once."""
    registries = context.session.registries
    if registries is None or not context.project.is_readable:
        return
    where = dated(registries.found)
    entries = list(_entries(context, registries))
    for one in entries:
        if one.is_above and not _is_slip(one):
            continue
        yield context.finding(
            CODE,
            Severity.WARNING if one.is_above else SEVERITY,
            one.span,
            f'No version of {one.name} in {where} fulfils "{one.text}", so Pkg cannot resolve. '
            f"There are {_shown(one.versions)}.",
        )
    newer = [one for one in entries if one.is_above and not _is_slip(one)]
    if newer:
        names = listed(one.name for one in newer)
        yield context.finding(
            CODE,
            Severity.INFORMATION,
            newer[0].span,
            f"The entries of {names} ask for versions that {where} does not have yet. Update the "
            "registry, or allow a version that exists.",
        )


def _entries(context: EnvironmentContext, registries: Registries) -> Iterator[_Entry]:
    project = context.project
    uuids = {**project.extras, **project.weakdeps, **project.deps}
    for name, text in project.compat.items():
        uuid, spec = uuids.get(name), parse_compat(text)
        entry = context.document.root.get("compat", name)
        if uuid is None or spec is None or entry is None:
            continue
        if not context.is_from_registry(name, uuid):
            continue
        versions = tuple(
            registered.version
            for package in registries.packages(uuid)
            for registered in package.versions
            if not registered.yanked
        )
        if versions and not any(version in spec for version in versions):
            is_above = _begins_above(spec, max(versions))
            yield _Entry(name, text, entry.node.span, is_above, tuple(sorted(versions)))


def _begins_above(spec: VersionSpec, newest: VersionNumber) -> bool:
    """Tell whether some range of an entry begins above the newest version."""
    return any(part.lower > newest.release[: len(part.lower)] for part in spec.ranges)


def _is_slip(one: _Entry) -> bool:
    """Tell whether an entry jumps from 0.x to 2 or more, which no package is likely to do."""
    spec = parse_compat(one.text)
    lowest = min((part.lower[:1] for part in spec.ranges), default=()) if spec is not None else ()
    return one.versions[-1].release[0] == 0 and lowest >= (2,)


def _shown(versions: tuple[VersionNumber, ...]) -> str:
    """Return the oldest and the newest of some versions: ``0.1.0, 0.1.1, …, 0.5.3``."""
    if len(versions) <= _MOST_VERSIONS:
        return ", ".join(map(str, versions))
    first = ", ".join(map(str, versions[: _MOST_VERSIONS - 2]))
    return f"{first}, …, {', '.join(map(str, versions[-2:]))}"
