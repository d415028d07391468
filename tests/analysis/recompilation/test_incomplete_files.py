"""Nothing is concluded from what a missing or broken file lacks.

Survey lists Forest and SnoopPrecompile; River, which Forest uses, uses SnoopPrecompile.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.documents.toml import parse_toml
from precompass.julia.preferences import Preference
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE, UUID
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidation, Invalidations, Recompilation
from precompass.recompilation.read_reasons import NotAllKnown
from support.environments import invalidations
from support.generated_environments import Generated, environments
from support.small_environment import MANIFEST, PROJECT

THE_LIST = Preference(SNOOP_PRECOMPILE, "skip_precompile")
FOLDER = Path("/home/ada/Survey")
LOCAL = '[SnoopPrecompile]\nskip_precompile = ["River"]\n'


def answers(manifest: str | None, project: str = PROJECT) -> Invalidations:
    files = {"Project.toml": project, "LocalPreferences.toml": LOCAL}
    if manifest is not None:
        files["Manifest.toml"] = manifest
    return invalidations(FOLDER, files)


def test_all_of_a_whole_environment_is_known() -> None:
    found = answers(MANIFEST)
    assert found.environment.gaps == ()
    recompilation = found.of_preference(THE_LIST).recompilation
    assert recompilation.is_complete
    assert [unit.name for unit in recompilation.units] == ["Survey", "River", "SnoopPrecompile"]


def test_without_a_manifest_the_count_is_a_lower_bound() -> None:
    (gap,) = answers(None).environment.gaps
    assert (gap.file, gap.line, gap.missing) == (FOLDER / "Manifest.toml", None, None)
    recompilation = answers(None).of_preference(THE_LIST).recompilation
    assert not recompilation.is_complete
    assert {unit.name for unit in recompilation.units} == {"Survey", "SnoopPrecompile", "River"}


def test_of_a_manifest_that_broke_off_nothing_is_concluded() -> None:
    cut = MANIFEST[: MANIFEST.index("uuid", MANIFEST.index("[[deps.River]]")) + 8]
    found = answers(cut)
    assert found.environment.gaps[0].line == cut.count("\n")
    answer = found.of_preference(Preference(UUID(int=5), "any"), if_listed=True)
    assert isinstance(answer.why_not, NotAllKnown)
    assert not answer.recompilation.is_complete


def test_of_a_project_that_broke_off_nothing_is_concluded() -> None:
    cut = PROJECT[: PROJECT.index("SnoopPrecompile") + 10]
    answer = answers(MANIFEST, cut).of_preference(THE_LIST)
    assert isinstance(answer.why_not, NotAllKnown)


def test_an_entry_that_is_missing_is_named() -> None:
    cut = MANIFEST[: MANIFEST.index("[[deps.SnoopPrecompile]]")]
    missing = [gap.missing for gap in answers(cut).environment.gaps]
    assert missing == ["SnoopPrecompile"]


def test_a_key_that_is_there_twice_hides_nothing() -> None:
    twice = MANIFEST.replace('version = "2.0.0"', 'version = "2.0.0"\nversion = "2.0.0"')
    assert answers(twice).environment.gaps == ()


@pytest.mark.parametrize("broken", ["before", "after"])
def test_a_difference_is_no_more_than_known_if_either_state_is_broken(broken: str) -> None:
    whole, cut = answers(MANIFEST), answers(MANIFEST[:-4])
    before, after = (cut, whole) if broken == "before" else (whole, cut)
    assert not difference(before, after).recompilation.is_complete


def says_no_less(cut: Recompilation, whole: Recompilation) -> bool:
    named = {unit.id for unit in cut.units}
    return not cut.is_complete or named >= {unit.id for unit in whole.units}


def cuts(text: str, places: int = 10) -> list[str]:
    """Return a text cut off at some places, each within a line."""
    found = []
    for number in range(1, places + 1):
        at = len(text) * number // (places + 1)
        if at and text[at - 1] != "\n" and text[at : at + 1] != "\n":
            found.append(text[:at])
    return found


def asked(found: Invalidations) -> list[Invalidation]:
    wanted = [THE_LIST, Preference(PRECOMPILE_TOOLS, "precompile_workloads")]
    wanted += [
        Preference(uuid, key)
        for uuid in found.environment.described_uuids()
        for key in found.preferences(uuid).values
    ]
    return [found.of_preference(one) for one in wanted]


def test_no_cut_of_the_manifest_or_the_project_says_less() -> None:
    whole = answers(MANIFEST)
    files = [(cut, PROJECT) for cut in cuts(MANIFEST, 60)]
    files += [(MANIFEST, cut) for cut in cuts(PROJECT, 30)]
    for manifest, project in files:
        found = answers(manifest, project)
        for answer, right in zip(asked(found), asked(whole), strict=False):
            assert says_no_less(answer.recompilation, right.recompilation), (manifest, project)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(environments(("1.9.4", "1.10.4", "1.12.2", "1.14.0-DEV")), st.data())
def test_no_environment_says_less_for_what_its_files_lack(
    generated: Generated, data: st.DataObject
) -> None:
    """A manifest that is gone, or a manifest or project that broke off within a value."""
    whole = invalidations(FOLDER, generated.files)
    name = data.draw(st.sampled_from(("Manifest.toml", "Project.toml")))
    text = generated.files.get(name, "")
    files = {other: kept for other, kept in generated.files.items() if other != name}
    is_gone = name == "Manifest.toml" and data.draw(st.booleans())
    if not is_gone:
        files[name] = text[: data.draw(st.integers(0, len(text)))]
        if not parse_toml(files[name]).faults:
            return  # it ends with a whole line, as any file does
    found = invalidations(FOLDER, files)
    right = {answer.preference: answer.recompilation for answer in asked(whole)}
    for answer in asked(found):
        if answer.preference in right:
            assert says_no_less(answer.recompilation, right[answer.preference])
    assert says_no_less(
        difference(whole, found).recompilation, difference(whole, whole).recompilation
    )
