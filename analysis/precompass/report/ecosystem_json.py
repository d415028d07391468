"""How many registered packages depend on one, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from precompass.registry.ecosystem import DependentCounts, Ecosystem
from precompass.registry.registries import Registries
from precompass.report.schema import SCHEMA


def counts_json(
    counts: DependentCounts, weak: str, ecosystem: Ecosystem, registries: Registries
) -> dict[str, Any]:
    """Return the counts of one package as JSON has them; *weak* is how weak dependencies count."""
    newest = registries.newest(counts.uuid)
    return {
        **_about(weak, ecosystem, registries),
        **_counts(counts),
        "newest": None if newest is None else str(newest),
    }


def ranking_json(
    ranking: Sequence[DependentCounts], weak: str, ecosystem: Ecosystem, registries: Registries
) -> dict[str, Any]:
    """Return the counts of several packages as JSON has them, in their order."""
    about = _about(weak, ecosystem, registries)
    return {**about, "ranking": [_counts(counts) for counts in ranking]}


def registries_json(registries: Registries) -> dict[str, Any]:
    """Name the registries; of several, ``date`` is the oldest day: no state is older."""
    return {
        "registry": ", ".join(registry.name for registry in registries.found),
        "date": min(registry.date for registry in registries.found).isoformat(),
        "registries": [
            {"name": registry.name, "date": registry.date.isoformat()}
            for registry in registries.found
        ],
    }


def _about(weak: str, ecosystem: Ecosystem, registries: Registries) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        **registries_json(registries),
        "packages": ecosystem.packages,
        "non_jll": ecosystem.non_jll,
        "weak": weak,
    }


def _counts(counts: DependentCounts) -> dict[str, Any]:
    return {
        "package": counts.name,
        "uuid": str(counts.uuid),
        "direct": counts.direct,
        "dependents": counts.dependents,
        "dependents_non_jll": counts.dependents_non_jll,
    }
