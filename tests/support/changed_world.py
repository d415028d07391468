"""A world in which something is compiled, changed and looked at, as Julia 1.12 does it.

The packages are those of the measured scenarios (``tests/measured/reasons-1.12/README.md``). What
a session compiles is told; the files that it writes are made as Julia names and fills them: one for
each project, preference and set of options, over the one of the same name.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import google_crc32c

from precompass.julia.hashing import preference_hash
from precompass.julia.slugs import cache_entry
from precompass.recompilation.pending import Pending
from support.reasons_oracle import MINOR, Made, ReasonsScenario

PLAIN_FLAGS = 0xA3
"""The options of ``julia`` alone, as a cache has them."""

_PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
_SLUGS = {"1" * 40: "fkqib", "2" * 40: "eWI0c"}
_LOADS = {
    "Wall": ("Ground",),
    "Roof": ("Wall",),
    "Yard": ("Shed",),
    "Paint": ("Preferences",),
    "House": ("Paint", "Wall"),
    "Tool": ("Ground",),
    "GardenShedExt": ("Garden", "Shed"),
}
_OLD = 1_600_000_000


class ChangedWorld(ReasonsScenario):
    """The measured world, in which nothing is compiled yet.

    Args:
        folder: where it is laid out.
    """

    def __init__(self, folder: Path) -> None:
        self._lay_out({}, folder)
        self._caches: list[Mapping[str, Any]] = []
        self._clock = count(1)

    def folder(self, environment: str) -> Path:
        """Return the folder of an environment; ``global`` is that of all projects."""
        if environment == "global":
            return self.depot / "environments" / "v1.12"
        return self.world / "envs" / environment

    # What is done

    def compile(
        self,
        environment: str,
        *packages: str,
        color: object = None,
        flags: int = PLAIN_FLAGS,
    ) -> None:
        """Compile packages, in this order, as a session in an environment does.

        Args:
            environment: the active one.
            packages: what has no cache that fits.
            color: the preference that Paint reads; None if it is not set.
            flags: the options of the session.
        """
        for package in packages:
            self._compile_one(environment, package, color, flags)

    def write(self, file: str, text: str) -> None:
        """Write a file of the world."""
        path = self.world / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text in a file of the world, which must be there."""
        path = self.world / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def append(self, file: str, text: str) -> None:
        """Add to a file of the world."""
        path = self.world / file
        path.write_text(path.read_text() + text)

    def cache(self, package: str, which: int = -1) -> Path:
        """Return the cache file of a package, of several the newest."""
        return self._cache_path([one for one in self._caches if one["package"] == package][which])

    def cut(self, package: str, length: int) -> None:
        """Keep the first bytes of a cache file."""
        path = self.cache(package)
        path.write_bytes(path.read_bytes()[:length])

    def flip(self, package: str, at: int, ending: str = ".ji") -> None:
        """Flip the lowest bit of one byte of a cache file, or of its native library."""
        path = self.cache(package).with_suffix(ending)
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    def move_caches_to_second_depot(self) -> None:
        """Move all caches to a depot behind the first one."""
        (self.world / "ro").mkdir()
        (self.depot / "compiled").rename(self.world / "ro" / "compiled")
        self._caches = [{**cache, "depot": "ro"} for cache in self._caches]

    # What is asked

    def next_using(self, environment: str, *flags: str, preload: str | None = None) -> Pending:
        """Return what a session recompiles that loads the direct dependencies of a project.

        Args:
            environment: the active one; ``global>app`` begins in one and activates another.
            flags: the options of the session.
            preload: a package that is loaded before, in the first environment.
        """
        self.told = {"environment": environment, "flags": flags, "preload": preload}
        return self.using()

    def next_precompile(self, environment: str, *flags: str) -> Pending:
        """Return what ``Pkg.precompile()`` recompiles in a project."""
        self.told = {"environment": environment, "flags": flags}
        return self.precompile()

    # How Julia does it

    def uuid(self, name: str) -> UUID:
        """Return the UUID under which Julia compiles a package of the world."""
        return _PREFERENCES if name == "Preferences" else super().uuid(name)

    def _compile_one(self, environment: str, package: str, color: object, flags: int) -> None:
        number = next(self._clock)
        source = self._source_of(environment, package)
        requires: dict[str, None] = {}
        for below in _LOADS.get(package, ()):
            wanted = self._source_of(environment, below)
            found = [
                one for one in self._caches if (one["package"], one["source"]) == (below, wanted)
            ][-1]
            requires |= dict.fromkeys([*found["requires"], found["build"]])
        keys: list[str] = []
        hashed = 0
        if package == "Paint":
            keys = ["color"]
            table = {} if color is None else {"color": color}
            computed = preference_hash(table, keys, MINOR)  # type: ignore[arg-type]
            assert isinstance(computed, int)
            hashed = computed
        name = f"{environment} {hashed} {flags}".encode()
        slug = f"{google_crc32c.value(name) % 10**5:05}"
        cache = {
            "package": package,
            "file": f"{cache_entry(package, self.uuid(package))}_{slug}.ji",
            "age": number,
            "build": f"{package}#{number}",
            "source": source,
            "flags": flags,
            "native": bool(flags & 1),
            "requires": list(requires),
            "keys": keys,
            "prefs_hash": hex(hashed),
            "made": self._sources(self.world / source),
        }
        same = ("package", "file")
        self._caches = [
            one
            for one in self._caches
            if "depot" in one or any(one[key] != cache[key] for key in same)
        ]
        self._caches.append(cache)
        path = self._cache_path(cache)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(cache, path)
        for one in (path, path.with_suffix(".so")):
            if one.exists():
                os.utime(one, (_OLD + number, _OLD + number))

    def _made_from(self, cache: Mapping[str, Any]) -> Made:
        made: Made = cache["made"]
        return made

    def _source_of(self, environment: str, package: str) -> str:
        if package == "GardenShedExt":
            return "dev/Garden/ext/GardenShedExt.jl"
        base = self.folder("ws" if environment == "ws/member" else environment)
        entry = tomllib.loads((base / "Manifest.toml").read_text())["deps"][package][0]
        if "path" in entry:
            folder = Path(os.path.normpath(base / entry["path"]))
        else:
            folder = self.depot / "packages" / package / _SLUGS[entry["git-tree-sha1"]]
        return (folder / "src" / f"{package}.jl").relative_to(self.world).as_posix()
