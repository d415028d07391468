"""The file ``config/startup.jl``, which Julia runs when a session starts.

It is that of the first depot, and is run unless Julia is told ``--startup-file=no``
(``base/client.jl``, ``load_julia_startup``).
"""

from __future__ import annotations

from pathlib import Path

from precompass.files import disk


def startup_file(depots: tuple[str, ...]) -> Path | None:
    """Return the startup file that Julia runs; None if there is none."""
    if not depots:
        return None
    path = Path(depots[0], "config", "startup.jl")
    return path if disk.is_file(path) else None
