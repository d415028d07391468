"""Whether the flag of a package's own workload is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from precompass.julia.environment import Environment
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, UUID
from precompass.julia.workload_tools import FLAG, PrecompileTools
from precompass.recompilation.graph import UnitId, package_id

if TYPE_CHECKING:
    from precompass.recompilation.reads import UnitReads


def is_switched_off(environment: Environment) -> bool:
    """Tell whether PrecompileTools' switch is off in effect, so that no flag is read."""
    own = environment.preferences(PRECOMPILE_TOOLS).values
    return PrecompileTools.of(environment.loaded).is_switched_off(own)


def reads_flag(reads: Mapping[UnitId, UnitReads], uuid: UUID) -> bool:
    """Tell whether a package reads the flag of its own workload."""
    unit_reads = reads.get(package_id(uuid))
    return unit_reads is not None and Preference(uuid, FLAG) in unit_reads.keys
