"""Which version of a standard library comes with which version of Julia.

A standard library that Pkg cannot upgrade has one version in each Julia, and a compat entry that
excludes it cannot be fulfilled there. Up to Julia 1.10 most have no version of their own; Pkg
then takes Julia's (``deps_graph`` in ``src/Operations.jl``, 1.6 to 1.12). Since 1.11 they have
one, which often stays when Julia's moves on: Dates is 1.11.0 in Julia 1.12, too.

Source of the numbers: the data of HistoricalStdlibVersions.jl of October 2025 (MIT licence), which
are read from the releases themselves; without build numbers, which no compat entry looks at.
"""

from __future__ import annotations

from collections.abc import Mapping

from precompass.julia.version_ranges import VersionSpec
from precompass.julia.versions import VersionNumber

_FIRST_RELEASES = """
ArgTools 1.6.0:1.1.1 1.11.0:1.1.2
Artifacts 1.6.0:= 1.11.0:1.11.0
Base64 1.6.0:= 1.11.0:1.11.0
CompilerSupportLibraries_jll 1.6.0:0.3.6 1.6.3:0.5.0 1.7.3:0.5.2 1.8.4:1.0.1 1.9.0:1.0.2
  1.9.2:1.0.5 1.10.1:1.1.0 1.10.3:1.1.1 1.12.0:1.3.0
CRC32c 1.6.0:= 1.11.0:1.11.0
Dates 1.6.0:= 1.11.0:1.11.0
DelimitedFiles 1.6.0:= 1.9.0:-
Distributed 1.6.0:= 1.11.0:1.11.0
Downloads 1.6.0:1.4.0 1.6.2:1.4.2 1.6.4:1.4.3 1.7.0:1.5.2 1.7.3:1.5.3 1.8.0:1.6.0 1.13.0:1.7.0
dSFMT_jll 1.6.0:2.2.4 1.11.0:2.2.5
FileWatching 1.6.0:= 1.11.0:1.11.0
Future 1.6.0:= 1.11.0:1.11.0
GMP_jll 1.6.0:6.2.0 1.6.7:6.2.1 1.11.0:6.3.0
InteractiveUtils 1.6.0:= 1.11.0:1.11.0
JuliaSyntaxHighlighting 1.6.0:- 1.12.0:1.12.0
LazyArtifacts 1.6.0:= 1.11.0:1.11.0
libblastrampoline_jll 1.6.0:- 1.7.0:3.0.4 1.8.0:5.1.1 1.9.0:5.7.0 1.9.1:5.8.0 1.10.5:5.11.0
  1.12.0:5.13.1
LibCURL 1.6.0:0.6.2 1.8.0:0.6.3 1.9.4:0.6.4
LibCURL_jll 1.6.0:7.73.0 1.8.0:7.84.0 1.9.4:8.4.0 1.11.0:8.6.0 1.12.0:8.11.1 1.13.0:8.16.0
Libdl 1.6.0:= 1.11.0:1.11.0
LibGit2 1.6.0:= 1.11.0:1.11.0
LibGit2_jll 1.6.0:1.2.3 1.8.0:1.3.0 1.9.0:1.5.0 1.10.0:1.6.4 1.11.0:1.7.2 1.12.0:1.9.0
  1.13.0:1.9.1
libLLVM_jll 1.6.0:11.0.1 1.7.0:12.0.1 1.8.0:13.0.1 1.9.0:14.0.6 1.10.0:15.0.7 1.11.0:16.0.6
  1.12.0:18.1.7 1.13.0:20.1.8
LibOSXUnwind_jll 1.6.0:0.0.6 1.7.0:-
LibSSH2_jll 1.6.0:1.9.1 1.8.0:1.10.2 1.9.4:1.11.0 1.12.0:1.11.3
LibUnwind_jll 1.6.0:1.3.2 1.8.0:1.5.0 1.11.0:1.7.2 1.12.0:1.8.1 1.13.0:1.8.3
LibUV_jll 1.6.0:2.0.1
LinearAlgebra 1.6.0:= 1.11.0:1.11.0 1.12.0:1.12.0 1.13.0:1.13.0
LLD_jll 1.6.0:- 1.9.0:14.0.6 1.10.0:15.0.7 1.11.0:16.0.6 1.12.0:18.1.7 1.13.0:20.1.8
LLVMLibUnwind_jll 1.6.0:- 1.7.0:11.0.1 1.8.0:12.0.1 1.12.0:19.1.4
Logging 1.6.0:= 1.11.0:1.11.0
Markdown 1.6.0:= 1.11.0:1.11.0
MbedTLS_jll 1.6.0:2.24.0 1.8.0:2.28.0 1.9.0:2.28.2 1.11.0:2.28.6 1.12.0:-
Mmap 1.6.0:= 1.11.0:1.11.0
MozillaCACerts_jll 1.6.0:2020.7.22 1.8.0:2022.2.1 1.9.0:2022.10.11 1.10.0:2023.1.10
  1.11.0:2023.12.12 1.12.0:2025.5.20 1.13.0:2025.9.9
MPFR_jll 1.6.0:4.1.1 1.10.0:4.2.0 1.11.0:4.2.1 1.12.0:4.2.2
NetworkOptions 1.6.0:1.2.0 1.12.0:1.3.0
nghttp2_jll 1.6.0:1.41.0 1.8.0:1.48.0 1.9.4:1.52.0 1.11.0:1.59.0 1.12.0:1.64.0 1.13.0:1.67.1
OpenBLAS_jll 1.6.0:0.3.10 1.7.0:0.3.13 1.8.0:0.3.20 1.9.0:0.3.21 1.10.0:0.3.23 1.11.0:0.3.27
  1.12.0:0.3.29
OpenLibm_jll 1.6.0:0.7.4 1.7.0:0.7.5 1.8.0:0.8.1 1.10.10:0.8.5 1.11.0:0.8.1 1.11.5:0.8.5
  1.12.0:0.8.7
OpenSSL_jll 1.6.0:- 1.12.0:3.5.1 1.13.0:3.5.4
p7zip_jll 1.6.0:16.2.1 1.6.7:17.4.0 1.7.0:16.2.1 1.8.0:17.4.0 1.12.0:17.5.0 1.13.0:17.6.0
PCRE2_jll 1.6.0:10.35.0 1.6.1:10.36.0 1.6.7:10.40.0 1.7.0:10.36.0 1.8.0:10.40.0 1.9.0:10.42.0
  1.12.0:10.44.0 1.13.0:10.46.0
Pkg 1.6.0:1.5.0 1.6.2:1.6.2 1.6.6:1.6.6 1.6.7:1.6.7 1.7.0:1.7.0 1.8.0:1.8.0 1.9.0:1.9.0
  1.9.2:1.9.2 1.10.0:1.10.0 1.11.0:1.11.0 1.12.0:1.12.0 1.13.0:1.13.0
Printf 1.6.0:= 1.11.0:1.11.0
Profile 1.6.0:= 1.11.0:1.11.0
Random 1.6.0:= 1.11.0:1.11.0
REPL 1.6.0:= 1.11.0:1.11.0
Serialization 1.6.0:= 1.11.0:1.11.0
SHA 1.6.0:= 1.8.0:0.7.0
SharedArrays 1.6.0:= 1.11.0:1.11.0
Sockets 1.6.0:= 1.11.0:1.11.0
SparseArrays 1.6.0:= 1.10.0:1.10.0 1.11.0:1.11.0 1.12.0:1.12.0 1.13.0:1.13.0
Statistics 1.6.0:= 1.9.0:1.9.0 1.10.0:1.10.0 1.11.0:-
StyledStrings 1.6.0:1.0.3 1.11.0:1.11.0
SuiteSparse 1.6.0:=
SuiteSparse_jll 1.6.0:5.4.1 1.7.0:5.10.1 1.10.0:7.2.1 1.11.0:7.7.0 1.12.0:7.8.3 1.13.0:7.10.1
Tar 1.6.0:1.9.0 1.6.1:1.9.1 1.6.2:1.9.3 1.7.0:1.10.0 1.8.2:1.10.1 1.9.0:1.10.0
Test 1.6.0:= 1.11.0:1.11.0
TOML 1.6.0:1.0.0 1.9.0:1.0.3
Unicode 1.6.0:= 1.11.0:1.11.0
UUIDs 1.6.0:= 1.11.0:1.11.0
Zlib_jll 1.6.0:1.2.12 1.9.0:1.2.13 1.12.0:1.3.1
Zstd_jll 1.6.0:- 1.13.0:1.5.7
"""
"""By name: from which release on it has a version; ``=`` is Julia's own, ``-`` is none.

A package that Pkg takes from a registry there, such as Statistics since 1.11, counts as none; but
StyledStrings is registered for Julia before 1.11 as 1.0.0 to 1.0.3 only.
"""

NEWEST_BOUND_MINOR = 12
"""The newest minor version in which Pkg holds to compat entries of standard libraries.

Since 1.13 Pkg ignores an entry that excludes the version at hand, with a warning
(``check_stdlib_compat``).
"""

_JULIA = "="
_NONE = "-"


def _read(text: str) -> Mapping[str, tuple[tuple[tuple[int, ...], str], ...]]:
    found: dict[str, tuple[tuple[tuple[int, ...], str], ...]] = {}
    name = ""
    for word in text.split():
        release, colon, version = word.partition(":")
        if not colon:
            name = word
            found[name] = ()
        else:
            found[name] += ((tuple(map(int, release.split("."))), version),)
    return found


_VERSIONS = _read(_FIRST_RELEASES)


def stdlib_version(name: str, julia: VersionNumber) -> VersionNumber | None:
    """Return the version of a standard library in a Julia of 1.6 or later; None if it has none.

    >>> print(stdlib_version("Dates", VersionNumber((1, 12, 2))))
    1.11.0
    """
    found = None
    for release, version in _VERSIONS.get(name, ()):
        if release <= julia.release:
            found = version
    if found is None or found == _NONE:
        return None
    return VersionNumber(julia.release) if found == _JULIA else VersionNumber.parse(found)


def excluded_in(name: str, spec: VersionSpec, releases: tuple[VersionNumber, ...]) -> bool:
    """Tell whether a standard library has no version that a compat entry allows.

    Args:
        name: of the standard library.
        spec: the entry.
        releases: of Julia; False where it does not come with one of them.
    """
    versions = [stdlib_version(name, release) for release in releases]
    return bool(versions) and all(
        version is not None and version not in spec for version in versions
    )
