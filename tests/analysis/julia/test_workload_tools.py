"""What PrecompileTools and SnoopPrecompile do, version by version."""

from __future__ import annotations

import pytest

from precompass.julia.versions import VersionNumber
from precompass.julia.workload_tools import SWITCH, PrecompileTools, SnoopPrecompile


def tools(version: str | None) -> PrecompileTools:
    return PrecompileTools(VersionNumber.parse(version) if version is not None else None)


@pytest.mark.parametrize(
    ("version", "has_switch", "reads_switch_itself", "users_read_switch"),
    [
        ("1.1.2", False, False, False),
        ("1.2.0", True, False, True),
        ("1.3.3", True, False, True),
        ("1.3.4", True, True, False),
        (None, True, True, False),
    ],
)
def test_who_reads_the_switch(
    version: str | None, has_switch: bool, reads_switch_itself: bool, users_read_switch: bool
) -> None:
    found = tools(version)
    assert found.has_switch is has_switch
    assert found.reads_switch_itself is reads_switch_itself
    assert found.users_read_switch is users_read_switch


@pytest.mark.parametrize(("version", "known"), [("1.0.1", False), ("1.0.2", True), (None, False)])
def test_from_when_on_it_is_known_what_users_read(version: str | None, known: bool) -> None:
    assert tools(version).reads_of_users_are_known is known


def test_only_false_turns_workloads_off_and_only_where_there_is_a_switch() -> None:
    assert tools("1.2.0").is_switched_off({SWITCH: False})
    assert not tools("1.1.2").is_switched_off({SWITCH: False})
    assert not tools("1.2.0").is_switched_off({SWITCH: 0})
    assert not tools("1.2.0").is_switched_off({})


@pytest.mark.parametrize(
    ("version", "of_the_switch", "of_a_flag"), [("1.3.3", False, True), ("1.3.4", True, False)]
)
def test_which_values_of_another_type_make_what_fail(
    version: str, of_the_switch: bool, of_a_flag: bool
) -> None:
    assert tools(version).fails_with_switch("false") is of_the_switch
    assert tools(version).users_fail_with_flag("false") is of_a_flag
    assert not tools(version).fails_with_switch(False)
    assert not tools(version).users_fail_with_flag(True)


def test_the_skip_list_came_with_snoop_precompile_1_0_3() -> None:
    assert not SnoopPrecompile(VersionNumber((1, 0, 2))).reads_list
    assert SnoopPrecompile(VersionNumber((1, 0, 3))).reads_list
    assert SnoopPrecompile(None).reads_list


def test_a_name_has_a_version_where_it_is_known() -> None:
    assert tools("1.3.4").name == "PrecompileTools 1.3.4"
    assert tools(None).name == "PrecompileTools"
    assert SnoopPrecompile(VersionNumber((1, 0, 3))).name == "SnoopPrecompile 1.0.3"
    assert SnoopPrecompile(None).name == "SnoopPrecompile"
