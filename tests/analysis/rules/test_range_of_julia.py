"""What a project says of the whole range of Julia that its compat entry allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from precompass.julia.stdlibs import STDLIBS
from support.environments import marked, project, uuid
from support.rule_findings import expect, findings, fixed, titles

UUIDS = {name: str(uuid) for uuid, name in STDLIBS.items()}


def stdlibs(compat: str, *names: str, section: str = "deps") -> str:
    """Return a project that lists standard libraries, with these lines of ``[compat]``."""
    lines = "".join(f'{name} = "{UUIDS[name]}"\n' for name in names)
    return f"[{section}]\n{lines}\n[compat]\n{compat}"


# stdlib-compat


def test_a_bound_that_only_a_newer_julia_fulfils(tmp_path: Path) -> None:
    text = stdlibs('LinearAlgebra = ⟦"1.11"⟧\njulia = "1.10"\n', "LinearAlgebra")
    found = expect(tmp_path, "stdlib-compat", text, Severity.WARNING)
    assert "with Julia 1.10, which this project allows" in found[0].message
    assert "LinearAlgebra has version 1.10.0 there" in found[0].message
    assert 'LinearAlgebra = "1.10"' in fixed(tmp_path, "stdlib-compat", text, "Write")


@pytest.mark.parametrize("workspace", ["", '\n[workspace]\nprojects = ["test"]\n'])
def test_tests_are_resolved_with_each_julia_of_the_package(tmp_path: Path, workspace: str) -> None:
    """The sandbox of `Pkg.test` has the entries of test/Project.toml, on the oldest Julia too."""
    files = {
        "Project.toml": project("Lab") + '\n[compat]\njulia = "1.10"\n' + workspace,
        "test/Project.toml": stdlibs('Statistics = ⟦"1.11"⟧\n', "Statistics"),
    }
    found = expect(tmp_path, "stdlib-compat", files, of="test/Project.toml")
    assert "Pkg cannot resolve the tests with Julia 1.10, which Lab allows" in found[0].message
    assert 'Statistics = "1.10"' in fixed(
        tmp_path, "stdlib-compat", files, "Write", of="test/Project.toml"
    )
    own = stdlibs('Statistics = "1.11"\njulia = "1.11"\n', "Statistics")
    of_itself = files | {"test/Project.toml": own}
    assert findings(tmp_path, "stdlib-compat", of_itself, of="test/Project.toml") == []


def test_several_are_reported_once_with_one_fix(tmp_path: Path) -> None:
    text = stdlibs('Dates = ⟦"1.11"⟧\nRandom = "1.11"\njulia = "1.10"\n', "Dates", "Random")
    found = expect(tmp_path, "stdlib-compat", text)
    assert len(found[0].related) == 1
    changed = fixed(tmp_path, "stdlib-compat", text, "Allow these versions of Dates and Random")
    assert 'Dates = "1.10"\nRandom = "1.10"' in changed


@pytest.mark.parametrize(
    ("name", "entry", "julia", "reported"),
    [
        ("LinearAlgebra", "1", "1.6", False),
        ("LinearAlgebra", "<0.0.1, 1", "1.6", False),
        ("LinearAlgebra", "1.10", "1.10", False),
        ("LinearAlgebra", "1.9.2", "1.9", False),  # some release of 1.9 fulfils it
        ("LinearAlgebra", "1.11", "1.10, 1.11", True),
        ("LinearAlgebra", "~1.10", "1.10", True),  # not on 1.11
        ("LinearAlgebra", "~1.10", "~1.10", False),
        ("LinearAlgebra", "1.14", "1.13", False),  # from 1.13 on Pkg ignores it
        ("Dates", "1.12", "1.12", True),  # Dates is 1.11.0 in Julia 1.12
        ("SHA", "0.7", "1.8", False),
        ("SHA", "0.7", "1.6", True),  # there it has Julia's version
        ("Statistics", "1.11", "1.11", False),  # registered there
        ("Statistics", "1.11", "1.10", True),
        ("StyledStrings", "1.11", "1.10", True),
        ("DelimitedFiles", "1.9", "1.9", False),
        ("LinearAlgebra", "1.11", "", False),  # which Julia is meant is not known
    ],
)
def test_which_entries_exclude_what_comes_with_julia(
    tmp_path: Path, name: str, entry: str, julia: str, reported: bool
) -> None:
    bound = f'julia = "{julia}"\n' if julia else ""
    text = stdlibs(f'{name} = "{entry}"\n{bound}', name)
    assert bool(findings(tmp_path, "stdlib-compat", text)) == reported


def test_a_standard_library_of_the_tests(tmp_path: Path) -> None:
    compat = 'Test = "1.11"\njulia = "1.10"\n'
    text = stdlibs(compat, "Test", section="extras")
    assert findings(tmp_path, "stdlib-compat", text) == []
    text += '\n[targets]\ntest = ["Test"]\n'
    assert "Pkg cannot resolve the tests" in findings(tmp_path, "stdlib-compat", text)[0].message


def test_a_package_that_is_no_standard_library_is_left_to_the_registry(tmp_path: Path) -> None:
    text = f'[deps]\nCSV = "{uuid("CSV")}"\n\n[compat]\nCSV = "99"\njulia = "1.6"\n'
    assert findings(tmp_path, "stdlib-compat", text) == []


# Weak dependencies, which Pkg does not know before 1.9


def test_a_compat_entry_of_a_weak_dependency(tmp_path: Path) -> None:
    text = project(weakdeps="CSV") + '\n[compat]\n⟦CSV⟧ = "0.10"\njulia = "1.6"\n'
    found = expect(tmp_path, "unknown-compat", text, Severity.WARNING)
    assert "Pkg of Julia 1.6 to 1.8, which this project allows" in found[0].message
    assert "[extras]" in fixed(tmp_path, "unknown-compat", text, "List CSV in [extras]")


def test_a_target_says_it_only_of_what_compat_does_not_name(tmp_path: Path) -> None:
    """One cause, one finding: Pkg stops at the first of the two, and one line cures both."""
    text = project(weakdeps="CSV", extras="TOML") + '\n[targets]\ntest = ["CSV", "TOML"]\n'
    julia = '\n[compat]\njulia = "1.6"\n'
    assert len(findings(tmp_path, "unknown-target", text + julia)) == 1
    with_entry = text + julia + 'CSV = "0.10"\n'
    assert findings(tmp_path, "unknown-target", with_entry) == []
    assert len(findings(tmp_path, "unknown-compat", with_entry)) == 1


@pytest.mark.parametrize(
    ("listed", "julia"),
    [
        (project(weakdeps="CSV"), "1.9"),
        (project(weakdeps="CSV", extras="CSV"), "1.6"),
        (project(deps="CSV", weakdeps="CSV"), "1.6"),
    ],
)
def test_which_entries_every_julia_reads(tmp_path: Path, listed: str, julia: str) -> None:
    text = f'{listed}\n[compat]\nCSV = "0.10"\njulia = "{julia}"\n'
    assert findings(tmp_path, "unknown-compat", text) == []


def test_a_target_that_names_a_weak_dependency(tmp_path: Path) -> None:
    text = project(weakdeps="CSV") + ('\n[compat]\njulia = "1.8"\n\n[targets]\ntest = [⟦"CSV"⟧]\n')
    found = expect(tmp_path, "unknown-target", text, Severity.WARNING)
    assert "Pkg of Julia 1.8, which" in found[0].message
    assert any(title.startswith("List CSV in [extras]") for title in titles(found))
    plain, _ = marked(text.replace("1.8", "1.9"))
    assert findings(tmp_path, "unknown-target", plain) == []
