"""How much memory each kind of input takes at most: the largest file of it that is read.

    python benchmarks/memory.py

Each kind of ``growth.py`` is checked in a process of its own. The columns are the size of the
file, by how much the process grew at most while it was checked, that as a multiple of the size,
and what of it remains while the answers are kept. A file that is larger is not read.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from growth import FILES, GARBAGE, HEAD, SOURCES

from precompass.files.snapshot import MAX_FILE_SIZE, MAX_WRITTEN_SIZE, Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.package_reads import PackageSource, read_package_source

MOST = 500.0
"""MiB that no kind may take."""
MIB = 2**20
"""Also the size of a file of Julia code."""


def check_file(name: str, text: str) -> object:
    """Check one file; return what a server keeps of it."""
    path = Path("/nowhere") / name
    texts = {path: text}
    if name != "Project.toml":
        texts[path.with_name("Project.toml")] = HEAD
    session = Session(Snapshot(Disk(), texts), Settings(use_depot=False, variables={}))
    return session, check(session, path)


def read_source(text: str) -> object:
    """Read a package whose entry file has a text; return what is known of it then."""
    with tempfile.TemporaryDirectory() as name:
        entry = Path(name, "src", "Foo.jl")
        entry.parent.mkdir()
        entry.write_text(
            f"module Foo\nusing Preferences\n{text}\n@load_preference(c)\nend\n", encoding="utf-8"
        )
        return read_package_source(PackageSource("Foo", None, Path(name), entry))


def grown(work: Callable[[str], object], text: str) -> tuple[float, float]:
    """Return by how many MiB a new process grows at most with some work, and how many stay."""
    if sys.platform == "win32":
        raise NotImplementedError("Windows copies no processes")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        gc.collect()
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins here (proc_pid_clear_refs)
        kept = work(text)
        peak = resident("VmHWM")
        gc.collect()
        os.write(writing, f"{peak - before} {resident('VmRSS') - before}".encode())
        del kept
        os._exit(0)  # without what Python does in the end: this is a copy of its parent
    os.close(writing)
    os.waitpid(child, 0)
    most, stay = map(float, os.read(reading, 100).split())
    os.close(reading)
    return most, stay


def resident(what: str) -> float:
    """Return the resident memory of this process, or its peak, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def largest(text_of: Callable[[int], str], size: int, is_read: Callable[[str], bool]) -> str:
    """Return as many repetitions as are read, of at most a size."""
    fewest, most = 1, size
    while most - fewest > max(1, fewest // 50):
        middle = (fewest + most) // 2
        text = text_of(middle)
        if len(text) > size or not is_read(text):
            most = middle
        else:
            fewest = middle
    return text_of(fewest)


def is_read(name: str) -> Callable[[str], bool]:
    """Return what tells whether a text in a file of some name is read."""
    path = Path("/nowhere") / name
    return lambda text: Snapshot(Disk(), {path: text}).read(path) is not None


def kinds() -> Iterator[tuple[str, Callable[[str], object], str]]:
    """Yield each kind: its name, what is done with it, and its text."""
    for name, (file, text_of) in FILES.items():
        size = MAX_FILE_SIZE if "Manifest" in file else MAX_WRITTEN_SIZE
        yield name, partial(check_file, file), largest(text_of, size, is_read(file))
    for name, source_of in SOURCES.items():
        yield f"Julia: {name}", read_source, largest(source_of, MIB, bool)


def main() -> int:
    """Measure everything; 1 if some kind takes too much."""
    if not sys.platform.startswith("linux"):
        print("The peak of a process is known on Linux only.")
        return 0
    gc.set_threshold(*GARBAGE)
    check_file("Manifest.toml", "a = [\n")  # loads what a check needs
    read_source("")
    print(f"{'input':46} {'size':>9} {'at most':>9} {'times':>6} {'stays':>9}")
    worst = 0.0
    for name, work, text in kinds():
        most, stay = grown(work, text)
        worst = max(worst, most)
        times = most * MIB / len(text)
        size = f"{len(text) / 1024:.0f} KiB"
        print(f"{name:46} {size:>9} {most:5.0f} MiB {times:6.0f} {stay:5.0f} MiB", flush=True)
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
