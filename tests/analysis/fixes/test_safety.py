"""What may be applied without a look at it, over generated environments.

A safe fix recompiles nothing and changes no value in effect; an action that is offered has an edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.code_actions import ALL, edits_of, fix_all, fixes_at
from precompass.documents.text import Span
from precompass.documents.toml import parse_toml, plain
from precompass.findings import Fix, Safety
from precompass.fixes import unused_comment
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import RULES, check
from support.environments import after, session, uuid
from support.generated_environments import NAMES, PROJECT, Generated, environments

FOLDER = Path("/no/such/folder")
JULIAS = ("1.9.2", "1.10.4", "1.11.5", "1.13.0", "1.14.0")
EVERYBODY = (*NAMES, PROJECT, "PrecompileTools", "SnoopPrecompile")
COMMENTS = (
    "# precompass: ignore[toml-syntax]",
    "# precompass: ignore[no-such-rule]",
    "# precompass: ignore[toml-syntax, global-skip-list]",
    "# precompass: ignore",
    "# precompass: ignor",
    "# kept",
)
SAFE = {unused_comment.KIND, ALL}
"""Every kind of fix that may be applied on save; a new one is to be offered below, too."""
_LEAST_SHARE = 1 / 3  # of the examples, in which each is offered

moderately = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def commented(draw: st.DrawFn) -> Generated:
    """An environment with comments on some lines of its files, at least on one."""
    generated = draw(environments(JULIAS, switch=draw(st.booleans())))
    files = dict(generated.files)
    places = [
        (name, number)
        for name, text in files.items()
        for number, line in enumerate(text.splitlines())
        if "#" not in line and '"""' not in line
    ]
    if not places:
        return generated
    for name, number in draw(st.sets(st.sampled_from(places), min_size=1, max_size=6)):
        lines = files[name].splitlines(keepends=True)
        text = lines[number].rstrip("\r\n")
        comment = draw(st.sampled_from(COMMENTS))
        lines[number] = f"{text}  {comment}{lines[number][len(text) :]}"
        files[name] = "".join(lines)
    return Generated(files, generated.place)


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


def test_a_safe_fix_recompiles_nothing_and_changes_no_value() -> None:
    examples, offered = 0, Counter[str]()

    @moderately
    @given(commented())
    def holds(generated: Generated) -> None:
        nonlocal examples
        examples += 1
        kinds = set()
        for name in generated.files:
            path = FOLDER / name
            opened = session(FOLDER, generated.files)
            fixes = [fix for finding in check(opened, path) for fix in finding.fixes]
            together = fix_all(opened, path)
            for fix in (*fixes, *([together] if together is not None else [])):
                if fix.safety is Safety.SAFE:
                    held(generated.files, fix)
                    kinds.add(fix.id.kind)
        offered.update(kinds)

    holds()
    assert set(offered) == SAFE
    assert min(offered.values()) >= examples * _LEAST_SHARE, (examples, offered)


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
