"""The checks by which Julia accepts a compile cache."""

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import google_crc32c
import pytest

from precompass.depot import staleness
from precompass.depot.cache_header import CacheHeader, parse_cache_header
from precompass.depot.cache_records import CacheRecords, parse_cache_records
from precompass.depot.reading_budget import ReadingBudget
from precompass.depot.staleness import (
    SourceChange,
    SourceDifference,
    first_changed_source,
    preferences_fit,
)
from precompass.documents.values import TomlTable, TomlValue, UnsignedInteger
from precompass.julia.hashing import CannotTell, preference_hash
from support.cache_files import CACHE_CHECKSUM, Source, cache_bytes

READER = UUID("9ab6a7bc-f37c-505a-a6ad-90a5d058c3cf")
OTHER = UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041")


def header_and_records(data: bytes) -> tuple[CacheHeader, CacheRecords]:
    header = parse_cache_header(data)
    assert isinstance(header, CacheHeader), header
    records = parse_cache_records(data, header)
    assert isinstance(records, CacheRecords)
    return header, records


def cache(julia: str = "1.10.4", **facts: object) -> CacheHeader:
    data = cache_bytes("Reader", READER, julia=julia, **facts)  # type: ignore[arg-type]
    return header_and_records(data)[0]


def preferences(**tables: TomlTable) -> Callable[[UUID], TomlTable]:
    """The merged preferences of the packages ``reader`` and ``other``."""
    owners = {READER: tables.get("reader", {}), OTHER: tables.get("other", {})}
    return lambda uuid: owners[uuid]


class TestSources:
    def check(
        self, julia: str, source: Source, depot: Path | None = None, stdlib: Path | None = None
    ) -> SourceDifference | None:
        data = cache_bytes("Reader", READER, julia=julia, records=[source])
        header, records = header_and_records(data)
        depots = [str(depot)] if depot else []
        changed = first_changed_source(header, records, depots, stdlib, ReadingBudget())
        assert not isinstance(changed, CannotTell)
        return changed.difference if changed is not None else None

    def file(self, tmp_path: Path, modified: float = 1e9) -> Path:
        file = tmp_path / "Reader.jl"
        file.write_bytes(b"123456789")
        os.utime(file, (modified, modified))
        return file

    def test_up_to_1_10_the_time_of_modification_counts(self, tmp_path: Path) -> None:
        path = str(self.file(tmp_path, modified=1e9))
        assert self.check("1.10.4", Source(path, mtime=1e9)) is None
        assert self.check("1.10.4", Source(path, mtime=1e9 + 5)) == "time"

    @pytest.mark.parametrize(
        ("recorded", "since"),
        [
            (1e9 + 0.75, 6),  # floor
            (1e9 + 1e-7, 6),  # microseconds
            (1e9 - 0.25, 9),  # ceil
        ],
    )
    def test_times_may_have_been_rounded(self, tmp_path: Path, recorded: float, since: int) -> None:
        path = str(self.file(tmp_path, modified=1e9))
        for minor in (6, 8, 9, 10):
            fits = self.check(f"1.{minor}.0", Source(path, mtime=recorded)) is None
            assert fits == (minor >= since)

    def test_nix_sets_every_time_to_one(self, tmp_path: Path) -> None:
        path = str(self.file(tmp_path, modified=1))
        assert self.check("1.8.5", Source(path, mtime=1e9)) is None
        assert self.check("1.7.3", Source(path, mtime=1e9)) == "time"

    def test_from_1_11_on_size_and_content_count(self, tmp_path: Path) -> None:
        path = str(self.file(tmp_path))
        same = Source(path, mtime=-1.0, size=9, crc32c=0xE3069283)
        assert self.check("1.11.2", same) is None
        other_size = Source(path, mtime=-1.0, size=8, crc32c=0xE3069283)
        other_content = Source(path, mtime=-1.0, size=9, crc32c=1)
        assert self.check("1.11.2", other_size) == "size"
        assert self.check("1.11.2", other_content) == "content"

    def test_a_file_that_is_too_large_to_be_read_cannot_be_compared(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staleness, "MOST_BYTES", 8)
        large = Source(str(self.file(tmp_path)), mtime=-1.0, size=9, crc32c=0xE3069283)
        gone = Source(str(tmp_path / "Gone.jl"), mtime=-1.0, size=9, crc32c=0xE3069283)
        for records, expected in (([large], CannotTell), ([large, gone], SourceChange)):
            data = cache_bytes("Reader", READER, julia="1.11.2", records=records)
            header, read = header_and_records(data)
            found = first_changed_source(header, read, [], None, ReadingBudget())
            assert isinstance(found, expected)

    def test_so_many_files_that_they_are_not_all_read_cannot_be_compared(
        self, tmp_path: Path
    ) -> None:
        """A cache of some kilobytes can name thousands of large files."""
        paths = [str(tmp_path / name) for name in ("one.jl", "two.jl", "three.jl")]
        for path in paths:
            Path(path).write_bytes(b"123456789")
        sound = [Source(path, mtime=-1.0, size=9, crc32c=0xE3069283) for path in paths]
        changed = Source(paths[0], mtime=-1.0, size=9, crc32c=1)
        for most, records, expected in (
            (27, sound, None),
            (
                26,
                sound,
                CannotTell(f"{paths[2]} is not compared: 16 GiB of files are read at most"),
            ),
            (18, [*sound[:2], *sound[:2]], None),  # a file counts once
            (26, [*sound, changed], SourceChange(paths[0], "content")),
        ):
            data = cache_bytes("Reader", READER, julia="1.11.2", records=records)
            header, read = header_and_records(data)
            assert first_changed_source(header, read, [], None, ReadingBudget(most)) == expected

    def test_include_dependency_may_ask_for_the_time_alone(self, tmp_path: Path) -> None:
        path = str(self.file(tmp_path, modified=1e9))
        assert self.check("1.11.2", Source(path, mtime=1e9)) is None
        assert self.check("1.11.2", Source(path, mtime=2e9)) == "time"

    def test_a_folder_counts_by_the_names_in_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        for name in ("b.csv", "a.csv"):
            (folder / name).write_text("")
        size = folder.stat().st_size
        crc32c = google_crc32c.value(b"a.csvb.csv")
        source = Source(str(folder), mtime=-1.0, size=size, crc32c=crc32c)
        assert self.check("1.11.2", source) is None
        (folder / "b.csv").rename(folder / "c.csv")
        assert self.check("1.11.2", source) == "content"

    def test_a_source_that_is_gone_rejects(self, tmp_path: Path) -> None:
        gone = Source(str(tmp_path / "Gone.jl"), mtime=1e9)
        assert self.check("1.10.4", gone) == "missing"

    def test_a_depot_is_found_again(self, tmp_path: Path) -> None:
        self.file(tmp_path)
        source = Source("@depot/Reader.jl", mtime=-1.0, size=9, crc32c=0xE3069283)
        assert self.check("1.11.2", source, tmp_path) is None
        assert self.check("1.11.2", source) == "depot"

    def test_a_moved_standard_library_counts_as_unchanged(self, tmp_path: Path) -> None:
        file = tmp_path / "Dates" / "src" / "Dates.jl"
        file.parent.mkdir(parents=True)
        file.touch()
        source = Source("/build/usr/share/julia/stdlib/v1.10/Dates/src/Dates.jl", mtime=5.0)
        assert self.check("1.10.4", source, stdlib=tmp_path) is None
        assert self.check("1.10.4", source) == "missing"

    @pytest.mark.parametrize("mtime", [float("nan"), float("inf"), float("-inf")])
    def test_a_time_of_nonsense_rejects(self, tmp_path: Path, mtime: float) -> None:
        path = str(self.file(tmp_path))
        assert self.check("1.10.4", Source(path, mtime=mtime)) == "time"


class TestKeyLists:
    def cache_made_with(self, table: TomlTable, julia: str = "1.10.4") -> CacheHeader:
        value = preference_hash(table, ["color", "size"], (1, 10))
        assert isinstance(value, int)
        return cache(julia, keys=["color", "size"], preferences_hash=value)

    def test_the_same_values_pass(self) -> None:
        header = self.cache_made_with({"color": "red"})
        assert preferences_fit(header, preferences(reader={"color": "red"})) is True

    def test_another_value_rejects(self) -> None:
        header = self.cache_made_with({"color": "red"})
        tables: list[TomlTable] = [{"color": "blue"}, {}, {"color": "red", "size": 1}]
        for table in tables:
            assert preferences_fit(header, preferences(reader=table)) is False

    def test_other_keys_and_other_packages_do_not_count(self) -> None:
        header = self.cache_made_with({"color": "red"})
        now = preferences(reader={"color": "red", "shape": 1}, other={"color": "blue"})
        assert preferences_fit(header, now) is True

    def test_an_equal_value_of_another_type_passes(self) -> None:
        header = self.cache_made_with({"size": 1})
        assert preferences_fit(header, preferences(reader={"size": True})) is True

    def test_where_the_hash_is_not_known_it_cannot_be_told(self) -> None:
        header = cache("1.13.0", keys=["color"], preferences_hash=5)
        assert isinstance(preferences_fit(header, preferences(reader={"color": "red"})), CannotTell)

    @pytest.mark.parametrize("value", [datetime.date(2026, 11, 30), 2**70])
    def test_a_value_of_unknown_hash_that_was_not_set_rejects(self, value: TomlValue) -> None:
        now = preferences(reader={"color": "red", "size": value})
        keys = ("color", "size")
        hashed = preference_hash({"color": "red"}, keys, (1, 10))
        assert isinstance(hashed, int)
        header = cache("1.10.4", keys=keys, preferences_hash=hashed)
        assert preferences_fit(header, now) is False
        unset = cache("1.10.4", keys=["size"], preferences_hash=0)
        assert preferences_fit(unset, preferences(reader={"size": value})) is False
        other = cache("1.10.4", keys=["size"], preferences_hash=5)
        found = preferences_fit(other, preferences(reader={"size": value}))
        assert isinstance(found, CannotTell)

    @pytest.mark.parametrize(
        ("value", "fits"), [("red", False), (True, False), (False, True), (0, True), (0.0, True)]
    )
    def test_in_1_13_what_was_unset_and_is_set_rejects_but_for_zeros(
        self, value: TomlValue, fits: bool
    ) -> None:
        header = cache("1.13.0-rc1", keys=["color"], preferences_hash=0)
        assert preferences_fit(header, preferences(reader={"color": value})) is fits

    def test_in_1_13_too_nothing_set_then_and_now_passes(self) -> None:
        header = cache("1.13.0", keys=["color"], preferences_hash=0)
        assert preferences_fit(header, preferences()) is True

    def test_in_1_13_too_nothing_set_now_but_then_rejects(self) -> None:
        header = cache("1.13.0", keys=["color"], preferences_hash=5)
        assert preferences_fit(header, preferences()) is False

    def test_on_32_bits_set_values_cannot_be_told(self) -> None:
        data = bytearray(cache_bytes("Reader", READER, keys=["color"], preferences_hash=5))
        data[12] = 4
        header, _ = header_and_records(bytes(data))
        assert isinstance(preferences_fit(header, preferences(reader={"color": "red"})), CannotTell)

    def test_a_package_without_uuid_has_no_preferences(self) -> None:
        header, _ = header_and_records(cache_bytes("Script", None))
        assert preferences_fit(header, preferences()) is True


class TestBlobs:
    def check(self, blob: str, **tables: TomlTable) -> bool | CannotTell:
        header = cache("1.14.0-DEV", blob=blob)
        return preferences_fit(header, preferences(**tables))

    def test_nothing_was_read(self) -> None:
        assert self.check("", reader={"color": "red"}) is True

    def test_a_set_value_must_be_the_same(self) -> None:
        blob = f'[{READER}]\ncolor = "red"\n'
        assert self.check(blob, reader={"color": "red"}) is True
        assert self.check(blob, reader={"color": "blue"}) is False
        assert self.check(blob) is False

    def test_an_unset_value_must_stay_unset(self) -> None:
        blob = f'[unset]\n{READER} = ["color"]\n'
        assert self.check(blob, reader={"size": 1}) is True
        assert self.check(blob, reader={"color": "red"}) is False

    def test_values_of_other_packages_count(self) -> None:
        blob = f"[{OTHER}]\nworkloads = true\n"
        assert self.check(blob, other={"workloads": True}) is True
        assert self.check(blob, other={"workloads": False}) is False

    def test_types_count(self) -> None:
        blob = f"[{READER}]\nsize = 0xff\n"
        assert self.check(blob, reader={"size": UnsignedInteger(255)}) is True
        assert self.check(blob, reader={"size": 255}) is False


def test_the_build_id_of_a_package_is_what_others_require() -> None:
    build_id = (CACHE_CHECKSUM | 1) << 64 | 2
    assert cache(build_id=build_id).package.build_id == build_id
