"""What a real Julia recompiled, change by change, against what its compile caches tell us.

The scenarios were measured with Julia 1.10 and 1.14; ``recorded`` says which preferences the
caches listed. Headers with these facts are written here, and nothing of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from oracle_scenarios import Oracle, scenarios


@pytest.mark.parametrize(("oracle", "scenario"), scenarios())
def test_caches_tell_what_julia_compiles(
    oracle: str, scenario: Mapping[str, Any], tmp_path: Path
) -> None:
    world = Oracle(oracle, scenario, tmp_path)
    world.compile()
    found = world.answer()
    assert sorted(unit.name for unit in found.units) == world.compiled_by_pkg
    assert found.stale is not None
    assert sorted(unit.name for unit in found.stale) == world.compiled_by_loading
