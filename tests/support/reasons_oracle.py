"""Scenarios in which Julia 1.12 said why it recompiled, rebuilt with caches of headers alone.

``tests/measured/reasons-1.12/README.md`` says what was measured. Here a scenario's world is laid
out in a folder, its steps are done, and its caches are written as they were found after them.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import google_crc32c

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.hashing import extension_uuid
from precompass.julia.slugs import cache_entry
from precompass.julia.versions import VersionNumber
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.loading import LoadingSession
from precompass.recompilation.pending import (
    Pending,
    pending_for_precompile,
    pending_for_using,
)
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import BASE, CORE, Module, Require, Source, cache_bytes
from support.measured import MEASUREMENTS

DATA = MEASUREMENTS / "reasons-1.12"
JULIA = VersionNumber((1, 12, 2))
MINOR = (1, 12)

_OLD = 1_600_000_000
_INCLUDE = re.compile(r'^\s*(include|include_dependency)\("([^"]+)"(.*)\)', re.MULTILINE)
_IMPORT = re.compile(r"^\s*(?:using|import)\s+([^#\n]+)", re.MULTILINE)
_REQUIRED = {
    "Lone": (),
    "Shed": (),
    "Yard": ("Shed",),
    "Wall": ("Ground",),
    "Roof": ("Ground", "Wall"),
}
_GARDEN = UUID("a0000000-0000-4000-8000-000000000009")


@lru_cache(maxsize=1)
def scenarios() -> tuple[Mapping[str, Any], ...]:
    """Return all scenarios as they stand in the file."""
    with (DATA / "scenarios.toml").open("rb") as file:
        return tuple(tomllib.load(file)["scenario"])


@dataclass(frozen=True)
class Made:
    """What a cache was made from, as it was then."""

    sources: tuple[Source, ...]
    requires: tuple[Require, ...]


class ReasonsScenario:
    """One scenario, laid out in *folder*."""

    def __init__(self, told: Mapping[str, Any], folder: Path) -> None:
        self._lay_out(told, folder)
        self._caches: list[Mapping[str, Any]] = [*told["depot"]["caches"], *self._unlisted(told)]
        self._made: dict[str, list[tuple[str, Made]]] = {}
        self._compile({cache["package"] for cache in self._caches})
        self._afterwards: list[Mapping[str, Any]] = []
        for step in told.get("steps", []):
            self._do(step)
        self._write_caches()
        for step in self._afterwards:
            self._damage(step)

    def _lay_out(self, told: Mapping[str, Any], folder: Path) -> None:
        """Write the world as it is before anything is compiled."""
        self.told = told
        self.world = folder / "W"
        shutil.copytree(DATA / "world", self.world)
        preferences = self.world / "dev" / "Preferences" / "src" / "Preferences.jl"
        preferences.parent.mkdir(parents=True)
        preferences.write_text("module Preferences\nend\n")
        preferences.parent.with_name("Project.toml").write_text(
            'name = "Preferences"\nuuid = "21216c6a-2e73-6563-6e65-726566657250"\n'
            'version = "1.5.2"\n\n[deps]\nTOML = "fa267f1f-6049-4f14-aa54-33bafae1ed76"\n'
        )
        self._set_times(self.world)
        self.depot = self.world / "depot"

    def _unlisted(self, told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield caches of the first session for packages that the measurement did not list."""
        listed = {cache["package"] for cache in told["depot"]["caches"]}
        gone = {cause["unit"] for cause in told["root_causes"] if cause["check"] == "none"}
        gone |= {step["package"] for step in told.get("steps", []) if "cache" in step["do"]}
        environment = told["precompiled_in"]
        manifest = tomllib.loads((self.world / "envs" / environment / "Manifest.toml").read_text())
        slug = told["depot"]["caches"][-1]["file"].partition("_")[2]
        for one in told.get("rejected_after_preload", []):
            slug = one["file"].partition("_")[2]
        for name, required in _REQUIRED.items():
            if name in listed or name in gone or name not in manifest["deps"]:
                continue
            uuid = UUID(manifest["deps"][name][0]["uuid"])
            yield {
                "package": name,
                "file": f"{cache_entry(name, uuid)}_{slug}",
                "age": 0,
                "build": f"{name}#1",
                "source": f"dev/{name}/src/{name}.jl",
                "requires": [self._build_of(told, below, manifest) for below in required],
            }

    @staticmethod
    def _build_of(told: Mapping[str, Any], name: str, manifest: Mapping[str, Any]) -> str:
        """Return the build of a package that a project's first session made."""
        slugs = {"1" * 40: "fkqib", "2" * 40: "eWI0c"}
        slug = slugs.get(manifest["deps"][name][0].get("git-tree-sha1", ""), "dev")
        for cache in told["depot"]["caches"]:
            if cache["package"] == name and slug in cache["source"]:
                return str(cache["build"])
        return f"{name}#1"

    # The steps

    def _set_times(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            os.utime(path, (_OLD, _OLD))

    def _do(self, step: Mapping[str, Any]) -> None:
        world, what = self.world, step["do"]
        if what == "write":
            path = world / step["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"])
        elif what == "replace":
            path = world / step["file"]
            path.write_text(path.read_text().replace(step["old"], step["new"]))
        elif what == "touch":
            (world / step["file"]).touch()
        elif what == "set-mtime":
            file, time = step["args"]
            os.utime(world / file, (float(time), float(time)))
        elif what == "delete":
            (world / step["file"]).unlink()
        elif what == "copy folder":
            shutil.copytree(world / step["from"], world / step["to"])
        elif what == "symlink":
            target, link = step["args"]
            (world / link).symlink_to(world / target)
        elif what == "move folder":
            if step["from"].startswith("depot/compiled"):
                return  # the caches are written where they are listed
            target = world / step["to"]
            target.parent.mkdir(parents=True, exist_ok=True)
            (world / step["from"]).rename(target)
            if step["from"] == "depot":
                self.depot = target
        elif what == "run":
            self._compile(step["recompiled"])
        elif "cache" in what or what == "make read-only":
            self._afterwards.append(step)
        else:
            raise AssertionError(f"unknown step {what}")

    def _compile(self, packages: Sequence[str] | set[str]) -> None:
        """Remember of what the caches of some packages would be made now."""
        for cache in self._caches:
            if cache["package"] in packages and cache.get("header") != "unreadable":
                entry = self.world / cache["source"].removeprefix("elsewhere/")
                if entry.exists():
                    found = self._made.setdefault(cache["package"], [])
                    found.append((cache["source"], self._sources(entry)))

    def _sources(self, entry: Path) -> Made:
        files: list[Source] = []
        requires: list[Require] = []
        names = self._names(entry.parent.parent)
        self._add_file(files, requires, entry, names, 0)
        return Made(tuple(files), tuple(requires))

    def _names(self, package: Path) -> Mapping[str, UUID]:
        project = tomllib.loads((package / "Project.toml").read_text())
        tables = (project.get("deps", {}), project.get("weakdeps", {}))
        names = {name: UUID(uuid) for table in tables for name, uuid in table.items()}
        return {**names, project["name"]: UUID(project["uuid"])}

    def _add_file(
        self,
        files: list[Source],
        requires: list[Require],
        path: Path,
        names: Mapping[str, UUID],
        owner: int,
    ) -> None:
        text = path.read_text()
        files.append(self._source(path, owner))
        for line in _IMPORT.findall(text):
            found = re.findall(r"[A-Za-z_]\w*", line)
            requires.extend(Require(name, names[name]) for name in found)
        for kind, name, rest in _INCLUDE.findall(text):
            below = Path(os.path.normpath(path.parent / name))
            if kind == "include":
                self._add_file(files, requires, below, names, 1)
            elif "track_content = false" in rest:
                files.append(Source(self._recorded(below), mtime=below.stat().st_mtime))
            else:
                files.append(self._source(below, 0))

    def _source(self, path: Path, owner: int) -> Source:
        size = path.stat().st_size
        names = "".join(sorted(os.listdir(path))) if path.is_dir() else ""  # noqa: PTH208
        crc = google_crc32c.value(names.encode() if path.is_dir() else path.read_bytes())
        return Source(self._recorded(path), size=size, crc32c=crc, owner=owner)

    def _recorded(self, path: Path) -> str:
        if path.is_relative_to(self.depot):
            return f"@depot/{path.relative_to(self.depot).as_posix()}"
        return str(path)

    # The caches

    def _write_caches(self) -> None:
        for cache in self._caches:
            path = self._cache_path(cache)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(cache, path)
            for one in (path, path.with_suffix(".so")):
                if one.exists():
                    os.utime(one, (_OLD + cache["age"], _OLD + cache["age"]))

    def _cache_path(self, cache: Mapping[str, Any]) -> Path:
        depot = self.world / "ro" if cache.get("depot") == "ro" else self.depot
        return Path(depot, "compiled", "v1.12", cache["package"], cache["file"])

    def _write(self, cache: Mapping[str, Any], path: Path) -> None:
        name = cache["package"]
        if cache.get("header") == "unreadable":
            path.write_bytes(b"")
            return
        made = self._made_from(cache)
        native = cache.get("native", True)
        records: list[Source | Require] = [*_sized_now(made.sources), *made.requires]
        header = cache_bytes(
            name,
            self.uuid(name),
            julia=str(JULIA),
            commit="ca9b6662be434e718dc97778a25c777c4e277a34",
            branch="HEAD",
            build_id=self._build(cache["build"]),
            required=(CORE, BASE, *map(self._module, cache.get("requires", ()))),
            keys=cache.get("keys", ()),
            preferences_hash=int(str(cache.get("prefs_hash", "0")), 16),
            records=records,
            flags=cache.get("flags", 0xA3),
            clone_targets=b"generic" if native else b"",
        )
        text = b"source text, as long as that of a short package. " * 5
        rest = struct.pack("<i", len(name)) + name.encode() + struct.pack("<Q", len(text)) + text
        rest += struct.pack("<i", 0)
        library = b"native code of %s " % cache["build"].encode() * 20 if native else b""
        if native:
            path.with_suffix(".so").write_bytes(library)
        data = header + rest + struct.pack("<I", google_crc32c.value(library) if native else 0)
        path.write_bytes(data + struct.pack("<I", google_crc32c.value(data)))

    def _made_from(self, cache: Mapping[str, Any]) -> Made:
        made = [one for source, one in self._made[cache["package"]] if source == cache["source"]]
        return made[-1]

    def _damage(self, step: Mapping[str, Any]) -> None:
        what, name = step["do"], step.get("package", "")
        paths = [self._cache_path(cache) for cache in self._caches if cache["package"] == name]
        if what == "delete cache" and step["which"] == ".so only":
            paths[0].with_suffix(".so").unlink()
        elif what == "truncate cache":
            kept = step["bytes_kept"]
            data = paths[0].read_bytes()
            paths[0].write_bytes(data[:-100] if kept == "all but 100" else data[: int(kept)])
        elif what == "flip lowest bit of one byte of cache" and paths[0].stat().st_size:
            path = paths[0].with_suffix(step["which"])
            flipped = bytearray(path.read_bytes())
            flipped[step["offset"]] ^= 1
            path.write_bytes(flipped)
        elif what == "copy cache" and not step["with_native_file"]:
            target = self.depot / "compiled" / "v1.12" / step["to"]
            target.with_suffix(".so").unlink()

    def _module(self, symbol: str) -> Module:
        name = symbol.partition("#")[0]
        return Module(name, self.uuid(name), self._build(symbol))

    @staticmethod
    def _build(symbol: str) -> int:
        number: int = google_crc32c.value(symbol.encode())
        return (0xFAFBFCFD << 32 | number) << 64 | number

    def uuid(self, name: str) -> UUID:
        """Return the UUID under which Julia compiles a package of the world."""
        if name == "GardenShedExt":
            return extension_uuid(_GARDEN, name, MINOR)
        slugs = [one["file"].partition("_")[0] for one in self._caches if one["package"] == name]
        for project in sorted(self.world.glob("dev/*/Project.toml")):
            told = tomllib.loads(project.read_text())
            uuid = UUID(told["uuid"])
            if told["name"] == name and (not slugs or cache_entry(name, uuid) in slugs):
                return uuid
        raise AssertionError(f"no package {name}")

    # The answers

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments of the session, in the order in which they are active."""
        return tuple(self.told["environment"].split(">"))

    def checks(self, environment: str) -> CacheChecks:
        """Return the checks of the caches of an environment, for the flags of the session."""
        is_global = environment == "global"
        folder = (
            self.depot / "environments" / "v1.12"
            if is_global
            else self.world / "envs" / environment
        )
        depots = [self.depot]
        if any(cache.get("depot") == "ro" for cache in self._caches):
            depots.append(self.world / "ro")
        settings = Settings(
            julia=JULIA,
            session=tuple(self.told.get("flags", ())),
            depots=os.pathsep.join(map(str, depots)),
            variables={"HOME": str(self.world)},
        )
        checks = Session(Snapshot(Disk()), settings).cache_checks(folder / "Project.toml")
        assert checks is not None
        return checks

    def using(self) -> Pending:
        """Return what the measured session recompiles after its preload."""
        first, *later = self.environments
        checks = self.checks(first)
        session, preloaded = self._preload(checks)
        if later:
            checks = self.checks(later[0])
            session.activate(checks)
            return pending_for_using(checks, session=session)
        return pending_for_using(checks, preloaded)

    def _preload(self, checks: CacheChecks) -> tuple[LoadingSession, list[Any]]:
        session = LoadingSession(checks)
        name = self.told.get("preload")
        uuid = checks.stack.named(name) if name else None
        unit = checks.stack.unit(uuid) if uuid is not None else None
        if unit is None:
            return session, []
        session.load(unit)
        return session, [unit]

    def precompile(self) -> Pending:
        """Return what ``Pkg.precompile()`` recompiles."""
        return pending_for_precompile(self.checks(self.environments[-1]))

    def rejections(self) -> Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]:
        """Return check and dependencies of each candidate that does not fit, nothing loaded."""
        checks = self.checks(self.environments[0])
        return self._rejections(checks, LoadingSession(checks))

    def rejections_after_preload(self) -> Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]:
        """Return the same for what does not fit after the preload, and the activation."""
        checks = self.checks(self.environments[0])
        session, _ = self._preload(checks)
        checks = self.checks(self.environments[-1])
        session.activate(checks)
        return self._rejections(checks, session)

    def _rejections(
        self, checks: CacheChecks, session: LoadingSession
    ) -> Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]:
        found: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        for name in sorted({cache["package"] for cache in self._caches}):
            unit = checks.stack.unit(self.uuid(name))
            if unit is None:
                continue
            for cache in checks.of(unit):
                reason = session.reason(cache)
                if reason is not None:
                    names = getattr(reason, "dependencies", ())
                    key = (name, Path(cache.file.path).name)
                    found[key] = (reason.CHECK, tuple(names))
        return found


def _sized_now(sources: Sequence[Source]) -> Iterator[Source]:
    """Give folders the size that they have now: some file systems count their entries in it."""
    for source in sources:
        path = Path(source.path)
        if path.is_dir():
            yield Source(
                source.path, size=path.stat().st_size, crc32c=source.crc32c, owner=source.owner
            )
        else:
            yield source
