"""What is installed and compiled of one environment, and the memory of having looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from precompass.compile_caches import CompileCaches
from precompass.depot.installations import Installation
from precompass.depot.source_cache import SourceCache
from precompass.graph import DependencyGraph, dependency_graph
from precompass.julia.environment import Environment
from precompass.package_sources import PackageSources
from precompass.source_evidence import SourceEvidence


@dataclass(frozen=True)
class Installed:
    """What the depots hold of one environment.

    Attributes:
        sources: where the packages' sources are.
        caches: their compile caches.
        source_evidence: what the sources say.
    """

    sources: PackageSources
    caches: CompileCaches
    source_evidence: SourceEvidence


class DepotMemory:
    """Remembers what depots hold, so that not every keystroke looks through them again.

    Compile caches change when Julia runs, not while somebody types: :meth:`forget` is called
    when a file is saved, and whenever else the answer should be a fresh one.
    """

    def __init__(self) -> None:
        self._source_cache = SourceCache()
        self._known: dict[tuple[DependencyGraph, tuple[str, ...]], Installed] = {}

    def forget(self) -> None:
        """Look again the next time."""
        self._known.clear()

    def look(
        self,
        environment: Environment,
        depots: Sequence[str],
        installation: Installation | None,
    ) -> Installed:
        """Return what the depots hold of an environment."""
        graph = dependency_graph(environment)
        key = (graph, tuple(depots))
        found = self._known.get(key)
        if found is None:
            sources = PackageSources(environment, depots, installation)
            evidence = SourceEvidence(environment, graph, sources, self._source_cache.read)
            found = Installed(sources, CompileCaches(graph, sources, depots), evidence)
            self._known[key] = found
        return found
