"""The width of a terminal is the one that Python's own library tells."""

from __future__ import annotations

import shutil

import pytest

from precompass.report.terminal_width import terminal_width


@pytest.mark.parametrize("columns", ["", "0", "-3", "wide", "72", "200"])
def test_it_is_what_shutil_says(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal_width() == shutil.get_terminal_size().columns


def test_a_stream_that_is_closed_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", None)
    assert terminal_width() == 80
