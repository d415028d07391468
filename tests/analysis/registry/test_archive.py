"""Reading a packed registry's tarball, and refusing what no registry holds."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.registry import archive
from precompass.registry.archive import ArchiveRefusedError, read_members

Add = Callable[[tarfile.TarFile], None]


def write(path: Path, *additions: Add, form: int = tarfile.PAX_FORMAT, **options: object) -> Path:
    with tarfile.open(path, "w:gz", format=form, **options) as tar:  # type: ignore[call-overload]
        for add in additions:
            add(tar)
    return path


def file(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, **fields: object) -> Add:
    def add(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.type = len(data), kind
        for field, value in fields.items():
            setattr(member, field, value)
        tar.addfile(member, io.BytesIO(data))

    return add


def read(path: Path) -> dict[str, bytes]:
    return {member.name: member.data for member in read_members(path, lambda _: True)}


def refusal(path: Path) -> str:
    with pytest.raises(ArchiveRefusedError) as refused:
        read(path)
    return str(refused.value)


LONG = "E/" + "x" * 60 + "/" + "y" * 60 + "/Package.toml"
VERY_LONG = "E/" + "x" * 300 + "/Package.toml"


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_members_of_every_tar_format(tmp_path: Path, form: int) -> None:
    path = write(
        tmp_path / "a.tar.gz",
        file("E", kind=tarfile.DIRTYPE),
        file("E/Example/Package.toml", b"x" * 511),
        file("E/Example/Versions.toml", b"x" * 512),
        file("./E/Example/Deps.toml", b"x" * 513),
        file("Registry.toml", b"", kind=tarfile.AREGTYPE),
        file(LONG, b"long"),
        form=form,
    )
    assert {name: len(data) for name, data in read(path).items()} == {
        "E/Example/Package.toml": 511,
        "E/Example/Versions.toml": 512,
        "E/Example/Deps.toml": 513,
        "Registry.toml": 0,
        LONG: 4,
    }


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_name_too_long_for_a_header(tmp_path: Path, form: int) -> None:
    path = write(tmp_path / "a.tar.gz", file(VERY_LONG, b"a"), file("b", b"b"), form=form)
    assert read(path) == {VERY_LONG: b"a", "b": b"b"}


def test_an_archive_made_by_git_names_its_commit_in_a_global_header(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", file("a", b"1"), pax_headers={"comment": "d6b0f6d9"})
    assert read(path) == {"a": b"1"}


def test_only_what_is_wanted_is_returned_with_its_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", file("a", b"1", mtime=1681300637), file("b", b"2"))
    (member,) = read_members(path, "a".__eq__)
    assert (member.name, member.data, member.mtime) == ("a", b"1", 1681300637)


def test_zstandard_as_newer_versions_of_pkg_write_it(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd")
    tar = gzip.decompress(write(tmp_path / "a.tar.gz", file("a", b"1" * 1000)).read_bytes())
    path = tmp_path / "a.tar.zst"
    path.write_bytes(zstd.compress(tar))
    assert read(path) == {"a": b"1" * 1000}
    path.write_bytes(zstd.compress(tar)[:-9])
    assert refusal(path) == "the archive is truncated"
    path.write_bytes(zstd.compress(tar)[:4] + b"\xff" * 40)
    assert "damaged" in refusal(path)


def test_zstandard_where_python_cannot_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "zstd", None)
    (tmp_path / "a.tar.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    assert "needs the Python package backports.zstd" in refusal(tmp_path / "a.tar.zst")


def test_progress_follows_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", *(file(f"{n}") for n in range(1200)))
    shares: list[float] = []
    assert len(list(read_members(path, lambda _: True, shares.append))) == 1200
    assert len(shares) == 3
    assert all(0 < share <= 1 for share in shares)
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (file("/etc/passwd", b"x"), "member '/etc/passwd' has an absolute name"),
        (file("C:/x", b"x"), "absolute name or one for Windows"),
        (file("a\\..\\b", b"x"), "absolute name or one for Windows"),
        (file("E/../../x", b"x"), "member 'E/../../x' leads out of the archive"),
        (file("..", kind=tarfile.DIRTYPE), "member '../' leads out of the archive"),
        (file("a", kind=tarfile.SYMTYPE, linkname="/etc/passwd"), "'a' is a symbolic link"),
        (file("a", kind=tarfile.LNKTYPE, linkname="b"), "'a' is a hard link"),
        (file("a", kind=tarfile.CHRTYPE), "'a' is a device"),
        (file("a", kind=tarfile.FIFOTYPE), "'a' is a pipe"),
        (file("a", kind=tarfile.GNUTYPE_SPARSE), "'a' is a sparse file"),
        (file("a", kind=b"Z"), "'a' is a special file"),
        (file("a", b"x" * 512, kind=tarfile.DIRTYPE), "'a/' is a folder with content"),
        (file("x" * 1001), "more than 1000 characters"),
        (file("a", b"x", pax_headers={"size": "7"}), "sets b'size'"),
        (file("a", b"x", pax_headers={"GNU.sparse.size": "7"}), "sets b'GNU.sparse.size'"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path: Path, add: Add, message: str) -> None:
    assert message in refusal(write(tmp_path / "a.tar.gz", file("ok", b"1"), add))


def test_one_name_for_all_members_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", file("a", b"1"), pax_headers={"path": "evil"})
    assert refusal(path) == "the archive gives all its members one name"


def test_too_much_of_anything_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.tar.gz", *(file(f"{n}", b"x" * 600) for n in range(10)))
    monkeypatch.setattr(archive, "MAX_MEMBERS", 9)
    assert refusal(path) == "the archive has more than 9 members"
    monkeypatch.setattr(archive, "MAX_MEMBERS", 11)
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 599)
    assert refusal(path) == "a member has 600 bytes, more than 599"
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 600)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 10 * 1536 - 1)
    assert refusal(path) == "the archive unpacks to more than 15,359 bytes"


def test_an_archive_of_many_empty_members_is_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 5000)
    folders = (file(f"{n}", kind=tarfile.DIRTYPE) for n in range(10))
    assert "unpacks to more than" in refusal(write(tmp_path / "a.tar.gz", *folders))
    path = tmp_path / "zeros.tar.gz"
    path.write_bytes(gzip.compress(b"\0" * 100_000))
    assert "unpacks to more than" in refusal(path)


def test_every_truncation_is_noticed(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.tar.gz", file("a", b"1" * 2000), file("b")).read_bytes()
    path = tmp_path / "cut.tar.gz"
    for length in range(4, len(whole)):
        path.write_bytes(whole[:length])
        assert refusal(path) == "the archive is truncated"


def test_a_tar_file_that_ends_within_a_member_is_truncated(tmp_path: Path) -> None:
    tar = gzip.decompress(write(tmp_path / "a.tar.gz", file("a", b"1" * 2000)).read_bytes())
    for length in (100, 512 + 100, 512 + 1024):
        (tmp_path / "cut.tar.gz").write_bytes(gzip.compress(tar[:length]))
        assert refusal(tmp_path / "cut.tar.gz") == "the archive is truncated"


def test_every_flipped_byte_of_the_compressed_data_is_noticed(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.tar.gz", file("a", bytes(range(256)) * 4)).read_bytes()
    path = tmp_path / "flipped.tar.gz"
    for position in range(20, len(whole)):  # before that lie the time and the name, which are free
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        with pytest.raises(ArchiveRefusedError):
            read(path)


def test_a_damaged_header_inside_sound_compression(tmp_path: Path) -> None:
    tar = bytearray(gzip.decompress(write(tmp_path / "a.tar.gz", file("a", b"1")).read_bytes()))
    path = tmp_path / "b.tar.gz"
    for position in (0, 124, 148, 156, 257):
        damaged = tar.copy()
        damaged[position] ^= 0x41
        path.write_bytes(gzip.compress(bytes(damaged)))
        assert "damaged" in refusal(path)


def test_a_size_that_is_no_octal_number(tmp_path: Path) -> None:
    tar = bytearray(gzip.decompress(write(tmp_path / "a.tar.gz", file("a", b"1")).read_bytes()))
    path = tmp_path / "b.tar.gz"
    for field in (b"-0000000001\0", b"\x80" + b"\0" * 11, b"0000000000x\0"):
        tar[124:136] = field
        tar[148:156] = b"%06o\0 " % (sum(tar[:148]) + 8 * 32 + sum(tar[156:512]))
        path.write_bytes(gzip.compress(bytes(tar)))
        assert refusal(path) == "the archive is damaged: a header holds no octal number"


@pytest.mark.parametrize("records", [b"x", b"0 path=a\n", b"8 path=a\n", b"99 path=a\n", b" =\n"])
def test_a_damaged_extended_header(tmp_path: Path, records: bytes) -> None:
    path = write(tmp_path / "a.tar.gz", file("x", records, kind=tarfile.XHDTYPE), file("a"))
    assert refusal(path) == "the archive is damaged: an extended header cannot be read"


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", file("\udcff", b""), form=tarfile.GNU_FORMAT)
    assert refusal(path) == "a member's name is not UTF-8"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the archive is empty"),
        (b"\x1f\x8b", "the archive is truncated"),
        (b"PK\x03\x04", "the archive is compressed with neither gzip nor Zstandard"),
    ],
)
def test_a_file_that_is_no_such_archive(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.tar.gz").write_bytes(data)
    assert refusal(tmp_path / "a.tar.gz") == message
