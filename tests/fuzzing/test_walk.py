"""A short random walk: the server that follows every edit says what a new one says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.exhaustive


@pytest.fixture(scope="module")
def walk() -> ModuleType:
    """The program that ``make walk`` runs."""
    spec = importlib.util.spec_from_file_location("walk", Path(__file__).with_name("walk.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [0, 1])
def test_a_walk_of_two_hundred_steps(walk: ModuleType, tmp_path: Path, seed: int) -> None:
    walk.go(seed, steps=200, every=100, place=tmp_path)


def test_a_walk_is_made_shorter(
    walk: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        walk, "fails", lambda _seed, _files, numbers, *_: "broken" if {3, 8} <= {*numbers} else ""
    )
    assert walk.shortened(0, None, range(1, 11), 10, tmp_path) == [3, 8]
