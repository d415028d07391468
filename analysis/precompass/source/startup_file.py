"""The files that Julia runs when a session starts.

First that of the installation, ``etc/julia/startup.jl`` beside its ``bin``, then
``config/startup.jl`` of the first depot, unless Julia is told ``--startup-file=no``
(``base/client.jl``, ``load_julia_startup``).
"""

from __future__ import annotations

from pathlib import Path

from precompass.files import disk


def startup_files(depots: tuple[str, ...], bindir: Path | None) -> tuple[Path, ...]:
    """Return the startup files that Julia runs, in this order; those that are there.

    Args:
        depots: paths of the depots, in order.
        bindir: the folder of Julia's executable, if an installation was found.
    """
    files = [bindir.parent / "etc" / "julia" / "startup.jl"] if bindir is not None else []
    files += [Path(depot, "config", "startup.jl") for depot in depots[:1]]
    return tuple(path for path in files if disk.is_file(path))
