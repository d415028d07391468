"""On what is measured, and whether the machine does something else meanwhile.

    python benchmarks/machine.py

``make bench`` runs it before and after everything else. A wall time counts only on a quiet machine;
CPU time, and above all its ratio to a peer in the same run, hardly changes on a busy one.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

_STAT = Path("/proc/stat")
_SECONDS = 3.0
_QUIET = 0.05  # of all CPUs


def busy(seconds: float) -> float | None:
    """Return the share of all CPUs that is used while this program waits; None if unknown."""
    if not _STAT.exists():
        return None
    before = _ticks()
    time.sleep(seconds)
    used, of = (now - then for now, then in zip(_ticks(), before, strict=True))
    return used / of if of else None


def _ticks() -> tuple[int, int]:
    """Return the ticks that all CPUs have worked, and those that have passed (``proc(5)``)."""
    user, nice, system, idle, waiting, *rest = map(
        int, _STAT.read_text().split("\n")[0].split()[1:9]
    )
    work = user + nice + system + sum(rest)
    return work, work + idle + waiting


def main() -> None:
    """Print one line."""
    share = busy(_SECONDS)
    if share is None:
        state = "whether it is quiet is not known here"
    elif share < _QUIET:
        state = f"quiet: {share:.0%} of it is in use"
    else:
        state = f"NOT quiet: {share:.0%} of it is in use, so compare only ratios of CPU time"
    name = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} CPUs"
    print(f"{time.strftime('%Y-%m-%d')}, {name}; {state}")


if __name__ == "__main__":
    main()
