"""What may be applied without a look at it, over generated environments.

A safe fix recompiles nothing and changes no value in effect; an action that is offered has an edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.code_actions import edits_of, fix_all, fixes_at
from precompass.documents.text import Span
from precompass.documents.toml import parse_toml, plain
from precompass.findings import Fix, Safety
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import RULES, check
from support.environments import after, session, uuid
from support.generated_environments import NAMES, PROJECT, Generated, environments

FOLDER = Path("/no/such/folder")
JULIAS = ("1.9.2", "1.10.4", "1.11.5", "1.13.0", "1.14.0")
EVERYBODY = (*NAMES, PROJECT, "PrecompileTools", "SnoopPrecompile")
COMMENTS = ("# precompass: ignore[toml-syntax]", "# precompass: ignore", "# kept")

moderately = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def commented(draw: st.DrawFn) -> Generated:
    """An environment whose preferences have comments on some of their lines."""
    generated = draw(environments(JULIAS, switch=draw(st.booleans())))
    lines = generated.files[generated.place].splitlines(keepends=True)
    for number in draw(st.sets(st.integers(0, len(lines) - 1), max_size=4)):
        text = lines[number].rstrip("\r\n")
        if "#" not in text and '"""' not in text:
            end = lines[number][len(text) :]
            lines[number] = f"{text}  {draw(st.sampled_from(COMMENTS))}{end}"
    return Generated({**generated.files, generated.place: "".join(lines)}, generated.place)


def answers(files: Mapping[str, str]) -> Invalidations:
    found = session(FOLDER, files).invalidations(FOLDER / "Project.toml")
    assert found is not None
    return found


def held(files: Mapping[str, str], fix: Fix) -> None:
    """Hold a safe fix to what it promises."""
    changed = after(FOLDER, files, edits_of(session(FOLDER, files), fix.id))
    assert changed != files
    was, now = answers(files), answers(changed)
    assert not difference(was, now).recompilation.units
    for name in EVERYBODY:
        assert was.preferences(uuid(name)).values == now.preferences(uuid(name)).values
    for name, text in files.items():
        assert plain(parse_toml(text).root) == plain(parse_toml(changed[name]).root)


@moderately
@given(commented())
def test_a_safe_fix_recompiles_nothing_and_changes_no_value(generated: Generated) -> None:
    files = generated.files
    for name in files:
        path = FOLDER / name
        for finding in check(session(FOLDER, files), path):
            for fix in finding.fixes:
                if fix.safety is Safety.SAFE:
                    held(files, fix)
        together = fix_all(session(FOLDER, files), path)
        if together is not None:
            held(files, together)


@moderately
@given(commented())
def test_whatever_is_offered_has_an_edit(generated: Generated) -> None:
    files = generated.files
    for name, text in files.items():
        opened = session(FOLDER, files)
        offered = fixes_at(opened, FOLDER / name, Span(0, len(text)))
        for fix, finding in offered:
            assert edits_of(opened, fix.id)
            assert finding.code in RULES


def test_what_silences_nothing_is_deleted_on_save() -> None:
    text = (
        "# about the file  # precompass: ignore\n"
        "# precompass: ignore[toml-syntax]\r\n"
        "[CSV] # precompass: ignore[toml-syntax, unknown-key]\n"
        "a = 1 # precompass: ignore[toml-syntax] until 2.0\n"
        "b = 2\t# precompass: ignore"
    )
    files = {"Project.toml": "", "LocalPreferences.toml": text}
    fix = fix_all(session(FOLDER, files), FOLDER / "LocalPreferences.toml")
    assert fix is not None
    assert fix.title == "Apply 2 safe fixes (recompiles nothing)"
    changed = after(FOLDER, files, edits_of(session(FOLDER, files), fix.id))
    assert changed["LocalPreferences.toml"] == (
        "# about the file  # precompass: ignore\n"
        "[CSV] # precompass: ignore[toml-syntax, unknown-key]\n"
        "a = 1 # precompass: ignore[toml-syntax] until 2.0\n"
        "b = 2"
    )
