"""``precompass cache``: what Precompass itself remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.cli import main

INDEX = f"registry-{'0' * 16}-{'1' * 32}.sqlite"


def test_it_says_where_things_are_and_how_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRECOMPASS_CACHE", str(tmp_path))
    (tmp_path / "registries").mkdir()
    (tmp_path / "registries" / "index").write_bytes(bytes(3 * 2**20))
    assert main(["cache"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["sources", "0.0", "MiB", str(tmp_path / "source-reads")]
    assert lines[1].split() == ["registries", "3.0", "MiB", str(tmp_path / "registries")]


def test_clearing_deletes_it_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRECOMPASS_CACHE", str(tmp_path))
    (tmp_path / "registries").mkdir()
    (tmp_path / "registries" / INDEX).touch()
    (tmp_path / "mine").touch()
    assert main(["cache", "--clear"]) == 0
    assert not (tmp_path / "registries").exists()
    assert (tmp_path / "mine").exists()


def test_clearing_leaves_what_is_not_ours_in_a_depot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``PRECOMPASS_CACHE`` may name a folder that holds other things, even Julia's registries."""
    monkeypatch.setenv("PRECOMPASS_CACHE", str(tmp_path))
    (tmp_path / "registries" / "General").mkdir(parents=True)
    (tmp_path / "registries" / INDEX).touch()
    assert main(["cache", "--clear"]) == 0
    assert [path.name for path in (tmp_path / "registries").iterdir()] == ["General"]


def test_clearing_an_empty_cache_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRECOMPASS_CACHE", str(tmp_path / "nothing"))
    assert main(["cache", "--clear"]) == 0
