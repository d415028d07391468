"""Reading a package's folder: what its files load, a step at a time, and kept from before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.julia.project import ProjectFile, entry_file, parse_project
from precompass.recompilation.installed import DepotMemory
from precompass.source import package_code, package_uses
from precompass.source.package_uses import PackageUses
from precompass.source.syntax import JuliaSource, parse_julia
from support.environments import project, write


@pytest.fixture
def lab(tmp_path: Path) -> ProjectFile:
    """A package that loads CSV, and not JSON."""
    text = project("Lab", deps="CSV JSON")
    write(tmp_path, {"Project.toml": text, "src/Lab.jl": "module Lab\nusing CSV\nend\n"})
    return parse_project(tmp_path / "Project.toml", text)


def uses_of(found: ProjectFile) -> PackageUses:
    return PackageUses("Lab", found.path.parent, entry_file(found), ())


def count_parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are parsed to follow what they include, as they are."""
    parsed: list[str] = []

    def counted(path: Path, data: bytes, most_reread: int) -> JuliaSource:
        parsed.append(path.name)
        return parse_julia(path, data, most_reread)

    monkeypatch.setattr(package_code, "parse_julia", counted)
    return parsed


def test_a_program_of_another_language_in_a_string_loads_nothing(
    tmp_path: Path, lab: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So files that only have the name of a Python module in them need not be parsed."""
    python = 'py"""\nimport os, json\nimport time\n"""\n'
    write(tmp_path, {"src/Lab.jl": f"module Lab\nusing CSV\n{python}end\n"})
    parsed = count_parsed(monkeypatch)
    assert uses_of(lab).missing_loads(lab.deps, lab.weakdeps) == ()
    assert parsed == []


def test_what_mentions_a_missing_package_is_not_searched_for(
    tmp_path: Path, lab: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a package is loaded, its name is written: no call has to be followed."""
    write(
        tmp_path,
        {
            "src/Lab.jl": 'module Lab\nusing DataFrames\ninclude("a.jl")\ninclude("b.jl")\nend\n',
            "src/a.jl": "frame() = DataFrames.DataFrame()\n",
            "src/b.jl": "table() = frame()\n",
        },
    )
    parsed = count_parsed(monkeypatch)
    (missing,) = uses_of(lab).missing_loads(lab.deps, lab.weakdeps)
    assert (missing.name, missing.file, missing.line) == ("DataFrames", "src/Lab.jl", 2)
    assert "b.jl" not in parsed


def test_all_that_is_asked_can_be_read_ahead(lab: ProjectFile) -> None:
    uses = uses_of(lab)
    steps = sum(1 for _ in uses.read_ahead(lab.deps, lab.weakdeps))
    assert steps > len(lab.deps)
    (lab.path.parent / "src/Lab.jl").unlink()
    assert uses.is_named_in_source("CSV")
    assert not uses.is_named_in_source("JSON")
    assert uses.missing_loads(lab.deps, lab.weakdeps) == ()
    assert uses.is_complete


def looked(memory: DepotMemory) -> Iterator[None]:
    while memory.look_at_what_was_left():
        yield


def test_an_editor_does_not_wait_for_it(lab: ProjectFile) -> None:
    memory = DepotMemory(leaves_for_later=True)
    assert memory.package_uses(lab, entry_file(lab)) is None
    assert memory.has_left_something
    assert len(list(looked(memory))) > 1
    assert not memory.has_left_something
    found = memory.package_uses(lab, entry_file(lab))
    assert found is not None
    assert memory.package_uses(lab, entry_file(lab)) is found


def test_the_answer_from_before_stays_until_the_source_is_read_again(lab: ProjectFile) -> None:
    memory = DepotMemory(leaves_for_later=True)
    memory.package_uses(lab, entry_file(lab))
    list(looked(memory))
    before = memory.package_uses(lab, entry_file(lab))
    memory.forget()
    write(lab.path.parent, {"src/Lab.jl": "module Lab\nusing CSV, JSON\nend\n"})
    assert memory.package_uses(lab, entry_file(lab)) is before
    list(looked(memory))
    now = memory.package_uses(lab, entry_file(lab))
    assert now is not None
    assert now.is_named_in_source("JSON")


def test_whoever_waits_for_all_gets_it_at_once(lab: ProjectFile) -> None:
    found = DepotMemory().package_uses(lab, entry_file(lab))
    assert found is not None
    assert not found.is_named_in_source("JSON")


@pytest.mark.parametrize(
    ("source", "named", "is_parsed"),
    [
        ("module Lab\nusing CSV\nend\n", True, False),
        ("# the readers\nusing CSV\n", True, False),
        ('using CSV\nconst NAME = "JSON"\n', True, False),
        ('const NAME = "Lab"\nusing CSV\n', True, True),
        ("f(x) = 1 # once: using CSV\n", False, True),
        ("#=\nusing CSV\n=#\n", False, True),
        ('"""\nHow it is used:\n\nusing CSV\n"""\nf() = 1\n', False, True),
        ('"""\nReads a file of CSV at once.\n"""\nf() = 1\n', False, True),
    ],
)
def test_an_import_in_front_of_all_text_is_code_without_parsing(
    tmp_path: Path,
    lab: ProjectFile,
    monkeypatch: pytest.MonkeyPatch,
    *,
    source: str,
    named: bool,
    is_parsed: bool,
) -> None:
    parsed: list[str] = []

    def counted(path: Path, data: bytes) -> JuliaSource:
        parsed.append(path.name)
        return parse_julia(path, data)

    monkeypatch.setattr(package_uses, "parse_julia", counted)
    write(tmp_path, {"src/Lab.jl": source})
    assert uses_of(lab).is_named_in_source("CSV") is named
    assert parsed == (["Lab.jl"] if is_parsed else [])
