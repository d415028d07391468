"""What differs between versions of Julia, for those who only read its files.

Each property names its source. Versions are compared as Julia orders them, so a development
version counts as what it is: ``1.14.0-DEV.1854`` is the first that records a blob. A manifest
does not say so much: Pkg writes ``1.14.0-DEV`` (``dropbuild``, ``src/Operations.jl``), which
counts as the newest development version.
"""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from precompass.julia.versions import VersionNumber

NEWEST_KNOWN = VersionNumber((1, 12, 7))
"""The version whose rules apply where neither a manifest nor the user names one.

It is the newest release of the newest series of which a release was read: 1.12.5 is byte for byte
1.12.2 where packages are loaded. Of 1.13 and 1.14 only development versions were.
"""

KNOWN_SERIES = ((1, 6), (1, 14))
"""The oldest and the newest series of which the behaviour is known, if only in development."""

_NEWEST_PATCH = {6: 7, 7: 3, 8: 5, 9: 4, 10: 12, 11: 9, 12: 7, 13: 1}  # September 2026

_SCOPE_CHANGED = VersionNumber((1, 9, 4))
_BLOB_FIRST = VersionNumber((1, 14, 0), ("DEV", 1854))
_BLOB_CONCLUDED = VersionNumber((1, 13, 0), ("rc2",))
_TOML_1_1_FIRST = VersionNumber((1, 13, 0), ("rc3",))
_TOML_1_1_ON_MASTER = VersionNumber((1, 14, 0), ("DEV", 1855))
_UNNUMBERED = ("DEV",)


class Series(VersionNumber, frozen=True):
    """The newest release of a series, where only that was named, as in ``"1.10"``.

    A manifest that another version of the series wrote tells which one really runs.
    """

    def version(self, written_by: VersionNumber | None) -> VersionNumber:
        """Return the version that wrote a manifest if it is of this series, else the newest."""
        if written_by is not None and written_by.minor == self.minor:
            return written_by
        return VersionNumber(self.release)


def read_version(text: str) -> VersionNumber | None:
    """Return the version, or the series, that a text names; None if it is neither.

    >>> str(read_version("1.10"))
    '1.10.12'
    """
    version = VersionNumber.parse(text)
    if version is not None and re.fullmatch(r"v?[0-9]+\.[0-9]+", text):
        patch = _NEWEST_PATCH.get(version.minor[1], 0) if version.major == 1 else 0
        return Series((*version.minor, patch))
    return version


class PrecompileScope(Enum):
    """What ``Pkg.precompile()`` does above a package that it has just recompiled."""

    MANIFEST = "all that stands above it in the manifest, without looking at the caches"
    CACHES = "only what has no cache that fits"


class Julia(msgspec.Struct, frozen=True):
    """A version of Julia, as a set of behaviours.

    Attributes:
        version: the version.
        caches_have_blob: whether compile caches of it were seen to hold a blob; None if none
            was seen.
        of_series: whether only its series was named, so that its patch is not known.
    """

    version: VersionNumber
    caches_have_blob: bool | None = None
    of_series: bool = False

    @property
    def minor(self) -> tuple[int, int]:
        """Major and minor version; a depot keeps caches by it."""
        return self.version.minor

    @property
    def patch(self) -> int:
        """The number of its patch; of a series, of the newest known one."""
        return self.version.patch

    @property
    def series(self) -> str:
        """Major and minor version as people write them, ``"1.11"``."""
        return f"{self.minor[0]}.{self.minor[1]}"

    @property
    def lists_extras(self) -> bool:
        """Whether ``[extras]`` makes a package's preferences visible (``get_uuid_name``)."""
        release = self.version.release
        if self.minor == (1, 6):
            return release >= (1, 6, 6)
        return release >= (1, 7, 1)

    @property
    def lists_weakdeps(self) -> bool:
        """Whether ``[weakdeps]`` does the same (1.9, ``get_uuid_name``)."""
        return self.minor >= (1, 9)

    @property
    def listing_sections(self) -> tuple[str, ...]:
        """The sections of a project file that make preferences visible, in Julia's order."""
        extras = ("extras",) if self.lists_extras else ()
        weakdeps = ("weakdeps",) if self.lists_weakdeps else ()
        return ("deps", *extras, *weakdeps)

    @property
    def has_extensions(self) -> bool:
        """Whether packages have extensions (1.9)."""
        return self.minor >= (1, 9)

    @property
    def triggers_from_deps(self) -> bool:
        """Whether a dependency may trigger an extension, not a weak one only.

        From 1.10.7 on (pull request 56383, of 54009 in 1.11).
        """
        return self.version.release >= (1, 10, 7)

    @property
    def extensions_load_fewer(self) -> bool:
        """Whether an extension that compiles loads only those with some of its triggers.

        From 1.10.11 (pull requests 60996 and 60997) and 1.11.2 on (56368).
        """
        release = self.version.release
        return release >= ((1, 10, 11) if self.minor == (1, 10) else (1, 11, 2))

    @property
    def has_workspaces(self) -> bool:
        """Whether projects share a manifest through ``[workspace]`` (1.12)."""
        return self.minor >= (1, 12)

    @property
    def has_apps(self) -> bool:
        """Whether Pkg reads ``[apps]`` (1.12)."""
        return self.minor >= (1, 12)

    @property
    def reads_sources(self) -> bool:
        """Whether Pkg reads ``[sources]`` (1.11)."""
        return self.minor >= (1, 11)

    @property
    def hashes_sources(self) -> bool:
        """Whether ``[sources]`` may count in the project hash (1.13.1 and 1.14, Pkg #4787)."""
        return self.version >= VersionNumber((1, 13, 1)) or self.minor >= (1, 14)

    @property
    def copies_preferences_to_tests(self) -> bool:
        """Whether ``Pkg.test`` writes the session's preferences for the tests (1.8, Pkg #2920)."""
        return self.minor >= (1, 8)

    @property
    def merges_test_manifests(self) -> bool:
        """Whether ``Pkg.test`` takes all entries of ``test/Manifest.toml``, not fixed ones only."""
        return self.minor >= (1, 11)

    @property
    def manifest_names(self) -> tuple[str, ...]:
        """The names of a manifest, the first that exists wins (``manifest_names``).

        Manifests named after a version are looked for from 1.10.8 on (pull request 56600).
        """
        plain = ("JuliaManifest.toml", "Manifest.toml")
        if self.version.release < (1, 10, 8):
            return plain
        suffix = f"-v{self.series}.toml"
        return (f"JuliaManifest{suffix}", f"Manifest{suffix}", *plain)

    @property
    def refuses_other_preferences(self) -> bool:
        """Whether ``preferences`` that is no table is an error rather than absent (1.8)."""
        return self.minor >= (1, 8)

    @property
    def records_blob(self) -> bool:
        """Whether a cache records every observed preference with its value.

        From commit a25da508 (1.14.0-DEV.1854) on. Before it, a cache records the keys of its
        own package, and one hash over their values. Of 1.13, the source of no version after
        beta3 was read; where caches are found, they tell, else :attr:`blob_is_concluded`.
        """
        if self.caches_have_blob is not None:
            return self.caches_have_blob
        if self.version.prerelease == _UNNUMBERED:
            return self.minor >= _BLOB_FIRST.minor
        return self.version >= _BLOB_FIRST or self.blob_is_concluded

    @property
    def blob_is_concluded(self) -> bool:
        """Whether it is concluded, not read or measured, that caches record values (1.13).

        From 1.13.0-rc2 on: pull request 61878, listed in its backports (61728), changes a
        function that exists only with the blob.
        """
        is_newer = self.minor == (1, 13) and self.version >= _BLOB_CONCLUDED
        return is_newer and self.caches_have_blob is None

    @property
    def forgets_leading_zeros(self) -> bool:
        """Whether ``false`` and 0 hash like an unset key (1.13: ``hash(0, 0) == 0``)."""
        return self.minor >= (1, 13) and not self.records_blob

    @property
    def precompile_scope(self) -> PrecompileScope:
        """How far ``Pkg.precompile()`` goes (Pkg pull request 3696; 1.9.4 and 1.10.0)."""
        is_old = self.version < _SCOPE_CHANGED or (
            self.minor == (1, 10) and bool(self.version.prerelease)
        )
        return PrecompileScope.MANIFEST if is_old else PrecompileScope.CACHES

    @property
    def visits_dependencies_only(self) -> bool:
        """Whether ``Pkg.precompile()`` keeps to what the active project depends on.

        In 1.10 from 1.10.8 on (Pkg), and from 1.12 on (``base/precompilation.jl``, with
        workspaces); otherwise it visits the whole manifest.
        """
        is_late_lts = self.minor == (1, 10) and self.version.release >= (1, 10, 8)
        return self.has_workspaces or is_late_lts

    @property
    def reads_toml_1_1(self) -> bool:
        """Whether project files and manifests may be TOML 1.1.

        From 1.13.0-rc3 (pull request 62680) and 2026-03-11 on (61270): six days after
        1.14.0-DEV.1854, the last version before it whose number is known.
        """
        if self.version.prerelease == _UNNUMBERED:
            return self.minor >= _TOML_1_1_ON_MASTER.minor
        if self.minor == (1, 13):
            return self.version >= _TOML_1_1_FIRST
        return self.version >= _TOML_1_1_ON_MASTER

    @property
    def reads_whole_environments(self) -> bool:
        """Whether the environments of the load path are read whole before any load (1.14).

        Then an error in one of them stops every load, not only that of one package
        (``ExplicitEnv`` in ``base/loading/environment.jl``, commit 4e7b3577).
        """
        return self.minor >= (1, 14)

    @property
    def waits_for_extensions(self) -> bool:
        """Whether Pkg compiles a package again when an extension of a dependency was (1.9.1)."""
        return self.version.release >= (1, 9, 1)

    @property
    def precompiles_own_extensions(self) -> bool:
        """Whether ``Pkg.precompile()`` compiles the active project's own extensions (1.10.8)."""
        return self.version.release >= (1, 10, 8)
