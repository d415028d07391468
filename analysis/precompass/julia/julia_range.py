"""The versions of Julia that the compat entry of julia allows, as far as they are known."""

from __future__ import annotations

from functools import lru_cache

from precompass.julia.compat import parse_compat
from precompass.julia.project import ProjectFile
from precompass.julia.versions import VersionNumber

OLDEST_MINOR = 6
"""The oldest minor version of Julia 1 whose rules are known here."""
NEWEST_MINOR = 14
"""The newest one; of 1.14 only development versions."""
_LAST_PATCH = 20  # no series has had as many releases


def releases_allowed(project: ProjectFile, minor: int) -> tuple[VersionNumber, ...]:
    """Return the releases of one minor version of Julia 1 that a project allows.

    Patch numbers are counted up to more than any series has had. Without an entry, or with one
    that Pkg refuses, none is returned: then it is not known which are meant.
    """
    return _releases(project.compat.get("julia", ""), minor)


@lru_cache(maxsize=256)
def _releases(entry: str, minor: int) -> tuple[VersionNumber, ...]:
    spec = parse_compat(entry)
    if spec is None:
        return ()
    releases = (VersionNumber((1, minor, patch)) for patch in range(_LAST_PATCH))
    return tuple(release for release in releases if release in spec)


def minors_allowed(project: ProjectFile) -> tuple[int, ...]:
    """Return the minor versions of Julia 1 that a project allows, oldest first."""
    minors = range(OLDEST_MINOR, NEWEST_MINOR + 1)
    return tuple(minor for minor in minors if releases_allowed(project, minor))
