"""Headers of compile caches."""

import json
import os
import tracemalloc
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precompass.depot.cache_header import (
    MAX_HEADER,
    CacheHeader,
    CompiledModule,
    UnreadableCache,
    parse_cache_header,
    read_cache_header,
)
from precompass.depot.cache_records import (
    CacheRecords,
    RequireRecord,
    SourceRecord,
    parse_cache_records,
    read_cache_records,
)
from precompass.depot.preference_record import Blob, KeyList
from precompass.documents.values import UnsignedInteger
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, Require, Source, cache_bytes
from support.measured import MEASUREMENTS

READER = UUID("9ab6a7bc-f37c-505a-a6ad-90a5d058c3cf")
PREFERENCES = UUID("21216c6a-2e73-6563-6e65-726566657250")
BUILD_ID = (CACHE_CHECKSUM | 0x1234) << 64 | 0x5678
REQUIRED = (CORE, BASE, Module("Preferences", PREFERENCES, BUILD_ID + 1))
RECORDS = (
    Source("/dev/Reader/src/Reader.jl", mtime=1e9, size=1, crc32c=2),
    Require("Preferences", PREFERENCES),
    Source("/dev/Reader/src/part.jl", mtime=2e9, size=3, crc32c=4, owner=1, submodule=("A", "B")),
)
VERSIONS = ["1.6.7", "1.8.5", "1.9.4", "1.10.4", "1.11.2", "1.12.2", "1.13.0-beta3", "1.14.0-DEV"]


def reader(julia: str, **facts: object) -> bytes:
    """The cache of a small package: in 1.14 with a blob, before with keys and their hash."""
    preferences: dict[str, object] = (
        {"blob": f'[unset]\n{READER} = ["color"]\n'}
        if julia.startswith("1.14")
        else {"keys": ["color", "size"], "preferences_hash": 7}
    )
    arguments = {
        "julia": julia,
        "build_id": BUILD_ID,
        "required": REQUIRED,
        "records": RECORDS,
        **preferences,
        **facts,
    }
    return cache_bytes("Reader", READER, **arguments)  # type: ignore[arg-type]


def header_of(data: bytes) -> CacheHeader:
    header = parse_cache_header(data)
    assert isinstance(header, CacheHeader), header
    return header


def reason_of(data: bytes) -> str:
    unreadable = parse_cache_header(data)
    assert isinstance(unreadable, UnreadableCache)
    return unreadable.reason


@pytest.mark.parametrize("julia", VERSIONS)
class TestAllLayouts:
    def test_the_header_names_the_build_of_julia(self, julia: str) -> None:
        build = header_of(reader(julia)).julia
        assert str(build.version) == julia
        assert (build.operating_system, build.architecture) == ("Linux", "x86_64")
        assert (build.pointer_size, build.branch, build.commit) == (8, "HEAD", "0" * 40)

    def test_the_package_is_the_first_module(self, julia: str) -> None:
        header = header_of(reader(julia))
        assert header.modules == (header.package,)
        assert (header.package.name, header.package.uuid) == ("Reader", READER)
        one_word = header.julia.version.minor < (1, 9)
        assert header.package.build_id == (0x5678 if one_word else BUILD_ID)
        assert header.checksum == (0 if one_word else BUILD_ID >> 64)

    def test_required_modules_keep_their_order_and_builds(self, julia: str) -> None:
        header = header_of(reader(julia))
        mask = 2**64 - 1 if header.julia.version.minor < (1, 9) else 2**128 - 1
        assert header.required == tuple(
            CompiledModule(module.name, module.uuid, module.build_id & mask) for module in REQUIRED
        )

    def test_preferences_are_keys_with_a_hash_or_a_blob(self, julia: str) -> None:
        preferences = header_of(reader(julia)).preferences
        if julia.startswith("1.14"):
            assert preferences == Blob({}, {READER: ("color",)})
        else:
            assert preferences == KeyList(("color", "size"), 7)

    def test_records_are_the_entry_file_imports_and_included_files(self, julia: str) -> None:
        data = reader(julia)
        header = header_of(data)
        sized = header.julia.version.minor >= (1, 11)
        assert parse_cache_records(data, header) == CacheRecords(
            sources=(
                SourceRecord(
                    "/dev/Reader/src/Reader.jl",
                    1e9,
                    1 if sized else None,
                    2 if sized else None,
                    None,
                    (),
                ),
                SourceRecord(
                    "/dev/Reader/src/part.jl",
                    2e9,
                    3 if sized else None,
                    4 if sized else None,
                    header.package,
                    ("A", "B"),
                ),
            ),
            requires=(RequireRecord(header.package, "Preferences", PREFERENCES),),
        )

    def test_a_file_cut_at_any_byte_is_truncated(self, julia: str) -> None:
        data = reader(julia)
        for end in range(len(data)):
            assert reason_of(data[:end]) == "is truncated"

    def test_what_follows_the_header_does_not_matter(self, julia: str, tmp_path: Path) -> None:
        data = reader(julia)
        file = tmp_path / "Reader.ji"
        file.write_bytes(data + os.urandom(10_000))
        header = header_of(data)
        assert read_cache_header(file) == header
        assert read_cache_records(file, header) == parse_cache_records(data, header)

    def test_a_header_longer_than_one_read_is_read_whole(self, julia: str, tmp_path: Path) -> None:
        records = [Source(f"/dev/Reader/src/{'x' * 200}{i}.jl", owner=1) for i in range(2000)]
        file = tmp_path / "Reader.ji"
        file.write_bytes(reader(julia, records=records))
        header = read_cache_header(file)
        assert isinstance(header, CacheHeader)
        found = read_cache_records(file, header)
        assert isinstance(found, CacheRecords)
        assert [source.path for source in found.sources] == [record.path for record in records]

    @settings(max_examples=60)
    @given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8))
    def test_hostile_bytes_do_no_harm(self, julia: str, changes: list[tuple[float, int]]) -> None:
        data = bytearray(reader(julia))
        for place, byte in changes:
            data[min(int(place * len(data)), len(data) - 1)] = byte
        header = parse_cache_header(bytes(data))
        if isinstance(header, CacheHeader):
            records = parse_cache_records(bytes(data), header)
            assert isinstance(records, CacheRecords | UnreadableCache)
        else:
            assert header.reason

    @settings(max_examples=60)
    @given(place=st.integers(0, 400), number=st.sampled_from([-(2**31), -1, 2**31 - 1, 2**20, 0]))
    def test_hostile_lengths_do_no_harm(self, julia: str, place: int, number: int) -> None:
        data = bytearray(reader(julia))
        place = min(place, len(data) - 4)
        data[place : place + 4] = number.to_bytes(4, "little", signed=True)
        assert isinstance(parse_cache_header(bytes(data)), CacheHeader | UnreadableCache)


class TestNewerFields:
    def test_flags_are_in_caches_since_1_9(self) -> None:
        assert header_of(reader("1.8.5")).flags is None
        assert header_of(reader("1.9.4", flags=0xAB)).flags == 0xAB

    def test_the_syntax_version_is_in_caches_of_1_14(self) -> None:
        assert header_of(reader("1.13.0")).syntax_version is None
        assert header_of(reader("1.14.0-DEV", syntax_version=1)).syntax_version == 1

    def test_no_clone_targets_mean_no_native_image(self) -> None:
        assert header_of(reader("1.10.4", clone_targets=b"")).clone_targets_length == 0
        assert header_of(reader("1.10.4", clone_targets=b"generic")).clone_targets_length == 7

    def test_modules_of_the_system_image_share_its_checksum(self) -> None:
        header = header_of(reader("1.10.4"))
        assert [header.in_system_image(module) for module in header.required] == [True, True, False]

    def test_before_1_9_build_ids_do_not_tell_the_system_image(self) -> None:
        header = header_of(reader("1.8.5"))
        assert header.in_system_image(header.required[0]) is None

    def test_1_14_had_keys_and_a_hash_before_the_blob(self) -> None:
        data = reader("1.14.0-DEV", blob=None, keys=["color"], preferences_hash=9)
        assert header_of(data).preferences == KeyList(("color",), 9)

    def test_sizes_came_in_the_course_of_1_11_dev(self) -> None:
        new = reader("1.11.0-DEV")
        old = bytearray(reader("1.10.0-DEVX"))
        at = old.index(b"1.10.0-DEVX")
        old[at : at + 11] = b"1.11.0-DEV\0"
        del old[at + 11]  # the NUL of the longer text
        shift = old.index(b"Reader") - new.index(b"Reader")
        assert shift == 0
        assert header_of(new).records_have_sizes
        assert not header_of(bytes(old)).records_have_sizes

    def test_a_package_without_uuid(self) -> None:
        header = header_of(cache_bytes("Script", None, julia="1.10.4"))
        assert header.package.uuid is None


class TestBlobs:
    def blob_of(self, text: str) -> object:
        return header_of(reader("1.14.0-DEV", blob=text)).preferences

    def test_nothing_was_read(self) -> None:
        assert self.blob_of("") == Blob({}, {})

    def test_values_are_of_any_package(self) -> None:
        text = f'[{READER}]\ncolor = "red"\n\n[unset]\n{PREFERENCES} = ["a", "b"]\n'
        assert self.blob_of(text) == Blob({READER: {"color": "red"}}, {PREFERENCES: ("a", "b")})

    def test_types_are_kept(self) -> None:
        blob = self.blob_of(f"[{READER}]\na = 0xff\nb = 255\nc = 1.0\nd = true\ne = '0x1'\n")
        assert isinstance(blob, Blob)
        table = blob.set[READER]
        assert [type(table[key]) for key in "abcde"] == [UnsignedInteger, int, float, bool, str]
        assert table["a"] == 255

    def test_an_array_of_tables(self) -> None:
        text = f"\n[[{READER}.depth]]\na = 1\n[[{READER}.depth]]\nb = [1, 2]\n"
        assert self.blob_of(text) == Blob({READER: {"depth": [{"a": 1}, {"b": [1, 2]}]}}, {})

    @pytest.mark.parametrize(
        "text",
        [
            "x = ",
            "x = 1",
            "[not-a-uuid]",
            "[unset]\nnot-a-uuid = []",
            f"[unset]\n{READER} = 'color'",
            f"[unset]\n{READER} = [1]",
            f"{READER} = 1",
            "a = " + "[" * 100_000,
            f"[{READER}]\na = '{'x' * 300_000}'",
        ],
    )
    def test_what_julia_did_not_write_makes_the_file_unreadable(self, text: str) -> None:
        assert "preferences" in reason_of(reader("1.14.0-DEV", blob=text)) or "keys" in reason_of(
            reader("1.14.0-DEV", blob=text)
        )


class TestUnreadableFiles:
    def test_other_files(self) -> None:
        assert reason_of(b"\x7fELF" + bytes(2000)) == "is no compile cache of Julia"
        assert reason_of(b"abc") == "is no compile cache of Julia"
        assert reason_of(b"") == "is truncated"

    def test_the_format_of_a_future_julia(self) -> None:
        data = bytearray(reader("1.14.0-DEV"))
        data[8] = 15
        found = parse_cache_header(bytes(data))
        assert isinstance(found, UnreadableCache)
        assert found.newer_format == 15
        assert "cannot be told" in found.reason

    def test_a_cache_of_format_14_has_the_mark_of_an_image(self) -> None:
        data = bytearray(reader("1.14.0-DEV"))
        mark = data.index(b"0" * 40) + 41  # behind the commit
        data[8], data[mark] = 14, 1
        found = parse_cache_header(bytes(data))
        assert isinstance(found, CacheHeader)
        assert found.package.name == "Reader"

    def test_a_version_that_is_not_known_here(self) -> None:
        assert "1.15.0" in reason_of(reader("1.14.0").replace(b"1.14.0", b"1.15.0"))
        assert "1.5.4" in reason_of(reader("1.6.7").replace(b"1.6.7", b"1.5.4"))

    def test_a_version_that_is_none(self) -> None:
        assert "version" in reason_of(reader("1.10.4").replace(b"1.10.4", b"a.b..c"))

    def test_another_byte_order(self) -> None:
        data = reader("1.10.4")
        assert "byte order" in reason_of(data[:10] + data[11:9:-1] + data[12:])

    def test_a_native_image(self) -> None:
        data = bytearray(reader("1.10.4"))
        data[data.index(b"0" * 40) + 41] = 1
        assert "native image" in reason_of(bytes(data))

    def test_a_development_version_of_1_9_with_the_format_but_not_the_fields(self) -> None:
        data = reader("1.9.4")
        at = data.index(b"0" * 40) + 41
        assert "does not add up" in reason_of(data[:at] + data[at + 26 :])

    def test_no_module(self) -> None:
        data = reader("1.10.4")
        name = data.index(b"Reader")
        empty = data[: name - 4] + bytes(4) + data[name + 6 + 24 + 4 :]
        assert reason_of(empty) == "provides no module"

    def test_dependencies_that_are_longer_or_shorter_than_claimed(self) -> None:
        data = reader("1.10.4")
        at = data.index(b"Reader") + 6 + 24 + 4
        claimed = int.from_bytes(data[at : at + 8], "little")
        for wrong in (0, 7, claimed - 1, claimed + 1):
            changed = data[:at] + wrong.to_bytes(8, "little") + data[at + 8 :]
            assert "do not add up" in reason_of(changed)

    def test_a_claim_beyond_any_header_is_refused_at_once(self) -> None:
        data = reader("1.10.4")
        at = data.index(b"Reader") + 6 + 24 + 4
        changed = data[:at] + (2**60).to_bytes(8, "little") + data[at + 8 :]
        assert "claims" in reason_of(changed)

    def test_a_key_that_is_not_utf_8(self) -> None:
        assert "UTF-8" in reason_of(reader("1.10.4").replace(b"color", b"\xff\xff\xff\xff\xff"))

    def test_a_missing_file_a_folder_and_a_pipe(self, tmp_path: Path) -> None:
        paths = [tmp_path / "missing.ji", tmp_path]
        if hasattr(os, "mkfifo"):
            os.mkfifo(tmp_path / "pipe.ji")
            paths.append(tmp_path / "pipe.ji")
        for path in paths:
            assert isinstance(read_cache_header(path), UnreadableCache)

    def test_endless_modules_are_read_within_bounds(self, tmp_path: Path) -> None:
        data = reader("1.10.4")
        start = data.index(b"Core") - 4
        file = tmp_path / "Reader.ji"
        file.write_bytes(data[:start] + data[start : start + 40] * 400_000)
        tracemalloc.start()
        unreadable = read_cache_header(file)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(unreadable, UnreadableCache)
        assert "more than" in unreadable.reason
        assert peak < 4 * MAX_HEADER

    def test_endless_keys_are_refused(self) -> None:
        assert "more than" in reason_of(reader("1.10.4", keys=["a"] * 20_000))

    def test_records_of_a_file_that_changed_since(self, tmp_path: Path) -> None:
        file = tmp_path / "Reader.ji"
        header = header_of(reader("1.10.4"))
        file.write_bytes(b"\xff" * 5000)
        assert isinstance(read_cache_records(file, header), UnreadableCache)
        file.unlink()
        assert isinstance(read_cache_records(file, header), UnreadableCache)


@pytest.mark.parametrize("folder", ["scenarios-1.10", "scenarios-1.14"])
class TestHeadersOfJulia:
    def cases(self, folder: str) -> list[tuple[dict, bytes]]:  # type: ignore[type-arg]
        directory = MEASUREMENTS / folder / "headers"
        cases = json.loads((directory / "headers.json").read_text())["headers"]
        assert cases
        return [(case, (directory / case["file"]).read_bytes()) for case in cases]

    def test_every_field_is_as_julia_reads_it(self, folder: str) -> None:
        for case, data in self.cases(folder):
            header = header_of(data)
            assert header.checksum == int(case["checksum"], 16)
            assert header.flags == case["flags"]
            assert header.syntax_version == case.get("syntax_version")
            assert _modules(header.required) == _expected(case["required_modules"])
            low = [
                (name, uuid, build & 2**64 - 1) for name, uuid, build in _modules(header.modules)
            ]
            assert low == _expected(case["modules"])
            assert header.package.build_id >> 64 == header.checksum
            assert header.source_text_position == case["srctextpos"]
            assert header.clone_targets_length == case["clone_targets_length"]
            if "preferences" in case:
                expected = KeyList(tuple(case["preferences"]), int(case["preferences_hash"], 16))
                assert header.preferences == expected

    def test_blobs_have_what_julia_wrote(self, folder: str) -> None:
        for case, data in self.cases(folder):
            preferences = header_of(data).preferences
            if isinstance(preferences, Blob):
                text = case["prefs_blob"]
                for uuid, table in preferences.set.items():
                    assert str(uuid) in text
                    assert all(key in text for key in table)
                for uuid, keys in preferences.unset.items():
                    assert f"{uuid} = {json.dumps(list(keys))}" in text
                assert bool(text) == bool(preferences.set or preferences.unset)

    def test_records_are_as_julia_reads_them(self, folder: str) -> None:
        for case, data in self.cases(folder):
            header = header_of(data)
            records = parse_cache_records(data, header)
            assert isinstance(records, CacheRecords)
            assert len(records.sources) == len(case["includes"])
            for source, include in zip(records.sources, case["includes"], strict=True):
                assert source.path == include.get("filename_in_file", include["filename"])
                assert source.mtime == include["mtime"]
                assert source.size == include.get("fsize")
                assert source.crc32c == (int(include["hash"], 16) if "hash" in include else None)
                assert (source.module.name if source.module else "") == include["module"]["name"]
                assert list(source.submodule) == include["modpath"]
            found = [
                (require.module and require.module.name, require.name, str(require.uuid))
                for require in records.requires
            ]
            assert found == [
                (require["from"]["name"], require["to"]["name"], require["to"]["uuid"])
                for require in case["requires"]
            ]

    def test_a_header_ends_where_julia_stops_reading(self, folder: str) -> None:
        for case, data in self.cases(folder):
            assert len(data) == case["header_bytes"]
            for end in range(len(data)):
                assert reason_of(data[:end]) == "is truncated"

    def test_system_image_modules_are_those_without_a_cache(self, folder: str) -> None:
        for _, data in self.cases(folder):
            header = header_of(data)
            names = {one.name for one in header.required if not header.in_system_image(one)}
            assert not names & {"Core", "Base", "Main", "LinearAlgebra", "SHA"}
            uses_preferences = any(one.name == "Preferences" for one in header.required)
            assert ("Preferences" in names) == uses_preferences

    def test_the_writer_for_tests_writes_the_same_bytes(self, folder: str) -> None:
        for case, data in self.cases(folder):
            if case["file"] == "SubmoduleReader.jihead":
                continue  # which submodule imports a package is not read
            header = header_of(data)
            records = parse_cache_records(data, header)
            assert isinstance(records, CacheRecords)
            written: list[Source | Require] = [
                Source(
                    source.path,
                    source.mtime,
                    source.size or 0,
                    source.crc32c or 0,
                    int(source.module is not None),
                    source.submodule,
                )
                for source in records.sources
            ]
            written[1:1] = [Require(one.name, one.uuid) for one in records.requires]
            image = data[case["parse_start"] - 16 : case["parse_start"]]
            preferences: dict[str, object] = (
                {"blob": case["prefs_blob"]}
                if "prefs_blob" in case
                else {
                    "keys": case["preferences"],
                    "preferences_hash": int(case["preferences_hash"], 16),
                }
            )
            again = cache_bytes(
                header.package.name,
                header.package.uuid,
                julia=str(header.julia.version),
                build_id=header.package.build_id,
                required=[Module(one.name, one.uuid, one.build_id) for one in header.required],
                records=written,
                flags=header.flags or 0,
                clone_targets=data[len(data) - header.clone_targets_length :],
                data=(
                    int.from_bytes(image[:8], "little"),
                    int.from_bytes(image[8:], "little"),
                ),
                source_text_position=header.source_text_position,
                branch=header.julia.branch,
                commit=header.julia.commit,
                **preferences,  # type: ignore[arg-type]
            )
            assert again == data


def _modules(modules: tuple[CompiledModule, ...]) -> list[tuple[str, str | None, int]]:
    return [(one.name, str(one.uuid) if one.uuid else None, one.build_id) for one in modules]


def _expected(modules: list[dict[str, str]]) -> list[tuple[str, str | None, int]]:
    return [(one["name"], one["uuid"], int(one["build_id"], 16)) for one in modules]
