"""How much room a compile cache takes."""

from __future__ import annotations

import os

from precompass.depot.caches import CacheFile
from precompass.files import disk

_NATIVE_CODE = (".so", ".dylib", ".dll")


def cache_size(cache: CacheFile) -> int:
    """Return the bytes of a cache: its ``.ji`` file, and the native code that is beside it.

    Since Julia 1.9 that is a library of the same name (``base/loading.jl``,
    ``ocachefile_from_cachefile``); a cache made with ``--pkgimages=no`` has none.
    """
    stem, _ = os.path.splitext(cache.path)  # noqa: PTH122 - no Path objects for thousands of files
    return cache.size + sum(_size_of(stem + ending) for ending in _NATIVE_CODE)


def _size_of(path: str) -> int:
    status = disk.status(path)
    return status.st_size if status is not None else 0
