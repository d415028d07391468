"""What other packages may do with a package's module: call its functions, read its preferences.

They get hold of it through their macros, and where the package hands it to their functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID
from precompass.recompilation.graph import Unit, UnitId
from precompass.recompilation.package_sources import PackageSources
from precompass.source.absent_code import FUNCTIONS_OF_JULIA, MACROS_OF_JULIA
from precompass.source.called_by_name import CalledNames, PackageText, called_names
from precompass.source.effects import KNOWN_PACKAGES, Read
from precompass.source.modules import Condition
from precompass.source.preference_reads import PackageReads
from precompass.source.syntax import Site
from precompass.source.values import OWN, Text, Unknown

_MOST_LOOKED_INTO = 300  # packages that may have the module of one
_MOST_KEPT = 32  # packages whose text is kept


class DoneWithModule(msgspec.Struct, frozen=True):
    """What other packages may do with a package's module.

    Attributes:
        called: the names of functions that they may call; None where they compute names.
        reads: what they may read of the package, whatever they call.
    """

    called: frozenset[str] | None = frozenset()
    reads: tuple[Read, ...] = ()


class GivenModules:
    """Follows what a unit's dependencies do with its module, as far as their sources are here.

    Args:
        sources: of the environment's units.
        importable: returns the units that a unit can import.
    """

    def __init__(
        self, sources: PackageSources, importable: Callable[[Unit], Iterable[Unit]]
    ) -> None:
        self._sources = sources
        self._importable = importable
        self._texts: dict[UnitId, PackageText | None] = {}

    def of(self, unit: Unit, package_of: Callable[[Unit], PackageReads | None]) -> DoneWithModule:
        """Return what other packages may do with the module of a unit.

        What a unit uses and its dependencies do not define, they have from theirs.

        Args:
            unit: the unit.
            package_of: returns what the source of a unit says.
        """
        package, text = package_of(unit), self._text_of(unit)
        if package is None or text is None or not (package.functions or package.handed):
            return DoneWithModule()
        macros = text.macros_used() - MACROS_OF_JULIA if package.functions else frozenset()
        wanted = macros.union(package.handed)
        asked = {one.id: (one, wanted) for one in self._importable(unit)} if wanted else {}
        seen: set[tuple[UnitId, frozenset[str]]] = set()
        found: list[CalledNames] = []
        reads: list[Read] = []
        while asked and len(seen) < _MOST_LOOKED_INTO:
            calls = dict(self._calls(asked, seen))
            seen |= {(one.id, names) for one, names in asked.values()}
            for other, one in calls.items():
                reads += self._reads(other, package_of(other), one)
            found += calls.values()
            wanted = wanted.difference(*(one.found for one in calls.values()))
            wanted = frozenset(one for one in wanted if one[0] != "@" or text.uses_macro(one))
            asked = {
                below.id: (below, names)
                for other, one in calls.items()
                if (names := wanted | (one.handed_on - FUNCTIONS_OF_JULIA))
                for below in self._importable(other)
            }
        any_name = bool(asked) or any(one.any_name for one in found)
        called = frozenset[str]().union(*(one.names for one in found))
        return DoneWithModule(None if any_name else called, tuple(reads))

    def _calls(
        self,
        asked: Mapping[UnitId, tuple[Unit, frozenset[str]]],
        seen: set[tuple[UnitId, frozenset[str]]],
    ) -> Iterator[tuple[Unit, CalledNames]]:
        for unit, names in asked.values():
            if (unit.id, names) not in seen:
                text = self._text_of(unit)
                if text is not None:
                    yield unit, called_names(text, names)

    def _reads(
        self, unit: Unit, package: PackageReads | None, calls: CalledNames
    ) -> Iterator[Read]:
        """Yield what a unit may read of another one, whose module it is handed and keeps."""
        for read in package.of_stored if package is not None and calls.found else ():
            condition = Condition(read.site, 0, 0, "the module is kept", unfollowed=True)
            key = read.key if isinstance(read.key, Text) else Unknown("…")
            yield replace(read, owner=OWN, key=key, conditions=(condition,), unless=None)
        source = self._sources.of(unit)
        if calls.any_code and source is not None:
            site = Site(source.entry, 0, 0)
            condition = Condition(site, 0, 0, "other code runs", unfollowed=True)
            yield Read(OWN, Unknown("include(…)"), site, (condition,))

    def _text_of(self, unit: Unit) -> PackageText | None:
        """Return the text of a unit; None without source, and for Julia's own packages."""
        if unit.id not in self._texts:
            source = self._sources.of(unit)
            is_known = is_of_julia(unit.uuid, unit.name)
            if len(self._texts) >= _MOST_KEPT:
                self._texts.clear()
            self._texts[unit.id] = (
                PackageText(source.folder, source.entry) if source and not is_known else None
            )
        return self._texts[unit.id]


def is_of_julia(uuid: UUID, name: str) -> bool:
    """Tell whether a package reads no preferences for its user, or is known to."""
    return uuid in STDLIBS or name in KNOWN_PACKAGES
