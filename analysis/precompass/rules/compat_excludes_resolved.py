"""A version in the manifest that the project's own compat entry excludes.

Pkg obeys `[compat]` when it resolves; Julia ignores it when it loads. After you narrow an entry,
code runs with an excluded version until the next `Pkg.resolve()`, `add` or `update`. If Pkg cannot
choose another version, because the package is developed, comes from a repository, or comes with
Julia, resolving fails.

A developed package has the version of its own project file: if that one is allowed, and only the
manifest is older, there is nothing to report here. Several such entries are one finding.

**Example**

```toml
# Project.toml
[compat]
CSV = "0.9"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Use instead**

```toml
# Project.toml
[compat]
CSV = "0.9, 0.10"

# Manifest.toml
[[deps.CSV]]
uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"
version = "0.10.4"
```

**Fix** Run `Pkg.resolve()`, or allow the version.

**Source** `resolve_versions!` and `check_stdlib_compat` in `src/Operations.jl`,
`src/Versions.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from precompass.documents.toml import Entry
from precompass.file_context import EnvironmentContext
from precompass.files.shown import shown_from
from precompass.findings import Finding, Fix, FixId, Related, Safety, Severity
from precompass.fixes import compat_entries, writing
from precompass.julia.compat import parse_compat
from precompass.julia.developed_packages import developed_project
from precompass.julia.manifest import PackageEntry
from precompass.julia.versions import VersionNumber
from precompass.rules.rule import PROJECT_FILES, Resource
from precompass.rules.together import groups
from precompass.wording import listed

CODE = "compat-excludes-resolved"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST})

_STDLIB = "of Julia"


class _Excluded(msgspec.Struct, frozen=True):
    """An entry of ``[compat]``, and the version in use that it excludes.

    Attributes:
        name, text, entry: of ``[compat]``.
        package: in the manifest.
        version: of the package; of a developed one, that of its own project file.
        place: where the version is given.
    """

    name: str
    text: str
    entry: Entry
    package: PackageEntry
    version: VersionNumber
    place: Related

    @property
    def wider(self) -> str:
        """An entry that allows the version too."""
        return f"{self.text}, {compat_entries.bound(self.version)}"

    @property
    def holder(self) -> str:
        """What keeps Pkg from choosing another version; empty if nothing does."""
        if self.package.is_stdlib:
            return _STDLIB
        if self.package.is_registered_version:
            return ""
        return "developed" if self.package.path is not None else "from a repository"


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report, once for each consequence, the entries that exclude the versions in use."""
    by_holder: dict[str, list[_Excluded]] = {}
    for one in _excluded(context):
        by_holder.setdefault(one.holder, []).append(one)
    for excluded in by_holder.values():
        places = ((one, one.entry.node.span) for one in excluded)
        for group in groups(context.document, CODE, places):
            yield _report(context, group)


def _excluded(context: EnvironmentContext) -> Iterator[_Excluded]:
    project, environment = context.project, context.environment
    manifest = environment.manifest
    if manifest is None:
        return
    uuids = {**project.weakdeps, **project.deps}
    for name, text in project.compat.items():
        package = environment.entry(uuids[name]) if name in uuids else None
        spec = parse_compat(text)
        entry = context.document.root.get("compat", name)
        if package is None or package.version is None or spec is None or entry is None:
            continue
        developed = developed_project(manifest, package, context.session.snapshot)
        version = developed.version if developed is not None else None
        if (version or package.version) in spec:
            continue
        own = developed.document.root.get("version") if developed is not None else None
        if version is None or version == package.version or developed is None or own is None:
            path, span = manifest.path, manifest.span(package.name, package.index, "version")
        else:
            path, span = developed.path, own.node.span
        place = Related(path, span, f"The version of {name} in use.")
        yield _Excluded(name, text, entry, package, version or package.version, place)


def _report(context: EnvironmentContext, excluded: Sequence[_Excluded]) -> Finding:
    related = [one.place for one in excluded]
    related[1:1] = [
        Related(context.path, one.entry.node.span, f"The entry of {one.name}, too.")
        for one in excluded[1:]
    ]
    message = _of_one(context, excluded[0]) if len(excluded) == 1 else _of_several(excluded)
    return context.finding(
        CODE,
        SEVERITY,
        excluded[0].entry.node.span,
        message,
        related=tuple(related),
        fixes=tuple(_fixes(context, excluded)),
    )


def _of_one(context: EnvironmentContext, one: _Excluded) -> str:
    where = shown_from(one.place.file, context.path.parent)
    excluded = f'{where} has {one.name} {one.version}, which the entry "{one.text}" excludes.'
    if one.holder == _STDLIB:
        return f"{excluded} It comes with Julia, so Pkg has no other to choose. Allow it."
    if one.holder:
        return (
            f"{excluded} It is {one.holder}, so Pkg has no other to choose and cannot resolve. "
            "Allow it."
        )
    return (
        f"{excluded} Julia still loads it; the next `Pkg.resolve()` takes another version. "
        "Resolve, or allow this version."
    )


def _of_several(excluded: Sequence[_Excluded]) -> str:
    versions, holder = listed(f"{one.name} {one.version}" for one in excluded), excluded[0].holder
    if holder == _STDLIB:
        return (
            f"Their entries exclude {versions}, which come with Julia, so Pkg has no others to "
            "choose. Allow them."
        )
    if holder:
        return (
            f"Their entries exclude {versions}, which are {holder}, so Pkg has no others to choose "
            "and cannot resolve. Allow them."
        )
    return (
        f"Their entries exclude {versions}, which are in the manifest. Julia still loads "
        "them; the next `Pkg.resolve()` takes other versions. Resolve, or allow these versions."
    )


def _fixes(context: EnvironmentContext, excluded: Sequence[_Excluded]) -> Iterator[Fix]:
    # A bound may exclude the version on purpose: whoever wrote it decides.
    safety = Safety.MANUAL
    for one in excluded:
        bound = compat_entries.bound(one.version)
        what = bound if len(excluded) == 1 else f"{one.name} {bound}"
        title = f'Allow {what} too: write "{one.wider}"'
        path = ("compat", one.name)
        yield writing.offer(context.path, path, one.wider, title, is_preferred=False, safety=safety)
    if len(excluded) > 1:
        arguments = tuple(part for one in excluded for part in (one.name, one.wider))
        title = f"Allow these versions of {listed(one.name for one in excluded)} too"
        yield Fix(title, FixId(compat_entries.KIND, context.path, arguments), safety=safety)
