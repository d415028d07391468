"""Values of a wrong type, wherever one can be written: every question still has an answer.

A value of a file is data of a stranger: a list where a name belongs, a table where a version does.
None may reach a set, a comparison or an order that it does not fit.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.documents.toml import parse_toml
from precompass.recompilation.difference import difference
from support.environments import session, uuid
from support.every_answer import ask_everything

FOLDER = Path("/no/such/folder")
Place: TypeAlias = tuple[str | int, ...]


class Literal(str):
    """A value as it is written in TOML."""

    __slots__ = ()


def of(name: str) -> str:
    return str(uuid(name))


FILES: Mapping[str, Mapping[str, Any]] = {
    "Project.toml": {
        "name": "Survey",
        "uuid": of("Survey"),
        "version": "0.1.0",
        "authors": ["A <a@b.c>"],
        "manifest": "Manifest.toml",
        "entryfile": "src/Survey.jl",
        "syntax": {"julia_version": "1.14"},
        "deps": {
            "CSV": of("CSV"),
            "SnoopPrecompile": of("SnoopPrecompile"),
            "PrecompileTools": of("PrecompileTools"),
        },
        "weakdeps": {"DataFrames": of("DataFrames")},
        "extensions": {"FramesExt": ["DataFrames"]},
        "extras": {"Test": "8dfed614-e22c-5e08-85e1-65c5234f0b40"},
        "targets": {"test": ["Test"]},
        "compat": {"CSV": "0.10", "julia": "1.9"},
        "sources": {"CSV": {"path": "../CSV", "url": "https://a.b/c.git", "rev": "main"}},
        "workspace": {"projects": ["test", "docs"]},
        "apps": {"survey": {"submodule": "Main", "julia_flags": ["-t1"]}},
        "preferences": {"CSV": {"a": 1, "precompile_workload": False}, "__clear__": ["b"]},
    },
    "Manifest.toml": {
        "julia_version": "1.12.2",
        "manifest_format": "2.0",
        "project_hash": "0" * 40,
        "registries": {"General": {"uuid": of("General"), "url": "https://a.b"}},
        "deps": {
            name: [
                {
                    "deps": deps,
                    "weakdeps": ["DataFrames"],
                    "extensions": {"FramesExt": "DataFrames"},
                    "git-tree-sha1": "0" * 40,
                    "uuid": of(name),
                    "version": "1.2.0",
                    "repo-url": "https://a.b/c.git",
                    "repo-rev": "main",
                    "pinned": True,
                    "registries": "General",
                    "entryfile": "src/a.jl",
                    "syntax": {"julia_version": "1.13"},
                }
            ]
            for name, deps in {
                "CSV": ["SnoopPrecompile", "PrecompileTools"],
                "SnoopPrecompile": ["Preferences"],
                "PrecompileTools": {"Preferences": of("Preferences")},
                "Preferences": [],
            }.items()
        },
    },
    "LocalPreferences.toml": {
        "SnoopPrecompile": {"skip_precompile": ["CSV", "Survey"], "__clear__": ["a"]},
        "PrecompileTools": {"precompile_workloads": True},
        "CSV": {"precompile_workload": False, "a": 1, "nested": {"b": [1]}, "__clear__": ["c"]},
    },
    "precompass.toml": {
        "julia": "1.12.2",
        "wide-threshold": 3,
        "session": "--check-bounds=yes",
        "severity": {"wide-invalidation": "error"},
        "exclude": ["docs"],
        "paths": ["test"],
        "depot": "depot",
        "use-depot": False,
        "use-registry": False,
        "inlay-hints": True,
        "code-lenses": True,
    },
}

WRONG = tuple(
    map(
        Literal,
        (
            "7",
            "-9223372036854775808",
            "1.5",
            "nan",
            "inf",
            "true",
            '""',
            '"x"',
            '"\\u0000"',
            '"\\uFEFF\\u202E](x)"',
            f'"{of("CSV")}"',
            "[]",
            '["CSV"]',
            '["CSV", 7, ["CSV"], {a = 1}]',
            "[[]]",
            "[{}]",
            "{}",
            '{a = 1, CSV = ["CSV"]}',
            "1979-05-27",
            "1979-05-27T07:32:00Z",
            "07:32:00",
        ),
    )
)


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield every place below a value."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, below in items:
        yield (*above, key)
        if isinstance(below, Mapping | list):
            yield from places(below, (*above, key))


def put(document: dict[str, Any], place: Place, value: Literal) -> None:
    """Write a value over what is at a place, if the places above are still there."""
    node: Any = document
    for key in place[:-1]:
        if isinstance(node, Literal):
            return
        node = node[key]
    if not isinstance(node, Literal):
        node[place[-1]] = value


def inline(value: Any) -> str:
    """Return a value as TOML on one line."""
    match value:
        case Literal():
            return str(value)
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case Mapping():
            return "{" + ", ".join(f'"{key}" = {inline(one)}' for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case _:
            return str(value)


def written(document: Mapping[str, Any], headers: tuple[str, ...] = ()) -> str:
    """Return a document as people and Pkg write it: tables with headers, two deep."""
    lines, tables = [], []
    for key, value in document.items():
        path = (*headers, f'"{key}"' if key == "" else str(key))
        if isinstance(value, Mapping) and len(path) < 3:
            tables.append(f"\n[{'.'.join(path)}]\n{written(value, path)}")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            tables += [f"\n[[{'.'.join(path)}]]\n{written(one, path)}" for one in value]
        else:
            lines.append(f"{key} = {inline(value)}\n")
    return "".join([*lines, *tables])


def ask(documents: Mapping[str, Mapping[str, Any]], *, is_inline: bool = False) -> None:
    """Ask everything about these files, and what changes if they come in place of the others."""
    files = {
        name: "".join(f"{key} = {inline(value)}\n" for key, value in document.items())
        if is_inline
        else written(document)
        for name, document in documents.items()
    }
    assert not any(parse_toml(text).faults for text in files.values()), files
    opened = session(FOLDER, files)
    for name, text in files.items():
        for _ in ask_everything(opened, FOLDER / name, text):
            pass
    before = session(FOLDER, {name: written(one) for name, one in FILES.items()})
    one, other = (each.invalidations(FOLDER / "Project.toml") for each in (before, opened))
    assert one is not None
    assert other is not None
    difference(one, other)
    difference(other, one)


EVERY_PLACE = [(name, place) for name, document in FILES.items() for place in places(document)]


def test_the_files_themselves_are_right() -> None:
    ask(FILES)
    ask(FILES, is_inline=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(EVERY_PLACE), st.sampled_from(WRONG)), min_size=1, max_size=6
    ),
    st.booleans(),
)
def test_wrong_values_at_some_places(
    changes: list[tuple[tuple[str, Place], Literal]], is_inline: bool
) -> None:
    documents: dict[str, Any] = copy.deepcopy(dict(FILES))
    for (name, place), value in changes:
        put(documents[name], place, value)
    ask(documents, is_inline=is_inline)
