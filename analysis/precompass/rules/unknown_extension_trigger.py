"""An extension with a trigger that its project does not list.

The triggers of an extension are names of packages in `[weakdeps]`; from Julia 1.10.7 on they may
be in `[deps]` as well. Julia looks up their UUIDs when it loads the package itself, and throws a
KeyError for a name that it does not find: then not only the extension fails, but the package.

Julia 1.14 reads the projects of the load path whole before it loads anything, so there such a name
stops every load. It finds names in `[extras]` too.

If the manifest or a setting gives only 1.10, without the patch, a finding of severity information
says that older patches throw.

**Example**

```toml
# Project.toml
[weakdeps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[extensions]
SurveyCUDAExt = "Cuda"       # it is called CUDA
```

**Use instead**

```toml
# Project.toml
[weakdeps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[extensions]
SurveyCUDAExt = "CUDA"
```

**Fix** Correct the name, or list the package in `[weakdeps]`.

**Source** `insert_extension_triggers` in `base/loading.jl`; `ExplicitEnv` in
`base/loading/environment.jl` (1.14-DEV, commit 4e7b3577).
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.documents.toml import Array, Scalar, Table
from precompass.file_context import EnvironmentContext, string_items
from precompass.findings import Finding, Severity
from precompass.fixes import known_uuid
from precompass.julia.behaviour import Julia
from precompass.julia.older_patches import differing_patches
from precompass.julia.project import ProjectFile
from precompass.rules.pkg_listing import any_of
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.wording import of_older_patches

CODE = "unknown-extension-trigger"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report triggers that are not listed, or no names."""
    project, invalidations = context.project, context.invalidations
    julia = invalidations.environment.julia
    table = context.document.root.table("extensions")
    if table is None or not project.is_package or not julia.has_extensions:
        return
    sections: tuple[str, ...] = ("weakdeps",)
    if julia.triggers_from_deps:
        sections = ("weakdeps", "deps")
    if julia.reads_whole_environments:
        sections = ("weakdeps", "deps", "extras")
    when = f"when it loads {project.name}"
    if julia.reads_whole_environments:
        when = "at every load with this project on the load path"
    names = {name for section in sections for name in project.section(section)}
    for extension, entry in table.entries.items():
        triggers = _triggers(entry.node)
        if triggers is None:
            message = (
                f"Julia throws {when}: the triggers of {extension} have to be the name of a "
                "package, or a list of names."
            )
            yield context.finding(CODE, SEVERITY, entry.node.span, message)
        for name, span in triggers or ():
            if name in names or not project.is_readable:
                if name in names and name not in project.weakdeps:
                    yield from _in_older_patches(context, extension, name, span)
                continue
            yield context.finding(
                CODE,
                SEVERITY,
                span,
                f"Julia throws a KeyError {when}: {extension} waits for {name}, and "
                f"{_where(project, name, sections, julia)}.",
                fixes=known_uuid.listing_offers(context, "weakdeps", name),
            )


def _in_older_patches(
    context: EnvironmentContext, extension: str, name: str, span: Span
) -> Iterator[Finding]:
    """Yield that older patches of a series throw, where nothing tells which patch it is."""
    project, julia = context.project, context.invalidations.environment.julia
    patches = differing_patches(julia, project, lambda one: one.triggers_from_deps)
    if patches is not None:
        what = (
            f"throws a KeyError when it loads {project.name}: {extension} waits for {name}, which "
            "only [deps] lists"
        )
        message = f"{of_older_patches(patches, what)}."
        yield context.finding(CODE, Severity.INFORMATION, span, message)


def _triggers(node: Scalar | Array | Table) -> tuple[tuple[str, Span], ...] | None:
    if isinstance(node, Scalar):
        return ((node.value, node.span),) if isinstance(node.value, str) else None
    triggers = string_items(node)
    is_list = isinstance(node, Array) and len(triggers) == len(node.items) > 0
    return triggers if is_list else None


def _where(project: ProjectFile, name: str, sections: tuple[str, ...], julia: Julia) -> str:
    if "deps" not in sections and name in project.deps:
        return (
            f"Julia {julia.version} ignores [deps] here; 1.10.7 and later read it. List it in "
            "[weakdeps] too"
        )
    where = any_of(sections)
    return f"{project.path.name} does not list it in {where}. Correct the name, or list it"
