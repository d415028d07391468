"""No environment says less for what its files lack: a sweep over those that come with the project.

Each environment with its manifest removed, its manifest cut off at ten places, and its project cut
off at ten places. An answer that says less than with the whole files says that it cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.documents.toml import parse_toml
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations, Recompilation
from support.environments import invalidations
from support.shared_data import ROOT

ELSEWHERE = Path("/home/ada/Survey")  # where nothing is on disk
PLACES = 10
MOST_PACKAGES = 40  # asked about, of each environment


def environments() -> Iterator[Path]:
    folders = {
        path.parent
        for root in ("examples", "tests/measured")
        for path in (ROOT / root).rglob("Manifest.toml")
        if path.with_name("Project.toml").is_file()
    }
    yield from sorted(folders)


def files_of(folder: Path) -> dict[str, str]:
    names = ("Project.toml", "Manifest.toml", "LocalPreferences.toml")
    paths = (folder / name for name in names)
    return {path.name: path.read_text("utf-8") for path in paths if path.is_file()}


def damaged(files: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what can be left of the files: no manifest, or one of them cut within a value."""
    without = {name: text for name, text in files.items() if name != "Manifest.toml"}
    yield "no manifest", without
    for name in ("Manifest.toml", "Project.toml"):
        text = files[name]
        for number in range(1, PLACES + 1):
            cut = text[: len(text) * number // (PLACES + 1)]
            if parse_toml(cut).faults:  # else it ends with a whole line, as any file does
                yield f"{name} cut at {number}", {**files, name: cut}


def asked(whole: Invalidations) -> list[Preference]:
    wanted = [
        Preference(SNOOP_PRECOMPILE, "skip_precompile"),
        Preference(PRECOMPILE_TOOLS, "precompile_workloads"),
    ]
    for uuid in whole.environment.described_uuids():
        wanted += [Preference(uuid, key) for key in whole.preferences(uuid).values]
    manifest = whole.environment.manifest
    assert manifest is not None
    wanted += [Preference(one, "precompile_workload") for one in manifest.packages][:MOST_PACKAGES]
    return wanted


def says_no_less(found: Recompilation, whole: Recompilation) -> bool:
    named = {unit.id for unit in found.units}
    return not found.is_complete or named >= {unit.id for unit in whole.units}


def rebuilt(found: Invalidations, uuid: UUID) -> Recompilation:
    return found.of_package(uuid)


@pytest.mark.parametrize(
    "folder", list(environments()), ids=lambda folder: folder.relative_to(ROOT).as_posix()
)
def test_no_environment_says_less_for_what_its_files_lack(folder: Path) -> None:
    files = files_of(folder)
    whole = invalidations(ELSEWHERE, files)
    if whole.environment.gaps:
        return  # an environment that a measurement left incomplete on purpose
    manifest = whole.environment.manifest
    assert manifest is not None
    for what, left in damaged(files):
        found = invalidations(ELSEWHERE, left)
        for preference in asked(whole):
            for if_listed in (False, True):
                answer = found.of_preference(preference, if_listed=if_listed)
                right = whole.of_preference(preference, if_listed=if_listed)
                assert says_no_less(answer.recompilation, right.recompilation), (what, preference)
        for uuid in [*manifest.packages][:MOST_PACKAGES]:
            assert says_no_less(rebuilt(found, uuid), rebuilt(whole, uuid)), (what, uuid)
        assert not difference(whole, found).recompilation.is_complete, what
