"""Manifests that are there and that Julia does not read.

`project_file_manifest_path` (``base/loading.jl``) looks for the manifest of the workspace's base
first (Julia 1.12 and later), then for the one that the key `manifest` names, then for
`JuliaManifest.toml`, then for `Manifest.toml`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.rules import check
from support.environments import manifest, project, session, write

BASE = '[workspace]\nprojects = ["test"]\n'
BROKEN = manifest({"Parsers": "Gone"}, julia="1.12.2")
"""A manifest with an entry of a package that depends on one without an entry."""
WHOLE = manifest({"Parsers": ""}, julia="1.12.2")
FILES = {
    "Project.toml": BASE + project(deps="Parsers"),
    "Manifest.toml": WHOLE,
    "test/Project.toml": project(deps="Parsers"),
    "test/Manifest.toml": BROKEN,
}
"""A workspace whose member has a manifest of its own, too."""


def codes(folder: Path, files: dict[str, str], name: str) -> list[str]:
    """Return the rules that report something in a file; workspaces are looked for on disk."""
    write(folder, files)
    return [found.code for found in check(session(folder, files), folder / name)]


def test_a_manifest_of_a_member_is_ignored(tmp_path: Path) -> None:
    assert codes(tmp_path, FILES, "test/Manifest.toml") == ["ignored-manifest"]
    assert codes(tmp_path, FILES, "Manifest.toml") == []


@pytest.mark.parametrize(
    "change",
    [
        {"test/Manifest.toml": BROKEN.replace("1.12.2", "1.11.2")},  # which has no workspaces
        {"Project.toml": project(deps="Parsers")},  # which lists no member
        {"Manifest.toml": ""},  # the workspace has none
    ],
)
def test_a_manifest_of_a_folder_below_counts_otherwise(
    tmp_path: Path, change: dict[str, str]
) -> None:
    files = {name: text for name, text in (FILES | change).items() if text}
    assert codes(tmp_path, files, "test/Manifest.toml") == ["missing-from-manifest"]


def test_the_julia_that_the_user_chose_decides(tmp_path: Path) -> None:
    """Julia 1.11 has no workspaces, so it reads the manifest of the member."""
    write(tmp_path, FILES)
    for version, expected in (("1.11.5", False), ("1.12.2", True)):
        chosen = session(tmp_path, FILES, julia=version)
        found = check(chosen, tmp_path / "test" / "Manifest.toml")
        assert ("ignored-manifest" in [one.code for one in found]) is expected


def test_a_manifest_beside_the_one_that_the_project_names_is_ignored(tmp_path: Path) -> None:
    files = {
        "Project.toml": 'manifest = "shared/Manifest.toml"\n' + project(deps="Parsers"),
        "Manifest.toml": BROKEN,
        "shared/Manifest.toml": WHOLE,
    }
    assert codes(tmp_path, files, "Manifest.toml") == ["ignored-manifest"]
    del files["shared/Manifest.toml"]
    (tmp_path / "shared" / "Manifest.toml").unlink()
    assert codes(tmp_path, files, "Manifest.toml") == ["missing-from-manifest"]


def test_a_project_may_name_its_own_manifest(tmp_path: Path) -> None:
    files = {
        "Project.toml": 'manifest = "./Manifest.toml"\n' + project(deps="Parsers"),
        "Manifest.toml": BROKEN,
    }
    assert codes(tmp_path, files, "Manifest.toml") == ["missing-from-manifest"]


def test_a_manifest_beside_julias_own_name_is_ignored(tmp_path: Path) -> None:
    files = {
        "Project.toml": project(deps="Parsers"),
        "JuliaManifest.toml": WHOLE,
        "Manifest.toml": BROKEN,
    }
    assert codes(tmp_path, files, "Manifest.toml") == ["ignored-manifest"]
    assert codes(tmp_path, files, "JuliaManifest.toml") == []
