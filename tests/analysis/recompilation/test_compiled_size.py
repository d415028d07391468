"""The share of the compiled code that a change throws away."""

from __future__ import annotations

import pytest

from precompass.recompilation.compiled_size import CompiledShare


@pytest.mark.parametrize(
    ("thrown_away", "percent"), [(0, 0), (1, 1), (4_000, 1), (500_000, 50), (999_999, 99)]
)
def test_it_is_none_or_all_of_it_only_if_it_is(thrown_away: int, percent: int) -> None:
    assert CompiledShare(thrown_away, 1_000_000).percent == percent
    assert CompiledShare(1_000_000, 1_000_000).percent == 100
