"""Where the depots are: ``JULIA_DEPOT_PATH`` and its defaults.

Source: ``base/initdefs.jl`` (``init_depot_path``) and ``base/path.jl`` (``expanduser``) of
Julia 1.6 to 1.14-dev. Nothing here looks at the disk.
"""

from __future__ import annotations

import ntpath
import posixpath
from collections.abc import Mapping


def depot_path(
    environment: Mapping[str, str],
    *,
    home: str,
    platform: str,
    bindir: str | None,
    minor: tuple[int, int],
) -> tuple[str, ...]:
    """Return the depots, in Julia's order, each once.

    Args:
        environment: environment variables, of which ``JULIA_DEPOT_PATH`` counts.
        home: the user's home folder.
        platform: as ``sys.platform`` has it; ``"win32"`` is Windows.
        bindir: ``Sys.BINDIR``, the folder of the julia executable, beside which are the two
            bundled depots. Where it is not known, None: these two are then left out.
        minor: major and minor version of Julia.

    Returns:
        Paths as Julia holds them. Relative ones are relative to the working folder of Julia.

    >>> depot_path({}, home="/home/ada", platform="linux", bindir="/opt/julia/bin", minor=(1, 10))
    ('/home/ada/.julia', '/opt/julia/local/share/julia', '/opt/julia/share/julia')
    """
    path = ntpath if platform == "win32" else posixpath
    user_depot = path.join(home, ".julia")
    bundled = []
    if bindir is not None:
        bundled = [
            path.normpath(path.join(bindir, "..", "local", "share", "julia")),
            path.normpath(path.join(bindir, "..", "share", "julia")),
        ]

    setting = environment.get("JULIA_DEPOT_PATH")
    if setting is None:
        return _each_once([user_depot, *bundled])
    if setting == "":
        return ()
    entries = setting.split(";" if platform == "win32" else ":")
    # An empty entry means all three defaults up to 1.10. Later it means the bundled
    # two, and the user's depot is put first if the first entry is empty.
    defaults = [user_depot, *bundled] if minor < (1, 11) else bundled
    depots = [user_depot] if minor >= (1, 11) and not entries[0] else []
    for entry in entries:
        depots += [_expand_user(entry, home, platform, minor)] if entry else defaults
    return _each_once(depots)


def _expand_user(entry: str, home: str, platform: str, minor: tuple[int, int]) -> str:
    """Replace a leading tilde as ``expanduser`` does: on Windows only from 1.14 on."""
    windows = platform == "win32"
    if windows and minor < (1, 14):
        return entry
    if entry == "~" or entry.startswith(("~/", "~\\") if windows else "~/"):
        return home + entry[1:]
    return entry


def _each_once(depots: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(depots))
