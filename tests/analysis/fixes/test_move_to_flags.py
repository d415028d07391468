"""Which names a move takes, what its title says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

from precompass.file_context import environment_context_of
from precompass.findings import FixId
from precompass.fixes import edits_of, move_to_flags
from support import survey
from support.environments import Package, session, uuid

FOLDER = Path("/moves")
PREFERENCES = FOLDER / "LocalPreferences.toml"


def titles(files: dict[str, str]) -> list[str]:
    context = environment_context_of(session(FOLDER, files), PREFERENCES)
    assert context is not None
    return [fix.title for fix in move_to_flags.offers(context)]


def test_the_list_may_be_in_a_table_with_another_name() -> None:
    """A project may list SnoopPrecompile under a name of its own."""
    renamed = survey.PROJECT.replace(
        f'SnoopPrecompile = "{uuid("SnoopPrecompile")}"', f'Snoop = "{uuid("SnoopPrecompile")}"'
    )
    files = survey.files('[Snoop]\nskip_precompile = ["Survey"]\n', project=renamed)
    assert [title.partition(" (")[0] for title in titles(files)] == ["Move Survey to its own flag"]


def test_up_to_four_names_that_stay_are_in_the_title() -> None:
    old: dict[str, str | Package] = dict.fromkeys(("A", "B", "C", "D", "E"), "SnoopPrecompile")
    packages = {**survey.PACKAGES, **old}
    for names, said in (
        ("ABC", "A, B and C stay on the list"),
        ("ABCD", "A, B, C and D stay on the list"),
        ("ABCDE", "A, B, C and 2 more stay on the list"),
    ):
        written = ", ".join(f'"{name}"' for name in ("Survey", *names))
        files = survey.files(
            f"[SnoopPrecompile]\nskip_precompile = [{written}]\n", packages=packages
        )
        (title,) = titles(files)
        assert said in title


def test_a_fix_for_a_name_that_cannot_move_any_more_changes_nothing() -> None:
    files = survey.files('[SnoopPrecompile]\nskip_precompile = ["Survey", "CSV"]\n')
    opened = session(FOLDER, files)
    assert edits_of(opened, FixId(move_to_flags.KIND, PREFERENCES, ("Survey",)))
    assert edits_of(opened, FixId(move_to_flags.KIND, PREFERENCES, ("Survey", "CSV"))) is None
    assert edits_of(opened, FixId(move_to_flags.KIND, PREFERENCES, ("CSV",))) is None
