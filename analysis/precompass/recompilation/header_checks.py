"""Julia's checks of a compile cache that need no environment, only the files of the cache itself.

A check returns the reason why Julia does not use the cache, or None if the cache passes. Source:
``stale_cachefile`` in ``base/loading.jl``, Julia 1.6 to 1.14-dev.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from precompass.depot.cache_checksums import native_library
from precompass.depot.cache_header import CacheHeader
from precompass.depot.caches import CacheFile
from precompass.depot.look import DepotLook
from precompass.depot.staleness import SourceDifference
from precompass.julia.hashing import CannotTell
from precompass.julia.session_flags import SessionFlags
from precompass.julia.uuids import UUID
from precompass.recompilation.reasons import (
    FlagsMismatch,
    IncompatibleHeader,
    NativeCodeMissing,
    OtherPackage,
    SourceContent,
    SourceMissing,
    SourceReason,
    SourceSize,
    SourceTime,
    UnresolvedDepot,
)

_FIRST_FORMAT_WITH_CHECKSUM = 12
_CHANGES: Mapping[SourceDifference, Callable[[str], SourceReason]] = {
    "depot": UnresolvedDepot,
    "missing": SourceMissing,
    "time": SourceTime,
    "size": SourceSize,
    "content": SourceContent,
}


def without_checksum(header: CacheHeader) -> IncompatibleHeader | None:
    """Check that a cache was written to its end: Julia writes the header's checksum last."""
    if header.julia.format >= _FIRST_FORMAT_WITH_CHECKSUM and header.checksum == 0:
        return IncompatibleHeader(None, "has no checksum in its header")
    return None


def other_flags(header: CacheHeader, session: SessionFlags) -> FlagsMismatch | None:
    """Check that a cache was made with options that serve a session (1.9 on)."""
    if header.flags is None or session.accept(header.flags, header.julia.version.minor):
        return None
    return FlagsMismatch(session, header.flags)


def missing_library(file: CacheFile, header: CacheHeader) -> NativeCodeMissing | None:
    """Check that the native library of a cache that was made with one is there (1.9 on)."""
    if header.clone_targets_length == 0 or native_library(file) is not None:
        return None
    endings: Mapping[str, str] = {"Darwin": ".dylib", "Windows": ".dll", "NT": ".dll"}
    stem = file.path.removesuffix(".ji")
    return NativeCodeMissing(stem + endings.get(header.julia.operating_system, ".so"))


def other_package(header: CacheHeader, name: str, uuid: UUID | None) -> OtherPackage | None:
    """Check that a cache is of this package, by name and UUID."""
    package = header.package
    if (package.name, package.uuid) == (name, uuid):
        return None
    return OtherPackage(package.name, package.uuid)


def other_source_file(
    look: DepotLook, file: CacheFile, header: CacheHeader, stdlib: Path | None
) -> SourceReason | CannotTell | None:
    """Check that every source file is as it was; see ``first_changed_source``."""
    changed = look.changed_source(file, header, stdlib)
    if changed is None or isinstance(changed, CannotTell):
        return changed
    return _CHANGES[changed.difference](changed.path)
