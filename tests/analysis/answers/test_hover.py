"""What is said about the thing under the cursor.

The marks ⟦ ⟧ enclose what the hover is about: every place from the one to the other says the
same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.documents.text import Span
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Hover, Link, Place, Strong
from precompass.julia.slugs import version_slug
from precompass.report.paragraphs import as_markdown, hover_text
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support import survey
from support.environments import TREE, Package, manifest, marked, project, session, uuid, write

FOLDER = Path("/no/such/folder")
PREFERENCES = "LocalPreferences.toml"


def said(files: Mapping[str, str], of: str = PREFERENCES) -> str:
    """Return what is said at the marked place, wherever in it the cursor is."""
    text, (span,) = marked(files[of])
    opened = session(FOLDER, {**files, of: text})
    answers = {hover(opened, FOLDER / of, offset) for offset in range(span.start, span.end + 1)}
    (found,) = answers
    assert found is not None
    assert found.span == span
    return as_markdown(found.paragraphs)


def said_nothing(files: Mapping[str, str], of: str = PREFERENCES) -> bool:
    text, (span,) = marked(files[of])
    return hover(session(FOLDER, {**files, of: text}), FOLDER / of, span.start) is None


# Preferences


def test_a_preference() -> None:
    assert said(survey.files("[Tables]\n⟦rows⟧ = 3\n")) == (
        "**Tables.rows**\n\n"
        "Changing it recompiles **4 of 10 packages**: Tables, and the 3 packages that depend on it."
        "\n\n"
        "CSV, DataFrames, Survey\n\n"
        "Assumed: no cache and no source of Tables was found."
    )


@pytest.mark.parametrize(
    ("preferences", "sentence"),
    [
        (
            "[Survey]\n⟦precompile_workload⟧ = false\n",
            "Changing it recompiles **1 of 10 packages**: Survey.\n\n"
            "Assumed: Survey depends on PrecompileTools, so it has a workload.",
        ),
        (
            '[SnoopPrecompile]\n⟦skip_precompile⟧ = ["CSV"]\n',
            "Changing it recompiles **4 of 10 packages**: SnoopPrecompile, and the 3 packages that "
            "depend on it.\n\n"
            "Both, CSV, Survey\n\n"
            "Required by Survey → Both → SnoopPrecompile\n\n"
            "Evidence: SnoopPrecompile 1.0.3 reads it once, when it compiles itself.",
        ),
        (
            "[Plain]\n⟦color⟧ = 1\n",
            "Changing it recompiles nothing: Plain does not depend on Preferences.jl, so it "
            "records no preference.",
        ),
        ('[Tables]\n⟦__clear__⟧ = ["a", "b"]\n', "Unsets preferences that farther tables "
         "set: `a` and `b`."),
        ("[Tables]\n⟦__clear__⟧ = []\n", "Unsets preferences that farther tables set: "
         "none."),
        ("[Parsers]\n⟦strict⟧ = 1\n", "Julia ignores this: Project.toml does not list Parsers.\n\n"
            "With Parsers listed, changing this would recompile 3 of 10 packages."),
        ("[Nobody]\n⟦strict⟧ = 1\n", "Julia ignores this: Project.toml and its manifest know no "
         "package `Nobody`."),
    ],
)  # fmt: skip
def test_preferences_of_every_kind(preferences: str, sentence: str) -> None:
    title, _, rest = said(survey.files(preferences)).partition("\n\n")
    text, (span,) = marked(preferences)
    name = f"{text[1 : text.index(']')]}.{text[span.start : span.end]}"
    assert title == as_markdown([(Strong(name),)])
    assert rest == sentence


UNKNOWN = survey.files("[Nobody]\nstrict = 1\n")
IGNORED = "Julia ignores this: Project.toml and its manifest know no package `Nobody`."


def _at(text: str, settings: Settings | None = None) -> str:
    """Return the hover at a text of the table of an unknown package, and the findings there.

    VS Code shows both in one box.
    """
    opened = session(FOLDER, UNKNOWN)
    if settings is not None:
        opened = Session(opened.snapshot, settings)
    place = FOLDER / PREFERENCES
    offset = UNKNOWN[PREFERENCES].index(text)
    found = hover(opened, place, offset)
    assert found is not None
    findings = [one.message for one in check(opened, place) if offset in one.span]
    return "\n\n".join((as_markdown(found.paragraphs), *findings))


def test_why_a_table_is_ignored_is_said_once_at_its_name_and_at_its_keys() -> None:
    at_name, at_key = _at("Nobody"), _at("strict")
    assert at_name.startswith("**Nobody** · preferences\n\nJulia ignores these preferences: no ")
    assert at_name.count("Julia ignores") == 1
    assert at_key == f"**Nobody.strict**\n\n{IGNORED}"


def test_the_hover_says_it_where_the_rule_is_off() -> None:
    off = Settings(severities={"ignored-preferences": None})
    assert _at("Nobody", off) == f"**Nobody** · preferences\n\n{IGNORED}"


def test_the_value_belongs_to_its_key() -> None:
    files = survey.files("[Tables]\nrows = 3 # note\n")
    opened = session(FOLDER, files)
    text = files[PREFERENCES]
    for place in ("= 3", "3 #"):
        found = hover(opened, FOLDER / PREFERENCES, text.index(place))
        assert found is not None
        assert text[found.span.start : found.span.end] == "rows"
    assert hover(opened, FOLDER / PREFERENCES, text.index("note")) is None


SHADOWED = {
    "[Survey]\ncolor = 2\n": "`[Survey]` in `LocalPreferences.toml` sets `color`, which "
    "overrides this. The value in effect is `2`.",
    "[Survey]\ncolor = false\n": "`[Survey]` in `LocalPreferences.toml` sets `color`, which "
    "overrides this. The value in effect is `false`.",
    '[Survey]\ncolor = "red"\n': "`[Survey]` in `LocalPreferences.toml` sets `color`, which "
    'overrides this. The value in effect is `"red"`.',
    '[Survey]\n__clear__ = ["color"]\n': "`[Survey]` in `LocalPreferences.toml` clears `color`, "
    "which overrides this.",
}


@pytest.mark.parametrize("local", SHADOWED)
def test_a_value_that_another_one_hides_recompiles_nothing(local: str) -> None:
    in_project = f"{survey.PROJECT}\n[preferences.Survey]\n⟦color⟧ = 2\n"
    assert said(survey.files(local, project=in_project), "Project.toml") == (
        f"**Survey.color**\n\nChanging this recompiles nothing: {SHADOWED[local]}"
    )


def test_tables_that_are_merged() -> None:
    in_project = f"{survey.PROJECT}\n[preferences.Survey.⟦colors⟧]\nfront = 1\n"
    files = survey.files("[Survey.colors]\nback = 2\n", project=in_project)
    assert said(files, "Project.toml").splitlines()[:5] == [
        "**Survey.colors**",
        "",
        "Changing it recompiles **1 of 10 packages**: Survey.",
        "",
        "Julia merges it with tables of the same name in other files.",
    ]


def test_a_table() -> None:
    assert said(survey.files("[⟦Tables⟧]\nrows = 3\ncolumns = 4\n")) == (
        "**Tables** · preferences\n\nChanging `rows` or `columns` recompiles **4 of 10 packages**."
    )


def test_preferences_of_a_table_that_cost_differently() -> None:
    files = survey.files("[⟦SnoopPrecompile⟧]\nskip_precompile = []\nother = 1\n")
    assert said(files) == (
        "**SnoopPrecompile** · preferences\n\n"
        "Rebuilding SnoopPrecompile recompiles 4 of 10 packages, itself included.\n\n"
        "Changing `skip_precompile` recompiles **4 of 10 packages**.\n\n"
        "Changing `other` recompiles **0 of 10 packages**."
    )


@pytest.mark.parametrize(
    ("preferences", "markdown"),
    [
        (
            '[SnoopPrecompile]\nskip_precompile = ["CSV", ⟦"Survey"⟧]\n',
            "**Survey** · on the skip list of SnoopPrecompile\n\n"
            "Changing the list recompiles **4 of 10 packages**.\n\n"
            "Its own flag `[Survey] precompile_workload` would recompile 1 of 10 packages.",
        ),
        (
            "[SnoopPrecompile]\nskip_precompile = [\n  # old\n  ⟦'CSV.Reader'⟧,\n]\n",
            "**CSV.Reader** · on the skip list of SnoopPrecompile\n\n"
            "Changing the list recompiles **4 of 10 packages**.\n\n"
            "Rebuilding CSV recompiles 2 of 10 packages, itself included.",
        ),
        (
            '[SnoopPrecompile]\nskip_precompile = [⟦"Nobody"⟧]\n',
            "**Nobody** · on the skip list of SnoopPrecompile\n\n"
            "This environment has no such package.",
        ),
    ],
)
def test_a_name_on_the_skip_list(preferences: str, markdown: str) -> None:
    assert said(survey.files(preferences)) == markdown


def test_without_a_manifest_it_is_said_that_little_is_known() -> None:
    files = survey.files("[Tables]\n⟦rows⟧ = 3\n")
    del files["Manifest.toml"]
    assert "manifest" in said(files)


# Project files


@pytest.mark.parametrize(
    ("marks", "markdown"),
    [
        (
            "CSV =",
            "**CSV** 1.0.0\n\n"
            "Rebuilding CSV recompiles 2 of 10 packages, itself included.\n\n"
            'Preferences in effect: `threads = 4`, `deep = { a = "b" }`',
        ),
        (
            "SnoopPrecompile =",
            "**SnoopPrecompile** 1.0.3\n\n"
            "Rebuilding SnoopPrecompile recompiles 4 of 10 packages, itself included.\n\n"
            "Required by Survey → Both → SnoopPrecompile",
        ),
        (
            "name =",
            "**Survey** · this project\n\nNothing else in this environment depends on it.",
        ),
    ],
)
def test_a_dependency(marks: str, markdown: str) -> None:
    name = marks.split()[0]
    listing = survey.PROJECT.replace(marks, f"⟦{name}⟧ =")
    files = survey.files('[CSV]\nthreads = 4\ndeep = { a = "b" }\n', project=listing)
    assert said(files, "Project.toml") == markdown


def test_a_compat_entry_is_about_its_package() -> None:
    listing = f'{survey.PROJECT}\n[compat]\n⟦CSV⟧ = "1"\n'
    assert said(survey.files(project=listing), "Project.toml").startswith("**CSV** 1.0.0\n")


@pytest.mark.parametrize(
    "line", ['[compat]\n⟦julia⟧ = "1.10"', "[targets]\n⟦test⟧ = []", "⟦# a note⟧", "[⟦deps2⟧]"]
)
def test_what_is_no_package_is_not_talked_about(line: str) -> None:
    assert said_nothing(survey.files(project=f"{survey.PROJECT}\n{line}\n"), "Project.toml")


def test_a_dependency_that_the_manifest_does_not_have() -> None:
    listing = f'{project("Survey", deps="CSV")}⟦Elsewhere⟧ = "{uuid("Elsewhere")}"\n'
    assert said(survey.files(project=listing), "Project.toml") == (
        "**Elsewhere**\n\nIt is not in the manifest of this environment."
    )


# Manifests


@pytest.mark.parametrize(
    ("place", "marks", "markdown"),
    [
        (
            "[[deps.Parsers]]",
            "⟦[[deps.Parsers]]⟧",
            "**Parsers** 1.0.0\n\n"
            "Rebuilding Parsers recompiles 3 of 10 packages, itself included.\n\n"
            "Required by Survey → CSV → Parsers",
        ),
        (
            '"SnoopPrecompile", "Tables"',
            '⟦"SnoopPrecompile"⟧, "Tables"',
            "**SnoopPrecompile** 1.0.3\n\n"
            "Rebuilding SnoopPrecompile recompiles 4 of 10 packages, itself included.\n\n"
            "Required by Survey → Both → SnoopPrecompile",
        ),
        (
            "[[deps.Dates]]",
            "⟦[[deps.Dates]]⟧",
            "**Dates** · standard library\n\n"
            "9 packages of this environment depend on it.\n\n"
            "Required by Survey → CSV → Parsers → Dates",
        ),
    ],
)
def test_an_entry_of_a_manifest(place: str, marks: str, markdown: str) -> None:
    files = survey.files()
    files["Manifest.toml"] = files["Manifest.toml"].replace(place, marks)
    assert said(files, "Manifest.toml") == markdown


def test_in_a_file_of_another_kind_nothing_is_said() -> None:
    opened = session(FOLDER, {"Other.toml": "[CSV]\n"})
    assert hover(opened, FOLDER / "Other.toml", 1) is None


def test_a_broken_file_still_has_hovers() -> None:
    files = survey.files("[Tables]\nrows = \n⟦columns⟧ = 4\n")
    assert said(files).startswith("**Tables.columns**\n\nChanging it recompiles **4 of 10")


def test_an_installed_package_leads_to_its_source(tmp_path: Path) -> None:
    csv = tmp_path / "depot" / "packages" / "CSV" / version_slug(uuid("CSV"), TREE)
    write(csv, {"src/CSV.jl": "module CSV\nend\n"})
    path, listing = tmp_path / "Project.toml", project("Survey", deps="CSV")
    texts = {path: listing, tmp_path / "Manifest.toml": manifest({"CSV": ""})}
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    found = hover(Session(Snapshot(Disk(), texts), settings), path, listing.index("CSV"))
    assert found is not None
    assert f"Installed at `{csv}`." in as_markdown(found.paragraphs)
    assert Link("Source", Place(csv / "src/CSV.jl", Span(7, 10))) in found.links


def test_an_environment_variable_that_is_read_while_compiling(tmp_path: Path) -> None:
    csv = tmp_path / "depot" / "packages" / "CSV" / version_slug(uuid("CSV"), TREE)
    source = 'module CSV\n\nconst POOL = get(ENV, "CSV_POOL", "")\nlater() = ENV["LATER"]\nend\n'
    write(csv, {"src/CSV.jl": source})
    path, listing = tmp_path / "Project.toml", project("Survey", deps="CSV")
    texts = {path: listing, tmp_path / "Manifest.toml": manifest({"CSV": ""})}
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    found = hover(Session(Snapshot(Disk(), texts), settings), path, listing.index("CSV"))
    assert found is not None
    text = as_markdown(found.paragraphs)
    assert (
        "CSV reads environment variables while it compiles, and Julia does not notice when they "
        "change: `CSV_POOL` (src/CSV.jl:3)."
    ) in text
    assert "LATER" not in text


def test_a_hint_that_shows_the_version_is_not_repeated() -> None:
    files = survey.files()
    opened, text = session(FOLDER, files), files["Project.toml"]
    found = hover(opened, FOLDER / "Project.toml", text.index("CSV ="), shows_hints=True)
    assert found is not None
    assert as_markdown(found.paragraphs[:1]) == "**CSV**"


# What fits on the screen


def every_hover(folder: Path, texts: Mapping[str, str], shown: Settings) -> Iterator[Hover]:
    opened = Session(Snapshot(Disk(), {folder / name: texts[name] for name in texts}), shown)
    for name, text in texts.items():
        found = (hover(opened, folder / name, offset) for offset in range(len(text)))
        yield from {one.span: one for one in found if one is not None}.values()


def lines_at_80_columns(found: Hover) -> int:
    links = [(link.text, "x") for link in found.links]
    lines = hover_text(found.paragraphs, ()).split("\n") + (["links"] if links else [])
    return sum(max(1, len(textwrap.wrap(line, 80))) for line in lines)


def test_every_hover_of_the_example_is_less_than_twelve_lines() -> None:
    folder = Path(__file__).parents[3] / "examples" / "CatchmentModels"
    texts = {name: (folder / name).read_text() for name in ("Project.toml", PREFERENCES)}
    texts["Manifest.toml"] = (folder / "Manifest.toml").read_text()[:6_000]
    shown = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    found = list(every_hover(folder, {name: texts[name] for name in list(texts)[:2]}, shown))
    assert len(found) > 40
    assert all(lines_at_80_columns(one) < 12 for one in found)


def test_a_hover_is_short_however_much_there_is_to_say() -> None:
    """Long names and values, many preferences, a long way from the project, many readers."""
    names = [f"{letter * 40}" for letter in "ABCDEFGHIJKLMNOPQR"]
    packages: dict[str, str | Package] = {
        name: f"Preferences {after}" for name, after in pairwise([*names, "Preferences"])
    }
    packages |= {"Preferences": ""}
    keys = "".join(f'{"k" * 50}{number} = "{"v" * 200}"\n' for number in range(30))
    texts = {
        "Project.toml": project("Survey", deps=f"{names[0]} {names[-1]}", extras=names[9]),
        "Manifest.toml": manifest(packages),
        PREFERENCES: f"[{names[9]}]\n{keys}\n[{'X' * 3_000}]\n{'y' * 3_000} = 1\n",
    }
    shown = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    found = list(every_hover(FOLDER, texts, shown))
    assert len(found) > 40
    for one in found:
        assert lines_at_80_columns(one) < 12, hover_text(one.paragraphs, ())


def test_at_most_eight_names_are_shown() -> None:
    names = [f"P{number:02}" for number in range(12)]
    packages: dict[str, str | Package] = dict.fromkeys(names, "Base1")
    files = {
        "Project.toml": project(deps=" ".join([*names, "Base1"])),
        "Manifest.toml": manifest({**packages, "Base1": "Preferences", "Preferences": ""}),
        PREFERENCES: "[Base1]\n⟦a⟧ = 1\n",
    }
    assert "P00, P01, P02, P03, P04, P05, P06, P07 and 4 more" in said(files)


# Workspaces, and manifests of another Julia


SHARED = {
    "Project.toml": project("Survey", deps="Example") + '\n[workspace]\nprojects = ["test"]\n',
    "test/Project.toml": project(deps="CSV"),
    "Manifest.toml": manifest(
        {
            "CSV": "PrecompileTools",
            "Example": "",
            "PrecompileTools": "Preferences",
            "Preferences": "",
            "Left": "",
        },
        julia="1.12.2",
    ),
}


@pytest.mark.parametrize(
    ("package", "sentences"),
    [
        ("Example", ["Rebuilding Example recompiles 2 of 6 packages, itself included."]),
        (
            "PrecompileTools",
            [
                "Project.toml does not depend on it.",
                "For test, a project of this workspace: Rebuilding PrecompileTools recompiles 2 of "
                "6 packages, itself included.",
                "Required by test → CSV → PrecompileTools",
            ],
        ),
        ("Left", ["Project.toml does not depend on it."]),
    ],
)
def test_a_package_that_only_other_projects_of_a_workspace_use(
    tmp_path: Path, package: str, sentences: list[str]
) -> None:
    """The manifest is the base's, and what the base does not use has dependents all the same."""
    write(tmp_path, SHARED)
    place = SHARED["Manifest.toml"].index(f"[[deps.{package}]]")
    found = hover(session(tmp_path, SHARED), tmp_path / "Manifest.toml", place)
    assert found is not None
    assert as_markdown(found.paragraphs).split("\n\n")[1 : len(sentences) + 1] == sentences


def test_a_standard_library_that_is_none_any_more(tmp_path: Path) -> None:
    text = manifest({"MbedTLS_jll": ""}, julia="1.11.5").replace(
        str(uuid("MbedTLS_jll")), "c8ffd9c3-330d-5841-b78e-0817d7145fa1"
    )
    text = text.replace(f'git-tree-sha1 = "{TREE}"\n', "")
    files = {"Project.toml": project(), "Manifest.toml": text}
    place = text.index("MbedTLS_jll")
    for julia, label in [
        ("1.12", "standard library of Julia 1.11, not of 1.12"),
        ("1.11", "standard library\n"),
    ]:
        opened = session(tmp_path, files, julia=julia)
        found = hover(opened, tmp_path / "Manifest.toml", place)
        assert found is not None
        assert f" · {label}" in as_markdown(found.paragraphs) + "\n"
