"""A package whose folder does not exist.

`path` in `[sources]` (Julia 1.11 and later), and in an entry of a manifest, is the folder of a
developed package, relative to the file. If the folder has no package, Julia cannot load it, and Pkg
stops with an error as soon as it resolves. The common cause is a manifest from another computer,
with a path that exists only there, or a path that is meant from another folder: in
`docs/Project.toml`, the package itself is at `..`. A package of another name is not loaded either.

**Example**

```toml
# Project.toml
[sources]
Forest = {path = "../Forest.jl"}        # the folder is called Forest
```

**Use instead**

```toml
# Project.toml
[sources]
Forest = {path = "../Forest"}
```

**Fix** Correct the path, or run `Pkg.develop(path = "…")` with the right one.

**Source** `collect_fixed!` in `src/Operations.jl` of Pkg; `explicit_manifest_entry_path` in
`base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.documents.text import Span
from precompass.documents.toml import Table, plain
from precompass.file_context import FileContext
from precompass.files import disk
from precompass.files.kinds import FileKind
from precompass.files.shown import shown_from
from precompass.findings import Finding, Related, Severity
from precompass.fixes import writing
from precompass.julia.load_path import project_in
from precompass.julia.manifest import parse_manifest
from precompass.julia.project import ProjectFile
from precompass.julia.uuids import UUID
from precompass.rules.package_places import folder_above, is_environment_alone, other_name_at
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

CODE = "missing-source-path"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.SOURCES})


def check(context: FileContext) -> Iterator[Finding]:
    """Report every path at which there is neither a project file nor an entry file."""
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        missing = [
            (package.name, manifest.span(package.name, package.index, "path"))
            for package in manifest.packages.values()
            if package.path is not None and not _is_there(context, package.path, package.name)
        ]
        yield from _report(context, missing, "`Pkg.develop` writes the right one.")
    elif context.kind is FileKind.PROJECT and _reads_sources(context):
        missing = list(_missing_sources(context))
        members = {name: _member(context, name) for name, _ in missing}
        for name, span in missing:
            member = members[name]
            if member is not None:
                yield _at_another_place(context, name, span, member)
        missing = [(name, span) for name, span in missing if members[name] is None]
        above = [(one, place) for one in missing if (place := _above(context, one[0])) is not None]
        for (name, span), place in above:
            yield _of_the_package_above(context, name, span, place)
        missing = [one for one in missing if one not in [found for found, _ in above]]
        yield from _report(context, missing, "Correct the path; it is relative to this file.")
        yield from _other_names(context)


def _reads_sources(context: FileContext) -> bool:
    invalidations = context.invalidations
    return invalidations is not None and invalidations.environment.julia.reads_sources


def _source_paths(context: FileContext) -> Iterator[tuple[str, str, Span]]:
    """Yield the paths in `[sources]` of packages that the project lists; Pkg refuses others."""
    table = context.document.root.table("sources")
    for name, source in table.entries.items() if table is not None else ():
        entry = source.node.get("path") if isinstance(source.node, Table) else None
        path = plain(entry.node) if entry is not None else None
        if entry is not None and isinstance(path, str) and _listed(context, name) is not None:
            yield name, path, entry.node.span


def _listed(context: FileContext, name: str) -> UUID | None:
    project = context.project
    section = project.lists_in(name) if project is not None else None
    return project.section(section)[name] if project is not None and section is not None else None


def _missing_sources(context: FileContext) -> Iterator[tuple[str, Span]]:
    files = context.session.snapshot
    for name, path, span in _source_paths(context):
        folder = context.path.parent / path
        if not _is_there(context, path, name) or is_environment_alone(folder, name, files):
            yield name, span


def _other_names(context: FileContext) -> Iterator[Finding]:
    """Report the paths at which there is a package of another name."""
    files = context.session.snapshot
    for name, path, span in _source_paths(context):
        other = other_name_at(context.path.parent / path, name, files)
        if other is not None:
            yield context.finding(
                CODE,
                SEVERITY,
                span,
                f"The package at this path is {other}, and has no src/{name}.jl: `using {name}` "
                "fails. Correct the path, or the name.",
            )


def _above(context: FileContext, name: str) -> Path | None:
    """Return the folder of the package that is missing, if the project is within that folder."""
    uuid = _listed(context, name)
    files = context.session.snapshot
    return folder_above(context.path.parent, uuid, files) if uuid is not None else None


def _of_the_package_above(context: FileContext, name: str, span: Span, place: Path) -> Finding:
    right = shown_from(place, context.path.parent)
    return context.finding(
        CODE,
        SEVERITY,
        span,
        f"There is no package at this path: Julia cannot load {name}, and Pkg stops with an error "
        f"when it resolves. The path is relative to this file, and {name} is at `{right}`.",
        fixes=(writing.offer(context.path, ("sources", name, "path"), right),),
    )


def _member(context: FileContext, name: str) -> ProjectFile | None:
    """Return the project of the same workspace that a source is about."""
    uuid, invalidations = _listed(context, name), context.invalidations
    if invalidations is None or uuid is None:
        return None
    return next((one for one in invalidations.environment.members if one.uuid == uuid), None)


def _at_another_place(context: FileContext, name: str, span: Span, member: ProjectFile) -> Finding:
    """Report a path where there is no package, while the workspace has the package elsewhere.

    Pkg takes the place that it meets first, which depends on the project that is active
    (``load_direct_deps`` in ``src/Operations.jl``, Pkg 1.12 to 1.14).
    """
    right = shown_from(member.path.parent, context.path.parent)
    return context.finding(
        CODE,
        SEVERITY,
        span,
        f"There is no package at this path. {name} is a project of this workspace, at `{right}`: "
        "Pkg takes one of the two places, and stops with an error at this one. Write "
        f"`{right}`.",
        fixes=(writing.offer(context.path, ("sources", name, "path"), right),),
    )


def _report(
    context: FileContext, missing: list[tuple[str, Span]], advice: str
) -> Iterator[Finding]:
    """Report the paths together: often a whole folder is missing."""
    for names in groups(context.document, CODE, ((one, one[1]) for one in missing)):
        where, what = "this path", names[0][0]
        if len(names) > 1:
            where, what = f"the paths of {listed(name for name, _ in names)}", "them"
        message = (
            f"There is no package at {where}: Julia cannot load {what}, and Pkg stops with an "
            f"error when it resolves. {advice}"
        )
        related = tuple(Related(context.path, span, f"{name}, too.") for name, span in names[1:])
        yield context.finding(CODE, SEVERITY, names[0][1], message, related=related)


def _is_there(context: FileContext, path: str, name: str) -> bool:
    """Tell whether Julia would find a package at a path: in a folder, or in a single file."""
    files, folder = context.session.snapshot, context.path.parent / path
    if not disk.is_allowed(folder):
        return True  # nobody looked; `untrusted-path` says so
    return (
        project_in(folder, files) is not None
        or files.is_file(folder / "src" / f"{name}.jl")
        or files.is_file(folder)
    )
