"""A cache with a source file that is too large to be compared."""

from __future__ import annotations

from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from precompass.depot import staleness
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.crc32c import crc32c
from precompass.julia.preferences import Preference
from precompass.julia.slugs import cache_directory, cache_entry
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import Source, cache_bytes
from support.environments import write

WALL = uuid5(NAMESPACE_DNS, "Wall")
FILES = {
    "Project.toml": f'[deps]\nWall = "{WALL}"\n[preferences.Wall]\ncolour = 2\n',
    "Manifest.toml": (
        'julia_version = "1.12.2"\nmanifest_format = "2.0"\n'
        f'[[deps.Wall]]\npath = "Wall"\nuuid = "{WALL}"\n'
    ),
    "Wall/src/Wall.jl": "module Wall\nend\n",
    "Wall/src/data.bin": "x" * 1_000,
}


@pytest.mark.parametrize("most", [2**30, 500])
def test_what_the_cache_recorded_counts_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Julia rejects it for another value of the preference, whatever the large file holds."""
    monkeypatch.setattr(staleness, "MOST_BYTES", most)
    write(tmp_path, FILES)
    records = []
    for name in ("Wall.jl", "data.bin"):
        path = tmp_path / "Wall" / "src" / name
        data = path.read_bytes()
        records.append(Source(str(path), size=len(data), crc32c=crc32c(data, 0)))
    cache = tmp_path / "depot" / cache_directory("Wall", WALL, (1, 12))
    cache.mkdir(parents=True)
    (cache / f"{cache_entry('Wall', WALL)}_abcde.ji").write_bytes(
        cache_bytes(
            "Wall",
            WALL,
            julia="1.12.2",
            records=records,
            keys=("colour",),
            preferences_hash=1,
        )
    )
    settings = Settings(depots=str(tmp_path / "depot"), use_registry=False, variables={})
    invalidations = Session(Snapshot(Disk()), settings).invalidations(tmp_path / "Project.toml")
    assert invalidations is not None
    assert invalidations.of_preference(Preference(WALL, "colour")).recompilation.count == 1
