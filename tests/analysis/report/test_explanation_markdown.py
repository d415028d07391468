"""Explanations as Markdown."""

from __future__ import annotations

from pathlib import Path

from precompass.answers.explanation import explain
from precompass.report.explanation_markdown import explanation_markdown
from support.environments import Package, invalidations, manifest, project, uuid

FILES = {
    "Project.toml": project(deps="CSV SnoopPrecompile"),
    "Manifest.toml": manifest(
        {
            "CSV": "Parsers SnoopPrecompile",
            "Parsers": "SnoopPrecompile",
            "SnoopPrecompile": Package("Preferences", version="1.0.3"),
            "Preferences": "",
        }
    ),
    "LocalPreferences.toml": '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n',
}


def page(folder: Path, package: str, key: str | None, **files: str) -> str:
    answers = invalidations(folder, {**FILES, **files})
    return explanation_markdown(explain(answers, uuid(package), key), folder=folder)


def test_a_preference_with_its_value_and_what_hangs_on_it(tmp_path: Path) -> None:
    text = page(tmp_path, "SnoopPrecompile", "skip_precompile")
    headline, count, value, *rest = text.split("\n\n")
    assert headline == "# SnoopPrecompile.skip_precompile"
    assert count.startswith("Changing it recompiles 3 of 4 packages (")
    assert value == '**Value:** `["CSV"]`, from `LocalPreferences.toml:2`'
    assert "## Read by\n\n- SnoopPrecompile: " in text
    assert "## Recompiled\n\nCSV, Parsers, SnoopPrecompile" in text
    assert rest[-1].startswith("Julia version ")


def test_a_package_has_no_value(tmp_path: Path) -> None:
    text = page(tmp_path, "Parsers", None)
    assert "Changing it recompiles 2 of 4 packages, Parsers included." in text
    assert "In effect" not in text
    assert "→ Parsers" in text


def test_a_preference_that_is_not_set(tmp_path: Path) -> None:
    assert "**Value:** not set" in page(tmp_path, "CSV", "fast")


def test_names_and_values_are_no_markup(tmp_path: Path) -> None:
    hostile = "[click](command:evil)<img src=x>`"
    table = f"[SnoopPrecompile]\nskip_precompile = ['{hostile}']\n'{hostile}' = 1\n"
    text = page(tmp_path, "SnoopPrecompile", hostile, **{"LocalPreferences.toml": table})
    assert "\\[click\\](command:evil)\\<img src=x\\>\\`" in text
    value = page(tmp_path, "SnoopPrecompile", "skip_precompile", **{"LocalPreferences.toml": table})
    assert f'`` ["{hostile}"] ``' in value
