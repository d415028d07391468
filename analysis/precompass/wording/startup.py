"""How it is said that a startup file loads other versions than a project has."""

from __future__ import annotations

from pathlib import Path

from precompass.files.shown import shown
from precompass.recompilation.startup import Startup, VersionClash
from precompass.wording import counted, listed

_FEW = 3


def startup_sentences(startup: Startup, folder: Path | None) -> tuple[str, str, str, str]:
    """Say what the file loads, what both ways of starting recompile, and what helps."""
    tools = listed((unit.label for unit in startup.loaded), _FEW)
    files = " and ".join(shown(file, folder) for file in startup.files)
    load = "loads" if len(startup.files) == 1 else "load"
    where = f"{files} {load} {tools} from {shown(startup.shared, folder)}"
    clashes = ", ".join(_versions(clash) for clash in startup.clashes[:_FEW])
    rest = len(startup.clashes) - _FEW
    more = f" and {rest} more" if rest > 0 else ""
    once = counted(len(startup.tools), "package")
    every = counted(len(startup.dependents), "package")
    return (
        f"{where}, which has other versions than this project: {clashes}{more}.",
        f"With `--project`, Julia recompiles {once} of the shared environment once per project.",
        f"If the project is activated later, Julia recompiles {every} of it at every switch.",
        "Use the same versions in both, add the tool to the project, or start Julia with "
        "`--startup-file=no`.",
    )


def _versions(clash: VersionClash) -> str:
    if clash.project is not None and clash.shared is not None and clash.project != clash.shared:
        return f"{clash.unit.name} {clash.shared} in place of {clash.project}"
    return f"another source of {clash.unit.name}"
