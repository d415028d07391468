"""What is said of tables of preferences: those that do not count, and those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Severity
from precompass.fixes import edits_of
from precompass.julia.published_preferences import published_uuids
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support import survey
from support.environments import after, changed, marked, project, session, uuid, write
from support.rule_findings import expect, findings, titles

PREFERENCES = "LocalPreferences.toml"


# ignored-preferences


def test_a_table_of_a_package_that_the_project_does_not_list(tmp_path: Path) -> None:
    files = survey.files(
        "[CSV]\nthreads = 4\n\n[⟦Parsers⟧] # fast\nstrict = true\n\n[Tables.deep]\nrows = 3\n"
    )
    (found,) = expect(tmp_path, "ignored-preferences", files, Severity.WARNING, of=PREFERENCES)
    assert found.is_unnecessary
    assert found.message == (
        "Julia ignores these preferences: Project.toml does not list Parsers, and only "
        "preferences of listed packages count. List it in [deps], [extras] or [weakdeps], or "
        "delete the table."
    )
    (related,) = found.related
    assert related.message == "The packages that Project.toml lists."
    assert survey.PROJECT[related.span.start : related.span.end] == "deps"
    list_it, delete = found.fixes
    assert list_it.title == (
        "List Parsers in [extras] of Project.toml, so that Julia sees its preferences "
        "(recompiles 3 of 10 packages)"
    )
    assert list_it.is_preferred
    assert delete.title == "Delete the table [Parsers] (recompiles nothing)"
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    assert changed(tmp_path, files, list_it) == {
        "Project.toml": survey.PROJECT.replace(
            "[extras]\n", f'[extras]\nParsers = "{uuid("Parsers")}"\n'
        )
    }
    assert changed(tmp_path, files, delete) == {
        PREFERENCES: "[CSV]\nthreads = 4\n\n# fast\n\n[Tables.deep]\nrows = 3\n"
    }


def test_a_listed_package_is_seen_after_the_fix(tmp_path: Path) -> None:
    files = survey.files("[Parsers]\nstrict = true\n")
    (found,) = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    listed = files | changed(tmp_path, files, found.fixes[0])
    assert findings(tmp_path, "ignored-preferences", listed, of=PREFERENCES) == []
    opened = session(tmp_path, listed).invalidations(tmp_path / "Project.toml")
    assert opened is not None
    assert opened.preferences(uuid("Parsers")).values == {"strict": True}


@pytest.mark.parametrize(
    ("table", "fix_leaves"),
    [
        ("[⟦Nobody⟧]\na = 1\n", "[CSV]\n"),
        ("[⟦Nobody⟧.deep]\na = 1\n", "[CSV]\n"),
        ("⟦Nobody⟧ = { a = 1 }\n", "[CSV]\n"),
        ("⟦Nobody⟧.a = 1\nNobody.b = 2\n", "[CSV]\n"),
    ],
)
def test_a_table_of_nobody_in_every_form(tmp_path: Path, table: str, fix_leaves: str) -> None:
    files = survey.files(f"{table}[CSV]\n")
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert found.message == (
        "Julia ignores these preferences: no package of this name is listed in Project.toml or "
        "known to its manifest. List the package with its UUID, or keep other settings in "
        "another file."
    )
    assert titles([found]) == ["Delete the table [Nobody] (recompiles nothing)"]
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    assert changed(tmp_path, files, found.fixes[0]) == {PREFERENCES: fix_leaves}


def test_a_name_that_is_nearly_that_of_a_package(tmp_path: Path) -> None:
    files = survey.files("[⟦Parser⟧]\nstrict = true\n")
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert found.message == (
        "Julia ignores these preferences: no package of this name is listed in Project.toml or "
        "known to its manifest. Did you mean `Parsers`?"
    )
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    assert titles([found])[0] == "Rename to `Parsers`"
    assert not found.fixes[0].is_preferred
    assert changed(tmp_path, files, found.fixes[0]) == {PREFERENCES: "[Parsers]\nstrict = true\n"}


@pytest.mark.parametrize("name", ["Nobody", "MPIPreferences"])
def test_of_a_manifest_that_broke_off_nothing_is_said(tmp_path: Path, name: str) -> None:
    files = survey.files(f"[⟦{name}⟧]\nkey = 1\n")
    files["Manifest.toml"] = files["Manifest.toml"][:-6]
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert "manifest" not in found.message
    assert "only preferences of listed packages count" in found.message


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (
            "OpenBLAS_jll",
            "comes with Julia, and no preference redirects its libraries",
        ),
        ("Random", "comes with Julia and reads no preferences"),
    ],
)
def test_what_comes_with_julia_has_no_preferences(tmp_path: Path, name: str, why: str) -> None:
    files = survey.files(f"[⟦{name}⟧]\nkey = 1\n")
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert found.message == f"Julia ignores these preferences: {name} {why}. Delete the table."
    assert titles([found]) == [f"Delete the table [{name}] (recompiles nothing)"]


def test_a_jll_that_this_julia_does_not_bring_along_can_be_listed(tmp_path: Path) -> None:
    """Zstd_jll comes with Julia from 1.13 on; before, it is a package like any other."""
    files = survey.files('[⟦Zstd_jll⟧]\nlibzstd_path = "/usr/lib/libzstd.so"\n', julia="1.12.2")
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert "Zstd_jll is not in this environment" in found.message
    assert titles([found])[0].startswith("List Zstd_jll in [extras] of Project.toml")


@pytest.mark.parametrize("name", ["MPIPreferences", "CUDA_Runtime_jll"])
def test_a_uuid_that_is_published_is_offered_without_a_registry(tmp_path: Path, name: str) -> None:
    files = survey.files(f"[⟦{name}⟧]\nversion = 1\n")
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    files[PREFERENCES], _ = marked(files[PREFERENCES])
    (text,) = changed(tmp_path, files, found.fixes[0]).values()
    (uuid_,) = published_uuids(name)
    assert f'{name} = "{uuid_}"' in text


def test_an_extension_that_several_packages_declare(tmp_path: Path) -> None:
    """The manifest knows the name as that of two extensions: no package has it."""
    files = survey.files("[⟦FarExt⟧]\ndigits = 3\n")
    for package in ("CSV", "Parsers"):
        before, header, rest = files["Manifest.toml"].partition(f"[[deps.{package}]]\n")
        entry, mark, others = rest.partition("\n[[")
        extension = (
            f'weakdeps = ["Elsewhere"]\n\n    [deps.{package}.extensions]\n'
            '    FarExt = "Elsewhere"\n'
        )
        files["Manifest.toml"] = f"{before}{header}{entry.rstrip()}\n{extension}{mark}{others}"
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    said = "`FarExt` is an extension of CSV and Parsers, and Project.toml lists none of them. "
    assert said in found.message
    assert titles([found]) == [
        "Rename to `CSV`",
        "Rename to `Parsers`",
        "Delete the table [FarExt] (recompiles nothing)",
    ]


def test_a_table_in_the_project_file(tmp_path: Path) -> None:
    files = survey.files(
        project=f"{survey.PROJECT}\n[preferences.⟦Parsers⟧]\nstrict = true\n\n"
        "[preferences.CSV]\nthreads = 4\n"
    )
    (found,) = expect(tmp_path, "ignored-preferences", files)
    assert titles([found])[1] == "Delete the table [preferences.Parsers] (recompiles nothing)"
    files["Project.toml"], _ = marked(files["Project.toml"])
    assert changed(tmp_path, files, found.fixes[1]) == {
        "Project.toml": f"{survey.PROJECT}\n[preferences.CSV]\nthreads = 4\n"
    }


def test_a_package_listed_under_another_name(tmp_path: Path) -> None:
    files = survey.files(
        "[⟦Parsers⟧]\nstrict = true\n",
        project=f'{survey.PROJECT}MyParsers = "{uuid("Parsers")}"\n',
    )
    (found,) = expect(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert found.message == (
        "Julia ignores these preferences: Project.toml lists this package as `MyParsers`. Name "
        "the table `MyParsers`."
    )
    assert titles([found]) == ["Delete the table [Parsers] (recompiles nothing)"]


@pytest.mark.parametrize(
    ("julia", "section", "advice"),
    [
        ("1.6.5", "extras", "Use a newer Julia, or add Tables to [deps]."),
        ("1.7.0", "extras", "Use a newer Julia, or add Tables to [deps]."),
        ("1.8.5", "weakdeps", "Use a newer Julia, or add Tables to [deps]."),
        ("1.6.6", "extras", None),
        ("1.9.0", "weakdeps", None),
    ],
)
def test_a_section_at_which_this_julia_does_not_look(
    tmp_path: Path, julia: str, section: str, advice: str | None
) -> None:
    listing = project("Survey", deps="CSV") + f'\n[{section}]\nTables = "{uuid("Tables")}"\n'
    files = survey.files("[Tables]\nrows = 3\n", project=listing, julia=julia)
    found = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert [one.message for one in found] == [
        f"Julia ignores these preferences: Project.toml lists Tables in [{section}] only, which "
        f"Julia {julia} ignores here. {advice}"
    ] * (advice is not None)


@pytest.mark.parametrize(
    ("series", "compat", "older"),
    [
        ("1.6", "1.6", "1.6.0 to 1.6.5"),
        ("1.6", "1.6.3", "1.6.3 to 1.6.5"),
        ("1.7", "1.6", "1.7.0"),
        ("1.7", "1.7.1", None),
        ("1.8", "1.6", None),
    ],
)
def test_where_only_the_series_is_known_older_patches_ignore_what_extras_list(
    tmp_path: Path, series: str, compat: str, older: str | None
) -> None:
    listing = project("Survey", deps="CSV", extras="Tables") + f'[compat]\njulia = "{compat}"\n'
    files = survey.files("[Tables]\nrows = 3\n", project=listing, julia=series)
    found = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert [(one.severity, one.message) for one in found] == [
        (
            Severity.INFORMATION,
            f"Julia {older} ignores these preferences: Project.toml lists Tables in [extras] only, "
            "which it ignores here. Only the series is known here.",
        )
    ] * (older is not None)


def test_no_patch_of_a_series_ignores_a_table_of_a_dependency(tmp_path: Path) -> None:
    listing = project("Survey", deps="CSV", extras="CSV")
    files = survey.files("[CSV]\nrows = 3\n", project=listing, julia="1.6")
    assert findings(tmp_path, "ignored-preferences", files, of=PREFERENCES) == []


@pytest.mark.parametrize(
    ("julia", "where"),
    [
        ("1.7.0", "[deps]"),
        ("1.8.5", "[deps] or [extras]"),
        ("1.11.5", "[deps], [extras] or [weakdeps]"),
    ],
)
def test_the_advice_names_the_sections_of_this_julia(
    tmp_path: Path, julia: str, where: str
) -> None:
    files = survey.files("[Parsers]\nstrict = true\n", julia=julia)
    (found,) = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    assert f"List it in {where}, or delete the table." in found.message
    has_fix = any(title.startswith("List Parsers") for title in titles([found]))
    assert has_fix == (julia != "1.7.0")


def test_a_file_without_a_project(tmp_path: Path) -> None:
    (found,) = expect(
        tmp_path,
        "ignored-preferences",
        {PREFERENCES: "[⟦CSV⟧]\nthreads = 4\n[FFTW]\nprovider = 'mkl'\n"},
        of=PREFERENCES,
    )
    assert found.message == (
        "Julia ignores these preferences: there is no project file in this folder, so the file "
        "belongs to no environment. Move it next to the Project.toml that it is for."
    )
    assert found.related == ()
    assert found.fixes == ()


@pytest.mark.parametrize("broken", ["[deps", 'Parsers = "69de', "Parsers = ", "[extras]\nParsers"])
def test_a_project_that_is_being_typed_accuses_nobody(tmp_path: Path, broken: str) -> None:
    files = survey.files("[Parsers]\nstrict = true\n", project=f"{survey.PROJECT}{broken}\n")
    assert findings(tmp_path, "ignored-preferences", files, of=PREFERENCES) == []


def test_every_package_that_is_listed_counts(tmp_path: Path) -> None:
    files = survey.files(
        "[Survey]\na = 1\n[CSV]\na = 1\n[SnoopPrecompile]\na = 1\n[Weak]\na = 1\n",
        project=survey.PROJECT + f'[weakdeps]\nWeak = "{uuid("Weak")}"\n',
    )
    assert findings(tmp_path, "ignored-preferences", files, of=PREFERENCES) == []


# shadowed-preference


def test_the_local_file_hides_the_project_file(tmp_path: Path) -> None:
    local = '[Survey]\ncolor = 1\n__clear__ = ["size"]\n[Survey.deep]\na = 1\n'
    files = survey.files(
        local,
        project=f"{survey.PROJECT}\n[preferences.Survey]\n⟦color⟧ = 2\n⟦size⟧ = 2\nshape = 2\n"
        "[preferences.Survey.deep]\nb = 2\n",
    )
    color, size = expect(tmp_path, "shadowed-preference", files, Severity.INFORMATION)
    assert color.message == (
        "This value has no effect: `[Survey]` in LocalPreferences.toml sets `color` and is "
        "nearer. Change it there."
    )
    assert size.message == (
        "This value has no effect: `[Survey]` in LocalPreferences.toml clears `size` and is "
        "nearer. Change it there."
    )
    assert color.is_unnecessary
    places = [
        (one.related[0].file.name, local[one.related[0].span.start : one.related[0].span.end])
        for one in (color, size)
    ]
    assert places == [(PREFERENCES, "color"), (PREFERENCES, "__clear__")]
    assert findings(tmp_path, "shadowed-preference", files, of=PREFERENCES) == []


def test_a_nearer_member_of_a_workspace_hides_the_base(tmp_path: Path) -> None:
    base = survey.files("[Survey]\n⟦color⟧ = 1\nsize = 1\n", julia="1.12.2")
    files = base | {
        "Project.toml": survey.PROJECT + '[workspace]\nprojects = ["test"]\n',
        "test/Project.toml": project(deps="Survey"),
        "test/LocalPreferences.toml": "[Survey]\ncolor = 2\n",
    }
    texts = {name: marked(text)[0] for name, text in files.items()}
    write(tmp_path, texts)  # workspaces are told by the folders on disk
    assert findings(tmp_path, "shadowed-preference", texts, of=PREFERENCES) == []
    found = session(tmp_path, texts).invalidations(tmp_path / "test" / "Project.toml")
    assert found is not None
    assert found.preferences(uuid("Survey")).values == {"color": 2, "size": 1}


def test_a_whole_file_may_be_hidden(tmp_path: Path) -> None:
    other = {"JuliaLocalPreferences.toml": "[CSV]\nthreads = 4\n"}
    files = survey.files("[Survey]\ncolor = 1\n[Nobody]\na = 1\n") | other
    found = check(session(tmp_path, files), tmp_path / PREFERENCES)
    assert [one.code for one in found] == ["shadowed-preference"]
    assert found[0].message == (
        "Julia does not read this file, because JuliaLocalPreferences.toml is beside it. Move "
        "what should count there, or delete one of the two."
    )
    assert found[0].is_unnecessary
    assert (found[0].span.start, found[0].span.end) == (0, len("[Survey]"))
    assert found[0].related[0].file == tmp_path / "JuliaLocalPreferences.toml"


@pytest.mark.parametrize("text", ["[CSV\n", "[CSV]\na = 1\na = 2\n", "CSV = 3\n", "# none\n"])
def test_a_hidden_file_may_hold_anything(tmp_path: Path, text: str) -> None:
    """Julia does not open it, so it throws no error for it."""
    files = survey.files(text) | {"JuliaLocalPreferences.toml": ""}
    found = check(session(tmp_path, files), tmp_path / PREFERENCES)
    assert [one.code for one in found] == ["shadowed-preference"]


# preferences-not-a-table


def test_values_in_the_place_of_tables(tmp_path: Path) -> None:
    files = survey.files("⟦Survey⟧ = 1\n⟦precompile_workload⟧ = false\n[[⟦CSV⟧]]\na = 1\n")
    survey_, flag, csv = expect(tmp_path, "preferences-not-a-table", files, of=PREFERENCES)
    assert [one.severity for one in (survey_, flag, csv)] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.ERROR,
    ]
    assert survey_.message == (
        "The preferences of Survey have to be a table: Julia throws a TypeError and loads "
        "neither Survey nor what depends on it."
    )
    assert flag.message == (
        "Julia ignores `precompile_workload`: it is outside any table, and the project lists no "
        "package of this name. Move it into the table of its package."
    )


def test_preferences_of_a_project_that_are_none(tmp_path: Path) -> None:
    files = survey.files(project=f"⟦preferences⟧ = true\n{survey.PROJECT}")
    (found,) = expect(tmp_path, "preferences-not-a-table", files, Severity.ERROR)
    assert found.message == (
        "`preferences` has to be a table with a table per package: Julia 1.8 and later throw a "
        "TypeError for every package that this project lists."
    )


@pytest.mark.parametrize("table", ["[CSV]\n", "CSV = {}\n", "CSV.a = 1\n", "[CSV.deep]\n"])
def test_tables_in_every_form_are_tables(tmp_path: Path, table: str) -> None:
    files = survey.files(table)
    assert findings(tmp_path, "preferences-not-a-table", files, of=PREFERENCES) == []


# invalid-clear-list


def test_clear_lists_that_clear_nothing(tmp_path: Path) -> None:
    files = survey.files(
        '[Survey]\n__clear__ = ⟦"color"⟧\n[Survey.deep]\n__clear__ = ⟦["a", 1]⟧\n'
        "[CSV]\n__clear__ = ⟦true⟧\n"
        '[Tables]\n__clear__ = ["rows"]\n[Both]\n__clear__ = []\n'
        '[Nobody]\n__clear__ = "ignored anyway"\n'
    )
    found = expect(tmp_path, "invalid-clear-list", files, Severity.WARNING, of=PREFERENCES)
    assert {one.message for one in found} == {
        "Julia ignores this `__clear__`, and the inherited keys stay: it has to be an array of "
        'strings, such as ["key"].'
    }


# toml-syntax


@pytest.mark.parametrize(
    ("name", "consequence"),
    [
        (PREFERENCES, "Julia throws an error for the packages that this project lists"),
        ("Project.toml", "Julia cannot load anything from this project"),
        ("Manifest.toml", "Julia cannot load anything with this manifest"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, name: str, consequence: str) -> None:
    files = survey.files("[Survey]\n")
    files[name] += "[x]\na = 1\nb ⟦b = 2⟧\n⟦a⟧ = 3\n"
    broken, twice = expect(tmp_path, "toml-syntax", files, Severity.ERROR, of=name)
    assert broken.message.endswith(f". {consequence} until this is fixed.")
    assert twice.message == (f"The key `a` is defined twice. {consequence} until this is fixed.")
    (related,) = twice.related
    assert related.message == "It is defined first here."


def test_a_byte_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / PREFERENCES).write_bytes(b'[A]\nname = "caf\xe9"\n')
    (tmp_path / "Project.toml").write_text(project(deps="A"))
    opened = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    (found,) = (one for one in check(opened, tmp_path / PREFERENCES) if one.code == "toml-syntax")
    assert found.message == ("This byte is not UTF-8, as TOML requires. Save the file in UTF-8.")
    assert found.span.start == len('[A]\nname = "caf')


def test_a_file_full_of_faults_is_told_in_part(tmp_path: Path) -> None:
    files = survey.files("= 1\n" * 500)
    assert len(findings(tmp_path, "toml-syntax", files, of=PREFERENCES)) == 20


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / PREFERENCES).symlink_to("/dev/zero")
    opened = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    (found,) = check(opened, tmp_path / PREFERENCES)
    assert (found.code, found.severity) == ("toml-syntax", Severity.ERROR)
    assert found.message == "This file cannot be read: it is not a regular file."


@pytest.mark.parametrize("name", ["Other.toml", "missing/Project.toml", "Project.toml.bak"])
def test_files_that_are_not_julias_have_no_findings(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"Other.toml": "= 1", "Project.toml.bak": "= 1"})
    opened = Session(Snapshot(Disk()), Settings(use_depot=False, variables={}))
    assert check(opened, tmp_path / name) == ()


def test_damage_elsewhere_takes_no_fix_away_from_it(tmp_path: Path) -> None:
    """A broken file is never edited; its findings are still told."""
    files = survey.files("[Parsers]\nstrict = true\n[Survey]\na = \n")
    (found,) = findings(tmp_path, "ignored-preferences", files, of=PREFERENCES)
    delete = found.fixes[-1]
    assert edits_of(session(tmp_path, files), delete.id) is None
    list_it = found.fixes[0]
    assert after(tmp_path, files, edits_of(session(tmp_path, files), list_it.id)) != files


def test_an_empty_table_that_is_ignored_loses_nothing(tmp_path: Path) -> None:
    files = survey.files("[Parsers]\n# strict = true\n")
    assert findings(tmp_path, "ignored-preferences", files, of=PREFERENCES) == []
