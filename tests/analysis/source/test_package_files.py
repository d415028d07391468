"""The files of a package: read once, and only within its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.disk import AnyPath
from precompass.source.package_files import Limits, PackageFiles

FILES = 7


def test_a_file_beside_others_has_its_links_followed_with_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"part{number}.jl").write_text("paint()\n")
    (tmp_path / "elsewhere.jl").write_text("paint()\n")
    (folder / "linked.jl").symlink_to(tmp_path / "elsewhere.jl")
    followed: list[str] = []
    real_path = disk.real_path

    def follow(path: AnyPath) -> str:
        followed.append(str(path))
        return real_path(path)

    monkeypatch.setattr(disk, "real_path", follow)
    files = PackageFiles(folder, Limits())
    for number in range(FILES):
        assert files.read(folder / f"part{number}.jl") == b"paint()\n"
    assert len(followed) == 2  # of the package's own folder, and of the files'
    assert files.read(folder / "linked.jl") is None
    assert files.refused[folder / "linked.jl"] == "outside the package"
