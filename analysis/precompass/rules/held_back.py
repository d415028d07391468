"""A dependency that is not at its newest version, because something excludes that.

Pkg chooses versions that all compat entries allow: those of the project, and the registered entries
of every package in the environment. A package that does not allow the newest version of its
dependency *holds it back*: `Pkg.update` chooses an older version, and `Pkg.status` shows `⌃` or
`⌅`. This rule reports the project's own dependencies, once per file, with the names of the packages
that exclude the newest version. A dependency that is merely not updated yet is not reported, and
nothing is where the registry is older than the project: then nobody knows the newest version.

**Example**

```toml
# Project.toml
name = "MyPackage"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.9"               # the newest version is 1.0.0
```

**Use instead**

```toml
# Project.toml
name = "MyPackage"

[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"

[compat]
CSV = "0.9, 1"
```

**Fix** Allow the newest version in `[compat]`, where the project itself excludes it; otherwise the
packages that hold it back have to allow it.

**Source** `status_compat_info` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import compat_entries
from precompass.julia.versions import VersionNumber
from precompass.rules.registry_age import is_older
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import counted, held_back_by, listed

if TYPE_CHECKING:
    from precompass.recompilation.held_back import NotNewest

CODE = "held-back"
SEVERITY = Severity.HINT
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})

_MOST_SAID = 3


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, once, the dependencies whose newest version something excludes."""
    held, registries = list(_held_back(context)), context.session.registries
    if not held or registries is None or is_older(context, registries):
        return
    entry = context.document.root.get("deps", held[0].name)
    if entry is None:
        return
    said = "; ".join(_said(one) for one in held[:_MOST_SAID])
    more = len(held) - _MOST_SAID
    if more > 0:
        said += f"; and {counted(more, 'more package')}"
    message = f"Held back: {said}."
    yield context.finding(CODE, SEVERITY, entry.key.span, message, fixes=_fixes(context, held))


def _held_back(context: EnvironmentContext) -> Iterator[NotNewest]:
    registries = context.session.registries
    if registries is None or not context.project.is_readable:
        return
    from precompass.recompilation.held_back import not_newest

    for name, uuid in context.project.deps.items():
        if context.is_from_registry(name, uuid):
            found = not_newest(context.invalidations, registries, name, uuid)
            if found is not None and found.is_held_back:
                yield found


def _said(one: NotNewest) -> str:
    verb = "excludes" if len(one.holders) + len(one.projects) == 1 else "exclude"
    return f"{held_back_by(one)} {verb} {one.name} {one.newest}"


def _fixes(context: EnvironmentContext, held: Sequence[NotNewest]) -> tuple[Fix, ...]:
    """Offer to allow the newest versions that this file's own entries exclude."""
    wider = {
        one.name: f"{context.project.compat[one.name]}, {_caret(one.newest)}"
        for one in held
        if any(project.path == context.path for project in one.projects)
    }
    fixes = [
        Fix(
            f'Allow the newest version: write {name} = "{text}"',
            FixId(compat_entries.KIND, context.path, (name, text)),
        )
        for name, text in wider.items()
    ]
    if len(wider) > 1:
        arguments = tuple(part for pair in sorted(wider.items()) for part in pair)
        title = f"Allow the newest versions of {listed(wider)}"
        fixes.append(Fix(title, FixId(compat_entries.KIND, context.path, arguments)))
    return tuple(fixes)


def _caret(version: VersionNumber) -> str:
    """Return the shortest entry for a version and what is compatible with it."""
    release = version.release
    length = next((index for index, number in enumerate(release, 1) if number), len(release))
    return ".".join(map(str, release[:length]))
