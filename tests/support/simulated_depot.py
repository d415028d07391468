"""A depot whose compile caches were "made" by a simulated ``Pkg.precompile()``.

Only headers are written. What each package reads while it compiles, and what it loads, is given;
everything else (which caches still fit, which are replaced, which stay beside the new one) is
done as Julia does it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

from precompass.documents.values import TomlValue, UnsignedInteger
from precompass.julia.hashing import CannotTell, preference_hash
from precompass.julia.slugs import cache_directory, cache_entry
from precompass.julia.syntax_version import syntax_byte
from precompass.recompilation.graph import Unit, UnitId, package_id
from precompass.recompilation.invalidation import Invalidations
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, cache_bytes

Keys = Iterable[tuple[UUID, str]]


@dataclass
class SimulatedDepot:
    """A depot folder, the Julia that fills it, and what its packages do.

    ``reads`` and ``loads`` are asked for each unit: the preferences that it reads while it
    compiles, and the units that its own code loads.
    """

    folder: Path
    julia: str
    reads: Callable[[Unit], Keys]
    loads: Callable[[Unit], Collection[UnitId]]
    _clock: count[int] = field(default_factory=lambda: count(1))

    def precompile(
        self, invalidations: Callable[[], Invalidations], names: Collection[str]
    ) -> None:
        """Compile those units of these *names* that have no cache that fits."""
        graph = invalidations().graph
        loaded = self._loaded(invalidations())
        for unit in sorted(graph.units.values(), key=lambda unit: len(loaded[unit.id])):
            if unit.kind in ("package", "extension") and unit.name in names:
                now = invalidations()  # looks at the depot again
                if unit.id not in now.usable:
                    self._write(now, unit, loaded[unit.id])

    def files(self, name: str, *, native_only: bool = False) -> list[Path]:
        """Return the files of the caches of a package, or only their native libraries."""
        found = list(self.folder.rglob(f"compiled/*/{name}/*"))
        return [path for path in found if path.suffix == ".so" or not native_only]

    def _loaded(self, invalidations: Invalidations) -> Mapping[UnitId, frozenset[UnitId]]:
        """What is loaded while each unit compiles: all it uses, and the extensions that fire."""
        graph = invalidations.graph
        loaded: dict[UnitId, frozenset[UnitId]] = {}

        def of(identity: UnitId) -> frozenset[UnitId]:
            if identity not in loaded:
                unit = graph.units[identity]
                found = set(self.loads(unit))
                for one in list(found):
                    found |= of(one)
                if not unit.is_extension:
                    for extension in graph.units.values():
                        needs = {package_id(uuid) for uuid in (extension.uuid, *extension.triggers)}
                        if extension.is_extension and needs <= found:
                            found.add(extension.id)
                loaded[identity] = frozenset(found)
            return loaded[identity]

        for identity in graph.units:
            of(identity)
        return loaded

    def _write(self, now: Invalidations, unit: Unit, loaded: Collection[UnitId]) -> None:
        graph, minor = now.graph, now.environment.julia.minor
        uuid = graph.compiled_uuid(unit)
        number = next(self._clock)
        caches = now.caches
        required = [CORE, BASE]
        for identity in loaded:
            other = graph.units[identity]
            if other.kind == "stdlib":
                required.append(Module(other.name, other.uuid, CORE.build_id + number))
                continue
            cache = caches.recorded(identity) if caches is not None else None
            assert caches is not None
            assert cache is not None, f"{other.name} was not compiled before {unit.name}"
            fitting = caches.fitting(identity, lambda uuid: now.preferences(uuid).values)
            header = (fitting or [cache])[0].header
            required.append(Module(other.name, graph.compiled_uuid(other), header.package.build_id))
        keys = list(self.reads(unit))
        blob, hashed, names = None, 0, list[str]()
        if now.environment.julia.records_blob:
            blob = _blob(now, keys)
            name = blob
        else:
            names = [key for owner, key in keys if owner == uuid]
            preferences = now.preferences(uuid)
            table = {key: preferences.recorded_value(key) for key in preferences.values}
            found = preference_hash(table, names, minor)
            hashed = number if isinstance(found, CannotTell) else found
            name = str(found)
        directory = self.folder / cache_directory(unit.name, uuid, minor)
        directory.mkdir(parents=True, exist_ok=True)
        flags = now.installed.caches.session.byte
        assert flags is not None
        slug = f"{abs(hash((name, flags))) % 62**5:05}"[:5]
        path = directory / f"{cache_entry(unit.name, uuid)}_{slug}.ji"
        path.write_bytes(
            cache_bytes(
                unit.name,
                uuid,
                julia=self.julia,
                build_id=(CACHE_CHECKSUM + number) << 64 | number,
                required=required,
                keys=names,
                flags=flags,
                syntax_version=syntax_byte(now.environment, unit.uuid) or 0,
                clone_targets=b"generic" if flags & 1 else b"",
                preferences_hash=hashed,
                blob=blob,
            )
        )
        if flags & 1:
            path.with_suffix(".so").write_bytes(b"native code")
        os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))


def _blob(now: Invalidations, keys: Keys) -> str:
    tables: dict[UUID, list[str]] = {}
    unset: dict[UUID, list[str]] = {}
    for owner, key in keys:
        preferences = now.preferences(owner)
        if key in preferences.values:
            line = f"{_key(key)} = {_inline(preferences.recorded_value(key))}"
            tables.setdefault(owner, []).append(line)
        else:
            unset.setdefault(owner, []).append(key)
    lines = [
        line for owner, rows in sorted(tables.items()) for line in (f"[{owner}]", *sorted(rows))
    ]
    if unset:
        lines.append("[unset]")
        lines += [f"{owner} = {_inline(sorted(names))}" for owner, names in sorted(unset.items())]
    return "".join(f"{line}\n" for line in lines)


def _inline(value: TomlValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, UnsignedInteger):
        return hex(int(value))
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, Mapping):
        pairs = (f"{_key(name)} = {_inline(below)}" for name, below in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def _key(name: str) -> str:
    return _inline(name)


def _escaped(character: str) -> str:
    if character in '"\\' or ord(character) < 32 or ord(character) == 127:
        return f"\\u{ord(character):04x}"
    return character
