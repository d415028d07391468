"""A compat entry that no standard library of an allowed Julia fulfils.

A standard library has the version that comes with Julia, and Pkg cannot choose another one. Where
`[compat]` allows a Julia whose standard library is excluded by the entry, Pkg cannot resolve with
that Julia, and the package cannot be installed there. `Pkg.add` and `Pkg.compat` write such
entries: they record the version of the Julia in use. Up to Julia 1.10, most standard libraries
have Julia's version; later many stay at 1.11.

A project of tests, `test/Project.toml`, has to be resolved with each Julia that the tested package
allows, unless it has an entry of julia itself.

Since 1.13, Pkg ignores such an entry, with a warning. An entry of a package that only `[extras]`
lists matters to `Pkg.test`.

**Example**

```toml
# Project.toml
[deps]
Statistics = "10745b16-79ce-11e8-11f9-7d13ad32a3b2"

[compat]
Statistics = "1.11"
julia = "1.10"
```

**Use instead**

```toml
# Project.toml
[deps]
Statistics = "10745b16-79ce-11e8-11f9-7d13ad32a3b2"

[compat]
Statistics = "1.10"
julia = "1.10"
```

**Fix** Allow the version of the oldest Julia, or require a newer Julia.

**Source** `deps_graph` in `src/Operations.jl` of Pkg; `check_stdlib_compat` of Pkg 1.13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.fixes import compat_entries
from precompass.julia.compat import parse_compat
from precompass.julia.julia_range import minors_allowed, releases_allowed
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.sandbox import tested_package
from precompass.julia.stdlib_versions import NEWEST_BOUND_MINOR, excluded_in, stdlib_version
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import listed

CODE = "stdlib-compat"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_CARET = re.compile(r"\s*\^?([0-9]+)(?:\.[0-9]+){0,2}\s*")


class _Excluded(msgspec.Struct, frozen=True):
    """An entry with the oldest Julia whose standard library it excludes, and that one's version."""

    text: str
    minor: int
    version: VersionNumber

    @property
    def wider(self) -> str:
        """An entry that allows the version as well."""
        release = self.version.release
        oldest = ".".join(map(str, release[:2] if release[0] else release))
        caret = _CARET.fullmatch(self.text)
        if caret is not None and release[0] and int(caret[1]) == release[0]:
            return oldest
        return f"{oldest}, {self.text}"


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, once, the entries that exclude what comes with an allowed Julia."""
    project = context.project
    if project.document.faults:
        return
    bound = _bound(context)
    excluded = dict(_excluded(project, bound))
    if not excluded:
        return
    first, *others = excluded
    julia = f"1.{min(one.minor for one in excluded.values())}"
    concerned = {name: one for name, one in excluded.items() if f"1.{one.minor}" == julia}
    entry = context.document.root.get("compat", first)
    if entry is None:
        return
    where, whose = _where(project, concerned), "this project"
    if bound is not project:
        where, whose = "the tests", bound.name or bound.path.parent.name
    related = []
    for name in others:
        place = context.document.root.get("compat", name)
        if place is not None:
            message = f"The entry of {name} excludes {excluded[name].version}, too."
            related.append(Related(context.path, place.node.span, message))
    yield context.finding(
        CODE,
        SEVERITY,
        entry.node.span,
        f"Pkg cannot resolve {where} with Julia {julia}, which {whose} allows: "
        f"{_versions(concerned)}. Allow it, or require a newer Julia.",
        related=tuple(related),
        fixes=(_fix(context, excluded),),
    )


def _bound(context: EnvironmentContext) -> ProjectFile:
    """Return the project whose entry of julia counts: for tests without one, the tested package."""
    tested = tested_package(context.path, context.session.snapshot)
    source = context.session.snapshot.read(tested) if tested is not None else None
    if "julia" in context.project.compat or tested is None or source is None:
        return context.project
    return parse_project(tested, source.text)


def _excluded(project: ProjectFile, bound: ProjectFile) -> Iterator[tuple[str, _Excluded]]:
    listed_names = {**project.extras, **project.weakdeps, **project.deps}
    minors = [minor for minor in minors_allowed(bound) if minor <= NEWEST_BOUND_MINOR]
    for name, text in project.compat.items():
        uuid, spec = listed_names.get(name), parse_compat(text)
        if uuid is None or spec is None or STDLIBS.get(uuid) != name:
            continue
        if name not in project.deps and name not in project.weakdeps and not _is_tested(project):
            continue
        for minor in minors:
            releases = releases_allowed(bound, minor)
            if excluded_in(name, spec, releases):
                version = stdlib_version(name, releases[0])
                if version is not None:
                    yield name, _Excluded(text, minor, version)
                break


def _is_tested(project: ProjectFile) -> bool:
    return project.document.root.get("targets", "test") is not None


def _where(project: ProjectFile, names: Mapping[str, _Excluded]) -> str:
    needed = {**project.deps, **project.weakdeps}
    return "this project" if any(name in needed for name in names) else "the tests"


def _versions(excluded: Mapping[str, _Excluded]) -> str:
    """Say which versions are there: ``Dates and Test have version 1.10.0 there``."""
    by_version: dict[str, list[str]] = {}
    for name, one in excluded.items():
        by_version.setdefault(str(one.version), []).append(name)
    parts = [
        f"{listed(names)} {'has' if len(names) == 1 else 'have'} version {version} there"
        for version, names in by_version.items()
    ]
    return ", and ".join(parts)


def _fix(context: EnvironmentContext, excluded: Mapping[str, _Excluded]) -> Fix:
    arguments = [part for name, one in excluded.items() for part in (name, one.wider)]
    if len(excluded) == 1:
        ((name, one),) = excluded.items()
        title = f'Write {name} = "{one.wider}"'
    else:
        title = f"Allow these versions of {listed(excluded)}, too"
    return Fix(title, FixId(compat_entries.KIND, context.path, tuple(arguments)), True)
