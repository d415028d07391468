"""Why Julia recompiles, as a real Julia 1.12 said it in 75 scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.reasons_oracle import ReasonsScenario, scenarios

_NO_CACHE = "none"


def _named(which: str) -> list[Any]:
    return [
        pytest.param(told, id=told["name"]) for told in scenarios() if which == "" or which in told
    ]


@pytest.mark.parametrize("told", _named(""))
def test_every_cache_is_rejected_by_julias_check(told: Mapping[str, Any], tmp_path: Path) -> None:
    expected = {
        (one["package"], one["file"]): (int(one["check"]), tuple(one.get("dependency", ())))
        for one in told["rejected"]
    }
    assert ReasonsScenario(told, tmp_path).rejections() == expected


@pytest.mark.parametrize("told", _named("rejected_after_preload"))
def test_every_cache_is_rejected_by_julias_check_after_a_preload(
    told: Mapping[str, Any], tmp_path: Path
) -> None:
    expected = {
        (one["package"], one["file"]): int(one["check"]) for one in told["rejected_after_preload"]
    }
    found = ReasonsScenario(told, tmp_path).rejections_after_preload()
    assert {key: check for key, (check, _) in found.items()} == expected


@pytest.mark.parametrize("told", _named(""))
def test_what_is_recompiled_and_its_root_causes_are_julias(
    told: Mapping[str, Any], tmp_path: Path
) -> None:
    pending = ReasonsScenario(told, tmp_path).using()
    assert sorted(one.unit.name for one in pending.units) == told["recompiled"]
    roots = {one.unit.name: one.reason.CHECK for one in pending.roots}
    assert roots == {
        one["unit"]: 0 if one["check"] == _NO_CACHE else int(one["check"])
        for one in told["root_causes"]
    }
    consequences = [one.unit.name for one in pending.units if not one.is_root]
    assert sorted(consequences) == told["consequences"]


@pytest.mark.parametrize("told", _named("recompiled_by_pkg_precompile"))
def test_what_pkg_precompile_recompiles_is_julias(told: Mapping[str, Any], tmp_path: Path) -> None:
    pending = ReasonsScenario(told, tmp_path).precompile()
    expected = told["recompiled_by_pkg_precompile"]
    assert sorted(one.unit.name for one in pending.units) == expected
