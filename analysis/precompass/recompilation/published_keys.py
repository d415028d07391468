"""What is published of the preferences of the packages in one environment."""

from __future__ import annotations

from precompass.julia.environment import Environment
from precompass.julia.published_preferences import PublishedPreferences, published_preferences
from precompass.julia.uuids import JLL_WRAPPERS
from precompass.recompilation.graph import DependencyGraph, Unit

_ALIKE = 0.7  # "pth", "paht" and "paths" for "path"


def published_of(environment: Environment, unit: Unit) -> PublishedPreferences | None:
    """Return what is published of the preferences of a unit; None if nothing is."""
    if unit.is_extension:
        return None
    entry = environment.loaded_entry(unit.uuid)
    return published_preferences(unit.uuid, entry.version if entry is not None else None)


def product_key(graph: DependencyGraph, unit: Unit, key: str) -> str | None:
    """Return the key that is meant by one of a JLL package that lacks ``_path``; or None.

    A JLL package that uses JLLWrappers reads ``libfoo_path`` for its library ``libfoo``; a slip in
    the ending (``libfoo_pth``) means that key, too.
    """
    is_wrapper = unit.name.endswith("_jll") and unit.id in graph.direct_dependents(JLL_WRAPPERS)
    if not is_wrapper or not key.startswith("lib") or key.endswith("_path"):
        return None
    import difflib  # seldom needed

    product, _, ending = key.rpartition("_")
    is_slip = product and difflib.SequenceMatcher(None, ending.lower(), "path").ratio() >= _ALIKE
    return f"{product if is_slip else key}_path"
