"""Preferences that name a file, at a path that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.reach import Reach, reach_of
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Severity
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import Package, manifest, project, uuid, write
from support.rule_findings import findings

PREFERENCES = "LocalPreferences.toml"
CODE = "missing-preference-path"
PACKAGES = {
    "Preferences": Package(),
    "JLLWrappers": Package("Preferences"),
    "HDF5": Package("Preferences HDF5_jll", version="0.17.2"),
    "HDF5_jll": Package("JLLWrappers", version="1.14.3+1"),
    "MPIPreferences": Package("Preferences", version="0.1.11"),
    "Forest": Package("Preferences", version="1.0.0"),
}


@pytest.fixture
def confined() -> Iterator[None]:
    """What a test confines is free again after it."""
    yield
    disk.confine(Reach())


def reported(folder: Path, preferences: str) -> list[str]:
    files = _files(preferences)
    return [found.message for found in findings(folder, CODE, files, of=PREFERENCES)]


def _files(preferences: str) -> dict[str, str]:
    return {
        "Project.toml": project(deps="HDF5 HDF5_jll MPIPreferences Forest"),
        "Manifest.toml": manifest(PACKAGES),
        PREFERENCES: preferences,
    }


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("HDF5_jll", "libhdf5_path"),
        ("HDF5_jll", "h5dump_path"),
        ("HDF5", "libhdf5"),
        ("MPIPreferences", "libmpi"),
    ],
)
def test_a_path_to_nothing(tmp_path: Path, table: str, key: str) -> None:
    library = tmp_path / "libfound.so"
    assert reported(tmp_path, f"[{table}]\n{key} = '{library}'\n") == [
        f"There is no file at this path on this machine: {table} cannot load it. "
        "Correct the path, or delete the key."
    ]
    library.write_bytes(b"")
    assert reported(tmp_path, f"[{table}]\n{key} = '{library}'\n") == []


@pytest.mark.parametrize(
    "entry",
    [
        "[HDF5_jll]\nlibhdf5_path = '/nowhere/of/a/cluster/lib/libhdf5.so'",
        "[MPIPreferences]\nlibmpi = '/nowhere/cray/pe/mpich/8.1.28/lib/libmpi_gnu_123.so'",
    ],
)
def test_a_path_of_another_machine_is_not_reported(tmp_path: Path, entry: str) -> None:
    """A shared file is right where it is used; here, neither folder nor package is."""
    assert reported(tmp_path, entry) == []


def test_a_path_of_this_machine_is_a_warning(tmp_path: Path) -> None:
    """The package is here, in a folder of the user's, so the project is used here."""
    files = _files("[HDF5_jll]\nlibhdf5_path = '/nowhere/of/a/cluster/lib/libhdf5.so'")
    files["Manifest.toml"] = manifest({**PACKAGES, "HDF5_jll": Package("JLLWrappers", path="jll")})
    files["jll/Project.toml"] = f'name = "HDF5_jll"\nuuid = "{uuid("HDF5_jll")}"\n'
    files["jll/src/HDF5_jll.jl"] = "module HDF5_jll\nend\n"
    write(tmp_path, files)
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    opened = Session(Snapshot(Disk()), settings)
    found = [one for one in check(opened, tmp_path / PREFERENCES) if one.code == CODE]
    assert [one.severity for one in found] == [Severity.WARNING]


@pytest.mark.parametrize(
    "entry",
    [
        "[MPIPreferences]\nlibmpi = 'libmpi'",  # the system looks a mere name up
        "[HDF5_jll]\nlibhdf5_path = 'lib/libhdf5.so'",
        "[HDF5_jll]\nlibhdf5_path = '//host/share/libhdf5.so'",
        "[HDF5_jll]\nlibhdf5_path = '\\\\host\\share\\libhdf5.so'",
        "[HDF5_jll]\nlibhdf5_path = false",
        "[HDF5_jll]\nversion = '/nowhere'",
        "[MPIPreferences]\nbinary = '/nowhere'",
        "[Forest]\ndata_path = '/nowhere/at/all'",  # no JLL: nobody says that it is a path
    ],
)
def test_no_path_that_can_be_judged(tmp_path: Path, entry: str) -> None:
    assert reported(tmp_path, entry) == []


@pytest.mark.usefixtures("confined")
def test_no_path_is_looked_at_for_a_stranger_s_folder(tmp_path: Path) -> None:
    disk.confine(reach_of([tmp_path], is_trusted=False))
    assert reported(tmp_path, "[HDF5_jll]\nlibhdf5_path = '/nowhere/libhdf5.so'") == []
