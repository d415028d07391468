"""Answers in a narrow terminal: paths stay whole, and words."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.cli import main
from support.environments import manifest, project, write

PREFERENCES = "[CSV]\nprecompile_workload = false\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "our code" / "the app of us"
    write(
        here,
        {
            "Project.toml": project(deps="CSV"),
            "Manifest.toml": manifest({"CSV": "Tables", "Tables": ""}),
            "LocalPreferences.toml": PREFERENCES,
        },
    )
    monkeypatch.chdir(here.parent)
    monkeypatch.setenv("COLUMNS", "40")
    return here


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--project", "the app of us"),
        ("explain", "CSV.precompile_workload", "--project", "the app of us"),
    ],
)
def test_a_place_whose_folder_has_blanks_is_not_broken(
    arguments: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*arguments, "--no-depot"])
    lines = capsys.readouterr().out.splitlines()
    assert any("the app of us/LocalPreferences.toml:2" in line for line in lines)
    assert folder.is_dir()
    too_long = [line for line in lines if len(line) > 40]
    assert all("the app of us/" in line for line in too_long)


def test_help_is_wrapped_where_it_is_prose_and_not_where_it_is_laid_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["graph", "--help"]) == 0
    text = capsys.readouterr().out
    described = text[text.index("Draw what") :].partition("\n\n")[0]
    assert described.startswith("Draw what Julia recompiles")
    assert max(map(len, described.splitlines())) <= 60
    assert "\n  precompass graph CSV --svg csv.svg --project ~/code/App      the dep" in text
