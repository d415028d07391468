"""The files that a library opens by itself, held to what the gate to the disk allows.

dulwich opens the files of a repository without asking :mod:`precompass.files.disk`. Python tells of
each file before it is opened (PEP 578, ``sys.addaudithook``). While a library is watched, what is
no regular file, out of reach or too large is not there for it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from precompass.files import disk

MOST_BYTES = 2**26
"""Of a file that a library reads whole; packs of git are read in parts."""
_READ_IN_PARTS = (".pack", ".idx")
_FOLDERS = ("stdlib", "platstdlib", "purelib", "platlib")

_watched = threading.local()


@contextmanager
def held_to_the_gate() -> Iterator[None]:
    """Hold all files that this thread opens meanwhile to what the gate allows."""
    _install()
    depth = getattr(_watched, "depth", 0)
    _watched.depth = depth + 1
    try:
        yield
    finally:
        _watched.depth = depth


@cache
def _install() -> None:
    """Let Python tell of files; it cannot be asked to stop."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not getattr(_watched, "depth", 0):
        return
    path = arguments[0]
    if isinstance(path, str | bytes) and not os.fsdecode(path).startswith(_python()):
        _refuse_odd(os.fsdecode(path))


def _refuse_odd(path: str) -> None:
    """Say that nothing is at a path, unless it leads to a file that may be read."""
    found = disk.status(path)
    is_fine = found is not None and stat.S_ISREG(found.st_mode)
    if found is not None and is_fine and not path.endswith(_READ_IN_PARTS):
        is_fine = found.st_size <= MOST_BYTES
    if not is_fine:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


@cache
def _python() -> tuple[str, ...]:
    """Return where Python's own modules are, which may be imported at any time."""
    paths = sysconfig.get_paths()
    places = {*(paths[name] for name in _FOLDERS), os.path.dirname(os.__file__)}  # noqa: PTH120
    places.update(filter(None, [getattr(sys, "_MEIPASS", None)]))  # of a self-contained program
    return tuple(place + os.sep for place in places)
