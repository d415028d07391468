"""The golden truth: what two versions of Julia recompiled, in hundreds of scenarios.

Each scenario is answered twice: from the project files, preferences and manifest alone, and
with the packages' sources beside them. What neither can tell stands in :data:`WAITING`, and a
scenario that no longer belongs there fails, so that the list can only become shorter.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from precompass.recompilation.difference import difference
from precompass.recompilation.evidence import Evidence
from support.oracle import ORACLES, Scenario, every_scenario, scenarios

pytestmark = pytest.mark.exhaustive

RUN_TIME = "only the source tells that the key is read at run time"
OTHER_KEY = "only the source tells that the package does not read this key"
OTHER_CACHE = "only the depot tells that a cache made otherwise fits"
LOST_CACHE = "only the depot tells that caches were deleted"
OTHER_READER = "only the source tells that the package reads a key of another one"
UNRECORDED = "only the source tells that the key is read without being recorded"
CONDITION = "only the source tells which branch was taken"
NO_CACHE = "only the source tells that the package is never precompiled"
NO_WORKLOAD = "only the source tells that the package has no workload"
OLDER_CACHE = "only the depot tells that an older cache fits again"
NEVER_LOADED = "only the source tells that a dependency is never loaded"
EXTENSION_READS = "only the source tells what an extension reads"
IN_WORKLOAD = "only the source tells that the key is read in the workload, which is skipped"

_ONLY_CACHES_1_12 = {
    "scenarios-1.12/beside-O3-new-value": OTHER_CACHE,
    "scenarios-1.12/other-project-has-value": OTHER_CACHE,
    "scenarios-1.12/native-image-deleted": LOST_CACHE,
    "scenarios-1.12/cache-deleted-then-nothing": LOST_CACHE,
    "scenarios-1.12/toggle-back": OLDER_CACHE,
    "scenarios-1.12/toggle-back-loaded-again": OLDER_CACHE,
    "scenarios-1.12/stack-near-clears-far": OLDER_CACHE,
}

WAITING: Mapping[str, Mapping[str, str]] = {
    "files": {
        "runtime-only": RUN_TIME,
        "init-only": RUN_TIME,
        "several-packages-at-once": RUN_TIME,
        "peer-preference-by-module": OTHER_KEY,
        "unread-key": OTHER_KEY,
        "clear-other-key": OTHER_KEY,
        "read-without-invalidation": UNRECORDED,
        "branch-not-taken": CONDITION,
        "not-precompiled-package": NO_CACHE,
        "toggle-back-old-cache": OLDER_CACHE,
        "toggle-back-with-dependents": OLDER_CACHE,
        "toggle-twice": OLDER_CACHE,
        "extension-key-in-parent-table": EXTENSION_READS,
        "extension-reads-parent-preference": EXTENSION_READS,
        "flag-without-workload": NO_WORKLOAD,
        "key-read-in-workload-flag-off": IN_WORKLOAD,
        "scenarios-1.12/declared-but-not-loaded": NEVER_LOADED,
        "scenarios-1.12/anvil": NEVER_LOADED,
        "scenarios-1.12/anvil-default": NEVER_LOADED,
        "scenarios-1.12/beside-check-bounds-new-value": NEVER_LOADED,
        "scenarios-1.12/beside-no-pkgimages-new-value": NEVER_LOADED,
        "scenarios-1.12/cache-deleted-itself": NEVER_LOADED,
        "scenarios-1.12/keep-volume-quiet": CONDITION,
        "scenarios-1.12/hammer-none": OTHER_KEY,
        **_ONLY_CACHES_1_12,
        "scenarios-1.14/peer-preference-by-uuid": OTHER_READER,
        "scenarios-1.14/peer-preference-toggle-back": OLDER_CACHE,
        "scenarios-1.14/switch-off-1.2.1": NO_WORKLOAD,
        "scenarios-1.14/switch-on-1.2.1": NO_WORKLOAD,
        "scenarios-1.14/declared-but-not-loaded": NEVER_LOADED,
    },
    "sources": {
        "toggle-back-old-cache": OLDER_CACHE,
        "toggle-back-with-dependents": OLDER_CACHE,
        "toggle-twice": OLDER_CACHE,
        **_ONLY_CACHES_1_12,
        "scenarios-1.14/peer-preference-toggle-back": OLDER_CACHE,
    },
}
"""What cannot be told from the files alone, and from files and sources, and why."""


def waiting(scenario: Scenario, evidence: str) -> str | None:
    listed = WAITING[evidence]
    return listed.get(f"{scenario.oracle}/{scenario.name}", listed.get(scenario.name))


def test_the_oracles_are_there() -> None:
    assert [len(scenarios(oracle)) for oracle in ORACLES] == [121, 86, 150]


@every_scenario
@pytest.mark.parametrize("evidence", ["files", "sources"])
def test_what_julia_compiles_again(scenario: Scenario, evidence: str) -> None:
    with_sources = evidence == "sources"
    found = difference(
        scenario.before(with_sources=with_sources), scenario.after(with_sources=with_sources)
    )
    recompiled = sorted(unit.name for unit in found.recompilation.units)
    failed = sorted(unit.name for unit in found.failed)
    measured_failures = failed if scenario.failed is None else scenario.failed
    is_right = (recompiled, failed) == (scenario.recompiled, measured_failures)
    reason = waiting(scenario, evidence)
    if reason is None:
        assert (recompiled, failed) == (scenario.recompiled, measured_failures)
    else:
        assert not is_right, "this scenario waits no longer: take it off the list"
        # What is not known is assumed to be recompiled.
        is_enough = set(recompiled) >= set(scenario.recompiled)
        assert reason in (OTHER_READER, LOST_CACHE) or is_enough
        assert is_enough or found.recompilation.evidence is not Evidence.RECORDED


@every_scenario
def test_the_units_that_get_a_cache_are_the_graph(scenario: Scenario) -> None:
    units = scenario.before().graph.units.values()
    names = {unit.name for unit in units if unit.is_package or unit.is_extension}
    compiled = set(scenario.told["compiled_before"])
    if scenario.told["environment"].split("/")[0] in ("workspace", "farm"):
        # The manifest is that of the whole workspace; loaded was what one project depends on.
        assert names >= compiled
    else:
        assert names - {"NoCache"} == compiled


@every_scenario
def test_what_makes_julia_throw_is_told(scenario: Scenario) -> None:
    after = scenario.after()
    graph = after.graph
    throwing = {
        unit.name
        for unit in graph.units.values()
        if (unit.is_package or unit.is_extension)
        and after.preferences(graph.compiled_uuid(unit)).errors
    }
    told = set(scenario.preferences_error)
    # Measured were only packages that a cache has keys of.
    assert told <= throwing
    assert bool(told) == bool(throwing)


@every_scenario
def test_nothing_is_said_to_be_recorded_without_a_cache(scenario: Scenario) -> None:
    found = difference(scenario.before(), scenario.after())
    assert found.recompilation.evidence in (Evidence.KNOWN, Evidence.ASSUMED)
    assert found.recompilation.stale is None
