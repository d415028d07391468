"""What a real Julia recompiled, change by change, against what its compile caches tell us.

The scenarios were measured with Julia 1.10 and 1.14; ``recorded`` says which preferences the
caches listed. Headers with these facts are written here, and nothing of the answer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.compiled_scenarios import CompiledScenario
from support.oracle import Scenario, every_scenario

pytestmark = pytest.mark.exhaustive


@every_scenario
def test_caches_tell_what_julia_compiles(scenario: Scenario, tmp_path: Path) -> None:
    compiled = CompiledScenario(scenario, tmp_path)
    compiled.compile()
    found = compiled.answer()
    assert sorted(unit.name for unit in found.units) == scenario.recompiled
    assert found.stale is not None
    assert sorted(unit.name for unit in found.stale) == scenario.stale
