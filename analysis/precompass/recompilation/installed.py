"""What is installed and compiled of one environment, and the memory of having looked."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from precompass.depot.installations import Installation, find_installations
from precompass.depot.look import DepotLook
from precompass.julia.environment import Environment
from precompass.julia.project import ProjectFile
from precompass.julia.session_flags import PLAIN, SessionFlags
from precompass.julia.syntax_version import syntax_byte
from precompass.memo import Memo
from precompass.recompilation.compile_caches import CompileCaches
from precompass.recompilation.graph import dependency_graph
from precompass.recompilation.package_sources import PackageSources
from precompass.user_cache import home_folder

if TYPE_CHECKING:
    from precompass.recompilation.source_evidence import ReadSource, SourceEvidence
    from precompass.recompilation.startup import Startup
    from precompass.recompilation.why import Why
    from precompass.source.cache import SourceCache
    from precompass.source.package_reads import PackageSource
    from precompass.source.package_uses import PackageUses
    from precompass.source.preference_reads import PackageReads

T = TypeVar("T")
_Key: TypeAlias = tuple[object, ...]

_MOST_EARLIER = 100  # projects
_DONE = object()


class Installed(msgspec.Struct, frozen=True, dict=True):
    """What the depots hold of one environment.

    Attributes:
        environment: the environment.
        sources: where the packages' sources are.
        caches: their compile caches.
        read: reads one package's source; a memory on disk may do it.
    """

    environment: Environment
    sources: PackageSources
    caches: CompileCaches
    read: ReadSource

    @cached_property
    def source_evidence(self) -> SourceEvidence:
        """What the sources say. The reader of Julia code is imported when this is asked."""
        from precompass.recompilation.source_evidence import SourceEvidence

        graph = dependency_graph(self.environment)
        return SourceEvidence(self.environment, graph, self.sources, self.read)

    @classmethod
    def nothing(cls, environment: Environment) -> Installed:
        """Return what is known of an environment if nobody looks at the disk."""
        graph, sources = dependency_graph(environment), PackageSources.nowhere(environment)
        return cls(environment, sources, CompileCaches(graph, sources, ()), _read)


def _read(source: PackageSource, foreign: frozenset[str]) -> PackageReads:
    from precompass.source.package_reads import read_package_source

    return read_package_source(source, foreign=foreign)


def _keep_earlier(earlier: MutableMapping[_Key, T], known: Mapping[_Key, T]) -> None:
    """Add answers that are no longer of now to the earlier ones, of which the last are kept."""
    earlier.update(known)
    while len(earlier) > _MOST_EARLIER:
        del earlier[next(iter(earlier))]


class DepotMemory:
    """Remembers what depots hold, so that not every keystroke looks through them again.

    Compile caches change when Julia runs, not while somebody types: :meth:`forget` is called
    when a file is saved, and what is remembered is looked at again after a while.

    Args:
        max_age: seconds after which to look again.
        clock: returns seconds that never go back.
        leaves_for_later: whether what takes long waits for :meth:`look_at_what_was_left`, so that
            an editor sees everything else first.
    """

    def __init__(
        self,
        max_age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        leaves_for_later: bool = False,
    ) -> None:
        self._max_age = max_age
        self._clock = clock
        self._since = clock()
        self._source_cache: SourceCache | None = None
        self._known: Memo[_Key, Installed] = Memo()
        self._looks: dict[tuple[tuple[str, ...], tuple[int, int]], DepotLook] = {}
        self._leaves_for_later = leaves_for_later
        self._why: dict[_Key, Why | None] = {}
        self._earlier: dict[_Key, Why | None] = {}
        self._left: dict[_Key, Iterator[None]] = {}
        self._startup: dict[_Key, Startup | None] = {}
        self._uses: dict[_Key, PackageUses] = {}
        self._earlier_uses: dict[_Key, PackageUses] = {}
        self._installations: dict[tuple[str, ...], tuple[Installation, ...]] = {}

    def forget(self) -> None:
        """Look again the next time."""
        self._known.clear()
        self._looks.clear()
        _keep_earlier(self._earlier, self._why)
        _keep_earlier(self._earlier_uses, self._uses)
        self._left.clear()
        self._why.clear()
        self._startup.clear()
        self._uses.clear()
        self._installations.clear()
        self._since = self._clock()

    def installations(self, variables: Mapping[str, str]) -> tuple[Installation, ...]:
        """Return the installed Julias that a user with these environment variables would find."""
        self._forget_what_is_old()
        key = tuple(variables.get(name, "") for name in ("PATH", "JULIAUP_DEPOT_PATH"))
        found = self._installations.get(key)
        if found is None:
            found = find_installations(variables, home=str(home_folder()), platform=sys.platform)
            self._installations[key] = found
        return found

    def why(self, key: _Key, compute: Callable[[], Why | None], *, now: bool = True) -> Why | None:
        """Return what is recompiled next, computed once until there is something to forget.

        Args:
            key: what the answer depends on beside the files on disk.
            compute: computes it.
            now: whether to wait for it; else the answer may be an earlier one, or None.
        """
        self._forget_what_is_old()
        if key not in self._why:
            if self._leaves_for_later and not now:
                self._left[key] = self._looking(key, compute)
                return self._earlier.get(key)
            self._left.pop(key, None)
            self._why[key] = compute()
        return self._why[key]

    def _looking(self, key: _Key, compute: Callable[[], Why | None]) -> Iterator[None]:
        self._why[key] = compute()
        yield

    @property
    def has_left_something(self) -> bool:
        """Whether there is something that was left for later."""
        return bool(self._left)

    def look_at_what_was_left(self) -> bool:
        """Take one step towards what was left for later; tell whether there was anything."""
        key = next(iter(self._left), None)
        if key is None:
            return False
        steps = self._left[key]
        if next(steps, _DONE) is _DONE:
            del self._left[key]
        return True

    def startup(self, key: _Key, compute: Callable[[], Startup | None]) -> Startup | None:
        """Return where a startup file and a project meet, as :meth:`why` does."""
        self._forget_what_is_old()
        if key not in self._startup:
            self._startup[key] = compute()
        return self._startup[key]

    def package_uses(self, project: ProjectFile, entry: Path) -> PackageUses | None:
        """Return the reader of a package's own folder, which keeps what it has read.

        Where what takes long is left for later, it is the one from before the last change until
        this one has read what the project's dependencies are asked about; None if there is none.

        Args:
            project: the project file of the package, which has a name.
            entry: its entry file.
        """
        from precompass.source.package_uses import PackageUses

        self._forget_what_is_old()
        name, folder, extensions = (
            project.name or "",
            project.path.parent,
            tuple(project.extensions),
        )
        key = (name, folder, entry, extensions)
        found = self._uses.get(key)
        if found is not None:
            return found
        new = PackageUses(name, project.path.parent, entry, extensions)
        if not self._leaves_for_later:
            self._uses[key] = new
            return new
        if key not in self._left:
            self._left[key] = self._reading(key, new, project)
        return self._earlier_uses.get(key)

    def _reading(self, key: _Key, uses: PackageUses, project: ProjectFile) -> Iterator[None]:
        yield from uses.read_ahead(project.deps, project.weakdeps)
        self._uses[key] = uses

    def look(
        self,
        environment: Environment,
        depots: Sequence[str],
        installation: Installation | None,
        session: SessionFlags = PLAIN,
    ) -> Installed:
        """Return what the depots hold of an environment, for a session with these options."""
        self._forget_what_is_old()
        graph = dependency_graph(environment)
        own = environment.project.uuid
        syntax = syntax_byte(environment, own) if own is not None else None  # of no graph a part
        key = (graph, syntax, tuple(depots), session)
        found = self._known.get(key)
        if found is None:
            sources = PackageSources(environment, depots, installation)
            one_look = self.look_into(depots, environment.julia.minor)
            caches = CompileCaches(graph, sources, depots, session, one_look)
            found = Installed(environment, sources, caches, self._read)
            self._known.put(key, found, graph.size + environment.text_size)
        return found

    def look_into(self, depots: Sequence[str], minor: tuple[int, int]) -> DepotLook:
        """Return the look into depots that all questions about their caches share."""
        self._forget_what_is_old()
        key = (tuple(depots), minor)
        if key not in self._looks:
            self._looks[key] = DepotLook(*key)
        return self._looks[key]

    def _read(self, source: PackageSource, foreign: frozenset[str]) -> PackageReads:
        if self._source_cache is None:
            from precompass.source.cache import SourceCache

            self._source_cache = SourceCache()
        return self._source_cache.read(source, foreign)

    def _forget_what_is_old(self) -> None:
        if self._clock() - self._since > self._max_age:
            self.forget()
