"""What has a name in the files of a workspace, and how it is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.answers import workspace_symbols as module
from precompass.answers.symbols import SymbolKind
from precompass.answers.workspace_symbols import WorkspaceSymbol, workspace_symbols
from precompass.files.folders import files_below
from precompass.files.snapshot import Disk, Snapshot
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import manifest, project, session, write

FILES = {
    "Project.toml": project("Survey", deps="CSV DataFrames", extras="SnoopPrecompile")
    + "\n[preferences.CSV]\nthreads = 4\n",
    "LocalPreferences.toml": '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n',
    "Manifest.toml": manifest({"CSV": "", "DataFrames": ""}),
    "docs/Project.toml": project(deps="CSV"),
}


LINES = (
    'name = "Survey"\n',
    "name = 3\n",
    "[deps]\n",
    "[extras]\n",
    "[[deps]]\n",
    "[preferences]\n",
    "[preferences.CSV]\n",
    "[preferences.'a b'.c]\n",
    "[CSV]\n",
    "[CSV.nested]\n",
    'CSV = "1"\n',
    "DataFrames = {a = 1, b.c = 2}\n",
    "a.b.c = 1\n",
    '"quoted" = []\n',
    "deps.Foo = 1\n",
    "preferences.Foo.bar = true\n",
    "= broken\n",
    "# a comment\n",
)


def found(folder: Path, query: str) -> list[WorkspaceSymbol]:
    paths = [folder / name for name in FILES]
    return list(workspace_symbols(session(folder, FILES), paths, query))


def names(symbols: list[WorkspaceSymbol]) -> list[str]:
    return [symbol.name for symbol in symbols]


def test_packages_sections_and_preferences_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    assert {(one.name, one.kind, one.container) for one in found(folder, "")} == {
        ("Survey", SymbolKind.PACKAGE, "survey"),
        ("deps", SymbolKind.TABLE, "Survey"),
        ("CSV", SymbolKind.PACKAGE, "Survey [deps]"),
        ("DataFrames", SymbolKind.PACKAGE, "Survey [deps]"),
        ("extras", SymbolKind.TABLE, "Survey"),
        ("SnoopPrecompile", SymbolKind.PACKAGE, "Survey [extras]"),
        ("preferences", SymbolKind.TABLE, "Survey"),
        ("CSV", SymbolKind.TABLE, "Survey [preferences]"),
        ("threads", SymbolKind.KEY, "Survey [preferences] CSV"),
        ("SnoopPrecompile", SymbolKind.TABLE, "survey"),
        ("skip_precompile", SymbolKind.KEY, "survey SnoopPrecompile"),
        ("deps", SymbolKind.TABLE, "docs"),
        ("CSV", SymbolKind.PACKAGE, "docs [deps]"),
    }


def test_a_symbol_leads_to_its_name(tmp_path: Path) -> None:
    (symbol,) = found(tmp_path, "skip_precompile")
    assert symbol.file == tmp_path / "LocalPreferences.toml"
    text = FILES["LocalPreferences.toml"]
    assert text[symbol.span.start : symbol.span.end] == "skip_precompile"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("csv", ["CSV", "CSV", "CSV"]),
        ("SKIP", ["skip_precompile"]),
        ("precompile", ["SnoopPrecompile", "SnoopPrecompile", "skip_precompile"]),
        ("dfr", ["DataFrames"]),
        ("de", ["deps", "deps", "DataFrames"]),
        ("frd", []),
    ],
)
def test_a_query_is_read_in_a_relaxed_way(tmp_path: Path, query: str, expected: list[str]) -> None:
    assert names(found(tmp_path, query)) == expected


def test_a_broken_file_still_has_what_is_outside_the_damage(tmp_path: Path) -> None:
    files = {"Project.toml": 'name = "Survey"\n[deps]\nCSV = \n[compat]\njulia = "1"\n'}
    paths = [tmp_path / "Project.toml", tmp_path / "Missing" / "Project.toml"]
    symbols = workspace_symbols(session(tmp_path, files), paths, "")
    assert {"Survey", "deps", "compat"} <= {symbol.name for symbol in symbols}


def test_a_query_has_so_many_answers_and_no_more(tmp_path: Path) -> None:
    keys = "".join(f"key{number} = 1\n" for number in range(3_000))
    files = {"LocalPreferences.toml": f"[CSV]\n{keys}"}
    symbols = workspace_symbols(
        session(tmp_path, files), [tmp_path / "LocalPreferences.toml"], "key"
    )
    assert len(symbols) == 1_000


# Where the files are


def below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in files_below([folder])]


def test_folders_that_nobody_writes_in_are_passed_over(tmp_path: Path) -> None:
    kept = ["Project.toml", "docs/Project.toml", "lib/packages/Project.toml"]
    skipped = [
        ".git/Project.toml",
        "node_modules/a/Project.toml",
        "depot/packages/CSV/aBcDe/Project.toml",
        "depot/compiled/v1.11/Project.toml",
    ]
    others = ["depot/registries/General/Registry.toml", "README.md", "other.toml"]
    write(tmp_path, dict.fromkeys([*kept, *skipped, *others], ""))
    environment = "depot/environments/v1.11/Project.toml"
    write(tmp_path, {environment: ""})
    assert sorted(below(tmp_path)) == sorted([*kept, environment])


def test_a_folder_is_looked_into_once_and_no_symlink_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a/Project.toml": "", "a/b/Project.toml": ""})
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a" / "loop")
    assert below(tmp_path) == ["a/Project.toml", "a/b/Project.toml"]
    twice = files_below([tmp_path, tmp_path / "a"])
    assert len(list(twice)) == 2

    assert below(tmp_path / "missing") == []


@given(
    st.lists(st.sampled_from(LINES), max_size=12),
    st.sampled_from(("Project.toml", "LocalPreferences.toml")),
)
def test_names_are_those_of_the_symbols(lines: list[str], name: str) -> None:
    """They are found without positions, and in the same order."""
    text = "".join(lines)
    path = Path("/no/such/folder") / name
    session = Session(Snapshot(Disk(), {path: text}), Settings(use_depot=False, variables={}))
    found = workspace_symbols(session, [path], "")
    read = module._read(path, text)
    assert sorted(one.name for one in found) == sorted(one.name for one in read)
    assert all(text[one.span.start : one.span.end].strip("\"'") == one.name for one in found)
