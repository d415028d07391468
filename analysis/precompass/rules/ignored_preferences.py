"""A table of preferences that Julia silently ignores.

Julia reads a package's preferences only from project files that *list* the package: as the project
itself, in `[deps]`, in `[extras]` (Julia 1.6.6, 1.7.1 and later) or in `[weakdeps]` (1.9 and
later). A package that is only in the manifest is not listed. The table must have the name under
which the project lists the package. Julia silently skips all other tables of a preferences file, so
the setting does nothing.

`Pkg.test` copies the tables of `test/` and of the package into a temporary project. A table there
is not reported if that project lists the package: the tested package itself, the packages of
`test/Project.toml`, or without that file, `[deps]` and the target `test`.

A table for the package in a folder above is reported with severity information: tools that run
benchmarks or build documentation add the package to such a project first.

An extension has its own UUID. A table with an extension's name counts only if `[extras]` lists that
name with this UUID.

If the manifest or a setting gives only 1.6 or 1.7, without the patch, a finding names the patches
that ignore `[extras]`. Its severity is information.

**Example**

```toml
# LocalPreferences.toml
[Parsers]                       # which Project.toml does not list
precompile_workload = false
```

**Use instead**

```toml
# Project.toml
[extras]
Parsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"

# LocalPreferences.toml
[Parsers]
precompile_workload = false
```

**Fix** List the package in `[extras]`, which loads nothing, or delete the table.

**Source** `get_uuid_name` and `collect_preferences` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from precompass.documents.closest import closest
from precompass.file_context import EnvironmentContext, FileContext, PreferenceTable
from precompass.findings import Finding, Fix, Related, Severity
from precompass.fixes import deletion, listing, move_to_flags, renaming
from precompass.julia.behaviour import Julia
from precompass.julia.hashing import extension_uuid
from precompass.julia.load_path import project_in, walk_up
from precompass.julia.older_patches import differing_patches
from precompass.julia.project import ProjectFile, parse_project
from precompass.julia.uuids import SNOOP_PRECOMPILE, UUID
from precompass.recompilation.invalidation import Invalidations
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.wording import listed, of_older_patches, without_preferences

CODE = "ignored-preferences"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
IGNORED = "Julia ignores these preferences: "
"""What comes before the reason, where the table is not named beside it."""
_NO_PROJECT = (
    f"{IGNORED}there is no project file in this folder, so the file belongs to no environment. "
    "Move it next to the Project.toml that it is for."
)
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.REGISTRY})


def check(context: FileContext) -> Iterator[Finding]:
    """Report every table that belongs to no package that the project lists."""
    project = context.project
    if project is not None and not project.is_readable:
        return  # what the damaged lines list is not known
    for table in context.tables:
        if table.uuid is not None and isinstance(context, EnvironmentContext):
            yield from _in_older_patches(context, table, table.uuid)
        if table.uuid is not None or table.table is None or not table.table.entries:
            continue
        if not isinstance(context, EnvironmentContext):
            # Of a file without a project one finding says enough. No table is offered to be
            # deleted: the file may be meant for a project elsewhere.
            yield context.finding(CODE, SEVERITY, table.header, _NO_PROJECT)
            return
        if not context.counts_in_tests(table):
            is_above = table.name in _above(context)
            yield context.finding(
                CODE,
                Severity.INFORMATION if is_above else SEVERITY,
                table.header,
                f"{IGNORED}{_reason(context, table)}",
                related=_related(context.project),
                fixes=tuple(_fixes(context, table)),
                is_unnecessary=True,
            )


def _in_older_patches(
    context: EnvironmentContext, table: PreferenceTable, uuid: UUID
) -> Iterator[Finding]:
    """Yield that older patches of a series ignore a table, where nothing tells the patch."""
    project, julia = context.project, context.invalidations.environment.julia
    patches = differing_patches(julia, project, lambda one: project.table_name(uuid, one))
    if patches is not None:
        what = (
            f"ignores these preferences: {project.path.name} lists {table.name} in [extras] only, "
            "which it ignores here"
        )
        message = f"{of_older_patches(patches, what)}."
        yield context.finding(CODE, Severity.INFORMATION, table.header, message)


def _reason(context: EnvironmentContext, table: PreferenceTable) -> str:
    name, project, invalidations = table.name, context.project, context.invalidations
    julia = invalidations.environment.julia
    uuid = _uuid_of(context, name)
    parents = invalidations.environment.extension_parents(name)
    if uuid is None and parents:
        return _about_extension(project, name, parents, julia)
    is_whole = not any(gap.line is not None for gap in invalidations.environment.gaps)
    if uuid is None and not is_whole:
        return (
            f"{project.path.name} lists no package of this name, and only preferences of listed "
            "packages count."
        )
    if uuid is None:
        near = _near(invalidations, name)
        advice = (
            f"Did you mean `{near}`?"
            if near is not None
            else "List the package with its UUID, or keep other settings in another file."
        )
        return (
            f"no package of this name is listed in {project.path.name} or known to its manifest. "
            f"{advice}"
        )
    if invalidations.environment.comes_with_julia(uuid):
        return f"{without_preferences(name)}. Delete the table."
    other_name = project.table_name(uuid, julia)
    if other_name is not None:
        return (
            f"{project.path.name} lists this package as `{other_name}`. "
            f"Name the table `{other_name}`."
        )
    too_late = _section_of_a_later_julia(project, uuid, julia)
    if too_late is not None:
        return (
            f"{project.path.name} lists {name} in [{too_late}] only, which Julia "
            f"{julia.version} ignores here. Use a newer Julia, or add {name} to [deps]."
        )
    *others, last = [f"[{section}]" for section in julia.listing_sections]
    where = f"{', '.join(others)} or {last}" if others else last
    has_manifest = invalidations.environment.manifest is not None and is_whole
    if invalidations.environment.named(name) is None and has_manifest:
        return (
            f"{name} is not in this environment: neither {project.path.name} nor its manifest has "
            f"it. List it in {where} if you will add it, or delete the table."
        )
    return (
        f"{project.path.name} does not list {name}, and only preferences of listed packages "
        f"count. List it in {where}, or delete the table."
    )


def _uuid_of(context: EnvironmentContext, name: str) -> UUID | None:
    """Return the UUID of a package: of the environment, its tests, a folder above, or published."""
    known = context.invalidations.environment.named(name)
    if known is None and context.tests is not None:
        known = context.tests.environment.environment.named(name)
    known = known or _above(context).get(name)
    return known or listing.uuid_to_list(context.session, context.invalidations, name)


def _above(context: FileContext) -> Mapping[str, UUID]:
    """Return the packages in the folders above; tools add them to this project to run it."""
    files = context.session.snapshot
    found: dict[str, UUID] = {}
    for folder in walk_up(context.path.parent.parent):
        path = project_in(folder, files)
        source = files.read(path) if path is not None else None
        if path is not None and source is not None:
            project = parse_project(path, source.text)
            if project.name is not None and project.uuid is not None:
                found.setdefault(project.name, project.uuid)
    return found


def _about_extension(
    project: ProjectFile, name: str, parents: Mapping[UUID, str], julia: Julia
) -> str:
    """Say that a name is one of an extension, and where its preferences would count."""
    said = f"`{name}` is an extension of {listed(parents.values())}, and {project.path.name}"
    if len(parents) == 1:
        ((uuid, parent),) = parents.items()
        own = extension_uuid(uuid, name, julia.minor)
        return (
            f"{said} does not list it. An extension has preferences if [extras] lists it under its "
            f"own UUID, {own}. List it, or set the keys in [{parent}] if the extension reads them "
            "there."
        )
    return (
        f"{said} lists none of them. Each of these extensions has its own UUID. Set the keys in "
        "the table of the package whose extension reads them."
    )


def _near(invalidations: Invalidations, name: str) -> str | None:
    """Return the name of a package of the environment that is nearly the same."""
    environment = invalidations.environment
    known = set(environment.project.listed(environment.julia))
    if environment.manifest is not None:
        known |= {entry.name for entry in environment.manifest.packages.values()}
    return closest(name, sorted(known), 0.8)


def _section_of_a_later_julia(project: ProjectFile, uuid: UUID, julia: Julia) -> str | None:
    for section in ("extras", "weakdeps"):
        if section not in julia.listing_sections and uuid in project.section(section).values():
            return section
    return None


def _related(project: ProjectFile) -> tuple[Related, ...]:
    for section in ("deps", "extras"):
        entry = project.document.root.get(section)
        if entry is not None:
            message = f"The packages that {project.path.name} lists."
            return (Related(project.path, entry.key.span, message),)
    return ()


def _fixes(context: EnvironmentContext, table: PreferenceTable) -> Iterator[Fix]:
    invalidations = context.invalidations
    is_skip_list = table.name == "SnoopPrecompile" or (
        listing.uuid_to_list(context.session, invalidations, table.name) == SNOOP_PRECOMPILE
    )
    if is_skip_list:
        yield from move_to_flags.offers(context)
    offer = listing.offer(context.session, invalidations, context.path, table.name)
    uuid = _uuid_of(context, table.name)
    parents = invalidations.environment.extension_parents(table.name)
    if uuid is not None and invalidations.environment.comes_with_julia(uuid):
        pass  # it reads no preferences, listed or not
    elif offer is not None and offer.id.arguments[1] == str(uuid):
        yield offer
    elif uuid is None and parents:
        is_only = len(parents) == 1
        for parent, name in parents.items():
            if is_only:
                own = extension_uuid(parent, table.name, invalidations.environment.julia.minor)
                yield listing.offer_uuid(context.path, table.name, own)
            yield from _rename(context, table, name, is_preferred=is_only)
    elif uuid is None and (near := _near(invalidations, table.name)) is not None:
        yield from _rename(context, table, near, is_preferred=False)
    elif uuid is not None and invalidations.environment.named(table.name) is None:
        yield listing.offer_uuid(context.path, table.name, uuid)
    what = f"the table [{'.'.join(table.path)}]"
    yield deletion.offer_value(context.path, table.path, what, "recompiles nothing")


def _rename(
    context: FileContext, table: PreferenceTable, name: str, *, is_preferred: bool
) -> Iterator[Fix]:
    """Offer to give the table the name of a package, where there is no such table."""
    offer = renaming.offer(context, table.path, name)
    if offer is not None:
        yield replace(offer, is_preferred=is_preferred)
