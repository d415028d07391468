"""Project files that are there and that Julia does not read.

`env_project_file` (``base/loading.jl``) takes `JuliaProject.toml` of a folder, and `Project.toml`
only where that file is missing. A path that names the file itself is taken as it is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.call_hierarchy import hierarchy_at
from precompass.answers.code_actions import fix_all
from precompass.answers.code_lenses import code_lenses
from precompass.answers.completion import complete
from precompass.answers.definition import definition
from precompass.answers.folding import folding_ranges
from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.answers.links import document_links
from precompass.answers.references import highlights, references
from precompass.answers.rename import NoRename, rename
from precompass.answers.selection_ranges import selection_range
from precompass.answers.semantic_tokens import semantic_tokens
from precompass.answers.symbols import document_symbols
from precompass.documents.text import Span
from precompass.rules import check
from support.environments import manifest, project, session

READ = project("Survey", deps="CSV")
IGNORED = project("Survey", deps="Parsers CSV") + "[preferences.CSV]\nfast = true\n"
"""A project file that depends on a package without an entry in the manifest, for one."""
FILES = {
    "JuliaProject.toml": READ,
    "Project.toml": IGNORED,
    "Manifest.toml": manifest({"CSV": ""}),
}


def codes(folder: Path, files: dict[str, str], name: str, **variables: str) -> list[str]:
    """Return the rules that report something in a file."""
    opened = session(folder, files, variables=variables)
    return [found.code for found in check(opened, folder / name)]


def test_a_project_file_beside_julias_own_name_is_ignored(tmp_path: Path) -> None:
    (found,) = check(session(tmp_path, FILES), tmp_path / "Project.toml")
    assert (found.code, found.severity.value) == ("ignored-project", "information")
    assert found.message == (
        "Julia ignores this project file: JuliaProject.toml is beside it. Keep one of the two."
    )
    assert [one.file.name for one in found.related] == ["JuliaProject.toml"]


def test_the_file_that_julia_reads_is_checked(tmp_path: Path) -> None:
    files = FILES | {"JuliaProject.toml": IGNORED, "Project.toml": READ}
    assert "missing-from-manifest" in codes(tmp_path, files, "JuliaProject.toml")
    assert codes(tmp_path, files, "Project.toml") == ["ignored-project"]


def test_a_project_file_alone_is_read(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "JuliaProject.toml"}
    found = codes(tmp_path, files, "Project.toml")
    assert "missing-from-manifest" in found
    assert "ignored-project" not in found


@pytest.mark.parametrize("text", ["", "[deps\n", 'name = "1"\ndeps = 1\n', "# only a comment"])
def test_nothing_else_is_said_of_it_whatever_is_in_it(tmp_path: Path, text: str) -> None:
    files = FILES | {"Project.toml": text}
    assert codes(tmp_path, files, "Project.toml") == ["ignored-project"]


@pytest.mark.parametrize(
    ("variable", "value", "is_read"),
    [
        ("JULIA_PROJECT", "{}/Project.toml", True),
        ("JULIA_LOAD_PATH", "@:{}/Project.toml", True),
        ("JULIA_PROJECT", "{}", False),
        ("JULIA_LOAD_PATH", "@:{}", False),
        ("JULIA_PROJECT", "{}/JuliaProject.toml", False),
        ("JULIA_PROJECT", "{}/other/Project.toml", False),
        ("JULIA_PROJECT", "@.", False),
        ("JULIA_PROJECT", "", False),
    ],
)
def test_a_project_file_that_the_environment_names_is_read(
    tmp_path: Path, variable: str, value: str, *, is_read: bool
) -> None:
    """``julia --project=Project.toml`` takes that file, whatever is beside it."""
    found = codes(tmp_path, FILES, "Project.toml", **{variable: value.format(tmp_path)})
    assert ("ignored-project" not in found) is is_read
    assert ("missing-from-manifest" in found) is is_read


def test_a_comment_silences_it(tmp_path: Path) -> None:
    files = FILES | {"Project.toml": "# precompass: ignore[ignored-project]\n" + IGNORED}
    assert codes(tmp_path, files, "Project.toml") == []


def test_other_files_belong_to_the_project_file_that_julia_reads(tmp_path: Path) -> None:
    files = FILES | {"LocalPreferences.toml": "[Parsers]\nfast = true\n"}
    opened = session(tmp_path, files)
    for name in (*files, "precompass.toml"):
        assert opened.project_of(tmp_path / name) == tmp_path / "JuliaProject.toml"
    (found,) = check(opened, tmp_path / "LocalPreferences.toml")
    assert found.code == "ignored-preferences"  # only the other project file lists Parsers


def test_no_count_is_shown_in_it(tmp_path: Path) -> None:
    opened, path = session(tmp_path, FILES), tmp_path / "Project.toml"
    assert code_lenses(opened, path) == ()
    assert inlay_hints(opened, path, Span(0, len(IGNORED))) == ()
    assert fix_all(opened, path) is None
    for offset in range(len(IGNORED)):
        assert hover(opened, path, offset) is None
        assert hierarchy_at(opened, path, offset) is None


def test_it_can_still_be_read_and_written_in_an_editor(tmp_path: Path) -> None:
    opened, path = session(tmp_path, FILES), tmp_path / "Project.toml"
    assert [one.name for one in document_symbols(opened, path)] == [
        *("name", "uuid", "version", "deps", "preferences")
    ]
    assert folding_ranges(opened, path)
    assert semantic_tokens(opened, path)
    document_links(opened, path)
    for offset in range(len(IGNORED)):
        complete(opened, path, offset)
        definition(opened, path, offset)
        selection_range(opened, path, offset)
        assert references(opened, path, offset, include_declaration=True) == ()
        assert isinstance(rename(opened, path, offset, "Other"), NoRename)
    named = highlights(opened, path, IGNORED.index("CSV"))
    assert [IGNORED[span.start : span.end] for span in named] == ["CSV", "CSV"]
