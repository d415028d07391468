"""Whose table counts, how tables merge, and what makes Julia throw."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.behaviour import Julia
from precompass.julia.preferences import (
    CLEAR,
    Layer,
    Preferences,
    merge,
    parse_preferences,
    preferences_of,
)
from precompass.julia.project import parse_project
from precompass.julia.versions import VersionNumber
from support.environments import uuid

P = uuid("P")
NEAR, FAR = Path("/near"), Path("/far")
LISTING = f'[deps]\nP = "{P}"\n'


def layer(folder: Path, project: str, local: str | None = None) -> Layer:
    return Layer(
        parse_project(folder / "Project.toml", project),
        parse_preferences(folder / "LocalPreferences.toml", local) if local is not None else None,
    )


def preferences(*layers: Layer, julia: str = "1.10.4") -> Preferences:
    version = VersionNumber.parse(julia)
    assert version is not None
    return preferences_of(P, layers, Julia(version))


# One environment


def test_the_local_file_goes_over_the_project_file() -> None:
    found = preferences(
        layer(NEAR, LISTING + "[preferences.P]\na = 1\nb = 1\n", "[P]\nb = 2\nc = 2\n")
    )
    assert found.values == {"a": 1, "b": 2, "c": 2}
    assert [source.path for source in found.sources] == [("preferences", "P"), ("P",)]
    assert [source.file.name for source in found.sources] == [
        "Project.toml",
        "LocalPreferences.toml",
    ]


@pytest.mark.parametrize("local", [None, "", "[Q]\na = 1\n"])
def test_a_table_that_is_not_there_is_empty(local: str | None) -> None:
    found = preferences(layer(NEAR, LISTING, local))
    assert (found.values, found.sources, found.errors) == ({}, (), ())


def test_tables_of_a_package_that_is_not_listed_are_skipped_without_a_word() -> None:
    found = preferences(layer(NEAR, "[preferences.P]\na = 1\n", "[P]\nb = 2\n"))
    assert (found.values, found.sources, found.errors) == ({}, (), ())


def test_the_table_has_the_name_that_the_project_gives() -> None:
    found = preferences(
        layer(NEAR, f'[deps]\nMine = "{P}"\n[preferences.P]\na = 1\n', "[Mine]\nb = 2\n")
    )
    assert found.values == {"b": 2}


def test_integers_keep_the_types_of_julia() -> None:
    found = preferences(layer(NEAR, LISTING, "[P]\na = 0xff\n"))
    assert repr(found.values["a"]) == "UnsignedInteger(255)"


# What is no table


@pytest.mark.parametrize(("version", "throws"), [("1.7.3", False), ("1.8.0", True)])
def test_preferences_that_are_no_table(version: str, throws: bool) -> None:
    found = preferences(layer(NEAR, f"preferences = 1\n{LISTING}"), julia=version)
    assert found.values == {}
    assert bool(found.errors) is throws


@pytest.mark.parametrize("version", ["1.6.0", "1.7.3", "1.8.0", "1.14.0"])
@pytest.mark.parametrize(
    ("project", "local"),
    [
        (f"{LISTING}[preferences]\nP = 1\n", None),
        (LISTING, "P = 1\n"),
        (LISTING, "[[P]]\n"),
        (LISTING, 'P = ["a"]\n'),
    ],
)
def test_a_package_whose_preferences_are_no_table(
    version: str, project: str, local: str | None
) -> None:
    found = preferences(layer(NEAR, project, local), julia=version)
    (error,) = found.errors
    assert error.message == (
        "`P` is not a table: Julia throws a TypeError when it looks for `P` here"
    )
    text = project if local is None else local
    assert text[error.span.start : error.span.end] == "P"


def test_what_is_wrong_with_other_packages_is_not_looked_at() -> None:
    found = preferences(layer(NEAR, LISTING + "[preferences]\nQ = 1\n", "Q = 1\n[P]\na = 1\n"))
    assert (found.values, found.errors) == ({"a": 1}, ())


def test_a_file_that_is_not_toml_throws_and_is_read_all_the_same() -> None:
    found = preferences(layer(NEAR, LISTING, "[P]\na = 1\nb = \n"))
    assert found.values == {"a": 1}
    (error,) = found.errors
    assert error.message == "this file is not valid TOML, so Julia cannot read it"
    assert error.span.start == len("[P]\na = 1\n")


def test_a_local_file_is_not_opened_for_a_package_that_is_not_listed() -> None:
    assert preferences(layer(NEAR, "", "b = \n")).errors == ()


# The stack


def test_a_nearer_environment_goes_over_a_farther_one() -> None:
    found = preferences(
        layer(NEAR, LISTING + "[preferences.P]\na = 1\n"),
        layer(FAR, LISTING, "[P]\na = 2\nb = 2\n"),
    )
    assert found.values == {"a": 1, "b": 2}
    origin = found.origin("b")
    assert origin is not None
    assert origin.file == FAR / "LocalPreferences.toml"
    assert found.origin("c") is None


def test_every_environment_lists_for_itself() -> None:
    """A table in an environment that does not list the package does not count there."""
    listed_near = preferences(layer(NEAR, LISTING), layer(FAR, "", "[P]\na = 1\n"))
    listed_far = preferences(layer(NEAR, "", "[P]\na = 1\n"), layer(FAR, LISTING))
    assert listed_near.values == listed_far.values == {}


def test_each_environment_has_its_own_name_for_the_table() -> None:
    found = preferences(
        layer(NEAR, LISTING, "[P]\na = 1\n"),
        layer(FAR, f'[extras]\nMine = "{P}"\n', "[Mine]\nb = 2\n[P]\nc = 3\n"),
    )
    assert found.values == {"a": 1, "b": 2}


# Merging (``recursive_prefs_merge``)


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        ({}, {}, {}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        # Tables merge with tables, and anything else replaces.
        ({"t": {"a": 1, "b": 1}}, {"t": {"b": 2}}, {"t": {"a": 1, "b": 2}}),
        ({"t": {"u": {"a": 1}}}, {"t": {"u": {"b": 2}}}, {"t": {"u": {"a": 1, "b": 2}}}),
        ({"t": {"a": 1}}, {"t": 2}, {"t": 2}),
        ({"t": 2}, {"t": {"a": 1}}, {"t": {"a": 1}}),
        ({"l": [1, 2]}, {"l": [3]}, {"l": [3]}),
        # Only what was inherited is cleared, and the list itself stays.
        ({"a": 1, "b": 1}, {CLEAR: ["a"]}, {"b": 1, CLEAR: ["a"]}),
        ({"a": 1}, {CLEAR: ["a"], "a": 2}, {CLEAR: ["a"], "a": 2}),
        ({"a": 1}, {CLEAR: ["a", "b", "c"]}, {CLEAR: ["a", "b", "c"]}),
        ({"t": {"a": 1}}, {CLEAR: ["t"], "t": {"b": 2}}, {CLEAR: ["t"], "t": {"b": 2}}),
        ({CLEAR: ["b"], "a": 1}, {"b": 2}, {CLEAR: ["b"], "a": 1, "b": 2}),
        ({CLEAR: ["a"]}, {CLEAR: ["b"]}, {CLEAR: ["b"]}),
        ({CLEAR: ["a"], "a": 1}, {CLEAR: [CLEAR]}, {CLEAR: [CLEAR], "a": 1}),
        # Nothing but a list of strings, and not an empty one, clears anything.
        ({"a": 1}, {CLEAR: "a"}, {"a": 1, CLEAR: "a"}),
        ({"a": 1}, {CLEAR: []}, {"a": 1, CLEAR: []}),
        ({"a": 1}, {CLEAR: ["a", 1]}, {"a": 1, CLEAR: ["a", 1]}),
        ({"a": 1}, {CLEAR: {"a": 1}}, {"a": 1, CLEAR: {"a": 1}}),
        # Within tables it counts where both sides have the table.
        (
            {"t": {"a": 1, "b": 1}},
            {"t": {CLEAR: ["a"]}},
            {"t": {"b": 1, CLEAR: ["a"]}},
        ),
        ({}, {"t": {CLEAR: ["a"], "a": 1}}, {"t": {CLEAR: ["a"], "a": 1}}),
        ({"t": 1}, {"t": {CLEAR: ["a"]}}, {"t": {CLEAR: ["a"]}}),
    ],
)
def test_merging(base: TomlTable, override: TomlTable, expected: TomlTable) -> None:
    before = deepcopy((base, override))
    assert merge(base, override) == expected
    assert (base, override) == before


names = st.sampled_from(("a", "b", "t", CLEAR))
values: st.SearchStrategy[TomlValue] = st.one_of(
    st.integers(0, 2), st.just(["a"]), st.just(["a", "t"]), st.just([]), st.just("a")
)
tables: st.SearchStrategy[Mapping[str, TomlValue]] = st.dictionaries(
    names, st.one_of(values, st.dictionaries(names, values, max_size=3)), max_size=4
)


@given(tables, tables)
def test_own_keys_always_win_and_others_stay_unless_cleared(
    base: Mapping[str, TomlValue], override: Mapping[str, TomlValue]
) -> None:
    result = merge(base, override)
    names = override.get(CLEAR)
    cleared: set[object] = set()
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        cleared = set(names)
    assert set(result) == (set(base) - cleared) | set(override)
    for key, value in override.items():
        if not isinstance(value, dict) or not isinstance(base.get(key), dict):
            assert result[key] == value


@given(tables)
def test_merging_with_nothing_changes_nothing(table: Mapping[str, TomlValue]) -> None:
    assert merge({}, table) == table
    assert merge(table, {}) == table


# Which table decides


STACK = (
    layer(
        NEAR,
        LISTING + "[preferences.P]\ntwice = 1\nonce = 1\n[preferences.P.table]\na = 1\n",
        f'[P]\ntwice = 2\n{CLEAR} = ["cleared"]\n[P.table]\nb = 2\n',
    ),
    layer(FAR, LISTING, "[P]\ntwice = 3\ncleared = 3\nfar = 3\ntable = 3\n"),
)


@pytest.mark.parametrize(
    ("position", "key", "by"),
    [
        (0, "twice", 2),  # the nearest one that says something is named
        (0, "cleared", 2),
        (0, "far", None),
        (0, "table", 2),  # a table over a value hides it
        (1, "twice", 2),
        (1, "once", None),
        (1, "table", None),  # a table over a table does not
        (2, "twice", None),
    ],
)
def test_what_hides_a_key(position: int, key: str, by: int | None) -> None:
    found = preferences(*STACK)
    hiding = found.shadowing(found.sources[position], key)
    assert hiding is (None if by is None else found.sources[by])


def test_the_value_in_effect_comes_from_the_nearest_table() -> None:
    found = preferences(*STACK)
    assert found.values == {
        "twice": 2,
        "once": 1,
        "far": 3,
        "table": {"a": 1, "b": 2},
        CLEAR: ["cleared"],
    }
    assert found.origin("twice") is found.sources[2]
    assert found.origin("once") is found.sources[1]
    assert found.origin("far") is found.sources[0]
    assert found.origin("cleared") is None


def test_a_table_that_is_cleared_and_set_again_hides_the_farther_one() -> None:
    found = preferences(
        layer(
            NEAR,
            LISTING + "[preferences.P.table]\na = 1\n",
            f'[P]\n{CLEAR} = ["table"]\n[P.table]\nb = 2\n',
        )
    )
    assert found.values["table"] == {"b": 2}
    assert found.shadowing(found.sources[0], "table") is found.sources[1]


def test_a_source_knows_its_place() -> None:
    found = preferences(*STACK)
    source = found.sources[1]
    entry = source.entry("once")
    assert entry is not None
    text = source.document.text
    assert text[entry.key.span.start :].startswith("once = 1")
    assert source.table is not None
    assert source.entry("far") is None


# What gets into a cache


NESTED = f'{CLEAR} = ["x"]\nb = 1\n'


def test_of_one_nested_table_a_cache_records_no_clear() -> None:
    found = preferences(layer(NEAR, LISTING, f"[P.a]\n{NESTED}[P.a.below]\n{NESTED}"))
    assert found.values["a"] == {CLEAR: ["x"], "b": 1, "below": {CLEAR: ["x"], "b": 1}}
    assert found.recorded_value("a") == {"b": 1, "below": {"b": 1}}


def test_of_merged_tables_a_cache_records_the_clear_of_the_nearer_one() -> None:
    """Merging has made a copy, from which nothing deletes the key."""
    near = layer(NEAR, LISTING + "[preferences.P.a]\nc = 1\n", f"[P.a]\n{NESTED}")
    assert preferences(near).recorded_value("a") == {"c": 1, CLEAR: ["x"], "b": 1}


def test_below_a_merged_table_one_that_only_one_file_has_is_shared() -> None:
    near = layer(NEAR, LISTING + "[preferences.P.a]\nc = 1\n", f"[P.a.below]\n{NESTED}")
    assert preferences(near).recorded_value("a") == {"c": 1, "below": {"b": 1}}
