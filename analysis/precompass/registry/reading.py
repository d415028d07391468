"""Read a registry, packed or not: its ``Registry.toml`` and the files of each package."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from precompass.documents.values import TomlTable
from precompass.files import disk
from precompass.julia.uuids import UUID, parse_uuid
from precompass.registry.archive import (
    ArchiveRefusedError,
    Progress,
    read_members,
)
from precompass.registry.limits import MAX_TOTAL_BYTES
from precompass.registry.packages import PACKAGE_FILES, PackageFiles
from precompass.registry.sources import RegistryProblem, RegistrySource, read_bounded
from precompass.registry.tables import read_table, text_of

_WANTED = frozenset(PACKAGE_FILES)


class RegistryEntry(msgspec.Struct, frozen=True):
    """A package as ``Registry.toml`` lists it; ``path`` is its folder in the registry."""

    uuid: UUID
    name: str
    path: str


class RegistryContent(msgspec.Struct, frozen=True):
    """A registry's own data, its packages sorted by name, and a way to read their files.

    ``date`` is the day of the registry's state: that of the commit where the archive knows it,
    otherwise the day on which Pkg wrote it to disk (both in UTC). ``files`` takes an entry's
    path, and raises :class:`ArchiveRefusedError` where that would read too much.
    """

    name: str
    uuid: UUID
    repository: str | None
    description: str | None
    date: datetime.date
    entries: tuple[RegistryEntry, ...]
    files: Callable[[str], PackageFiles]
    problems: tuple[str, ...]


def read_registry(
    source: RegistrySource, progress: Progress | None = None
) -> RegistryContent | RegistryProblem:
    """Read the registry at ``source``, or say what is wrong with it.

    A packed one is read as a whole, an unpacked one package by package, when asked.
    """
    try:
        if source.archive is None:
            return _read_folder(source)
        return _read_archive(source, source.archive, progress)
    except ArchiveRefusedError as error:
        return RegistryProblem(source.archive or source.path, str(error))
    except OSError as error:
        return RegistryProblem(source.archive or source.path, f"cannot be read: {error.strerror}")


def _read_archive(
    source: RegistrySource, archive: Path, progress: Progress | None
) -> RegistryContent | RegistryProblem:
    registry_toml, changed = b"", 0
    files: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    for member in read_members(archive, _is_wanted, progress):
        folder, _, file = member.name.rpartition("/")
        if folder:
            files[folder][file] = member.data
        else:
            registry_toml, changed = member.data, member.mtime

    def files_of(path: str) -> PackageFiles:
        return files.get(path, {})

    # Pkg servers write no times into their archives
    return _content(source, registry_toml, changed or _changed(source.path), files_of)


def _is_wanted(name: str) -> bool:
    return name == "Registry.toml" or ("/" in name and name.rpartition("/")[2] in _WANTED)


def _read_folder(source: RegistrySource) -> RegistryContent | RegistryProblem:
    registry_toml = source.path / "Registry.toml"
    total = 0

    def files_of(path: str) -> PackageFiles:
        nonlocal total
        relative = PurePosixPath(path)
        if relative.is_absolute() or ".." in relative.parts or ":" in path or "\\" in path:
            return {}
        folder = source.path / relative
        found = {file: read_bounded(folder / file) for file in PACKAGE_FILES}
        files = {file: data for file, data in found.items() if data is not None}
        total += sum(map(len, files.values()))
        if total > MAX_TOTAL_BYTES:
            raise ArchiveRefusedError(f"the registry has more than {MAX_TOTAL_BYTES:,} bytes")
        return files

    data = read_bounded(registry_toml) or b""
    return _content(source, data, _changed(registry_toml), files_of)


def _changed(path: Path) -> float:
    """Return when a file was modified, in seconds since 1970; 0 where it is not there."""
    status = disk.status(path)
    return status.st_mtime if status is not None else 0.0


def _content(
    source: RegistrySource,
    registry_toml: bytes,
    changed: float,
    files: Callable[[str], PackageFiles],
) -> RegistryContent | RegistryProblem:
    table, reason = read_table(registry_toml)
    if reason is not None:
        return RegistryProblem(source.path, f"its Registry.toml is not TOML: {reason}")
    name, uuid = text_of(table, "name"), parse_uuid(table.get("uuid"))
    packages = table.get("packages")
    if name is None or uuid is None or not isinstance(packages, Mapping):
        return RegistryProblem(
            source.path, "its Registry.toml is missing, or lacks name, uuid or packages"
        )
    problems: list[str] = []
    return RegistryContent(
        name,
        uuid,
        text_of(table, "repo"),
        text_of(table, "description"),
        datetime.datetime.fromtimestamp(changed, datetime.UTC).date(),
        _entries(packages, problems),
        files,
        tuple(problems),
    )


def _entries(packages: TomlTable, problems: list[str]) -> tuple[RegistryEntry, ...]:
    """Return what is listed; of packages that share a folder none.

    Pkg refuses all but the one that ``Package.toml`` names in the folder (``init_package_info!``
    in ``src/Registry/registry_instance.jl``), and the folder would be read for each of them.
    """
    entries: dict[UUID, RegistryEntry] = {}
    folders: dict[PurePosixPath, UUID] = {}
    for text, entry in packages.items():
        uuid = parse_uuid(text)
        name = text_of(entry, "name") if isinstance(entry, Mapping) else None
        path = text_of(entry, "path") if isinstance(entry, Mapping) else None
        if uuid is None or name is None or path is None:
            problems.append(f"Registry.toml: {text!r} is no UUID with a name and a path")
        elif uuid in entries:
            problems.append(f"Registry.toml: the UUID {text!r} is there twice")
        elif (folder := PurePosixPath(path)) in folders:
            problems.append(f"Registry.toml: the folder {path!r} is that of two packages")
            entries.pop(folders[folder], None)
        else:
            folders[folder] = uuid
            entries[uuid] = RegistryEntry(uuid, name, path)
    return tuple(sorted(entries.values(), key=lambda entry: (entry.name, entry.uuid)))
