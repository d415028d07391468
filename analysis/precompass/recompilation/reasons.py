"""The reasons why Julia does not use a compile cache, one type for each of its checks.

In the order of ``stale_cachefile`` and ``_require_search_from_serialized`` in
``base/loading.jl``, Julia 1.10 to 1.14-dev; the names in ``KIND`` are those of Julia 1.14 where
it has one. A reason is data: the report says it in words.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from precompass.depot.cache_header import JuliaBuild
from precompass.julia.session_flags import SessionFlags
from precompass.julia.uuids import UUID


class Reason(msgspec.Struct, frozen=True):
    """Why Julia does not use a cache, or has none.

    Attributes:
        KIND: a stable name.
        CHECK: the number of Julia's check; the first that fails decides. 0 if there is no cache.
    """

    KIND: ClassVar[str]
    CHECK: ClassVar[int]


class NoCache(Reason, frozen=True):
    """No depot has a cache file of the package for this minor version of Julia."""

    KIND: ClassVar[str] = "no_cache"
    CHECK: ClassVar[int] = 0


class IncompatibleHeader(Reason, frozen=True):
    """Another build of Julia made the cache, or the file is no cache.

    Attributes:
        made_by: the build that made it; None if the file is no readable cache.
        problem: what is wrong with a file that is not readable; empty if it is.
    """

    KIND: ClassVar[str] = "incompatible_header"
    CHECK: ClassVar[int] = 2
    made_by: JuliaBuild | None
    problem: str = ""


class FlagsMismatch(Reason, frozen=True):
    """The cache was made with options that do not serve the session.

    Attributes:
        requested: the options of the session.
        made_with: the byte in the header of the cache.
    """

    KIND: ClassVar[str] = "flags_mismatch"
    CHECK: ClassVar[int] = 4
    requested: SessionFlags
    made_with: int


class SyntaxVersion(Reason, frozen=True):
    """The cache was made for another version of Julia's syntax (1.14)."""

    KIND: ClassVar[str] = "syntax_version"
    CHECK: ClassVar[int] = 5
    made_with: int
    wanted: int


class NativeCodeMissing(Reason, frozen=True):
    """The native library beside the cache is gone. *path* is where it was."""

    KIND: ClassVar[str] = "ocachefile_missing"
    CHECK: ClassVar[int] = 8
    path: str


class OtherPackage(Reason, frozen=True):
    """The file holds a cache of another package, *name* with *uuid*."""

    KIND: ClassVar[str] = "pkgid_mismatch"
    CHECK: ClassVar[int] = 9
    name: str
    uuid: UUID | None


class OtherSystemImage(Reason, frozen=True):
    """The cache was built on another build of Julia's own modules (1.11 on)."""

    KIND: ClassVar[str] = "julia_version"
    CHECK: ClassVar[int] = 11


class DependencyLoaded(Reason, frozen=True):
    """Another build of a dependency is loaded already. *dependency* is its name."""

    KIND: ClassVar[str] = "dep_loaded_incompatible"
    CHECK: ClassVar[int] = 12
    dependency: str
    uuid: UUID


class DependencyMissing(Reason, frozen=True):
    """A module that was loaded while the cache was made is in no environment. *name* names it."""

    KIND: ClassVar[str] = "dep_missing"
    CHECK: ClassVar[int] = 13
    name: str
    uuid: UUID | None


class OtherSource(Reason, frozen=True):
    """The cache was made from another entry file.

    Attributes:
        recorded: the entry file that it was made from, as recorded.
        now: the one that the environment has; empty if that is not on this machine.
    """

    KIND: ClassVar[str] = "source_path_changed"
    CHECK: ClassVar[int] = 15
    recorded: str
    now: str


class DependencyIdentity(Reason, frozen=True):
    """A name that the package imports means another package now.

    Attributes:
        name: what is imported.
        recorded: the package that it stood for.
        now: the one that it means; None if it means none.
    """

    KIND: ClassVar[str] = "dep_identity_changed"
    CHECK: ClassVar[int] = 16
    name: str
    recorded: UUID | None
    now: UUID | None


class UnresolvedDepot(Reason, frozen=True):
    """No depot has a source file that was recorded as ``@depot/…``, here *path*."""

    KIND: ClassVar[str] = "unresolved_depot"
    CHECK: ClassVar[int] = 17
    path: str


class SourceMissing(Reason, frozen=True):
    """A source file is gone. *path* is where it was."""

    KIND: ClassVar[str] = "source_missing"
    CHECK: ClassVar[int] = 18
    path: str


class SourceTime(Reason, frozen=True):
    """A source file has another time of modification."""

    KIND: ClassVar[str] = "mtime_changed"
    CHECK: ClassVar[int] = 19
    path: str


class SourceSize(Reason, frozen=True):
    """A source file has another size."""

    KIND: ClassVar[str] = "fsize_changed"
    CHECK: ClassVar[int] = 20
    path: str


class SourceContent(Reason, frozen=True):
    """A source file has other content, or a folder holds other names."""

    KIND: ClassVar[str] = "content_changed"
    CHECK: ClassVar[int] = 21
    path: str


class CacheDamaged(Reason, frozen=True):
    """The checksum of the cache file is wrong."""

    KIND: ClassVar[str] = "checksum_invalid"
    CHECK: ClassVar[int] = 22
    path: str


class NativeCodeDamaged(Reason, frozen=True):
    """The checksum of the native library is wrong. *path* is the library."""

    KIND: ClassVar[str] = "ocache_checksum_invalid"
    CHECK: ClassVar[int] = 23
    path: str


class PreferencesChanged(Reason, frozen=True):
    """The preferences are not those that the cache was made with.

    Attributes:
        keys: the preferences that can be the cause, by package and key.
    """

    KIND: ClassVar[str] = "preferences_changed"
    CHECK: ClassVar[int] = 24
    keys: tuple[tuple[UUID, str], ...]


class DependencyBuildMissing(Reason, frozen=True):
    """The cache was built on builds of dependencies of which no cache fits any more.

    Julia has no name for it and shows no reason.

    Attributes:
        dependencies: their names, sorted.
        uuids: their UUIDs, in the same order.
    """

    KIND: ClassVar[str] = "dep_build_missing"
    CHECK: ClassVar[int] = 26
    dependencies: tuple[str, ...]
    uuids: tuple[UUID, ...]


SourceReason = UnresolvedDepot | SourceMissing | SourceTime | SourceSize | SourceContent
"""The reasons that name a source file."""
