"""Workspaces: preferences of the base count for every project, compat entries for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.code_lenses import code_lenses
from precompass.answers.explanation import explain
from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span
from precompass.file_context import environment_context_of
from precompass.findings import Severity
from precompass.report.paragraphs import as_markdown
from support.environments import manifest, project, session, uuid, write
from support.rule_findings import expect, findings, fixed

BASE = project("Meadow", deps="FFTW", extras="CSV") + '\n[workspace]\nprojects = ["test", "docs"]\n'
FILES = {
    "Project.toml": BASE,
    "LocalPreferences.toml": "[CSV]\nprecompile_workload = false\n",
    "Manifest.toml": manifest(
        {
            "CSV": "PrecompileTools",
            "FFTW": "",
            "DataFrames": "CSV",
            "PrecompileTools": "Preferences",
            "Preferences": "",
        },
        julia="1.12.2",
    ),
    "test/Project.toml": project(deps="CSV"),
    "docs/Project.toml": project(deps="DataFrames"),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace whose base sets a preference of a package that only its members use."""
    write(tmp_path, FILES)
    return tmp_path


# Preferences


def test_a_preference_of_the_base_that_a_member_notices(workspace: Path) -> None:
    found = findings(workspace, "unnoticed-change", FILES, of="LocalPreferences.toml")
    assert found == []


def test_a_preference_that_no_project_notices(workspace: Path) -> None:
    files = FILES | {"LocalPreferences.toml": "[FFTW]\nprovider = 1\n"}
    files["Project.toml"] = BASE.replace("CSV", "Example")
    found = findings(workspace, "unnoticed-change", files, of="LocalPreferences.toml")
    assert len(found) == 1


def test_the_widest_count_is_said_with_the_name_of_its_project(workspace: Path) -> None:
    opened = session(workspace, FILES)
    path = workspace / "LocalPreferences.toml"
    (hint,) = inlay_hints(opened, path, Span(0, 100))
    assert hint.label == "recompiles 2 of 6 for docs"
    assert "It recompiles 0 of 6 packages for Meadow and 1 of 6 packages for test." in (
        as_markdown([hint.explanation])
    )
    (lens,) = code_lenses(opened, path)
    assert lens.title == "Changing this recompiles 2 of 6 packages for docs"
    said = hover(opened, path, len("[CSV]\npre"))
    assert said is not None
    assert "For docs, a project of this workspace:" in as_markdown(said.paragraphs)


def test_an_explanation_has_every_project(workspace: Path) -> None:
    opened = session(workspace, FILES)
    own = opened.invalidations(workspace / "Project.toml")
    assert own is not None
    answer = explain(own, uuid("CSV"), "precompile_workload", members=opened.members_below(own))
    assert answer.recompilation.count == 0
    counts = [(one.name, one.invalidation.recompilation.count) for one in answer.members]
    assert counts == [("docs", 2), ("test", 1)]


def many_projects(number: int) -> dict[str, str]:
    """Return the files of a workspace whose last project alone notices the base's preference."""
    names = [f"Member{index}" for index in range(number)]
    listed = ", ".join(f'"{name}"' for name in (*names, "docs"))
    base = project("Meadow", extras="CSV") + f"\n[workspace]\nprojects = [{listed}]\n"
    members = {f"{name}/Project.toml": project(name) for name in names}
    return FILES | {"Project.toml": base} | members


def test_the_last_of_many_projects_is_asked_as_well(tmp_path: Path) -> None:
    files = many_projects(150)
    write(tmp_path, files)
    assert findings(tmp_path, "unnoticed-change", files, of="LocalPreferences.toml") == []
    (hint,) = inlay_hints(
        session(tmp_path, files), tmp_path / "LocalPreferences.toml", Span(0, 100)
    )
    assert hint.label.endswith(" for docs")


def test_of_more_projects_than_are_asked_nothing_is_denied(tmp_path: Path) -> None:
    files = many_projects(250)
    write(tmp_path, files)
    assert findings(tmp_path, "unnoticed-change", files, of="LocalPreferences.toml") == []
    opened = session(tmp_path, files)
    base = opened.invalidations(tmp_path / "Project.toml")
    assert base is not None
    assert opened.asks_a_part_only(base)
    path = tmp_path / "LocalPreferences.toml"
    assert not inlay_hints(opened, path, Span(0, 100))
    assert not code_lenses(opened, path)
    shown = hover(opened, path, 8)
    assert shown is not None
    assert "Only 200 projects of this workspace are checked" in as_markdown(shown.paragraphs)


def test_a_member_has_no_say_in_the_others(workspace: Path) -> None:
    opened = session(workspace, FILES)
    member = opened.invalidations(workspace / "test" / "Project.toml")
    assert member is not None
    assert opened.members_below(member) == ()


# workspace-compat


def two(first: str, second: str, name: str = "CSV") -> dict[str, str]:
    """Return a workspace in which two projects have these entries."""
    listed = "" if name == "julia" else project(deps=name)
    return {
        "Project.toml": '[workspace]\nprojects = ["docs"]\n'
        f"\n{listed}\n[compat]\n{name} = {first}\n",
        "docs/Project.toml": f"{listed}\n[compat]\n{name} = {second}\n",
    }


def test_entries_without_a_version_in_common(tmp_path: Path) -> None:
    files = two('⟦"0.9"⟧', '"0.10"')
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    found = expect(tmp_path, "workspace-compat", files, Severity.ERROR)
    assert '"0.9" and "0.10" in docs/Project.toml have no version in common' in found[0].message
    assert [one.file for one in found[0].related] == [tmp_path / "docs" / "Project.toml"]


def test_for_julia_pkg_only_warns(tmp_path: Path) -> None:
    files = two('⟦"~1.10"⟧', '"~1.12"', "julia")
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    expect(tmp_path, "workspace-compat", files, Severity.WARNING)


@pytest.mark.parametrize(("first", "second"), [('"0.9, 0.10"', '"0.10"'), ('"1"', '"1.2"')])
def test_entries_with_a_version_in_common(tmp_path: Path, first: str, second: str) -> None:
    files = two(first, second)
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    assert findings(tmp_path, "workspace-compat", files) == []


def test_before_1_12_every_project_has_its_own_versions(tmp_path: Path) -> None:
    files = two('"0.9"', '"0.10"')
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    assert findings(tmp_path, "workspace-compat", files, julia="1.11.2") == []


# workspace-sources


def placed(first: str, second: str, head: str = "") -> dict[str, str]:
    """Return a workspace in which two projects have these sources of one package."""
    listed = project(deps="CSV")
    sources = '\n[workspace]\nprojects = ["docs", "CSV"]\n\n[sources]\n'
    return {
        "Project.toml": f"{listed}{sources}{first}\n",
        "docs/Project.toml": f"{listed}\n[sources]\n{second}\n{head}",
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{path = "a"}', 'CSV = {path = "a"}'),
        ('{url = "https://a.org/CSV.jl", rev = "x"}', 'CSV = {url = "https://a.org/CSV.jl"}'),
        ('{path = "a"}', 'CSV = {url = "https://a.org/CSV.jl"}'),
    ],
)
def test_two_places_for_one_package(tmp_path: Path, first: str, second: str) -> None:
    files = placed(f"⟦CSV⟧ = {first}", second)
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    found = expect(tmp_path, "workspace-sources", files, Severity.WARNING)
    assert "[sources] of docs/Project.toml has another place for CSV. " in found[0].message
    assert [one.file for one in found[0].related] == [tmp_path / "docs" / "Project.toml"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{path = "a"}', 'CSV = {path = "../a/"}'),
        ('{url = "https://a.org/CSV.jl.git"}', 'CSV = {url = "https://a.org/CSV.jl"}'),
        ('{path = "a"}', 'Parsers = {path = "b"}'),
        ("{}", 'CSV = {path = "b"}'),
    ],
)
def test_one_place_for_one_package(tmp_path: Path, first: str, second: str) -> None:
    files = placed(f"CSV = {first}", second)
    write(tmp_path, {"docs/Project.toml": files["docs/Project.toml"]})
    assert findings(tmp_path, "workspace-sources", files) == []


def test_another_place_for_a_project_of_the_workspace(tmp_path: Path) -> None:
    files = placed('⟦CSV⟧ = {url = "https://a.org/CSV.jl"}', "")
    files["CSV/Project.toml"] = project("CSV")
    write(tmp_path, {name: files[name] for name in ("docs/Project.toml", "CSV/Project.toml")})
    found = expect(tmp_path, "workspace-sources", files)
    assert "CSV is a project of this workspace (CSV/Project.toml)" in found[0].message
    files |= placed('CSV = {path = "CSV"}', "")
    assert findings(tmp_path, "workspace-sources", files) == []
    files |= placed('CSV = {path = "elsewhere"}', "")
    write(tmp_path, {"elsewhere/Project.toml": project("CSV")})
    assert findings(tmp_path, "workspace-sources", files, julia="1.11.2") == []
    assert len(findings(tmp_path, "workspace-sources", files, julia="1.12.2")) == 1


@pytest.mark.parametrize("inline", [True, False])
def test_a_source_that_misses_a_member_is_one_finding_that_names_the_place(
    tmp_path: Path, inline: bool
) -> None:
    """Pkg takes the path of whichever project it meets first, and stops where that is wrong."""
    source = (
        '[sources]\nBeck = {path = ⟦"Beck"⟧}\n' if inline else '[sources.Beck]\npath = ⟦"Beck"⟧\n'
    )
    files = {
        "Project.toml": '[workspace]\nprojects = ["Meadow", "Beck"]\n',
        "Beck/Project.toml": project("Beck"),
        "Meadow/Project.toml": project("Meadow", deps="Beck") + f"\n{source}",
    }
    where = "Meadow/Project.toml"
    plain = files | {where: files[where].replace("⟦", "").replace("⟧", "")}
    write(tmp_path, plain)
    (found,) = expect(tmp_path, "missing-source-path", files, of=where, julia="1.12.2")
    assert "Beck is a project of this workspace, at `../Beck`" in found.message
    assert findings(tmp_path, "workspace-sources", plain, of=where, julia="1.12.2") == []
    fix = fixed(tmp_path, "missing-source-path", files, "Write", of=where, julia="1.12.2")
    assert 'path = "../Beck"' in fix


def test_a_package_that_another_project_has_elsewhere_is_not_looked_for_in_registries(
    tmp_path: Path,
) -> None:
    """`[sources]` of every project of a workspace counts, and so do the projects themselves."""
    files = {
        "Project.toml": project(deps="Parsers CSV Member") + '[workspace]\nprojects = ["member"]\n',
        "member/Project.toml": project("Member", deps="CSV")
        + '[sources]\nCSV = {path = "../CSV"}\n',
    }
    write(tmp_path, files)
    opened = session(tmp_path, files, julia="1.12.2")
    for name in files:
        context = environment_context_of(opened, tmp_path / name)
        assert context is not None
        assert context.environment.names_in_sources == frozenset({"CSV"})
        asked = {
            one: context.is_from_registry(one, uuid(one)) for one in ("Parsers", "CSV", "Member")
        }
        assert asked == {"Parsers": True, "CSV": False, "Member": False}
    alone = environment_context_of(
        session(tmp_path, files, julia="1.11.2"), tmp_path / "Project.toml"
    )
    assert alone is not None
    assert alone.is_from_registry("CSV", uuid("CSV"))
