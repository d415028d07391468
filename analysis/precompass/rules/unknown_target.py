"""A target that names a package which the project does not list, or that Pkg does not know.

The names in `[targets]` must be in `[extras]`, `[deps]` or `[weakdeps]` (Julia 1.9 and later). Pkg
refuses to read the file if one is missing, if one is named twice, or if a target is not a list of
names; an empty list is not one either. There are two targets, `test` and `build`: `Pkg.test` adds
the packages of `test` from `[extras]` and `[weakdeps]`, and stops at a package that is only in
`[deps]`. A target of another name does nothing; the rule reports names that resemble one of the
two.

If `[compat]` allows a Julia before 1.9, a name that only `[weakdeps]` lists is a warning: the Pkg
of that Julia refuses to read the file.

**Example**

```toml
# Project.toml
[extras]
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[targets]
test = ["Test", "Random"]       # Random is not in [extras]
```

**Use instead**

```toml
# Project.toml
[extras]
Random = "9a3f8284-a2c9-5f02-9a11-845980a1fd5c"
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[targets]
test = ["Test", "Random"]
```

**Fix** List the package in `[extras]`, or delete the name.

**Source** `read_project_targets` and `validate` in `src/project.jl`, `gen_target_project` in
`src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.closest import closest
from precompass.documents.toml import Array, Entry, Table
from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Fix, FixId, Severity
from precompass.fixes import deletion, known_uuid, renaming
from precompass.rules.pkg_listing import (
    any_of,
    before_weakdeps,
    names_in,
    only_weak,
    sections_read,
)
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "unknown-target"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_OWN_PROJECTS = {"test": "test", "build": "deps"}
"""The folders whose own project file Pkg takes in place of the target."""


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report what is wrong with each target."""
    entry = context.document.root.get("targets")
    if entry is None:
        return
    if not isinstance(entry.node, Table):
        message = "Pkg refuses to read this file: `targets` has to be a table of lists of names."
        yield context.finding(CODE, SEVERITY, entry.key.span, message)
        return
    for target, packages in entry.node.entries.items():
        yield from _check_name(context, target, packages)
        yield from _check_packages(context, target, packages)


def _check_name(context: EnvironmentContext, target: str, entry: Entry) -> Iterator[Finding]:
    if target in _OWN_PROJECTS:
        return
    meant = closest(target.lower(), _OWN_PROJECTS, 0.8)
    if meant is not None:
        message = f"Pkg knows no target `{target}`, so this line does nothing. It means `{meant}`?"
        rename = renaming.offer(context, ("targets", target), meant)
        fixes = (rename,) if rename is not None else ()
        yield context.finding(CODE, Severity.WARNING, entry.key.span, message, fixes=fixes)


def _check_packages(context: EnvironmentContext, target: str, entry: Entry) -> Iterator[Finding]:
    project, invalidations = context.project, context.invalidations
    names = string_items(entry.node)
    if not isinstance(entry.node, Array) or len(names) < len(entry.node.items) or not names:
        message = (
            f"Pkg refuses to read this file: the target {target} has to be a list of names of "
            "packages, and not an empty one."
        )
        delete = Fix("Delete the target", FixId(deletion.VALUE, context.path, ("targets", target)))
        yield context.finding(CODE, SEVERITY, entry.node.span, message, fixes=(delete,))
        return
    sections = sections_read(invalidations.environment.julia)
    known = names_in(context, sections)
    addable = names_in(context, tuple(name for name in sections if name != "deps"))
    is_used = _is_used(context, target)
    which_old = before_weakdeps(project, invalidations.environment.julia)
    # Of those with a compat entry, unknown-compat says the same.
    bare = [name for name, _ in names if name not in project.compat]
    weak = only_weak(project, bare) if which_old else []
    seen: set[str] = set()
    for name, span in names:
        if name in seen:
            message = f"Pkg refuses to read this file: {name} is named twice. Delete one of them."
            yield context.finding(CODE, SEVERITY, span, message)
        elif name not in known and project.is_readable:
            message = (
                f"Pkg refuses to read this file: {project.path.name} does not list {name} in "
                f"{any_of(sections)}. List it in [extras], or "
                "delete the name."
            )
            fixes = (
                *known_uuid.listing_offers(context, "extras", name),
                _delete(context, target, name),
            )
            yield context.finding(CODE, SEVERITY, span, message, fixes=fixes)
        elif is_used and name not in addable and project.is_readable:
            message = (
                f"`Pkg.{target}` stops with an error: it takes the packages of this target from "
                f"[extras] and [weakdeps], and {name} is in [deps] only. The tests have it "
                "anyway: delete the name, or list it in [extras] too."
            )
            fixes = (_delete(context, target, name),)
            yield context.finding(CODE, SEVERITY, span, message, fixes=fixes)
        elif name in weak:
            message = (
                f"Pkg of Julia {which_old}, which this project allows, refuses to read this file: "
                f"it ignores [weakdeps], and nothing else lists {name}. List it in [extras] too, "
                "or require Julia 1.9."
            )
            fixes = known_uuid.listing_offers(context, "extras", name)
            yield context.finding(CODE, Severity.WARNING, span, message, fixes=fixes)
            weak = []  # once is enough
        seen.add(name)


def _is_used(context: EnvironmentContext, target: str) -> bool:
    """Tell whether Pkg looks at a target: the folder for it has no project file of its own."""
    folder = _OWN_PROJECTS.get(target)
    if folder is None:
        return False
    files, root = context.session.snapshot, context.path.parent
    script = {"test": "runtests.jl", "build": "build.jl"}[target]
    return files.is_file(root / folder / script) and not files.is_file(
        root / folder / "Project.toml"
    )


def _delete(context: EnvironmentContext, target: str, name: str) -> Fix:
    return Fix(
        f"Delete {name} from the target",
        FixId(deletion.ITEM, context.path, ("targets", target, name)),
    )
