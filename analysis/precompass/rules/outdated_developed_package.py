"""A manifest that was resolved before a developed package changed its project file.

For a package at a `path`, Pkg copies dependencies, weak dependencies and extensions into the
manifest when it resolves. Julia loads by this copy, not by the package's own `Project.toml`. A
dependency that was added since then is not found: `using` it inside the package throws "Package
Meadow does not have Example in its dependencies". An extension that was added since then is never
loaded, without a message. Two more things can differ: under another name, or with another
`entryfile`, Julia looks for a file that does not exist; another version, or a dependency that was
removed, changes nothing but what Pkg shows and installs. Another version alone is reported neither
in the documentation nor in the tests of the package: each release does that. It is not reported
either where `stale-manifest` tells to resolve.

**Example**

```toml
# Manifest.toml
[[deps.Meadow]]
deps = ["Parsers"]
path = "../Meadow"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c01"
version = "0.1.0"

# ../Meadow/Project.toml
name = "Meadow"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c01"
version = "0.1.0"

[deps]
Parsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"     # added after the manifest was resolved
```

**Use instead**

```toml
# Manifest.toml
[[deps.Meadow]]
deps = ["CSV", "Parsers"]
path = "../Meadow"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c01"
version = "0.1.0"

# ../Meadow/Project.toml
name = "Meadow"
uuid = "fb5c6ba5-8a20-4d5c-8b4e-9e6a3d1f2c01"
version = "0.1.0"

[deps]
Parsers = "69de0a69-1ddd-5017-9359-2bf0b02dc9f0"
CSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
```

**Fix** Run `Pkg.resolve()` in the environment of the manifest.

**Source** `explicit_manifest_deps_get` and `insert_extension_triggers` in `base/loading.jl`;
`fixups_from_projectfile!` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from precompass.documents.text import Span
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.files.shown import shown_from
from precompass.findings import Finding, Related, Severity
from precompass.julia.behaviour import NEWEST_KNOWN, Julia
from precompass.julia.developed_packages import (
    OutdatedEntry,
    compare_entry,
    developed_project,
    outdated_entries,
)
from precompass.julia.manifest import Manifest, parse_manifest
from precompass.julia.project import ProjectFile
from precompass.julia.project_hash import is_current
from precompass.rules.near_manifests import manifests_naming
from precompass.rules.rule import MANIFESTS, PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

CODE = "outdated-developed-package"
SEVERITY = Severity.ERROR
KINDS = PROJECT_FILES | MANIFESTS
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: FileContext) -> Iterator[Finding]:
    """Report outdated entries of a manifest, and of manifests near a package's project file."""
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        if manifest.is_readable:
            yield from _at_the_entries(context, manifest)
    elif context.kind is FileKind.PROJECT and context.project is not None:
        yield from _at_the_project(context, context.project)


def _is_alone(context: FileContext, found: OutdatedEntry) -> bool:
    """Tell whether a package's entry is in its own manifest, which no other project shares.

    Of the active project, Julia reads the project file itself.
    """
    if context.project is None or context.project.path != found.project.path:
        return False
    return not _is_shared(context)


def _goes_without_saying(context: FileContext, found: OutdatedEntry) -> bool:
    """Tell whether a package has another version alone, which has a reason that is known.

    Each release of a package does that to the manifests of its documentation and tests, and a
    manifest that is older than its own project is reported as a whole.
    """
    if found.changes_loading or found.leftover_deps:
        return False
    if context.path.is_relative_to(found.project.path.parent):
        return True
    invalidations = context.invalidations
    return invalidations is not None and is_current(invalidations.environment) is False


def _is_shared(context: FileContext) -> bool:
    """Tell whether other projects, of the same workspace, use the manifest of this one."""
    invalidations = context.invalidations
    return invalidations is not None and bool(invalidations.environment.members)


def _at_the_entries(context: FileContext, manifest: Manifest) -> Iterator[Finding]:
    """Report the entries of a manifest: once for all of a severity."""
    by_severity: dict[Severity, list[OutdatedEntry]] = {}
    for found in outdated_entries(manifest, _julia(context, manifest), context.session.snapshot):
        if not (_is_alone(context, found) or _goes_without_saying(context, found)):
            by_severity.setdefault(_severity(found), []).append(found)
    for entries in by_severity.values():
        places = ((one, _place_in_manifest(manifest, one)) for one in entries)
        for group in groups(context.document, CODE, places):
            yield _at_the_first(context, manifest, group)


def _at_the_first(
    context: FileContext, manifest: Manifest, outdated: Sequence[OutdatedEntry]
) -> Finding:
    folder = context.path.parent
    related: list[Related] = []
    for index, found in enumerate(outdated):
        where = shown_from(found.project.path, folder)
        if index:
            here = _place_in_manifest(manifest, found)
            related.append(Related(context.path, here, f"{_consequence(found)} ({where})"))
        name, span = _place_in_project(found)
        if name:
            related.append(Related(found.project.path, span, f"{where} has {name}."))
    first, *others = outdated
    subject = f"This entry is older than {shown_from(first.project.path, folder)}"
    if others:
        names = listed(one.entry.name for one in outdated)
        subject = f"The entries of {names} are older than their project files"
    return context.finding(
        CODE,
        _severity(first),
        _place_in_manifest(manifest, first),
        f"{subject}: {_consequence(first)} Run `Pkg.resolve()`.",
        related=tuple(related),
    )


def _place_in_manifest(manifest: Manifest, found: OutdatedEntry) -> Span:
    key = "deps" if found.missing_deps else "path"
    return manifest.span(found.entry.name, found.entry.index, key)


def _at_the_project(context: FileContext, project: ProjectFile) -> Iterator[Finding]:
    if not project.is_package or project.document.faults:
        return
    files = context.session.snapshot
    for path in manifests_naming(context, project):
        source = files.read(path)
        if source is None or (path.parent == context.path.parent and not _is_shared(context)):
            continue
        manifest = parse_manifest(path, source.text)
        entry = manifest.packages.get(project.uuid) if project.uuid is not None else None
        if entry is None or entry.path is None or not manifest.is_readable:
            continue
        developed = developed_project(manifest, entry, files)
        if developed is None or not files.same_folder(developed.path.parent, context.path.parent):
            continue
        found = compare_entry(entry, project, _julia(context, manifest), files)
        name, span = _place_in_project(found)
        if name and found.changes_loading:
            where = shown_from(path, context.path.parent)
            here = manifest.span(entry.name, entry.index, "path")
            yield context.finding(
                CODE,
                _severity(found),
                span,
                f"{where} was resolved before this file had {name}: {_consequence(found)} Run "
                "`Pkg.resolve()` there.",
                related=(Related(path, here, f"The entry of {entry.name}."),),
            )


def _julia(context: FileContext, manifest: Manifest) -> Julia:
    chosen = context.session.settings.julia
    return Julia(chosen or manifest.julia_version or NEWEST_KNOWN)


def _severity(found: OutdatedEntry) -> Severity:
    if found.breaks_loading:
        return Severity.ERROR
    return Severity.WARNING if found.changes_loading else Severity.HINT


def _consequence(found: OutdatedEntry) -> str:
    """Say what Julia does, the worst first."""
    name = found.entry.name
    if found.missing_deps:
        missing = listed(found.missing_deps)
        return f"`using {name}` fails as soon as {name} loads {missing}."
    if found.missing_entry_file is not None:
        return f"Julia cannot load {name}, since {found.missing_entry_file} does not exist."
    if found.missing_extensions:
        names = listed(found.missing_extensions)
        return f"Julia does not load {names} of {name} as its project file says."
    if found.lost_extensions:
        names = listed(found.lost_extensions)
        return f"Julia still tries to load {names}, which {name} no longer has."
    if found.other_uuid:
        return f"the package in that folder has the UUID {found.project.uuid} now."
    if found.leftover_deps:
        names = listed(found.leftover_deps)
        return f"{name} no longer depends on {names}, which Pkg still installs."
    return f"{name} has version {found.project.version} now."


def _places_of_entry_file(found: OutdatedEntry) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what decides which file Julia loads, where the manifest names one that is not there."""
    if found.missing_entry_file is not None:
        if found.project.entryfile != found.entry.entryfile:
            yield ("entryfile",), "this entry file"
            yield ("path",), "this entry file"
        yield ("name",), "this name"


def _place_in_project(found: OutdatedEntry) -> tuple[str, Span]:
    """Return the first name in the package's project file that the entry lacks, and its place."""
    places = (
        *((("deps", name), name) for name in found.missing_deps),
        *((("extensions", name), name) for name in found.missing_extensions),
        *_places_of_entry_file(found),
        (("uuid",), "this UUID") if found.other_uuid else ((), ""),
    )
    for path, name in places:
        entry = found.project.document.root.get(*path) if path else None
        if entry is not None:
            return name, entry.key.span
    return "", Span(0, 0)
