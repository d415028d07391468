"""How often the caches of an environment are looked at: once, however many questions there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
from msgspec.structs import replace

from precompass.answers.status import status
from precompass.depot import look, staleness
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.crc32c import crc32c
from precompass.julia.slugs import cache_directory, cache_entry
from precompass.recompilation.pending import PendingUnit
from precompass.recompilation.why import explain_why
from precompass.session import Session
from precompass.settings.settings import Settings
from support.cache_files import Source, cache_bytes

PACKAGES = 5
FILES = 7  # of each


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A project with developed packages, each with a cache that fits its source files."""
    project = ["[deps]\n"]
    manifest = ['julia_version = "1.12.2"\nmanifest_format = "2.0"\n']
    for name in (f"Wall{number}" for number in range(PACKAGES)):
        uuid = uuid5(NAMESPACE_DNS, name)
        project.append(f'{name} = "{uuid}"\n')
        manifest.append(f'[[deps.{name}]]\npath = "{name}"\nuuid = "{uuid}"\n')
        folder = tmp_path / name / "src"
        folder.mkdir(parents=True)
        texts = {f"{name}.jl": f"module {name}\nend\n".encode()}
        texts |= {f"part{number}.jl": b"#" * number for number in range(1, FILES)}
        records = []
        for file, text in texts.items():
            (folder / file).write_bytes(text)
            records.append(Source(str(folder / file), size=len(text), crc32c=crc32c(text, 0)))
        caches = tmp_path / "depot" / cache_directory(name, uuid, (1, 12))
        caches.mkdir(parents=True)
        data = cache_bytes(name, uuid, julia="1.12.2", records=records)
        (caches / f"{cache_entry(name, uuid)}_abcde.ji").write_bytes(data)
    (tmp_path / "Project.toml").write_text("".join(project))
    (tmp_path / "Manifest.toml").write_text("".join(manifest))
    settings = Settings(depots=str(tmp_path / "depot"), variables={"JULIA_LOAD_PATH": "@"})
    return Session(Snapshot(Disk()), settings)


def test_a_status_reads_the_records_of_each_cache_and_each_source_file_once(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: Counter[str] = Counter()

    def count(module: object, name: str) -> None:
        function = getattr(module, name)

        def counted(*arguments: object, **keywords: object) -> object:
            called[name] += 1
            return function(*arguments, **keywords)

        monkeypatch.setattr(module, name, counted)

    count(look, "find_cache_files")
    count(look, "read_cache_records")
    count(staleness, "_difference")
    project = tmp_path / "Project.toml"
    checks, invalidations = session.cache_checks(project), session.invalidations(project)
    assert checks is not None
    assert invalidations is not None
    found = status(session, invalidations, checks, explain_why(checks))
    assert found.caches is not None
    assert (found.caches.fitting, found.caches.stale) == (PACKAGES, 0)
    assert called == {
        "find_cache_files": PACKAGES,
        "read_cache_records": PACKAGES,
        "_difference": PACKAGES * FILES,
    }


def test_a_page_of_the_server_shows_the_caches_as_they_are_now(
    session: Session, tmp_path: Path
) -> None:
    project = tmp_path / "Project.toml"
    why = session.saved_why(project, now=True)
    assert why is not None
    assert why.pending.units == ()
    (tmp_path / "Wall1" / "src" / "part3.jl").write_text("paint()\n")
    checks = session.saved_checks(project)
    assert checks is not None
    (recompiled,) = explain_why(checks).pending.units
    assert recompiled.unit.name == "Wall1"


def test_the_consequences_of_all_roots_are_found_in_one_pass(
    session: Session, tmp_path: Path
) -> None:
    for number in range(PACKAGES):
        (tmp_path / f"Wall{number}" / "src" / "part3.jl").write_text("paint()\n")
    why = session.saved_why(tmp_path / "Project.toml", now=True)
    assert why is not None
    assert len(why.pending.roots) == PACKAGES
    units = _Counted(why.pending.units)
    pending = replace(why.pending, units=units)
    assert [pending.consequences(root) for root in units] == [()] * PACKAGES
    assert units.passes == 2  # one of them is that of this test


class _Counted(tuple[PendingUnit, ...]):
    passes = 0

    def __iter__(self) -> Iterator[PendingUnit]:
        self.passes += 1
        return super().__iter__()
