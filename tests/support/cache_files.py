"""Compile caches for tests: the header of a ``.ji`` file, written from facts.

The layouts are those of Julia 1.6 to 1.14-dev, 64-bit Linux. No compiled code follows; the
files end behind the clone targets.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from precompass.julia.versions import VersionNumber

SYSTEM_IMAGE = 0xFDFCFBFA_90F52FF0
"""High half of the build ids of the modules that come with Julia itself."""
CACHE_CHECKSUM = 0xFAFBFCFD_00000000
"""Beginning of the checksum of a cache; CRC-32C of the code in the low half."""


@dataclass(frozen=True)
class Module:
    """A module in a certain build; 128 bits of build id, of which Julia 1.6-1.8 write 64."""

    name: str
    uuid: UUID | None
    build_id: int


@dataclass(frozen=True)
class Source:
    """A source file; *owner* counts from 1, 0 is none."""

    path: str
    mtime: float = -1.0
    size: int = 0
    crc32c: int = 0
    owner: int = 0
    submodule: tuple[str, ...] = ()


@dataclass(frozen=True)
class Require:
    """An import by the module number *owner*."""

    name: str
    uuid: UUID | None
    owner: int = 1


CORE = Module("Core", None, SYSTEM_IMAGE << 64 | 1)
BASE = Module("Base", None, SYSTEM_IMAGE << 64 | 2)


def cache_bytes(
    name: str,
    uuid: UUID | None,
    *,
    julia: str = "1.10.4",
    build_id: int = CACHE_CHECKSUM << 64 | 1,
    required: Sequence[Module] = (CORE, BASE),
    keys: Sequence[str] = (),
    preferences_hash: int = 0,
    blob: str | None = None,
    records: Sequence[Source | Require] = (),
    flags: int = 0xA3,
    syntax_version: int = 0,
    clone_targets: bytes = b"generic",
    data: tuple[int, int] = (0, 0),
    source_text_position: int | None = None,
    branch: str = "HEAD",
    commit: str = "0" * 40,
    operating_system: str = "Linux",
    architecture: str = "x86_64",
) -> bytes:
    """Return the header of the cache of one package.

    The layout is that of *julia*. In 1.14 the preferences are the TOML text *blob*, or, where
    it is None, the keys and the hash of its earlier development versions; before 1.14 there
    is no blob.
    """
    version = VersionNumber.parse(julia)
    assert version is not None
    minor = version.minor
    format_number = 11 if minor < (1, 9) else 12 if minor < (1, 14) else 13

    header = struct.pack("<8sHHB", b"\xfbjli\r\n\x1a\n", format_number, 0xFEFF, 8)
    for text in (operating_system, architecture, julia, branch, commit):
        header += text.encode() + b"\0"
    if format_number >= 12:
        header += struct.pack("<BQqqB", 0, build_id >> 64, *data, flags)
    if format_number >= 13:
        header += bytes([syntax_version])
    header += _modules([Module(name, uuid, build_id)], words=1)

    dependencies = b"".join(_record(record, minor) for record in records) + _int32(0)
    if blob is not None:
        dependencies += _text(blob.encode())
    else:
        dependencies += b"".join(_text(key.encode()) for key in keys) + _int32(0)
        dependencies += struct.pack("<Q", preferences_hash)
    header += struct.pack("<Q", 8 + len(dependencies)) + dependencies

    rest = _modules(required, words=2 if format_number >= 12 else 1)
    if format_number >= 12:
        rest += _text(clone_targets)
    if source_text_position is None:
        source_text_position = len(header) + 8 + len(rest)
    return header + struct.pack("<q", source_text_position) + rest


def _int32(number: int) -> bytes:
    return struct.pack("<i", number)


def _text(text: bytes) -> bytes:
    return _int32(len(text)) + text


def _modules(modules: Sequence[Module], words: int) -> bytes:
    result = b""
    for module in modules:
        uuid = module.uuid.int if module.uuid else 0
        result += _text(module.name.encode()) + struct.pack("<QQ", uuid >> 64, uuid & 2**64 - 1)
        if words == 2:
            result += struct.pack("<Q", module.build_id >> 64)
        result += struct.pack("<Q", module.build_id & 2**64 - 1)
    return result + _int32(0)


def _record(record: Source | Require, minor: tuple[int, int]) -> bytes:
    if isinstance(record, Require):
        uuid = (record.uuid.int if record.uuid else 0).to_bytes(16, "little")
        path, size, crc32c, mtime = b"\0" + uuid + record.name.encode(), 0, 0, 0.0
        submodule: tuple[str, ...] = ()
    else:
        path, size, crc32c = record.path.encode(), record.size, record.crc32c
        mtime, submodule = record.mtime, record.submodule
    result = _text(path)
    if minor >= (1, 11):
        result += struct.pack("<QI", size, crc32c)
    result += struct.pack("<d", mtime) + _int32(record.owner)
    if record.owner:
        result += b"".join(_text(part.encode()) for part in submodule) + _int32(0)
    return result
