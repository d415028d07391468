"""The moves from global lists to flags, over generated environments.

Whatever the environment: a move keeps every comment, touches no other line and no other file,
leaves every other preference as it is, can be made once only, and costs what its title says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from precompass.documents.toml import parse_toml
from precompass.documents.values import TomlValue
from precompass.file_context import environment_context_of
from precompass.findings import Fix
from precompass.fixes import edits_of, move_to_flags, switch_to_flags
from precompass.julia.workload_tools import FLAG, SKIP_LIST, SWITCH
from precompass.recompilation.difference import difference
from precompass.recompilation.invalidation import Invalidations
from support.environments import after, session, uuid
from support.generated_environments import NAMES, PROJECT, Generated, environments

FOLDER = Path("/no/such/folder")
JULIAS = ("1.9.2", "1.10.4", "1.11.5", "1.13.0", "1.14.0")
EVERYBODY = (*NAMES, PROJECT, "PrecompileTools", "SnoopPrecompile")

moderately = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def answers(files: Mapping[str, str]) -> Invalidations:
    found = session(FOLDER, files).invalidations(FOLDER / "Project.toml")
    assert found is not None
    return found


def offers(files: Mapping[str, str], place: str, *, of_switch: bool = False) -> tuple[Fix, ...]:
    context = environment_context_of(session(FOLDER, files), FOLDER / place)
    assert context is not None
    return switch_to_flags.offers(context) if of_switch else move_to_flags.offers(context)


def applied(files: Mapping[str, str], fix: Fix) -> dict[str, str]:
    return after(FOLDER, files, edits_of(session(FOLDER, files), fix.id))


def in_effect(files: Mapping[str, str], name: str) -> dict[str, TomlValue]:
    return dict(answers(files).preferences(uuid(name)).values)


def told_count(fix: Fix) -> int:
    found = re.search(r"recompiles (\d+) packages? once", fix.title)
    assert found is not None or "recompiles nothing now" in fix.title
    return int(found.group(1)) if found is not None else 0


def newly_listed(before: Mapping[str, str], changed: Mapping[str, str]) -> set[str]:
    return {
        name
        for name in EVERYBODY
        if answers(changed).is_listed(uuid(name)) and not answers(before).is_listed(uuid(name))
    }


def check_edit(generated: Generated, fix: Fix, changed: Mapping[str, str]) -> None:
    """Hold an edit to what every edit of a move is held to."""
    before = generated.files
    touched = {name for name in before if before[name] != changed[name]}
    assert touched <= {generated.place, "Project.toml"}
    for name in touched:
        assert not parse_toml(changed[name]).faults
        assert comments(changed[name]) == comments(before[name])
        assert ("\r\n" in before[name]) == ("\r\n" in changed[name])
        assert "\n" not in changed[name].replace("\r\n", "") or "\r\n" not in changed[name]
    assert difference(answers(before), answers(changed)).recompilation.count == told_count(fix)


def comments(text: str) -> list[str]:
    return [comment.text.rstrip() for comment in parse_toml(text).comments]


def is_subsequence(lines: list[str], text: str) -> bool:
    rest = iter(text.splitlines())
    return all(line in rest for line in lines)


def lines_about_others(text: str, names: set[str]) -> list[str]:
    """The lines that say something, and nothing about these names or what is written there."""
    words = {*names, "SnoopPrecompile", SKIP_LIST, "PrecompileTools", SWITCH}
    own = re.compile("|".join(rf"\b{word}\b" for word in sorted(words)))
    inside = re.compile(r'^  "|^\]')  # a list on several lines
    return [
        line
        for line in text.splitlines()
        if line.strip() and not own.search(line) and not inside.match(line)
    ]


@moderately
@given(environments(JULIAS))
def test_moving_names_of_a_skip_list(generated: Generated) -> None:
    files, place = generated.files, generated.place
    context = environment_context_of(session(FOLDER, files), FOLDER / place)
    assert context is not None
    plan = move_to_flags.plan(context)
    assert plan is not None
    for fix in offers(files, place):
        changed = applied(files, fix)
        check_edit(generated, fix, changed)
        moved = {move.name for move in plan.moves if move.name in (fix.id.arguments or [move.name])}
        listed = newly_listed(files, changed)
        assert listed <= moved
        for name in EVERYBODY:
            old, new = in_effect(files, name), in_effect(changed, name)
            if name in moved:
                assert new.pop(FLAG) is False
                old.pop(FLAG, None)
            if name == "SnoopPrecompile" and old:
                assert new.pop(SKIP_LIST, []) == leftover(plan, moved)
                del old[SKIP_LIST]
            assert new == old or name in listed
        assert is_subsequence(lines_about_others(files[place], moved), changed[place])
        # Once only.
        assert edits_of(session(FOLDER, changed), fix.id) is None
        again = offers(changed, place)
        assert not moved & {name for other in again for name in other.id.arguments}
        if not fix.id.arguments:
            assert again == ()


def leftover(plan: move_to_flags.Plan, moved: set[str]) -> list[str]:
    staying = {move.name for move in plan.moves if move.stays_on_list}
    return [name for name in plan.names if name not in moved or name in staying]


@moderately
@given(environments(JULIAS))
def test_what_a_later_change_of_a_flag_costs(generated: Generated) -> None:
    """The counts behind "each later change" are those of turning the flags on again."""
    files, place = generated.files, generated.place
    for fix in offers(files, place)[:1]:
        changed = applied(files, fix)
        if not fix.title.startswith("Move"):  # the names stay on the list: nothing is promised
            assert "each later change" not in fix.title
            continue
        counts = set()
        for name in (*NAMES, PROJECT):
            if in_effect(changed, name).get(FLAG) is False:
                turned = turned_on(changed, place, name)
                if turned is not None:
                    found = difference(answers(changed), answers(turned))
                    counts.add(found.recompilation.count)
        told = re.search(r"each later change ([0-9]+(?: to [0-9]+)?)", fix.title)
        assert told is not None
        assert {int(number) for number in re.findall(r"\d+", told.group(1))} <= counts


def turned_on(files: Mapping[str, str], place: str, name: str) -> dict[str, str] | None:
    prefix = () if place == "LocalPreferences.toml" else ("preferences",)
    entry = parse_toml(files[place]).root.get(*prefix, name, FLAG)
    if entry is None:
        return None
    span = entry.node.span
    return {**files, place: files[place][: span.start] + "true" + files[place][span.end :]}


@moderately
@given(environments(JULIAS, switch=True))
def test_replacing_the_switch_by_flags(generated: Generated) -> None:
    files, place = generated.files, generated.place
    context = environment_context_of(session(FOLDER, files), FOLDER / place)
    assert context is not None
    table = switch_to_flags.switch_of(context)
    for fix in offers(files, place, of_switch=True):
        assert table is not None
        changed = applied(files, fix)
        check_edit(generated, fix, changed)
        units = switch_to_flags.packages(context, table, *fix.id.arguments)
        flagged = {unit.name for unit in units}
        listed = newly_listed(files, changed)
        assert listed <= flagged
        for name in EVERYBODY:
            old, new = in_effect(files, name), in_effect(changed, name)
            if name in flagged:
                assert new.pop(FLAG) is False
                old.pop(FLAG, None)
            if name == "PrecompileTools":
                assert SWITCH not in new
                del old[SWITCH]
            assert new == old or name in listed
        assert is_subsequence(lines_about_others(files[place], flagged), changed[place])
        assert offers(changed, place, of_switch=True) == ()
        assert edits_of(session(FOLDER, changed), fix.id) is None
