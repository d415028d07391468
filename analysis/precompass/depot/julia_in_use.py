"""Which Julia a user starts, told by juliaup's settings or by the depot: nothing is run.

``julia`` is juliaup's launcher where that is installed. It takes the channel that
``JULIAUP_CHANNEL`` names, then that of the nearest folder with an override, then the default
(juliaup: ``src/bin/julialauncher.rs``, ``src/config_file.rs``). Without juliaup, the folders of
compile caches say which versions were ever used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from precompass.files import disk
from precompass.julia.versions import VersionNumber

_MAX_BYTES = 2**20  # of juliaup's settings
_MOST_FOLDERS = 1_000  # of compile caches, one for each minor version
_COMPILED = re.compile(r"v(\d{1,3})\.(\d{1,3})", re.ASCII)


class JuliaInUse(msgspec.Struct, frozen=True):
    """A Julia that a session is likely to run.

    Attributes:
        version: major and minor version count.
        channel: of juliaup; None if it is the newest for which the depot has compile caches.
    """

    version: VersionNumber
    channel: str | None


def julia_of_juliaup(
    environment: Mapping[str, str], *, home: str, folder: Path
) -> JuliaInUse | None:
    """Return the Julia that juliaup starts in a folder; None where juliaup does not say.

    Args:
        environment: environment variables; ``JULIAUP_CHANNEL`` and ``JULIAUP_DEPOT_PATH`` count.
        home: the user's home folder.
        folder: in which Julia is started.
    """
    setting = environment.get("JULIAUP_DEPOT_PATH", "").strip()
    file = Path(setting or Path(home, ".julia"), "juliaup", "juliaup.json")
    try:
        settings = json.loads(disk.read_file(file, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    channel = environment.get("JULIAUP_CHANNEL") or _override(settings, folder)
    channel = channel or _text(settings, "Default")
    version = VersionNumber.parse(
        _text(_at(_at(settings, "InstalledChannels"), channel), "Version").partition("+")[0]
    )
    return JuliaInUse(version, channel) if version is not None else None


def _override(settings: object, folder: Path) -> str:
    """Return the channel of the nearest folder that has one (``juliaup override set``)."""
    found = settings.get("Overrides") if isinstance(settings, dict) else None
    channels = {
        Path(_text(one, "Path")): _text(one, "Channel")
        for one in (found if isinstance(found, list) else ())
        if _text(one, "Path")
    }
    places = (folder, *folder.parents)
    return next((channels[place] for place in places if place in channels), "")


def _at(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _text(value: object, key: str) -> str:
    found = _at(value, key)
    return found if isinstance(found, str) else ""


def used_minors(depots: Sequence[str]) -> frozenset[tuple[int, int]]:
    """Return the minor versions for which the first depot has compile caches."""
    names = disk.names(Path(depots[0], "compiled"), _MOST_FOLDERS) if depots else ()
    matches = (_COMPILED.fullmatch(name) for name in names)
    return frozenset((int(match[1]), int(match[2])) for match in matches if match is not None)
