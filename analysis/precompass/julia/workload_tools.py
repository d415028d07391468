"""The preferences of the tools that run workloads: PrecompileTools and SnoopPrecompile."""

from __future__ import annotations

FLAG = "precompile_workload"
"""PrecompileTools' preference of each package that uses it: whether the workload runs."""
SWITCH = "precompile_workloads"
"""PrecompileTools' own preference: whether any workload runs."""
SKIP_LIST = "skip_precompile"
"""SnoopPrecompile's list of modules whose workloads are skipped."""
