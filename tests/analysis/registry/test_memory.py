"""The memory of having opened the registries: once, again when they change, and in nobody's way."""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.uuids import UUID
from precompass.registry.memory import PATIENCE, Registered, RegistryMemory
from precompass.registry.reading import read_registry
from precompass.registry.sources import RegistrySource, find_registries
from precompass.session import Session
from precompass.settings.settings import Settings
from support.registry_files import Package, write_registry

LAKE = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04")
RIVER = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03")
LAKE_PACKAGE = Package("Lake", str(LAKE))
RIVER_PACKAGE = Package("River", str(RIVER), {"2.0.0": {"Lake": str(LAKE)}})


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    write_registry(tmp_path / "depot", LAKE_PACKAGE, RIVER_PACKAGE)
    return tmp_path / "depot"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The registries that were read in this test, and not only opened."""
    read: list[object] = []

    def counted(source: RegistrySource, _: object) -> object:
        read.append(source)
        return read_registry(source, None)

    monkeypatch.setattr("precompass.registry.index.read_registry", counted)
    return read


class Elsewhere:
    """Work that is done when the test says so, and not before."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []

    def submit(self, work: Callable[[], None]) -> None:
        self.work.append(work)

    def do_all(self) -> None:
        while self.work:
            self.work.pop(0)()


def names(registered: Registered | None) -> list[str]:
    assert registered is not None
    return [summary.name for summary in registered.registries.starting_with("")]


def test_who_asks_a_memory_that_works_on_the_spot_waits(depot: Path, cache: Path) -> None:
    registered = RegistryMemory().look([str(depot)], cache)
    assert names(registered) == ["Lake", "River"]
    assert registered is not None
    assert registered.ecosystem is registered.ecosystem
    assert registered.ecosystem is not None
    assert registered.ecosystem.dependents(LAKE) == {RIVER}


def test_a_registry_is_opened_once(depot: Path, cache: Path, builds: list[object]) -> None:
    memory = RegistryMemory(patience=0)
    assert memory.look([str(depot)], cache) is memory.look([str(depot)], cache)
    assert names(RegistryMemory().look([str(depot)], cache)) == ["Lake", "River"]
    assert len(builds) == 1


def test_nobody_waits_for_work_that_is_done_elsewhere(depot: Path, cache: Path) -> None:
    elsewhere = Elsewhere()
    shares: list[float] = []
    ready: list[Registered] = []
    memory = RegistryMemory(elsewhere.submit, progress=shares.append, ready=ready.append)
    assert memory.look([str(depot)], cache) is None
    assert memory.look([str(depot)], cache) is None
    assert len(elsewhere.work) == 1  # and it is begun once
    elsewhere.work.pop()()
    registered = memory.look([str(depot)], cache)
    assert names(registered) == ["Lake", "River"]
    assert ready == [registered]
    assert shares[0] < 1
    assert shares[-1] == 1
    assert registered is not None
    assert registered.ecosystem is None
    elsewhere.do_all()
    assert registered.ecosystem is not None
    assert ready == [registered, registered]


def test_a_registry_that_is_updated_is_opened_again(depot: Path, cache: Path) -> None:
    elsewhere = Elsewhere()
    ready: list[Registered] = []
    memory = RegistryMemory(elsewhere.submit, ready=ready.append, patience=0)
    memory.look([str(depot)], cache)
    elsewhere.do_all()
    before = memory.look([str(depot)], cache)
    write_registry(depot, LAKE_PACKAGE, Package("Sea", str(RIVER)))
    assert memory.look([str(depot)], cache) is before  # the old answer, until there is a new one
    elsewhere.do_all()
    assert names(memory.look([str(depot)], cache)) == ["Lake", "Sea"]
    assert names(before) == ["Lake", "River"]  # whoever still works with it is not disturbed
    told = len(ready)
    memory.look([str(depot)], cache)
    elsewhere.do_all()
    assert len(ready) == told  # nothing has changed since


def test_a_registry_is_not_looked_at_with_every_keystroke(
    depot: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    looks: list[object] = []

    def counted(depots: Sequence[Path]) -> object:
        looks.append(depots)
        return find_registries(depots)

    monkeypatch.setattr("precompass.registry.memory.time.monotonic", lambda: now[0])
    monkeypatch.setattr("precompass.registry.memory.find_registries", counted)
    memory = RegistryMemory()
    memory.look([str(depot)], cache)
    now[0] += PATIENCE - 0.1
    memory.look([str(depot)], cache)
    assert len(looks) == 1
    now[0] += 0.2
    memory.look([str(depot)], cache)
    assert len(looks) == 2


def test_registries_are_closed_when_nobody_holds_them_any_more(depot: Path, cache: Path) -> None:
    memory = RegistryMemory(patience=0)
    registered = memory.look([str(depot)], cache)
    assert registered is not None
    registry = registered.registries.found[0]
    write_registry(depot, LAKE_PACKAGE)
    memory.look([str(depot)], cache)
    assert len(registry) == 2
    del registered
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError):
        len(registry)


def test_sessions_that_build_the_same_index_at_once(depot: Path, cache: Path) -> None:
    together = threading.Barrier(4)
    shared_memory = RegistryMemory()
    found: list[list[str]] = []

    def look(memory: RegistryMemory) -> None:
        together.wait()
        registered = memory.look([str(depot)], cache)
        found.append(names(registered))

    memories = [shared_memory, shared_memory, RegistryMemory(), RegistryMemory()]
    threads = [threading.Thread(target=look, args=[memory]) for memory in memories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["Lake", "River"]] * 4
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b\x08\x00garbage", b"not an archive"])
def test_a_damaged_archive_is_told_and_repaired_later(
    depot: Path, cache: Path, damage: bytes
) -> None:
    write_registry(depot, Package("Sea", str(RIVER)), name="Other")
    (depot / "registries" / "General.tar.gz").write_bytes(damage)
    ready: list[Registered] = []
    memory = RegistryMemory(ready=ready.append, patience=0)
    registered = memory.look([str(depot)], cache)
    assert names(registered) == ["Sea"]
    assert registered is not None
    (problem,) = registered.registries.problems
    assert problem.path.name == "General.tar.gz"
    assert ready == [registered]
    write_registry(depot, LAKE_PACKAGE)
    assert names(memory.look([str(depot)], cache)) == ["Lake", "Sea"]


def test_a_question_is_answered_once_and_few_answers_are_kept(depot: Path, cache: Path) -> None:
    elsewhere = Elsewhere()
    memory = RegistryMemory(elsewhere.submit)
    memory.look([str(depot)], cache)
    elsewhere.do_all()
    registered = memory.look([str(depot)], cache)
    assert registered is not None
    asked: list[int] = []

    def answer(number: int) -> str:
        asked.append(number)
        return str(number)

    assert registered.later(1, lambda: answer(1)) is None
    assert registered.later(1, lambda: answer(1)) is None
    elsewhere.do_all()
    assert registered.later(1, lambda: answer(1)) == "1"
    assert asked == [1]
    for number in range(2, 100):
        registered.later(number, lambda: answer(0))
    registered.later(1, lambda: answer(1))
    elsewhere.do_all()
    assert asked.count(1) == 2


def test_a_question_that_cannot_be_answered(depot: Path, cache: Path) -> None:
    registered = RegistryMemory().look([str(depot)], cache)
    assert registered is not None
    assert registered.later("what", lambda: 1 / 0) is None


def session(depot: Path, *, use_registry: bool = True, use_depot: bool = True) -> Session:
    settings = Settings(
        depots=str(depot),
        use_depot=use_depot,
        use_registry=use_registry,
        variables={"PRECOMPASS_CACHE": str(depot.parent / "cache")},
    )
    return Session(Snapshot(Disk()), settings)


def test_a_session_knows_the_registries_of_its_depots(depot: Path) -> None:
    found = session(depot)
    assert found.registries is not None
    assert [registry.name for registry in found.registries.found] == ["General"]
    assert found.ecosystem is not None
    assert found.ecosystem.packages == 2
    assert (depot.parent / "cache" / "registries").is_dir()


def test_a_session_knows_none_where_none_are_wanted_or_there(depot: Path) -> None:
    for found in (
        session(depot, use_registry=False),
        session(depot, use_depot=False),
        session(depot / "nowhere"),
    ):
        assert found.registries is None
        assert found.ecosystem is None
