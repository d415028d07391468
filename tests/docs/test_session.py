"""The recorded session of the readme: the program wrote it, and it tells the story."""

from __future__ import annotations

import re
import runpy
import xml.etree.ElementTree as ET

from support.shared_data import ROOT

RECORDING = ROOT / "docs" / "images" / "session.svg"
SVG = "{http://www.w3.org/2000/svg}"


def test_it_is_what_the_program_writes_today() -> None:
    recorded = runpy.run_path(str(ROOT / "docs" / "session.py"))["record"]()
    assert RECORDING.read_text(encoding="utf-8") == recorded, "run `make generated`"


def test_it_tells_the_list_the_41_the_action_the_1_and_why() -> None:
    story = ET.parse(RECORDING).getroot().findtext(f"{SVG}desc")
    assert story is not None
    parts = [
        "[SnoopPrecompile]\nskip_precompile",
        "recompiles 41 of 158 packages and 8 extensions",
        "Move CatchmentModels to its own flag",
        "Wrote LocalPreferences.toml.",
        "[CatchmentModels]\nprecompile_workload = false",
        "recompiles 1 of 158 packages",
        "$ precompass why\nThe next `using` recompiles 41 of 158 packages",
    ]
    places = [story.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_it_plays_by_itself_and_stands_still_where_nothing_may_move() -> None:
    text = RECORDING.read_text(encoding="utf-8")
    assert len(text.encode()) < 500_000
    assert "<script" not in text
    assert not re.search(r"(?:href|src|url)\W", text)
    frames = re.findall(r'<g id="(f\d+)" class="frame">', text)
    assert all(f"@keyframes {frame}{{" in text for frame in frames)
    assert (
        f"prefers-reduced-motion:reduce){{.frame{{animation:none!important}}#{frames[-1]}" in text
    )
