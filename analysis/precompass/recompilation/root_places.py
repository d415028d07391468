"""The place in a file that a reason is about: where a user sees it, and can change it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from precompass.documents.toml import Table
from precompass.julia.uuids import UUID
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.graph import Unit
from precompass.recompilation.reasons import (
    CacheDamaged,
    DependencyIdentity,
    NativeCodeDamaged,
    NativeCodeMissing,
    OtherSource,
    PreferencesChanged,
    Reason,
    SourceContent,
    SourceMissing,
    SourceSize,
    SourceTime,
    UnresolvedDepot,
)


class RootPlace(msgspec.Struct, frozen=True):
    """A file, and the line in it, from 0; None if it is about the file as a whole."""

    file: Path
    line: int | None = None


def root_place(checks: CacheChecks, unit: Unit, reason: Reason) -> RootPlace | None:
    """Return the place that a reason is about; None if it is about no file."""
    match reason:
        case SourceMissing(path) | SourceTime(path) | SourceSize(path) | SourceContent(path):
            return RootPlace(Path(path))
        case UnresolvedDepot(path) | CacheDamaged(path) | NativeCodeDamaged(path):
            return RootPlace(Path(path))
        case NativeCodeMissing(path):
            return RootPlace(Path(path))
        case OtherSource():
            return _in_manifest(checks, unit.uuid, ("git-tree-sha1", "path"))
        case DependencyIdentity():
            return _in_manifest(checks, unit.uuid, ())
        case PreferencesChanged(keys):
            places = (_where_set(checks, uuid, key) for uuid, key in keys)
            return next((place for place in places if place is not None), None)
        case _:
            return None


def _in_manifest(checks: CacheChecks, uuid: UUID, keys: tuple[str, ...]) -> RootPlace | None:
    level = checks.stack.owner(uuid)
    manifest = level.environment.manifest if level is not None else None
    entry = manifest.packages.get(uuid) if manifest is not None else None
    if manifest is None or entry is None:
        return None
    table: Table | None = manifest.table(entry)
    if table is None:
        return RootPlace(manifest.path)
    found = (table.get(key) for key in keys)
    span = next((one.key.span for one in found if one is not None), table.span)
    return RootPlace(manifest.path, manifest.document.lines.line_of(span.start))


def _where_set(checks: CacheChecks, uuid: UUID, key: str) -> RootPlace | None:
    source = checks.stack.active.preferences(uuid).origin(key)
    entry = source.entry(key) if source is not None else None
    if source is None or entry is None:
        return None
    return RootPlace(source.file, source.document.lines.line_of(entry.key.span.start))
