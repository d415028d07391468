"""Which included files a package cannot be compiled without, and that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.source.missing_files import missing_files
from precompass.source.package_code import PackageCode


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ('include("gone.jl")', ["gone.jl"]),
        ('include("there.jl")', []),
        ('include("there.jl")\ninclude(joinpath("sub", "gone.jl"))', ["sub/gone.jl"]),
        ('module Inner\ninclude("gone.jl")\nend', ["gone.jl"]),
        ('if VERSION > v"1.9"\n    include("gone.jl")\nend', []),
        ('isfile("gone.jl") && include("gone.jl")', []),
        ('try\n    include("gone.jl")\ncatch\nend', []),
        ('@static if Sys.iswindows()\n    include("gone.jl")\nend', []),
        ('@require Other = "1" include("gone.jl")', []),
        ('load() = include("gone.jl")', []),
        ("include(NAME)", []),
    ],
)
def test_only_what_is_included_in_any_case_is_missed(
    code: str, missing: list[str], tmp_path: Path
) -> None:
    entry = tmp_path / "src" / "Wall.jl"
    entry.parent.mkdir()
    entry.write_text(f"module Wall\n{code}\nend\n")
    (entry.parent / "there.jl").write_text("height() = 1\n")
    found = missing_files("Wall", tmp_path, entry, (1, 12))
    assert [path.relative_to(entry.parent).as_posix() for path in found] == missing


def test_what_a_guarded_file_includes_is_guarded_too(tmp_path: Path) -> None:
    entry = tmp_path / "src" / "Wall.jl"
    entry.parent.mkdir()
    entry.write_text('module Wall\ntry\n    include("there.jl")\ncatch\nend\nend\n')
    (entry.parent / "there.jl").write_text('include("gone.jl")\n')
    assert missing_files("Wall", tmp_path, entry, (1, 12)) == ()


def test_a_file_that_takes_in_no_other_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of packages may be recompiled at once, and most small ones are of one file."""
    parsed: list[str] = []
    monkeypatch.setattr(PackageCode, "read", lambda code, _: parsed.append(code.name))
    entry = tmp_path / "Wall.jl"
    entry.write_text("module Wall\nheight() = 1\nend\n")
    assert missing_files("Wall", tmp_path, entry, (1, 12)) == ()
    assert parsed == []
    entry.write_text("module Wall\n@eval Base.include(@__MODULE__, path)\nend\n")
    missing_files("Wall", tmp_path, entry, (1, 12))
    assert parsed == ["Wall"]
