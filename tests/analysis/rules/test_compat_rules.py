"""Entries of [compat]: their grammar, and what they say beside the manifest and General."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import Package, manifest, project, uuid
from support.rule_findings import expect, findings, fixed, titles

CSV = uuid("CSV")
DEPS = project(deps="CSV")
SURVEY = project("Survey", deps="CSV DataFrames TOML")


# invalid-compat


@pytest.mark.parametrize(
    "entry",
    [
        *("1", "1.2", "^1.2.3", "~0.8", "=1.2.3", "= 1.2", ">= 1.2", "≥ 1.2", ">=1", "< 2", "v1.2"),
        *("1.2 - 1.5", "0.7 -  1", "1, 2", "0.5, ~0.7.1, =1.0.1", "0", "0.0", " 1.2 ", "1.2,1.3"),
    ],
)
def test_pkg_s_grammar(tmp_path: Path, entry: str) -> None:
    assert findings(tmp_path, "invalid-compat", f'{DEPS}\n[compat]\nCSV = "{entry}"\n') == []


@pytest.mark.parametrize(
    "entry",
    [
        *("", "latest", "*", "1.*", "1.x", "> 1", "<= 1", "== 1", "1.2.3.4", "1.2-1.5", "~ 1"),
        *("1,", "1 2", "0.0.0", "<0", "1.0.0-rc1", "99999999999999999999"),
    ],
)
def test_what_is_none_of_it(tmp_path: Path, entry: str) -> None:
    text = f'{DEPS}\n[compat]\nCSV = ⟦"{entry}"⟧\n'
    expect(tmp_path, "invalid-compat", text, Severity.ERROR)


@pytest.mark.parametrize("value", ["1.10", "1", "true", '["1", "2"]', "{version = '1'}"])
def test_an_entry_has_to_be_a_string(tmp_path: Path, value: str) -> None:
    expect(tmp_path, "invalid-compat", f"[compat]\njulia = ⟦{value}⟧\n", Severity.ERROR)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.10", '"1.10"'),
        ('["1.9", "2"]', '"1.9, 2"'),
        ('"1.*"', '"~1"'),
        ('"1.2.x, 2.*"', '"~1.2, ~2"'),
        ('"==1.2.3"', '"=1.2.3"'),
        ('"1.6-1.9"', '"1.6 - 1.9"'),
    ],
)
def test_the_entry_that_is_most_likely_meant(tmp_path: Path, written: str, meant: str) -> None:
    text = f"[compat]\njulia = ⟦{written}⟧\n"
    assert fixed(tmp_path, "invalid-compat", text, "Write") == f"[compat]\njulia = {meant}\n"


def test_otherwise_the_version_of_the_manifest_is_offered(tmp_path: Path) -> None:
    files = {
        "Project.toml": f'{DEPS}\n[compat]\nCSV = "newest"\njulia = "new"\n',
        "Manifest.toml": manifest({"CSV": Package(version="0.10.14")}, julia="1.11.2"),
    }
    assert titles(findings(tmp_path, "invalid-compat", files)) == [
        'Write "0.10.14", the version in the manifest and what is compatible with it',
        'Write "1.11", the version in the manifest and what is compatible with it',
    ]


def test_a_range_that_ends_before_it_begins(tmp_path: Path) -> None:
    found = expect(tmp_path, "invalid-compat", '[compat]\njulia = ⟦"1.10 - 1.6"⟧\n')
    assert "ends before it begins" in found[0].message


def test_compat_has_to_be_a_table(tmp_path: Path) -> None:
    expect(tmp_path, "invalid-compat", '⟦compat⟧ = "1"\n', Severity.ERROR)


# unknown-compat


def test_a_name_that_is_not_listed(tmp_path: Path) -> None:
    text = f'{DEPS}\n[compat]\n⟦CVS⟧ = "0.10"\njulia = "1.10"\n'
    expect(tmp_path, "unknown-compat", text, Severity.ERROR)
    assert 'CSV = "0.10"\njulia' in fixed(tmp_path, "unknown-compat", text, "Rename to `CSV`")
    assert fixed(tmp_path, "unknown-compat", text, "Delete").endswith('[compat]\njulia = "1.10"\n')


def test_a_name_that_the_manifest_knows_can_be_listed(tmp_path: Path) -> None:
    files = {
        "Project.toml": f'{DEPS}\n[compat]\n⟦Parsers⟧ = "2"\n',
        "Manifest.toml": manifest({"CSV": "Parsers", "Parsers": ""}),
    }
    expect(tmp_path, "unknown-compat", files)
    assert f'CSV = "{CSV}"\nParsers = "{uuid("Parsers")}"\n' in fixed(
        tmp_path, "unknown-compat", files, "List Parsers in [deps]"
    )


@pytest.mark.parametrize("section", ["deps", "weakdeps", "extras"])
def test_every_section_counts(tmp_path: Path, section: str) -> None:
    text = f'[{section}]\nCSV = "{CSV}"\n\n[compat]\nCSV = "1"\n'
    assert findings(tmp_path, "unknown-compat", text) == []


def test_weak_dependencies_count_since_1_9(tmp_path: Path) -> None:
    text = f'[weakdeps]\nCSV = "{CSV}"\n\n[compat]\n⟦CSV⟧ = "1"\n'
    found = expect(tmp_path, "unknown-compat", text, julia="1.8.5")
    assert "Julia 1.8 does not read [weakdeps]" in found[0].message


def test_a_name_whose_uuid_is_broken_is_listed_all_the_same(tmp_path: Path) -> None:
    text = '[deps]\nCSV = "?"\n\n[compat]\nCSV = "1"\n'
    assert findings(tmp_path, "unknown-compat", text) == []


# compat-excludes-resolved


def environment(compat: str, package: Package, head: str = DEPS) -> dict[str, str]:
    return {
        "Project.toml": f"{head}\n[compat]\nCSV = {compat}\n",
        "Manifest.toml": manifest({"CSV": package}),
    }


def test_a_version_outside_of_the_entry(tmp_path: Path) -> None:
    files = environment('⟦"0.9"⟧', Package(version="0.10.4"))
    found = expect(tmp_path, "compat-excludes-resolved", files, Severity.WARNING)
    assert "Julia still loads it" in found[0].message
    related = found[0].related[0]
    where = files["Manifest.toml"][related.span.start : related.span.end]
    assert (related.file.name, where) == ("Manifest.toml", '"0.10.4"')
    fix = fixed(tmp_path, "compat-excludes-resolved", files, "Allow 0.10.4 too")
    assert 'CSV = "0.9, 0.10.4"' in fix


@pytest.mark.parametrize(
    ("compat", "version"),
    [
        ("0.10", "0.10.4"),
        ("0.10.4 - 0.11", "0.11.7"),
        ("~0.10.3", "0.10.99"),
        ("1", "1.0.0-rc1"),
        ("0.9, 0.10", "0.10.1"),
        ("=1.2.3", "1.2.3+4"),
        ("nonsense", "1.0.0"),
    ],
)
def test_a_version_inside_of_it(tmp_path: Path, compat: str, version: str) -> None:
    files = environment(f'"{compat}"', Package(version=version))
    assert findings(tmp_path, "compat-excludes-resolved", files) == []


def test_a_package_that_is_developed_cannot_be_resolved(tmp_path: Path) -> None:
    files = environment('⟦"0.9"⟧', Package(version="0.10.4", path="../CSV"))
    found = expect(tmp_path, "compat-excludes-resolved", files)
    assert "It is developed, so Pkg has no other to choose" in found[0].message


DEVELOPED = {
    "Project.toml": project("Survey", deps="Meadow") + '\n[compat]\nMeadow = ⟦"0.2"⟧\n',
    "Manifest.toml": manifest({"Meadow": Package(version="0.1.0", path="Meadow")}),
}


def test_a_developed_package_has_the_version_of_its_own_project_file(tmp_path: Path) -> None:
    """The manifest still has 0.1.0; the next `Pkg.resolve()` reads 0.2.0 there."""
    files = DEVELOPED | {"Meadow/Project.toml": project("Meadow", version="0.2.0")}
    files["Project.toml"] = re.sub("[⟦⟧]", "", files["Project.toml"])
    assert findings(tmp_path, "compat-excludes-resolved", files) == []


def test_a_developed_package_that_became_too_new(tmp_path: Path) -> None:
    files = DEVELOPED | {"Meadow/Project.toml": project("Meadow", version="0.3.0")}
    (found,) = expect(tmp_path, "compat-excludes-resolved", files)
    assert found.message.startswith("Meadow/Project.toml has Meadow 0.3.0, which the entry")
    assert [one.file.name for one in found.related] == ["Project.toml"]
    fix = fixed(tmp_path, "compat-excludes-resolved", files, "Allow 0.3.0 too")
    assert 'Meadow = "0.2, 0.3.0"' in fix


def several(first: str, second: str) -> dict[str, str]:
    head = project("Survey", deps="CSV DataFrames Parsers")
    packages = {name: Package(version="1.7.0") for name in ("CSV", "DataFrames", "Parsers")}
    return {
        "Project.toml": f'{head}\n[compat]\nCSV = {first}\nDataFrames = {second}\nParsers = "2"\n',
        "Manifest.toml": manifest({**packages}),
    }


def test_several_excluded_versions_are_one_finding(tmp_path: Path) -> None:
    files = several('⟦"0.9"⟧', '"0.9"')
    (found,) = expect(tmp_path, "compat-excludes-resolved", files)
    assert "exclude CSV 1.7.0, DataFrames 1.7.0 and Parsers 1.7.0, which" in found.message
    fix = fixed(tmp_path, "compat-excludes-resolved", files, "Allow these versions of CSV, DataF")
    assert 'CSV = "0.9, 1.7.0"\nDataFrames = "0.9, 1.7.0"\nParsers = "2, 1.7.0"\n' in fix


def test_one_of_them_that_a_comment_silences_is_silent_alone(tmp_path: Path) -> None:
    files = several('"0.9"  # precompass: ignore[compat-excludes-resolved]', '⟦"0.9"⟧')
    (found,) = expect(tmp_path, "compat-excludes-resolved", files)
    assert "CSV" not in found.message
    assert findings(tmp_path, "unused-ignore", files) == []


def test_a_weak_dependency_that_is_in_use_counts(tmp_path: Path) -> None:
    files = environment('⟦"0.9"⟧', Package(version="0.10.4"), project(weakdeps="CSV"))
    expect(tmp_path, "compat-excludes-resolved", files)


def test_extras_are_for_tests_and_are_resolved_there(tmp_path: Path) -> None:
    files = environment('"0.9"', Package(version="0.10.4"), project(extras="CSV"))
    assert findings(tmp_path, "compat-excludes-resolved", files) == []


# julia-compat-excludes-manifest


@pytest.mark.parametrize("compat", ["1.10", "1.6, 1.9.4", "~1.9", "1.9.3 - 1", "=1.9.4"])
def test_the_julia_of_the_manifest_is_allowed(tmp_path: Path, compat: str) -> None:
    julia = "1.10.2" if compat == "1.10" else "1.9.4"
    files = {
        "Project.toml": f'[compat]\njulia = "{compat}"\n',
        "Manifest.toml": manifest({}, julia=julia),
    }
    assert findings(tmp_path, "julia-compat-excludes-manifest", files) == []


def test_the_julia_of_the_manifest_is_excluded(tmp_path: Path) -> None:
    files = {
        "Project.toml": '[compat]\njulia = ⟦"1.10"⟧\n',
        "Manifest.toml": manifest({}, julia="1.9.4"),
    }
    expect(tmp_path, "julia-compat-excludes-manifest", files, Severity.WARNING)
    assert fixed(tmp_path, "julia-compat-excludes-manifest", files, "Allow Julia 1.9 too") == (
        '[compat]\njulia = "1.10, 1.9"\n'
    )


def test_a_manifest_that_does_not_say_its_julia(tmp_path: Path) -> None:
    files = {
        "Project.toml": '[compat]\njulia = "1.10"\n',
        "Manifest.toml": manifest({}, julia=None),
    }
    assert findings(tmp_path, "julia-compat-excludes-manifest", files) == []


# missing-julia-compat, missing-compat: what General asks of packages


def test_a_package_without_an_entry_for_julia(tmp_path: Path) -> None:
    files = {
        "Project.toml": f'{SURVEY}\n[⟦compat⟧]\nCSV = "1"\n',
        "Manifest.toml": manifest({}, julia="1.11.2"),
    }
    found = expect(tmp_path, "missing-julia-compat", files, Severity.INFORMATION)
    assert found[0].message.startswith("General's AutoMerge asks")
    fix = fixed(tmp_path, "missing-julia-compat", files, 'Add julia = "1.11"')
    assert fix.endswith('[compat]\nCSV = "1"\njulia = "1.11"\n')


def test_an_entry_for_julia_without_an_end(tmp_path: Path) -> None:
    text = f'{SURVEY}\n[compat]\njulia = ⟦">= 1.10"⟧\n'
    expect(tmp_path, "missing-julia-compat", text, Severity.INFORMATION)


@pytest.mark.parametrize(
    "head",
    [
        project(deps="CSV"),
        project("Survey", deps="CSV").replace('version = "0.1.0"\n', ""),
        'name = "Survey"\nversion = "0.1.0"\n' + project(deps="CSV"),
    ],
)
@pytest.mark.parametrize("code", ["missing-julia-compat", "missing-compat"])
def test_only_packages_are_asked(tmp_path: Path, head: str, code: str) -> None:
    assert findings(tmp_path, code, head) == []


@pytest.mark.parametrize("code", ["missing-julia-compat", "missing-compat"])
def test_nothing_is_asked_of_a_file_that_is_no_toml(tmp_path: Path, code: str) -> None:
    twice = SURVEY + f'DataFrames = "{uuid("DataFrames")}"\n'
    assert findings(tmp_path, code, twice) == []


def test_a_dependency_without_an_entry(tmp_path: Path) -> None:
    text = SURVEY.replace("DataFrames =", "⟦DataFrames⟧ =") + '\n[compat]\nCSV = "0.10"\n'
    packages: dict[str, str | Package] = {"CSV": "", "TOML": ""}
    packages["DataFrames"] = Package("TOML", version="1.7.0")
    files = {"Project.toml": text, "Manifest.toml": manifest(packages)}
    expect(tmp_path, "missing-compat", files, Severity.INFORMATION)
    fix = fixed(tmp_path, "missing-compat", files, 'Add DataFrames = "1.7.0"')
    assert fix.endswith('[compat]\nCSV = "0.10"\nDataFrames = "1.7.0"\n')


def test_several_without_an_entry_are_said_once(tmp_path: Path) -> None:
    listed = project("Survey", deps="CSV DataFrames Example Parsers").replace("[deps]", "[⟦deps⟧]")
    files = {"Project.toml": f'{listed}\n[compat]\nCSV = "0.10"\njulia = "1.10"\n'}
    (found,) = expect(tmp_path, "missing-compat", files)
    assert "DataFrames, Example and Parsers have none" in found.message


def test_where_none_has_an_entry_it_is_said_once(tmp_path: Path) -> None:
    packages = {"CSV": Package(version="0.10.4"), "DataFrames": Package(version="1.7.0")}
    files = {
        "Project.toml": SURVEY.replace("[deps]", "[⟦deps⟧]") + '\n[extras]\nTest = "x"\n',
        "Manifest.toml": manifest({**packages, "TOML": ""}),
    }
    found = expect(tmp_path, "missing-compat", files)
    assert "CSV and DataFrames have none" in found[0].message
    fix = fixed(tmp_path, "missing-compat", files, "Add entries of 2 packages")
    assert fix.endswith(
        '\n[compat]\nCSV = "0.10.4"\nDataFrames = "1.7.0"\n\n[extras]\nTest = "x"\n'
    )


def test_a_comment_hides_one_of_several_dependencies(tmp_path: Path) -> None:
    text = project("Survey", deps="CSV JSON Parsers")
    comment = "  # precompass: ignore[missing-compat]"
    text = "\n".join(line + comment * line.startswith("CSV") for line in text.splitlines())
    (found,) = findings(tmp_path, "missing-compat", text)
    assert "and JSON and Parsers have none" in found.message
    assert findings(tmp_path, "unused-ignore", text) == []


def test_jlls_and_what_comes_with_julia_need_none(tmp_path: Path) -> None:
    text = project("Survey", deps="TOML Zlib_jll Fast_jll")
    assert findings(tmp_path, "missing-compat", text) == []


@pytest.mark.parametrize(
    ("compat", "is_bounded"),
    [
        *(("1", True), ("0.5 - 0.11", True), ("1, 2, 3", True), ("<3", False)),
        *(("0", False), ("0.2 - 1", False), (">= 1.2", False), ("0.2 - 0", False)),
    ],
)
def test_what_general_takes_for_a_bound(tmp_path: Path, compat: str, is_bounded: bool) -> None:
    text = project("Survey", deps="CSV") + f'\n[compat]\nCSV = ⟦"{compat}"⟧\n'
    if is_bounded:
        text = text.replace("⟦", "").replace("⟧", "")
    expect(tmp_path, "missing-compat", text, Severity.INFORMATION)


@pytest.mark.parametrize("code", ["missing-compat", "missing-julia-compat"])
@pytest.mark.parametrize(
    ("folder", "is_registered"),
    [
        *(("test/Forest", False), ("examples/Forest", False), ("src/runner/Forest", False)),
        *(("benchmarks", False), ("validation/Forest", False), ("experiments", False)),
        *(("lib/Forest", True), ("Forest", True), ("ForestCore/plots", True)),
    ],
)
def test_packages_in_some_folders_of_a_package_are_not_registered(
    tmp_path: Path, code: str, folder: str, is_registered: bool
) -> None:
    inside = f"{folder}/Project.toml"
    files = {"Project.toml": project("Survey"), inside: project("Forest", deps="CSV")}
    assert len(findings(tmp_path, code, files, of=inside)) == is_registered


@pytest.mark.parametrize("code", ["missing-compat", "missing-julia-compat"])
def test_a_folder_of_examples_that_is_no_part_of_a_package_is_like_any_other(
    tmp_path: Path, code: str
) -> None:
    inside = "examples/Forest/Project.toml"
    assert len(findings(tmp_path, code, {inside: project("Forest", deps="CSV")}, of=inside)) == 1


def test_julia_is_written_in_lower_case(tmp_path: Path) -> None:
    """Pkg takes `Julia` for a package, and refuses the file."""
    text = project("Survey", deps="CSV") + '\n[compat]\n⟦Julia⟧ = "1.10"\n'
    found = expect(tmp_path, "unknown-compat", text, Severity.ERROR)
    assert titles(found)[0] == "Rename to `julia`"
