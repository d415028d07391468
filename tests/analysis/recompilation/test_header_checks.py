"""What Julia checks of a cache before it looks at an environment."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from precompass.depot.cache_header import CacheHeader, parse_cache_header
from precompass.depot.caches import CacheFile
from precompass.julia.session_flags import PLAIN, parse_session_flags
from precompass.recompilation.header_checks import (
    missing_library,
    other_flags,
    other_package,
    without_checksum,
)
from precompass.recompilation.reasons import (
    FlagsMismatch,
    IncompatibleHeader,
    NativeCodeMissing,
    OtherPackage,
)
from support.cache_files import cache_bytes

READER = UUID("9ab6a7bc-f37c-505a-a6ad-90a5d058c3cf")
OTHER = UUID("2d0fe875-2ec8-5688-ac3d-83a8b9fdd041")


def cache(**facts: object) -> CacheHeader:
    found = parse_cache_header(cache_bytes("Reader", READER, **facts))  # type: ignore[arg-type]
    assert isinstance(found, CacheHeader)
    return found


def test_a_cache_is_of_the_package_by_name_and_uuid() -> None:
    assert other_package(cache(), "Reader", READER) is None
    assert other_package(cache(), "Reader", OTHER) == OtherPackage("Reader", READER)
    assert other_package(cache(), "Writer", READER) == OtherPackage("Reader", READER)


def test_options_of_the_session_must_serve() -> None:
    checked = parse_session_flags(["--check-bounds=yes"], (1, 10))
    assert other_flags(cache(), PLAIN) is None
    assert other_flags(cache(), checked) == FlagsMismatch(checked, 0xA3)
    assert other_flags(cache(julia="1.8.5"), checked) is None  # a header without them


def test_a_cache_with_native_code_needs_its_library(tmp_path: Path) -> None:
    file = CacheFile(str(tmp_path / "Reader.ji"), 0, 0)
    missing = NativeCodeMissing(str(tmp_path / "Reader.so"))
    assert missing_library(file, cache()) == missing
    on_mac = NativeCodeMissing(str(tmp_path / "Reader.dylib"))
    assert missing_library(file, cache(operating_system="Darwin")) == on_mac
    assert missing_library(file, cache(clone_targets=b"")) is None
    (tmp_path / "Reader.so").touch()
    assert missing_library(file, cache()) is None


def test_a_cache_that_julia_did_not_write_to_its_end_has_no_checksum() -> None:
    unfinished = IncompatibleHeader(None, "has no checksum in its header")
    assert without_checksum(cache()) is None
    assert without_checksum(cache(build_id=1)) == unfinished
    assert without_checksum(cache(julia="1.8.5", build_id=1)) is None
