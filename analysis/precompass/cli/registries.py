"""How commands open registries: they wait, and say on the error stream what there is to know."""

from __future__ import annotations

from precompass.cli.failure import warn
from precompass.registry.memory import Registered, RegistryMemory
from precompass.report.progress import show_share


def registry_memory() -> RegistryMemory:
    """Return a memory that shows how far it has come, and warns of what cannot be read."""
    return RegistryMemory(progress=show_share("Reading the registries"), ready=_warn)


def _warn(registered: Registered) -> None:
    for problem in registered.registries.problems:
        warn(f"{problem.path}: {problem.message}")
