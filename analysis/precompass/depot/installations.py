"""Installed Julias, found by their folders alone: no Julia is run.

Looked for are the folders of juliaup (its ``src/global_paths.rs`` and ``src/operations.rs``)
and the ``julia`` of the search path. What tells a Julia and its version is the folder of its
standard library, ``BINDIR/../share/julia/stdlib/vX.Y`` (``base/sysinfo.jl``, 1.6 to 1.14-dev).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import msgspec

from precompass.files import disk
from precompass.julia.versions import VersionNumber

_STDLIB_VERSION = re.compile(r"v(\d{1,3})\.(\d{1,3})", re.ASCII)
_MAX_ENTRIES = 1000  # of a folder of installations, or of a search path


class Installation(msgspec.Struct, frozen=True):
    """An installed Julia.

    Attributes:
        minor: its major and minor version.
        bindir: ``Sys.BINDIR``, the folder of its executable.
        stdlib: ``Sys.STDLIB``, the folder of its standard library.
    """

    minor: tuple[int, int]
    bindir: Path
    stdlib: Path


def find_installations(
    environment: Mapping[str, str], *, home: str, platform: str
) -> tuple[Installation, ...]:
    """Return the installed Julias: those of juliaup, newest first, then those of the search path.

    Args:
        environment: environment variables; ``JULIAUP_DEPOT_PATH`` and ``PATH`` count.
        home: the user's home folder.
        platform: as ``sys.platform`` has it.
    """
    found: dict[Path, Installation] = {}
    for bindir in (*_juliaup(environment, home), *_search_path(environment, platform)):
        installation = _installation(bindir)
        if installation is not None:
            found.setdefault(installation.bindir, installation)
    return tuple(found.values())


def _juliaup(environment: Mapping[str, str], home: str) -> Iterator[Path]:
    """Yield the folders of the executables that juliaup installed, the newest version first."""
    setting = environment.get("JULIAUP_DEPOT_PATH", "").strip()
    folder = Path(setting or Path(home, ".julia"), "juliaup")
    for version in sorted(_entries(folder), key=_juliaup_version, reverse=True):
        if version.name.startswith("julia-"):
            yield version / "bin"
            for application in _entries(version):  # of a disk image for macOS
                if application.suffix == ".app":
                    yield application / "Contents" / "Resources" / "julia" / "bin"


def _juliaup_version(folder: Path) -> tuple[bool, VersionNumber]:
    """Sort ``julia-1.11.2+0.x64.linux.gnu`` by version; channels (``julia-nightly``) are least."""
    version = VersionNumber.parse(folder.name.removeprefix("julia-"))
    return version is not None, version or VersionNumber((0, 0, 0))


def _search_path(environment: Mapping[str, str], platform: str) -> Iterator[Path]:
    """Yield the folders that the ``julia`` of each entry of the search path really lives in."""
    windows = platform == "win32"
    folders = environment.get("PATH", "").split(";" if windows else ":")
    for folder in islice(filter(os.path.isabs, folders), _MAX_ENTRIES):
        executable = Path(folder, "julia.exe" if windows else "julia")
        if disk.is_file(executable):
            yield Path(disk.real_path(executable)).parent


def _installation(bindir: Path) -> Installation | None:
    """Return the Julia whose executable is in a folder, told by its standard library."""
    for entry in _entries(bindir.parent / "share" / "julia" / "stdlib"):
        match = _STDLIB_VERSION.fullmatch(entry.name)
        if match and disk.is_folder(entry):
            return Installation((int(match[1]), int(match[2])), bindir, entry)
    return None


def _entries(folder: Path) -> Iterable[Path]:
    """Return what is in a folder; nothing if it is none."""
    return [folder / name for name in disk.names(folder, _MAX_ENTRIES)]
