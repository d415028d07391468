"""Packages in `[deps]` that the package's code does not load, and loaded ones missing from it.

Whoever installs a package installs all that its `[deps]` lists. A dependency that no code of the
package loads costs their time and holds back versions for nothing; one that only the tests load
belongs to the tests. A package that the source loads and `[deps]` does not list is worse: Julia
looks a name up in the package's own `[deps]`, so loading fails for everybody.

The rule reads all `.jl` files in the package's folder, without running them, except those of other
projects below it. Comments, docstrings and sentences in strings do not count as code. If some of
the source cannot be read (an `include` of a computed path, a file that a build makes), the rule
reports nothing. It does not report a package as unused that

* is a weak dependency or a trigger of an extension, or has preferences in this project,
* has a file of its name beside the project, such as `CondaPkg.toml`,
* another dependency installs too: the line may be there for its compat entry.

A package that is loaded in `try`, under a condition or by a macro may be missing on purpose.

**Example**

```toml
# Project.toml, and the source says `using CSV, DataFrames`
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
Plots = "91a5bcdd-55d7-5caf-9e0b-520d859cae80"
```

**Use instead**

```toml
# Project.toml
[deps]
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
DataFrames = "a93c6f00-e57d-5684-b7b6-d8193f3e46c0"
```

**Fix** Delete the line, move it to the tests (`test/Project.toml`, or `[extras]` and the target
`test`), or list the package that is missing.

**Source** `identify_package` in `base/loading.jl`; `test_stale_deps` of Aqua.jl, which loads the
package and asks Julia what was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from precompass.documents.text import Span
from precompass.documents.toml import parse_toml
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Related, Severity
from precompass.fixes import dependency, known_uuid
from precompass.julia.environment import local_preferences_path
from precompass.julia.files import Files
from precompass.julia.identifiers import is_identifier
from precompass.julia.load_path import project_in
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import package_id
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

if TYPE_CHECKING:
    from precompass.source.package_uses import MissingLoad, PackageUses

CODE = "untidy-dependencies"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.SOURCES})


class _Kept(msgspec.Struct, frozen=True):
    """Where the tests list their packages, and those that they list already."""

    place: str
    names: frozenset[str]


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report what the source does not use of ``[deps]``, and what it lacks there."""
    project = context.project
    uses = context.session.package_uses(project)
    if uses is None or project.document.faults or context.is_part_of_tests:
        return
    if project.name is None or project.name.endswith("_jll"):
        return  # what a JLL depends on, its generated code loads by other means
    asked = _asked(context)
    not_in_source = [name for name in asked if not uses.is_named_in_source(name)]
    of_tests = [name for name in not_in_source if uses.is_named_in_tests(name)]
    unused = [name for name in not_in_source if name not in of_tests]
    missing = _missing(project, uses)
    if not (unused or of_tests or missing) or not uses.is_complete:
        return
    for group in _groups(context, unused):
        yield from _report_unused(context, group)
    for group in _groups(context, of_tests):
        yield from _report_tests(context, group)
    if missing:
        yield from _report_missing(context, missing)


def _asked(context: EnvironmentContext) -> list[str]:
    """Return the dependencies that are to be used."""
    project = context.project
    triggers = {name for names in project.extensions.values() for name in names}
    excluded = triggers | project.weakdeps.keys() | _with_preferences(context)
    anyway = _installed_anyway(context)
    return [
        name
        for name, uuid in project.deps.items()
        if name not in excluded
        and uuid != project.uuid
        and uuid not in anyway
        and not _has_own_file(context, name)
    ]


def _has_own_file(context: EnvironmentContext, name: str) -> bool:
    """Tell whether a file beside the project is named after a package, which may read it."""
    if not is_identifier(name):
        return False  # nor can it be loaded; a name such as `a/b` leads elsewhere
    return context.session.snapshot.is_file(context.path.with_name(f"{name}.toml"))


def _with_preferences(context: EnvironmentContext) -> set[str]:
    """Return the names of the tables with preferences that belong to this project."""
    root = context.document.root
    tables = [root.table("preferences")]
    files = context.session.snapshot
    path = local_preferences_path(context.path.parent, files)
    source = files.read(path) if path is not None else None
    if path is not None and source is not None:
        tables.append(parse_toml(source.text).root)
    return {name for table in tables if table is not None for name in table.entries}


def _installed_anyway(context: EnvironmentContext) -> set[UUID]:
    """Return the packages that other dependencies bring along.

    The manifest tells them; without one, the project files at the paths of ``[sources]``, and
    what the registries' newest versions depend on, as far as there are any.
    """
    project = context.project
    approximation = context.approximation
    known = context.invalidations if context.manifest is not None else None
    if known is None and approximation is not None:
        known = approximation.invalidations
    found = _brought_by_sources(project, context.session.snapshot)
    if known is not None:
        own = package_id(project.uuid) if project.uuid is not None else None
        found |= {
            uuid
            for uuid in project.deps.values()
            if any(unit != own for unit in known.graph.direct_dependents(uuid))
        }
    return found


def _brought_by_sources(project: ProjectFile, files: Files) -> set[UUID]:
    """Return what the packages at the paths of ``[sources]`` depend on, and theirs in turn."""
    found: set[UUID] = set()
    seen = {project.path}
    pending = [project]
    while pending:
        one = pending.pop()
        for name, source in one.sources.items():
            at = source.get("path")
            path = project_in(one.path.parent / at, files) if isinstance(at, str) else None
            text = files.read(path) if path is not None and name in one.deps else None
            if path is not None and text is not None and path not in seen:
                seen.add(path)
                there = parse_project(path, text.text)
                found.update(there.strong_deps.values())
                pending.append(there)
    return found


def _missing(project: ProjectFile, uses: PackageUses) -> list[MissingLoad]:
    return list(uses.missing_loads(project.deps, project.weakdeps))


def _groups(context: EnvironmentContext, names: Sequence[str]) -> Iterator[Sequence[str]]:
    entries = ((name, context.document.root.get("deps", name)) for name in names)
    places = ((name, entry.key.span) for name, entry in entries if entry is not None)
    return groups(context.document, CODE, places)


def _report_unused(context: EnvironmentContext, names: Sequence[str]) -> Iterator[Finding]:
    project = context.project
    installed = [name for name in names if project.deps[name] not in STDLIBS]
    message = f"No code of {project.name} loads {listed(names)}"
    if installed:
        which = _it(names)
        if len(installed) < len(names):
            which = installed[0] if len(installed) == 1 else f"{len(installed)} of them"
        message += f": everybody who installs {project.name} installs {which} needlessly"
    message += f". Delete {_it(names)} from [deps]."
    yield from _at(context, names, message, dependency.offer_deletion(context.path, names))


def _report_tests(context: EnvironmentContext, names: Sequence[str]) -> Iterator[Finding]:
    project, tests = context.project, _tests(context)
    message = f"Only the tests of {project.name} load {listed(names)}"
    if any(project.deps[name] not in STDLIBS for name in names):
        message += f", and everybody who installs {project.name} installs {_it(names)} too"
    if tests.names.issuperset(names):
        message += f". {tests.place} lists {_it(names)} already: delete {_it(names)} from [deps]."
        fix = dependency.offer_deletion(context.path, names)
    else:
        message += f". Move {_it(names)} to {tests.place}."
        fix = dependency.offer_move(context.path, names, tests.place)
    yield from _at(context, names, message, fix)


def _it(names: Sequence[object]) -> str:
    return "it" if len(names) == 1 else "them"


def _tests(context: EnvironmentContext) -> _Kept:
    files = context.session.snapshot
    path = project_in(context.path.parent / "test", files)
    source = files.read(path) if path is not None else None
    if path is None or source is None:
        return _Kept("the target `test`", frozenset())
    return _Kept(f"test/{path.name}", frozenset(parse_project(path, source.text).deps))


def _at(
    context: EnvironmentContext, names: Sequence[str], message: str, fix: Fix
) -> Iterator[Finding]:
    """Yield a finding at the first of some dependencies, with the others beside it."""
    entries = [(name, context.document.root.get("deps", name)) for name in names]
    first, *others = [(name, entry.key.span) for name, entry in entries if entry is not None]
    related = tuple(Related(context.path, span, f"{name}, too.") for name, span in others)
    yield context.finding(CODE, SEVERITY, first[1], message, related=related, fixes=(fix,))


def _report_missing(
    context: EnvironmentContext, missing: Sequence[MissingLoad]
) -> Iterator[Finding]:
    project = context.project
    header = context.document.root.get("deps") or context.document.root.get("name")
    span = header.key.span if header is not None else Span(0, 0)
    places = listed(f"{one.name} ({one.file}:{one.line})" for one in missing)
    others = [f"[{section}] lists {name}" for name, section in _elsewhere(project, missing)]
    elsewhere = f" ({listed(others)})" if others else ""
    message = (
        f"The source loads {places}, which [deps] does not list{elsewhere}: Julia throws an error "
        f"there. List {_it(missing)} in [deps]."
    )
    fixes = tuple(
        fix for one in missing for fix in known_uuid.listing_offers(context, "deps", one.name)
    )
    yield context.finding(CODE, SEVERITY, span, message, fixes=fixes)


def _elsewhere(project: ProjectFile, missing: Sequence[MissingLoad]) -> Iterator[tuple[str, str]]:
    """Yield the packages that another section lists, from which nothing is loaded."""
    for one in missing:
        section = project.lists_in(one.name)
        if section is not None:
            yield one.name, section
