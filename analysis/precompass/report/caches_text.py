"""The compile caches of an environment, for people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from precompass.answers.cache_list import ListedCache
from precompass.julia.session_flags import read_flags
from precompass.recompilation.pending import PendingUnit
from precompass.report.console import print_hanging, print_prose, prose
from precompass.report.places import shown
from precompass.report.visible import visible
from precompass.wording import counted, in_bytes
from precompass.wording.why import names_of, reason_words

_DAY = 86_400  # seconds


def print_caches(caches: Sequence[ListedCache], *, folder: Path, console: Console) -> None:
    """Print each cache with its size, age, Julia, options, and whether it fits."""
    if not caches:
        print_prose(console, "No cache files found. Run `Pkg.precompile()` to make them.")
        return
    fitting = sum(1 for one in caches if one.reason is None)
    size = in_bytes(sum(one.size for one in caches))
    print_prose(console, f"{counted(len(caches), 'cache file')}, {size}; {fitting:,} of them fit.")
    last = ""
    for one in caches:
        if one.unit.label != last:
            console.print(Text(visible(one.unit.label), style="bold"), soft_wrap=True)
            last = one.unit.label
        print_hanging(console, Text("  "), prose(cache_line(one, folder)))


def cache_line(one: ListedCache, folder: Path | None) -> str:
    """Say what there is to know of one cache file."""
    file, header = one.cache.file, one.cache.header
    parts = [in_bytes(one.size), age(file.mtime_ns)]
    if header is not None:
        parts.append(f"Julia {header.julia.version}")
        flags = read_flags(header.flags).options if header.flags is not None else ()
        parts.append(f"`{' '.join(('julia', *flags))}`")
    verdict = reason_words(one.reason)
    if one.is_dead:
        verdict += "; no longer fits any project"
    return f"{shown(Path(file.path), folder)} ({', '.join(parts)}): {verdict}"


def age(mtime_ns: int) -> str:
    """Say how long ago a file was used: Julia sets the time of a cache that it loads."""
    days = int((time.time() - mtime_ns / 1e9) // _DAY)
    return "used today" if days < 1 else f"used {counted(days, 'day')} ago"


def deletion_sentence(
    caches: Sequence[ListedCache], *, is_dry: bool, is_stale: bool = False
) -> str:
    """Say what is deleted, or would be; *is_stale* tells which caches were asked for."""
    if not caches:
        if is_stale:
            return "Nothing to delete: every cache file may still fit some project."
        return (
            "Nothing to delete: no cache file of the package fits this project. Add `--stale` to "
            "delete those that no longer fit any project."
        )
    files = counted(len(caches), "cache file")
    size = in_bytes(sum(one.size for one in caches))
    names = names_of(list({one.unit.id: one.unit for one in caches}.values()))
    if is_dry:
        return f"Would delete {files} of {names} ({size}). Add `--yes` to delete."
    return f"Deletes {files} of {names} ({size})."


def consequence_sentence(after: Sequence[PendingUnit], already: int) -> str:
    """Say what Julia recompiles afterwards."""
    if not after:
        return "Julia recompiles nothing afterwards."
    names = names_of([one.unit for one in after])
    text = f"Julia then recompiles {names}"
    return f"{text}; {already:,} of these are recompiled anyway." if already else f"{text}."
