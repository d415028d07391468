"""A manifest of another Julia than the one that the user starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Severity
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import write

CODE = "manifest-of-another-julia"
MANIFEST = 'julia_version = "1.11.5"\nmanifest_format = "2.0"\n'
SETTINGS = {
    "Default": "release",
    "InstalledVersions": {"1.12.2+0.x64.linux.gnu": {"Path": "./julia-1.12.2+0.x64.linux.gnu"}},
    "InstalledChannels": {
        "release": {"Version": "1.12.2+0.x64.linux.gnu"},
        "1.11": {"Version": "1.11.7+0.x64.linux.gnu"},
        "mine": {"Command": "/opt/julia/bin/julia", "Args": []},
    },
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    write(tmp_path, {"app/Project.toml": "", "app/Manifest.toml": MANIFEST})
    return folder


def findings(home: Path, name: str = "Manifest.toml", **variables: str) -> list[Finding]:
    settings = Settings(variables={"JULIA_LOAD_PATH": "@", **variables})
    session = Session(Snapshot(Disk()), settings)
    return [one for one in check(session, home.parent / "app" / name) if one.code == CODE]


def juliaup(home: Path, **changes: object) -> None:
    write(home, {".julia/juliaup/juliaup.json": json.dumps(SETTINGS | changes)})


def test_the_default_of_juliaup(home: Path) -> None:
    juliaup(home)
    (found,) = findings(home)
    assert found.severity is Severity.INFORMATION
    assert "juliaup starts Julia 1.12 here (channel release): " in found.message


def test_another_channel(home: Path) -> None:
    juliaup(home, Default="1.11")
    assert findings(home) == []
    assert "channel release" in findings(home, JULIAUP_CHANNEL="release")[0].message
    juliaup(home, Overrides=[{"Path": str(home.parent / "app"), "Channel": "1.11"}])
    assert findings(home) == []
    juliaup(home, Default="mine")
    assert findings(home) == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"Default": 1}', '{"InstalledChannels": []}'])
def test_settings_that_say_nothing(home: Path, text: str) -> None:
    write(home, {".julia/juliaup/juliaup.json": text})
    assert findings(home) == []


def test_a_manifest_for_the_julia_in_use_is_beside_it(home: Path) -> None:
    juliaup(home)
    write(home.parent, {"app/Manifest-v1.12.toml": MANIFEST.replace("1.11.5", "1.12.2")})
    assert findings(home) == []
    write(home.parent, {"app/Manifest-v1.11.toml": MANIFEST})
    assert findings(home, "Manifest-v1.11.toml") == []


def test_the_newest_julia_in_the_depot(home: Path) -> None:
    compiled = home / ".julia" / "compiled"
    (compiled / "v1.12").mkdir(parents=True)
    (compiled / "v1.9").mkdir()
    (found,) = findings(home)
    assert "Julia 1.12 is the newest with compile caches in the depot: " in found.message
    (compiled / "v1.11").mkdir()
    assert findings(home) == []
