"""What a process has used: CPU time, which a busy machine does not change as it does wall time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Used(NamedTuple):
    """What a program used from its start to its end.

    Attributes:
        cpu: seconds, of the program and of the kernel on its behalf.
        memory: MiB at its peak.
    """

    cpu: float
    memory: float


def run(command: Sequence[str], folder: Path) -> Used:
    """Run a program to its end; its output goes nowhere."""
    if sys.platform == "win32":
        raise OSError("Windows does not tell what a program has used.")
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it is waited for
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Used(used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def cpu_of(process: int) -> float:
    """Return the seconds of CPU that a running process has used (Linux, ``proc(5)``)."""
    tasks = Path("/proc", str(process), "task")
    used = [one.joinpath("schedstat").read_text().split()[0] for one in tasks.iterdir()]
    return sum(map(int, used)) / 1e9


def resident(process: int) -> float:
    """Return the MiB of memory of a running process, shared pages in proportion (Linux)."""
    lines = Path("/proc", str(process), "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 2**10


def idle_cpu(process: int, seconds: float) -> float:
    """Return the seconds of CPU that a process uses while nobody asks it for anything."""
    before = cpu_of(process)
    time.sleep(seconds)
    return cpu_of(process) - before
