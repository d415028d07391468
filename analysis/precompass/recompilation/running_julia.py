"""Which build of Julia the next session runs, as compile caches name builds.

A cache serves no other build than that which made it. The caches of an installed Julia's own
standard library say exactly which build it is (from 1.11 on); without them, the caches of the
environment have to tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from precompass.depot.cache_header import CacheHeader, JuliaBuild
from precompass.depot.caches import CacheFile, cache_file, cache_header
from precompass.depot.installations import Installation
from precompass.files import disk
from precompass.julia.versions import VersionNumber

_MOST_FOLDERS = 20  # of the caches that come with Julia; the first one tells


class RunningJulia(msgspec.Struct, frozen=True):
    """The Julia of the session.

    Attributes:
        build: the header fields that must be equal; None if no cache tells.
        core: the build id of Core, which represents the system image; None if no cache tells.
        version: the version that the user named; None if that was none.
    """

    build: JuliaBuild | None
    core: int | None
    version: VersionNumber | None = None

    def made(self, build: JuliaBuild) -> bool:
        """Tell whether this Julia is the one that made a cache, as far as is known."""
        if self.build is not None:
            return build == self.build
        return self.version is None or build.version == self.version


def running_julia(
    files: Iterable[CacheFile],
    installation: Installation | None,
    exact: VersionNumber | None,
    minor: tuple[int, int],
) -> RunningJulia:
    """Return the Julia of the next session.

    Args:
        files: the caches of the environment.
        installation: the installed Julia of this minor version, if one was found.
        exact: the version that the user named, if that was one.
        minor: major and minor version of Julia.
    """
    own = _of_installation(installation, minor) if installation is not None else None
    if own is not None and exact in (None, own.julia.version):
        return RunningJulia(own.julia, _core(own), exact)
    found = [
        (file, header) for file in files if isinstance(header := cache_header(file), CacheHeader)
    ]
    if exact is not None:
        found = [(file, header) for file, header in found if header.julia.version == exact]
    builds = Counter((header.julia, _core(header)) for _, header in found)
    # A build that made one cache only may be a damaged header; others then tell better.
    several = [one for one in found if builds[one[1].julia, _core(one[1])] > 1]
    newest = max(several or found, key=lambda one: one[0].mtime_ns, default=None)
    if newest is None:
        return RunningJulia(None, None, exact)
    return RunningJulia(newest[1].julia, _core(newest[1]), exact)


def _core(header: CacheHeader) -> int | None:
    core = header.core
    return core.build_id if core is not None else None


def _of_installation(installation: Installation, minor: tuple[int, int]) -> CacheHeader | None:
    """Return the header of a cache that came with an installed Julia; None before 1.11."""
    folder = installation.bindir.parent / "share" / "julia" / "compiled" / "v{}.{}".format(*minor)
    for path in _caches_below(str(folder)):
        file = cache_file(path)
        header = cache_header(file) if file is not None else None
        if isinstance(header, CacheHeader):
            return header
    return None


def _caches_below(folder: str) -> Iterator[str]:
    for package in disk.names(folder, _MOST_FOLDERS):
        for name in disk.names(f"{folder}/{package}", _MOST_FOLDERS):
            if name.endswith(".ji"):
                yield f"{folder}/{package}/{name}"
