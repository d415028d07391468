"""The preferences of the tools that run workloads: PrecompileTools and SnoopPrecompile."""

from __future__ import annotations

from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE

FLAG = "precompile_workload"
"""PrecompileTools' preference of each package that uses it: whether the workload runs."""
SWITCH = "precompile_workloads"
"""PrecompileTools' own preference: whether any workload runs."""
SKIP_LIST = "skip_precompile"
"""SnoopPrecompile's list of modules whose workloads are skipped."""

THE_SWITCH = Preference(PRECOMPILE_TOOLS, SWITCH)
THE_SKIP_LIST = Preference(SNOOP_PRECOMPILE, SKIP_LIST)
