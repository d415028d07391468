"""Draw the picture of the readme from the example: ``docs/images/graph.svg``.

It is what ``precompass graph`` writes there; nothing of this machine's Julia has a part in it.
"""

from __future__ import annotations

from pathlib import Path

from precompass.answers.picture import picture
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.uuids import SNOOP_PRECOMPILE
from precompass.julia.workload_tools import SKIP_LIST
from precompass.report.picture_svg import svg
from precompass.session import Session
from precompass.settings.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "CatchmentModels" / "Project.toml"
GRAPH = ROOT / "docs" / "images" / "graph.svg"


def graph() -> str:
    """Return the picture of the example's skip list."""
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    invalidations = Session(Snapshot(Disk()), settings).invalidations(EXAMPLE)
    if invalidations is None:
        raise FileNotFoundError(EXAMPLE)
    return svg(picture(invalidations, SNOOP_PRECOMPILE, SKIP_LIST))


if __name__ == "__main__":
    GRAPH.parent.mkdir(exist_ok=True)
    GRAPH.write_text(graph(), encoding="utf-8", newline="\n")
