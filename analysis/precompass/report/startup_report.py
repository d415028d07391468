"""What a startup file costs a project, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from precompass.recompilation.startup import Startup, StartupCost
from precompass.report.console import print_prose
from precompass.report.places import shown
from precompass.report.recompilation_text import print_labelled, print_units
from precompass.report.schema import SCHEMA, labels
from precompass.wording.startup import startup_sentences


def print_startup(
    startup: Startup | None, cost: StartupCost | None, *, folder: Path, console: Console
) -> None:
    """Print what a startup file loads, what that recompiles, and what helps.

    Args:
        startup: where it meets the project; None if it does not.
        cost: what is recompiled now, with the caches that are there.
        folder: paths below it are shown relative to it.
        console: where to print.
    """
    if startup is None:
        print_prose(console, "No startup file loads a package from another environment.")
        return
    if not startup.clashes:
        print_prose(console, "Startup files load no package in another version than this project.")
        return
    for sentence in startup_sentences(startup, folder):
        print_prose(console, sentence)
    console.print()
    print_units(console, "tools", startup.tools)
    print_units(console, "at switches", startup.dependents)
    if cost is not None:
        for label, units in (
            ("--project now", cost.with_project),
            ("activate now", cost.with_activate),
        ):
            if units:
                print_units(console, label, [one.unit for one in units])
            else:
                print_labelled(console, label, "nothing: caches of an earlier session fit")


def startup_json(
    startup: Startup | None, cost: StartupCost | None, *, folder: Path
) -> dict[str, Any]:
    """Return the same as JSON has it."""
    if startup is None:
        return {"schema": SCHEMA, "startup": None}
    return {
        "schema": SCHEMA,
        "startup": [shown(file, folder) for file in startup.files],
        "shared": shown(startup.shared, folder),
        "loads": labels(startup.loaded),
        "clashes": [
            {"package": one.unit.label, "project": one.project, "shared": one.shared}
            for one in startup.clashes
        ],
        "tools": labels(startup.tools),
        "dependents": labels(startup.dependents),
        "recompiled_with_project": _units(cost.with_project if cost is not None else None),
        "recompiled_with_activate": _units(cost.with_activate if cost is not None else None),
    }


def _units(units: Any) -> list[str] | None:
    return None if units is None else labels(one.unit for one in units)
