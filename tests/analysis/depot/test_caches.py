"""Which caches of a package there are, and in what order Julia tries them."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from precompass.depot import caches
from precompass.depot.cache_header import CacheHeader, UnreadableCache
from precompass.depot.caches import CacheFile, cache_header, find_cache_files
from precompass.julia.slugs import cache_directory, cache_entry
from support.cache_files import cache_bytes

READER = UUID("9ab6a7bc-f37c-505a-a6ad-90a5d058c3cf")
OTHER = UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041")


def put(
    depot: Path,
    slug: str,
    *,
    modified: int,
    julia: str = "1.10.4",
    uuid: UUID | None = READER,
    flags: int = 0xA3,
) -> str:
    """Write a cache of the package Reader; return its path."""
    minor = (1, int(julia.split(".")[1]))
    folder = depot / cache_directory("Reader", uuid, minor)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{cache_entry('Reader', uuid)}{slug}.ji"
    file.write_bytes(cache_bytes("Reader", uuid, julia=julia, flags=flags))
    os.utime(file, (modified, modified))
    return str(file)


def found(*depots: Path, minor: tuple[int, int] = (1, 10), uuid: UUID | None = READER) -> list[str]:
    files = find_cache_files("Reader", uuid, [str(depot) for depot in depots], minor)
    return [str(Path(file.path)) for file in files]


def test_without_a_folder_there_are_no_caches(tmp_path: Path) -> None:
    assert found(tmp_path, tmp_path / "missing") == []


def test_the_one_modified_last_comes_first_whatever_its_depot(tmp_path: Path) -> None:
    old = put(tmp_path / "a", "_aaaaa", modified=1000)
    newest = put(tmp_path / "b", "_bbbbb", modified=3000)
    middle = put(tmp_path / "a", "_ccccc", modified=2000)
    assert found(tmp_path / "a", tmp_path / "b") == [newest, middle, old]


def test_with_equal_times_the_earlier_depot_comes_first(tmp_path: Path) -> None:
    one = put(tmp_path / "a", "_aaaaa", modified=1000)
    two = put(tmp_path / "b", "_aaaaa", modified=1000)
    assert found(tmp_path / "b", tmp_path / "a") == [two, one]


def test_a_depot_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    file = put(tmp_path, "_aaaaa", modified=1000)
    assert found(tmp_path, tmp_path) == [file]


def test_only_caches_of_this_package_count(tmp_path: Path) -> None:
    file = put(tmp_path, "_aaaaa", modified=1000)
    put(tmp_path, "_aaaaa", modified=2000, uuid=OTHER)
    folder = Path(file).parent
    for name in ("VTu7l_aaaaa.so", "VTu7l_aaaaa.ji.pidfile", "VTu7lx_aaaaa.ji", "VTu7l.ji"):
        (folder / name).write_text("")
    (folder / "VTu7l_bbbbb.ji").mkdir()
    assert found(tmp_path) == [file]


def test_each_minor_version_of_julia_has_its_own_folder(tmp_path: Path) -> None:
    put(tmp_path, "_aaaaa", modified=1000, julia="1.9.4")
    assert found(tmp_path, minor=(1, 10)) == []


def test_from_1_11_on_caches_with_package_images_come_first(tmp_path: Path) -> None:
    for julia, minor in (("1.10.4", (1, 10)), ("1.11.2", (1, 11))):
        with_images = put(tmp_path, "_aaaaa", modified=1000, julia=julia, flags=0xA3)
        without = put(tmp_path, "_bbbbb", modified=2000, julia=julia, flags=0xA2)
        expected = [without, with_images] if minor == (1, 10) else [with_images, without]
        assert found(tmp_path, minor=minor) == expected


def test_an_unreadable_cache_is_still_listed(tmp_path: Path) -> None:
    good = put(tmp_path, "_aaaaa", modified=1000, julia="1.11.2")
    bad = Path(good).with_name("VTu7l_bbbbb.ji")
    bad.write_bytes(b"not a cache")
    assert found(tmp_path, minor=(1, 11)) == [good, str(bad)]


def test_a_package_without_uuid_has_one_cache(tmp_path: Path) -> None:
    file = put(tmp_path, "", modified=1000, uuid=None)
    put(tmp_path, "_aaaaa", modified=1000, uuid=None)
    assert found(tmp_path, uuid=None) == [file]


@pytest.mark.parametrize("name", ["../Reader", "a\\b", "a\0b"])
def test_a_name_of_nonsense_leads_nowhere(tmp_path: Path, name: str) -> None:
    assert find_cache_files(name, READER, [str(tmp_path)], (1, 10)) == ()


def test_a_header_is_read_again_when_its_file_changes(tmp_path: Path) -> None:
    path = Path(put(tmp_path, "_aaaaa", modified=1000))
    (before,) = find_cache_files("Reader", READER, [str(tmp_path)], (1, 10))
    first = cache_header(before)
    assert isinstance(first, CacheHeader)
    path.write_bytes(b"not a cache")
    assert cache_header(before) is first
    (after,) = find_cache_files("Reader", READER, [str(tmp_path)], (1, 10))
    assert after != before
    assert isinstance(cache_header(after), UnreadableCache)


def test_the_header_of_each_of_ten_thousand_caches_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thousand packages have that many: Julia keeps ten caches of each."""
    reads: list[str] = []

    def read(path: str) -> UnreadableCache:
        reads.append(path)
        return UnreadableCache("is empty")

    monkeypatch.setattr(caches, "read_cache_header", read)
    files = [CacheFile(f"/nowhere/{number}.ji", 0, 0) for number in range(10_000)]
    for _ in range(3):
        for file in files:
            cache_header(file)
    cache_header.cache_clear()
    assert len(reads) == len(files)
