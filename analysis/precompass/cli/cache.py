"""``precompass cache``: what Precompass itself has remembered on disk."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from precompass.cli.failure import CannotRun
from precompass.cli.options import make_parser
from precompass.files import disk
from precompass.registry.cache import clear_indexes
from precompass.registry.folder import cache_folder
from precompass.source.cache import clear_source_cache, default_folder

_EPILOG = """exit codes:
  0  done
  2  something could not be deleted

examples:
  precompass cache            where it is, and how large
  precompass cache --clear    delete it; Precompass makes it again
"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "cache",
        "Show what Precompass keeps on disk about sources and registries, or delete it. Julia's "
        "own caches are never touched.",
        _EPILOG,
    )
    result.add_argument("--clear", action="store_true", help="delete it")
    return result


def run(arguments: argparse.Namespace) -> int:
    """Show or delete what is remembered, and return the exit code."""
    folders = {"sources": default_folder(), "registries": cache_folder(os.environ)}
    if not arguments.clear:
        for what, folder in folders.items():
            print(f"{what:11} {_size(folder) / 2**20:8.1f} MiB  {folder}")
        return 0
    clear_source_cache()
    try:
        clear_indexes(folders["registries"])
    except OSError as error:
        raise CannotRun(f"{error.filename}: {error.strerror}") from None
    print("Deleted the cache of Precompass.")
    return 0


def _size(folder: Path) -> int:
    """Return the bytes of the files in a folder and below."""
    size, pending = 0, [str(folder)]
    while pending:
        for entry in disk.entries(pending.pop()):
            status = disk.link_status(entry.path)
            size += status.st_size if status is not None else 0
            if entry.is_folder and not entry.is_link:
                pending.append(entry.path)
    return size
