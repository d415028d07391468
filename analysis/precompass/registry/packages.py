"""What a registry says of one package: versions, dependencies, compat, deprecation.

Source: ``src/Registry/registry_instance.jl`` of Pkg (as of May 2026) and the section "Registry
format" of Pkg's manual. Every package has a folder with ``Package.toml``, ``Versions.toml``,
and, keyed by ranges of versions, ``Deps.toml``, ``Compat.toml`` and the same two for weak
dependencies. All of them but the first may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TypeAlias, TypeVar

import msgspec

from precompass.documents.values import TomlTable
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.version_ranges import ANY_VERSION, VersionRange, VersionSpec
from precompass.julia.versions import VersionNumber
from precompass.registry.canonical import canonical_ranges, canonical_versions
from precompass.registry.ranged import last_in_ranges
from precompass.registry.tables import read_table, text_of

PACKAGE_FILES = (
    "Package.toml",
    "Versions.toml",
    "Deps.toml",
    "Compat.toml",
    "WeakDeps.toml",
    "WeakCompat.toml",
)

PackageFiles: TypeAlias = Mapping[str, bytes]
"""The content of those of :data:`PACKAGE_FILES` that are there."""

_Value = TypeVar("_Value")
Ranged: TypeAlias = tuple[tuple[VersionRange, Mapping[str, _Value]], ...]
"""Tables by name, each with the versions for which it holds."""


class RegisteredVersion(msgspec.Struct, frozen=True):
    """One version, the git tree hash of its source, and whether it has been withdrawn."""

    version: VersionNumber
    tree_hash: str
    yanked: bool


class Deprecation(msgspec.Struct, frozen=True):
    """The table ``[metadata.deprecated]`` of a ``Package.toml``.

    Pkg shows ``reason`` and ``alternative`` (a package to use instead), and leaves such packages
    out of completions; the table may be empty, which still deprecates.
    """

    reason: str | None
    alternative: str | None


class Dependency(msgspec.Struct, frozen=True):
    """A package that a version depends on.

    ``versions`` are those it is compatible with. ``in_deps`` and ``in_weakdeps`` tell whether
    ``Deps.toml`` and ``WeakDeps.toml`` list it; versions registered for Julia before 1.9 too
    have a weak dependency in both.
    """

    name: str
    uuid: UUID
    versions: VersionSpec
    in_deps: bool
    in_weakdeps: bool


class RegisteredPackage(msgspec.Struct, frozen=True, dict=True):
    """All that one registry says of a package.

    ``versions`` ascend. ``subdir`` is the package's folder inside ``repository``. ``problems``
    are what could not be read, a sentence each; the rest is there.
    """

    name: str
    uuid: UUID
    registry: str
    repository: str | None = None
    subdir: str | None = None
    deprecation: Deprecation | None = None
    versions: tuple[RegisteredVersion, ...] = ()
    deps: Ranged[UUID] = ()
    weak_deps: Ranged[UUID] = ()
    compat: Ranged[VersionSpec] = ()
    weak_compat: Ranged[VersionSpec] = ()
    problems: tuple[str, ...] = ()

    @property
    def newest(self) -> VersionNumber | None:
        """The newest version that is not yanked."""
        return max((v.version for v in self.versions if not v.yanked), default=None)

    def find(self, version: VersionNumber) -> RegisteredVersion | None:
        """Return what is registered as ``version``, if anything is."""
        return next((v for v in self.versions if v.version == version), None)

    def dependencies(self, version: VersionNumber) -> tuple[Dependency, ...]:
        """Return what ``version`` depends on, weakly or not, sorted by name."""
        strong = dict(_for_version(self.deps, version))
        weak = dict(_for_version(self.weak_deps, version))
        compat = {
            **dict(_for_version(self.compat, version)),
            **dict(_for_version(self.weak_compat, version)),
        }
        return tuple(
            Dependency(name, uuid, compat.get(name, ANY_VERSION), name in strong, name in weak)
            for name, uuid in sorted({**weak, **strong}.items())
        )

    def julia_compat(self, version: VersionNumber) -> VersionSpec:
        """Return the versions of Julia that ``version`` supports."""
        found = self._julia_compat.get(version)
        if found is None:  # not registered
            found = dict(_for_version(self.compat, version)).get("julia", ANY_VERSION)
        return found

    @cached_property
    def _julia_compat(self) -> Mapping[VersionNumber, VersionSpec]:
        """The versions of Julia that each registered version supports."""
        asked = tuple(
            (versions, table["julia"]) for versions, table in self.compat if "julia" in table
        )
        ordered = [registered.version for registered in self.versions]
        found = last_in_ranges([version.release for version in ordered], asked)
        return {
            version: ANY_VERSION if spec is None else spec
            for version, spec in zip(ordered, found, strict=True)
        }


def read_package(name: str, uuid: UUID, registry: str, files: PackageFiles) -> RegisteredPackage:
    """Read a package's files; what cannot be read is left out and told in ``problems``.

    ``name`` and ``uuid`` are those of ``Registry.toml``, ``registry`` that registry's name.
    """
    problems: list[str] = []
    tables = {file: _table(file, files, problems) for file in PACKAGE_FILES}
    package = tables["Package.toml"]
    if "Package.toml" not in files:
        problems.append("Package.toml is missing")
    elif text_of(package, "name") not in (name, None):
        problems.append(f"Package.toml calls the package {package['name']!r}")
    return RegisteredPackage(
        name,
        uuid,
        registry,
        repository=text_of(package, "repo"),
        subdir=text_of(package, "subdir"),
        deprecation=_deprecation(package),
        versions=tuple(_versions(tables["Versions.toml"], problems)),
        deps=_ranged("Deps.toml", tables, parse_uuid, problems),
        weak_deps=_ranged("WeakDeps.toml", tables, parse_uuid, problems),
        compat=_ranged("Compat.toml", tables, VersionSpec.parse, problems),
        weak_compat=_ranged("WeakCompat.toml", tables, VersionSpec.parse, problems),
        problems=tuple(problems),
    )


class NewestVersion(msgspec.Struct, frozen=True):
    """What the ecosystem's graph needs of a package.

    ``deps`` and ``weak_deps`` map the UUIDs of what the newest non-yanked ``version`` depends
    on to their names; both are empty without such a version. ``yanked`` are the versions that
    have been withdrawn, as they are written.
    """

    version: VersionNumber | None
    deprecated: bool
    yanked: tuple[str, ...]
    deps: Mapping[UUID, str]
    weak_deps: Mapping[UUID, str]
    problems: tuple[str, ...]


def read_newest_version(files: PackageFiles) -> NewestVersion:
    """Read only what the newest version of a package depends on.

    The same as :func:`read_package` tells, in a fraction of the time: this runs for every
    package of a registry. ``Package.toml`` is parsed only if it has the word "deprecated".
    """
    problems: list[str] = []
    newest, newest_order, yanked = None, None, []
    for text, is_yanked in _yanked_marks(files, problems).items():
        order = _version_order(text)
        if order is None:
            continue
        if is_yanked:
            yanked.append(text)
        elif newest_order is None or order > newest_order:
            newest, newest_order = text, order
    version = None if newest is None else VersionNumber.parse(newest)
    mentioned = b"deprecated" in files.get("Package.toml", b"")
    deprecated = mentioned and _deprecation(_table("Package.toml", files, problems)) is not None
    deps, weak_deps = (
        ({}, {})
        if version is None
        else (_deps_of(version, file, files, problems) for file in ("Deps.toml", "WeakDeps.toml"))
    )
    return NewestVersion(version, deprecated, tuple(yanked), deps, weak_deps, tuple(problems))


def _yanked_marks(files: PackageFiles, problems: list[str]) -> Mapping[str, bool]:
    """Return every version in ``Versions.toml``, as text, and whether it is yanked."""
    canonical = canonical_versions(files.get("Versions.toml", b""))
    if canonical is not None:
        return canonical
    return {
        text: entry.get("yanked") is True
        for text, entry in _table("Versions.toml", files, problems).items()
        if isinstance(entry, Mapping) and text_of(entry, "git-tree-sha1") is not None
    }


def _deps_of(
    version: VersionNumber, file: str, files: PackageFiles, problems: list[str]
) -> Mapping[UUID, str]:
    """Return what ``file`` says ``version`` depends on."""
    tables: TomlTable | None = canonical_ranges(files.get(file, b""))
    if tables is None:
        tables = _table(file, files, problems)
    uuids: dict[UUID, str] = {}
    for text, names in tables.items():
        versions = VersionRange.parse(text)
        if versions is not None and version in versions and isinstance(names, Mapping):
            for name, value in names.items():
                uuid = _uuid(value) if isinstance(value, str) else None
                if uuid is not None:
                    uuids[uuid] = name
    return uuids


def _table(file: str, files: PackageFiles, problems: list[str]) -> TomlTable:
    table, reason = read_table(files.get(file, b""))
    if reason is not None:
        problems.append(f"{file} is not TOML: {reason}")
    return table


_uuid = lru_cache(maxsize=1 << 15)(parse_uuid)


@lru_cache(maxsize=1 << 15)
def _version_order(text: str) -> tuple[object, ...] | None:
    version = VersionNumber.parse(text)
    return None if version is None else version.order


def _for_version(ranged: Ranged[_Value], version: VersionNumber) -> Iterator[tuple[str, _Value]]:
    for versions, table in ranged:
        if version in versions:
            yield from table.items()


def _deprecation(package: TomlTable) -> Deprecation | None:
    metadata = package.get("metadata")
    table = metadata.get("deprecated") if isinstance(metadata, Mapping) else None
    if not isinstance(table, Mapping):
        return None
    return Deprecation(text_of(table, "reason"), text_of(table, "alternative"))


def _versions(table: TomlTable, problems: list[str]) -> list[RegisteredVersion]:
    versions = []
    for text, entry in table.items():
        version = VersionNumber.parse(text)
        tree_hash = text_of(entry, "git-tree-sha1") if isinstance(entry, Mapping) else None
        if version is None or tree_hash is None or not isinstance(entry, Mapping):
            problems.append(f"Versions.toml: {text!r} is no version with its git-tree-sha1")
        else:
            versions.append(RegisteredVersion(version, tree_hash, entry.get("yanked") is True))
    return sorted(versions, key=lambda registered: registered.version.order)


def _ranged(
    file: str,
    tables: Mapping[str, TomlTable],
    parse: Callable[[object], _Value | None],
    problems: list[str],
) -> Ranged[_Value]:
    """Read a file whose tables are keyed by ranges of versions, its values with ``parse``."""
    ranged = []
    for text, table in tables[file].items():
        versions = VersionRange.parse(text)
        if versions is None or not isinstance(table, Mapping):
            problems.append(f"{file}: {text!r} is no range of versions with a table")
            continue
        values = {}
        for name, raw in table.items():
            value = parse(raw)
            if value is None:
                problems.append(f"{file}: the value of {name!r} for {text!r} is invalid")
            else:
                values[name] = value
        ranged.append((versions, values))
    return tuple(ranged)
