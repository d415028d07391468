"""What older patches of a series do otherwise, said beside an answer for the newest one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from precompass.julia.behaviour import Julia
from precompass.julia.environment import Environment
from precompass.julia.older_patches import differing_patches
from precompass.recompilation.graph import dependency_graph
from precompass.recompilation.precompilation import (
    own_extensions_left_out,
    recompilation_network,
    visited,
)
from precompass.wording import of_older_patches


def differences_in_series(environment: Environment) -> Iterator[str]:
    """Yield what would differ for this environment with an older patch, as parts of sentences.

    Nothing, unless only the series of Julia is known.
    """
    julia, project, manifest = environment.julia, environment.project, environment.manifest
    if manifest is not None and project.manifest is None:
        name = manifest.path.name
        found = differing_patches(julia, project, lambda one: name in one.manifest_names)
        if found is not None:
            yield of_older_patches(found, f"does not look for {name}")
    found = differing_patches(julia, project, lambda one: _visible(environment, one))
    if found is not None:
        yield of_older_patches(found, "ignores preferences of packages that only [extras] lists")
    found = differing_patches(julia, project, lambda one: _recompiled(environment, one))
    if found is not None:
        yield of_older_patches(found, "may recompile other packages or extensions")


def _visible(environment: Environment, julia: Julia) -> object:
    """Return the preferences of the listed packages that one Julia sees."""
    listed = {
        uuid
        for layer in environment.layers
        for uuid in layer.project.listed(environment.julia).values()
    }
    seen = replace(environment, julia=julia)
    return {uuid: seen.preferences(uuid).values for uuid in listed}


def _recompiled(environment: Environment, julia: Julia) -> object:
    """Return all that decides, for one Julia, what is recompiled with what."""
    graph = dependency_graph(replace(environment, julia=julia))
    looked_at = own_extensions_left_out(visited(graph))
    return (
        frozenset(unit.id for unit in looked_at.units),
        frozenset(recompilation_network(graph).edges),
        julia.precompile_scope,
    )
