"""Whether a folder is trusted, and the places that count where it is not.

A folder that belongs to somebody else is a stranger's, as for git (``safe.directory``), unless
the user says otherwise. What a file of it says about places elsewhere does not count then: the
gate to the disk lets only those be looked at that the user asked for, and Julia's own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from precompass.depot.installations import find_installations
from precompass.depot.paths import depot_path
from precompass.files import disk
from precompass.files.owner import is_of_one_owner, is_own
from precompass.files.reach import Reach, reach_of
from precompass.julia.behaviour import NEWEST_KNOWN
from precompass.julia.load_path import read_load_path
from precompass.user_cache import home_folder, user_cache

_HIGHEST = 64  # folders above one in which the root of a repository is looked for


def trusts(choice: bool | None, folders: Iterable[Path]) -> bool:
    """Tell whether folders are trusted: as the user chose, or else if they are the user's own."""
    return choice if choice is not None else all(map(is_own, folders))


def reach_for(
    folders: Iterable[Path], depots: str | None, variables: Mapping[str, str], *, is_trusted: bool
) -> Reach:
    """Return what may be looked at.

    Args:
        folders: what the user opened or named; the repositories around them count whole.
        depots: the depots that the user named, as ``JULIA_DEPOT_PATH`` has them.
        variables: environment variables, which are the user's own.
        is_trusted: whether the folders are trusted.
    """
    if is_trusted and sys.platform != "win32":
        return Reach()
    places: dict[str, None] = {}
    for folder in folders:
        if not any(str(place) in places for place in (folder, *folder.parents)):
            places[_repository(folder)] = None
    julias = _julias_places(depots, tuple(sorted(variables.items())))
    return reach_of([*places, *map(disk.real_path, places), *julias], is_trusted=is_trusted)


def _repository(folder: Path) -> str:
    """Return the folder of the repository that a folder is in; itself if it is in none.

    What is above belongs to the same user: a stranger's ``.git`` in a folder for everybody would
    open all of that folder. So would one of the user's in the home folder.
    """
    home = home_folder()
    for above in [folder, *folder.parents][:_HIGHEST]:
        if above != folder and (above == home or not is_of_one_owner(above, folder)):
            break
        if is_of_one_owner(above / ".git", folder):
            return str(above)
    return str(folder)


@lru_cache(maxsize=8)
def _julias_places(depots: str | None, variables: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the places of Julia and of our own cache, with those that links of them lead to."""
    found = list(_places(depots, dict(variables)))
    return (*found, *map(disk.real_path, found))


def _places(depots: str | None, variables: Mapping[str, str]) -> Iterator[str]:
    home = str(home_folder())
    chosen = {**variables, **({"JULIA_DEPOT_PATH": depots} if depots is not None else {})}
    yield from depot_path(
        chosen, home=home, platform=sys.platform, bindir=None, minor=NEWEST_KNOWN.minor
    )
    yield os.path.join(home, ".julia")  # noqa: PTH118 - a text is wanted
    yield str(user_cache(variables))
    yield from (entry for entry in read_load_path(variables) if os.path.isabs(entry))  # noqa: PTH117
    juliaup = variables.get("JULIAUP_DEPOT_PATH", "").strip()
    if juliaup:
        yield juliaup
    searched = variables.get("PATH", "").split(os.pathsep)
    for entry in filter(os.path.isabs, searched):
        yield from (str(Path(entry, name)) for name in ("julia", "julia.exe"))
    for found in find_installations(variables, home=home, platform=sys.platform):
        yield from (str(found.bindir.parent), str(found.stdlib))
