"""The header of a compile cache (``.ji``): what was compiled, by which Julia, against what.

Only the header is read, never the compiled code behind it. Layouts of Julia 1.6 to 1.14-dev,
little-endian::

    format   Julia       differs from the line above by
    11       1.6-1.8
    12       1.9-1.10    checksum, positions of the data, flags, two words to a build id
    12       1.11-1.13   size and CRC-32C in the dependency records
    13       1.14-dev    syntax version; later a blob in place of the preferences' hash
    14       1.14-dev    the mark of an image is 1 in a cache too

Sources: ``src/staticdata_utils.c`` (before 1.9: ``src/dump.c``), which writes it, and
``base/loading.jl`` (``parse_cache_header``), which reads it. A file that does not add up is
reported as unreadable; nothing in it is guessed.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from io import FileIO
from struct import Struct
from uuid import UUID

import msgspec

from precompass.depot.preference_record import (
    NOTHING_READ,
    KeyList,
    PreferenceRecord,
    parse_blob,
)
from precompass.files import disk
from precompass.julia.crc32c import crc32c
from precompass.julia.versions import VersionNumber

MAX_HEADER = 4 * 2**20
"""Bytes; a longer header is not read. A real one has about ten thousand."""
_MAX_TEXT = 1000  # bytes of a name, a version, a branch
_MAX_LIST = 10_000  # modules, keys
_FIRST_READ = 2**15  # bytes; holds almost every header

# A named pipe must not block: it is opened and then refused. Windows would translate line ends.

_MAGIC = b"\xfbjli\r\n\x1a\n"
_OLDEST, _NEWEST = (1, 6), (1, 14)
_FORMATS = (11, 12, 13, 14)
_NEWEST_FORMAT = _FORMATS[-1]
_FORMAT_OF_MARKED_CACHES = 14

_UINT8 = Struct("<B").unpack_from
_INT32 = Struct("<i").unpack_from
_UINT64 = Struct("<Q").unpack_from
_INT64 = Struct("<q").unpack_from
_START = Struct("<8sHHB")  # magic, format, byte order, pointer size
_IMAGE = Struct("<BQqqB")  # is native image, checksum, start and end of the data, flags
_UUID_AND_BUILD_ID = {1: Struct("<QQQ"), 2: Struct("<QQQQ")}
_NUMBERS = 8  # bytes in a dependency record: time of modification
_NUMBERS_WITH_SIZE = 20  # size, CRC-32C, time of modification


class JuliaBuild(msgspec.Struct, frozen=True):
    """The Julia that made a cache. It serves no other: every field must be equal."""

    format: int
    pointer_size: int
    operating_system: str
    architecture: str
    version: VersionNumber
    branch: str
    commit: str


class CompiledModule(msgspec.Struct, frozen=True):
    """One build of a package's module.

    Attributes:
        name: of the module.
        uuid: of the package; None for Core, Base, Main and packages without one.
        build_id: from Julia 1.9 on 128 bits, of which the high 64 are the checksum of the image
            that the module came from; before, 64 bits.
    """

    name: str
    uuid: UUID | None
    build_id: int

    @property
    def image_checksum(self) -> int:
        """The high half of the build id: equal for all modules of one image (1.9 on)."""
        return self.build_id >> 64


class CacheHeader(msgspec.Struct, frozen=True):
    """What the header of a cache says.

    Attributes:
        julia: the Julia that made it.
        checksum: of the compiled code (0 before Julia 1.9).
        flags: ``Base.CacheFlags`` as a byte (None before 1.9).
        syntax_version: minor version of Julia's syntax, less 13 (None before 1.14).
        modules: what the cache provides; first of all its package.
        preferences: what its package read while compiling.
        required: every package that was loaded while it compiled, in any depth, in the very
            build that must be there again. The modules of the system image are among them.
        entry_path: the entry file of the package, as recorded; empty if none is.
        source_text_position: offset in the file of the stored source text.
        clone_targets_length: bytes; 0 if there is no native image beside the file.
        clone_targets: a checksum of the CPU targets that the native image is for; 0 without one.
        records: start and end of the dependency records in the file, for
            :func:`precompass.depot.cache_records.parse_cache_records`.
        records_have_sizes: whether these records have size and CRC-32C (1.11 on).
        length: of the header, in bytes.
    """

    julia: JuliaBuild
    checksum: int
    flags: int | None
    syntax_version: int | None
    modules: tuple[CompiledModule, ...]
    preferences: PreferenceRecord
    required: tuple[CompiledModule, ...]
    entry_path: str
    source_text_position: int
    clone_targets_length: int
    clone_targets: int
    records: tuple[int, int]
    records_have_sizes: bool
    length: int

    @property
    def package(self) -> CompiledModule:
        """The package that the cache is of, in the build that it provides."""
        return self.modules[0]

    @property
    def core(self) -> CompiledModule | None:
        """Core in the build that the cache requires: it represents the system image."""
        return next((one for one in self.required if one.name == "Core" and not one.uuid), None)

    def in_system_image(self, module: CompiledModule) -> bool | None:
        """Tell whether a required module came with Julia itself, not from a cache.

        The modules of the system image share the high half of their build ids with Core. None
        before Julia 1.9, whose build ids do not tell.
        """
        if self.julia.format < 12:
            return None
        core = self.core
        return core is not None and core.image_checksum == module.image_checksum


class UnreadableCache(msgspec.Struct, frozen=True):
    """A file that is not a cache, or not one that can be read here.

    Attributes:
        reason: why, as part of a sentence.
        newer_format: the number of its format, if that is newer than those known here.
        broken_off: the build that made it, if the file ends behind the part that Julia verifies
            and within the rest of its header. Julia does not reject such a file: reading it
            ends in an ``EOFError`` (``parse_cache_header``, Julia 1.6 to 1.14-dev).
    """

    reason: str
    newer_format: int | None = None
    broken_off: JuliaBuild | None = None


def read_cache_header(path: str | os.PathLike[str]) -> CacheHeader | UnreadableCache:
    """Read the header of the cache file at *path*, and not much more of the file."""
    try:
        with disk.open_file(path) as file:
            return _read(file)
    except OSError as error:
        return UnreadableCache(f"cannot be read: {disk.reason(error)}")


def _read(file: FileIO) -> CacheHeader | UnreadableCache:
    data = b""
    wanted = _FIRST_READ
    while True:
        more = file.read(wanted - len(data)) or b""
        data += more
        try:
            return _parse(data)
        except _EndOfDataError:
            if not more:
                return UnreadableCache("is truncated", broken_off=_verified_build(data))
            if len(data) >= MAX_HEADER:
                return UnreadableCache(f"has a header of more than {MAX_HEADER} bytes")
            if len(data) == wanted:
                wanted = min(4 * wanted, MAX_HEADER)
        except _MalformedError as reason:
            return UnreadableCache(str(reason))


def parse_cache_header(data: bytes) -> CacheHeader | UnreadableCache:
    """Read the header of a cache from the first bytes of its file."""
    try:
        return _parse(data)
    except _EndOfDataError:
        return UnreadableCache("is truncated", broken_off=_verified_build(data))
    except _MalformedError as reason:
        return _unreadable(reason)


class _MalformedError(Exception):
    """The bytes are no header of a known layout."""


class _NewerFormatError(_MalformedError):
    """The file is of a Julia newer than those known here; *args* is the format's number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"has format {number}, of a Julia newer than the layouts known here: what it was made "
            "with cannot be told"
        )
        self.number = number


class _EndOfDataError(Exception):
    """The header goes on behind the bytes that are there."""


def _verified_build(data: bytes) -> JuliaBuild | None:
    """Return the build that a file names, if the part that ``isvalid_cache_header`` reads is whole.

    That ends with the build up to Julia 1.8, and with the checksum and the place of the data
    from 1.9 on.
    """
    try:
        build, position = _read_julia_build(data)
    except (_EndOfDataError, _MalformedError, UnicodeDecodeError, struct.error):
        return None
    verified = _IMAGE.size - 1 if build.format >= 12 else 0  # the flags come after it
    return build if len(data) >= position + verified else None


def _unreadable(reason: _MalformedError) -> UnreadableCache:
    number = reason.number if isinstance(reason, _NewerFormatError) else None
    return UnreadableCache(str(reason), number)


def _parse(data: bytes) -> CacheHeader:
    try:
        return _parse_header(data)
    except struct.error:
        raise _EndOfDataError from None
    except UnicodeDecodeError:
        raise _MalformedError("has text that is not UTF-8") from None


def _parse_header(data: bytes) -> CacheHeader:
    julia, position = _read_julia_build(data)
    checksum, flags, syntax_version = 0, None, None
    if julia.format >= 12:
        is_image, checksum, _, _, flags = _IMAGE.unpack_from(data, position)
        if is_image == 1 and julia.format < _FORMAT_OF_MARKED_CACHES:
            raise _MalformedError("is a native image, not the cache beside it")
        if is_image > 1:  # format 12 of a development version of 1.9
            raise _MalformedError("has a header that does not add up")
        position += _IMAGE.size
    if julia.format >= 13:
        syntax_version = _UINT8(data, position)[0]
        position += 1
    modules, position = _read_modules(data, position, build_id_words=1)
    if not modules:
        raise _MalformedError("provides no module")
    provided = tuple(
        CompiledModule(module.name, module.uuid, checksum << 64 | module.build_id)
        for module in modules
    )

    size = _UINT64(data, position)[0]  # from here to the position of the source text
    if size > MAX_HEADER:
        raise _MalformedError(f"claims to have {size} bytes of dependencies")
    start, end = position + 8, position + size
    if end > len(data):
        raise _EndOfDataError
    records_end, have_sizes, preferences = _read_dependencies(
        data[:end], start, julia, len(modules)
    )
    source_text_position = _INT64(data, end)[0]
    required, position = _read_modules(data, end + 8, build_id_words=2 if julia.format >= 12 else 1)

    clone_targets_length = clone_targets = 0
    if julia.format >= 12:
        clone_targets_length = _INT32(data, position)[0]
        if not 0 <= clone_targets_length <= MAX_HEADER:
            raise _MalformedError(f"claims to have {clone_targets_length} bytes of clone targets")
        if position + 4 + clone_targets_length > len(data):
            raise _EndOfDataError
        start_of_targets, position = position + 4, position + 4 + clone_targets_length
        if clone_targets_length:
            clone_targets = crc32c(data[start_of_targets:position])
    return CacheHeader(
        julia=julia,
        checksum=checksum,
        flags=flags,
        syntax_version=syntax_version,
        modules=provided,
        preferences=preferences,
        required=required,
        entry_path=_first_path(data, start),
        source_text_position=source_text_position,
        clone_targets_length=clone_targets_length,
        clone_targets=clone_targets,
        records=(start, records_end),
        records_have_sizes=have_sizes,
        length=position,
    )


def _read_julia_build(data: bytes) -> tuple[JuliaBuild, int]:
    """Return the build of Julia at the start of a file, and the position behind it."""
    if data[: len(_MAGIC)] != _MAGIC[: len(data)]:
        raise _MalformedError("is no compile cache of Julia")
    _, number, byte_order, _ = _START.unpack_from(data)
    if byte_order != 0xFEFF:
        raise _MalformedError("was made on a machine with another byte order")
    if number > _NEWEST_FORMAT:
        raise _NewerFormatError(number)
    if number not in _FORMATS:
        raise _MalformedError(f"has format {number}, which is of no Julia from 1.6 to 1.14")
    position = _START.size
    for _ in range(5):  # operating system, architecture, version, branch, commit
        end = data.find(b"\0", position, position + _MAX_TEXT)
        if end < 0:
            if len(data) >= position + _MAX_TEXT:
                raise _MalformedError(f"has a text of more than {_MAX_TEXT} bytes")
            raise _EndOfDataError
        position = end + 1
    return _julia_build(data[:position]), position


@lru_cache(maxsize=64)
def _julia_build(data: bytes) -> JuliaBuild:
    """Decode the first bytes of a file, which are the same in all caches of one Julia."""
    _, number, _, pointer_size = _START.unpack_from(data)
    texts = [text.decode() for text in data[_START.size : -1].split(b"\0")]
    operating_system, architecture, version_text, branch, commit = texts
    version = VersionNumber.parse(version_text)
    if version is None:
        raise _MalformedError(f"names a version of Julia that is none: {version_text!r}")
    if not _OLDEST <= version.minor <= _NEWEST:
        raise _MalformedError(f"is of Julia {version}; known are 1.6 to 1.14")
    return JuliaBuild(number, pointer_size, operating_system, architecture, version, branch, commit)


def _read_modules(
    data: bytes, position: int, build_id_words: int
) -> tuple[tuple[CompiledModule, ...], int]:
    """Return a list of modules, and the position behind it."""
    numbers = _UUID_AND_BUILD_ID[build_id_words].size
    modules = []
    while length := _INT32(data, position)[0]:
        if not 0 < length <= _MAX_TEXT:
            raise _MalformedError(f"claims a module's name of {length} bytes")
        end = position + 4 + length + numbers
        if end > len(data):
            raise _EndOfDataError
        modules.append(_compiled_module(data[position + 4 : end], build_id_words))
        if len(modules) > _MAX_LIST:
            raise _MalformedError(f"has a list of more than {_MAX_LIST} modules")
        position = end
    return tuple(modules), position + 4


@lru_cache(maxsize=8192)
def _compiled_module(data: bytes, build_id_words: int) -> CompiledModule:
    """Decode one module. The caches of an environment require much the same ones."""
    layout = _UUID_AND_BUILD_ID[build_id_words]
    uuid_high, uuid_low, *words = layout.unpack_from(data, len(data) - layout.size)
    uuid = uuid_high << 64 | uuid_low
    build_id = words[0] if build_id_words == 1 else words[0] << 64 | words[1]
    return CompiledModule(data[: -layout.size].decode(), UUID(int=uuid) if uuid else None, build_id)


def _read_dependencies(
    data: bytes, start: int, julia: JuliaBuild, owners: int
) -> tuple[int, bool, PreferenceRecord]:
    """Return where the dependency records end, whether they have sizes, and the preferences.

    *data* ends where the preferences end; all must add up to this very byte.
    """
    have_sizes = julia.version.minor >= (1, 11)
    choices = [have_sizes]
    if julia.version.release == (1, 11, 0) and julia.version.prerelease[:1] == ("DEV",):
        choices.append(False)  # sizes came in the course of that version
    for choice in choices:
        try:
            end = _skip_records(data, start, choice, owners)
            return end, choice, _read_preferences(data, end)
        except struct.error:
            continue
    raise _MalformedError("has dependencies that do not add up")


def _first_path(data: bytes, start: int) -> str:
    """Return the path of the first dependency record, unless that is an import."""
    length = _INT32(data, start)[0]
    path = data[start + 4 : start + 4 + max(length, 0)]
    return "" if path.startswith(b"\0") else path.decode(errors="replace")


def _skip_records(data: bytes, position: int, have_sizes: bool, owners: int) -> int:
    """Return the position behind the dependency records. Raises struct.error if there is none."""
    numbers = _NUMBERS_WITH_SIZE if have_sizes else _NUMBERS
    while length := _INT32(data, position)[0]:
        if length < 0:
            raise struct.error
        position += 4 + length + numbers
        owner = _INT32(data, position)[0]
        position += 4
        if owner:
            if not 0 < owner <= owners:
                raise struct.error
            while length := _INT32(data, position)[0]:  # the path of a submodule
                if length < 0:
                    raise struct.error
                position += 4 + length
            position += 4
    return position + 4


def _read_preferences(data: bytes, position: int) -> PreferenceRecord:
    """Read a key list or a blob, whichever ends with the data. Raises struct.error if none."""
    length = _INT32(data, position)[0]
    position += 4
    if length == len(data) - position:
        if length == 0:
            return NOTHING_READ
        try:
            return parse_blob(data[position:].decode())
        except ValueError as error:
            raise _MalformedError(str(error)) from None
    keys = []
    while length:
        if not 0 < length <= len(data) - position:
            raise struct.error
        keys.append(data[position : position + length].decode())
        if len(keys) > _MAX_LIST:
            raise _MalformedError(f"has a list of more than {_MAX_LIST} keys")
        position += length
        length = _INT32(data, position)[0]
        position += 4
    if len(data) - position != 8:
        raise struct.error
    return KeyList(tuple(keys), _UINT64(data, position)[0])
