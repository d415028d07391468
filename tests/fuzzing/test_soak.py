"""A short soak: every request is answered, as a new server answers it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def soak() -> ModuleType:
    """The program that ``make soak`` runs."""
    spec = importlib.util.spec_from_file_location("soak", Path(__file__).with_name("soak.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["soak"] = module
    spec.loader.exec_module(module)
    return module


def test_a_soak_of_two_hundred_steps(soak: ModuleType, tmp_path: Path) -> None:
    soak.write_large_environment(tmp_path / "environment", packages=60)
    session = soak.Soak(7, tmp_path / "environment", tmp_path)
    try:
        for _ in range(200):
            session.step()
        session.settle()
        session.compare()
    finally:
        session.editor.end()
    assert session.edits > 100
    assert session.requests > 50


def test_a_soak_of_edits_only(soak: ModuleType, tmp_path: Path) -> None:
    soak.write_large_environment(tmp_path / "environment", packages=60)
    session = soak.Soak(7, tmp_path / "environment", tmp_path, only_edits=True)
    try:
        for _ in range(100):
            session.step()
        assert session.settle() >= 0
        session.compare()
    finally:
        session.editor.end()
    assert (session.edits, session.requests) == (100, 20)


@pytest.mark.parametrize(
    "memory", [[100.0] * 40, [90.0] * 5 + [150.0] * 100, [150.0, 80.0] * 60], ids=str
)
def test_memory_that_stays_is_let_be(soak: ModuleType, memory: list[float]) -> None:
    soak.judge(memory)


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        ([100.0] * 39 + [201.0], "more than 200 MiB"),
        ([80.0 + number for number in range(120)], "The memory grows: from 90 to 196 MiB"),
    ],
)
def test_memory_that_grows_fails_a_soak(
    soak: ModuleType, memory: list[float], message: str
) -> None:
    with pytest.raises(SystemExit, match=message):
        soak.judge(memory)
