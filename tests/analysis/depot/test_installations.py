"""Installed Julias are found without being run."""

from pathlib import Path

import pytest

from precompass.depot.installations import find_installations


def install(root: Path, minor: str) -> Path:
    """Lay out the folders of an installed Julia; return the folder of its executable."""
    (root / "share/julia/stdlib" / f"v{minor}" / "Test/src").mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "bin/julia").write_text("")
    (root / "bin/julia.exe").write_text("")
    return root / "bin"


def found(home: Path, path: str = "", platform: str = "linux", juliaup: str = "") -> list[Path]:
    environment = {"PATH": path, "JULIAUP_DEPOT_PATH": juliaup}
    return [
        installation.bindir
        for installation in find_installations(environment, home=str(home), platform=platform)
    ]


def test_without_any_julia_there_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, path="/nowhere:relative::") == []


def test_juliaup_keeps_its_julias_in_the_user_depot_newest_first(tmp_path: Path) -> None:
    juliaup = tmp_path / ".julia/juliaup"
    old = install(juliaup / "julia-1.9.4+0.x64.linux.gnu", "1.9")
    new = install(juliaup / "julia-1.10.10+0.x64.linux.gnu", "1.10")
    middle = install(juliaup / "julia-1.10.9+0.x64.linux.gnu", "1.10")
    nightly = install(juliaup / "julia-nightly", "1.14")
    (juliaup / "juliaup.json").write_text("{}")
    assert found(tmp_path) == [new, middle, old, nightly]


def test_an_installation_tells_its_version_and_standard_library(tmp_path: Path) -> None:
    install(tmp_path / ".julia/juliaup/julia-1.10.4+0.x64.linux.gnu", "1.10")
    (installation,) = find_installations({}, home=str(tmp_path), platform="linux")
    assert installation.minor == (1, 10)
    assert (installation.stdlib / "Test/src").is_dir()


def test_juliaup_may_be_elsewhere(tmp_path: Path) -> None:
    bindir = install(tmp_path / "tools/juliaup/julia-1.11.2+0.x64.linux.gnu", "1.11")
    assert found(tmp_path / "home", juliaup=f" {tmp_path / 'tools'} ") == [bindir]


def test_on_macos_juliaup_installs_applications(tmp_path: Path) -> None:
    resources = "julia-1.12.1+0.aarch64.apple.darwin14/Julia-1.12.app/Contents/Resources/julia"
    bindir = install(tmp_path / ".julia/juliaup" / resources, "1.12")
    assert found(tmp_path, platform="darwin") == [bindir]


def test_the_julia_of_the_search_path_lives_where_its_link_leads(tmp_path: Path) -> None:
    bindir = install(tmp_path / "opt/julia-1.10.4", "1.10")
    (tmp_path / "links").mkdir()
    try:
        (tmp_path / "links/julia").symlink_to(bindir / "julia")
    except OSError:
        pytest.skip("symbolic links cannot be made here")
    assert found(tmp_path, path=f"/nowhere:{tmp_path / 'links'}:{bindir}") == [bindir]


def test_the_launcher_of_juliaup_is_no_installation(tmp_path: Path) -> None:
    (tmp_path / "juliaup/bin").mkdir(parents=True)
    (tmp_path / "juliaup/bin/julia").write_text("")
    assert found(tmp_path, path=str(tmp_path / "juliaup/bin")) == []


def test_on_windows_the_executable_has_its_suffix(tmp_path: Path) -> None:
    bindir = install(tmp_path / "Julia-1.11.2", "1.11")
    (bindir / "julia").unlink()
    assert found(tmp_path, path=f";{bindir}", platform="win32") == [bindir]
    assert found(tmp_path, path=str(bindir)) == []
