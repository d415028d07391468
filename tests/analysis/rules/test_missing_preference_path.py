"""Preferences that name a file, at a path where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.reach import Reach, reach_of
from support.environments import Package, manifest, project
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
    files = {
        "Project.toml": project(deps="HDF5 HDF5_jll MPIPreferences Forest"),
        "Manifest.toml": manifest(PACKAGES),
        PREFERENCES: preferences,
    }
    return [found.message for found in findings(folder, CODE, files, of=PREFERENCES)]


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
