"""Git repositories that somebody made to hang their reader, or to fill its memory."""

from __future__ import annotations

import hashlib
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.pack import write_pack_index_v2
from dulwich.repo import Repo

from precompass.files import disk
from precompass.files.library_files import held_to_the_gate
from precompass.files.revision import NoRevision, Revision, open_revision
from precompass.files.snapshot import Disk
from support.special_files import make_pipe

IDENTITY = b"A <a@b>"
PROJECT = b'name = "Survey"\n'
COMMIT, TREE, BLOB, OFFSET_DELTA, REFERENCE_DELTA = 1, 2, 3, 6, 7
LARGE = 2**28


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "Survey"
    root.mkdir()
    (root / "Project.toml").write_bytes(PROJECT)
    porcelain.init(str(root)).close()
    porcelain.add(str(root), [str(root / "Project.toml")])
    porcelain.commit(str(root), message=b"x", author=IDENTITY, committer=IDENTITY, sign=False)
    return root


def read(root: Path) -> bytes | None:
    """Return what the newest commit has as its project file; None if it cannot be read."""
    revision = open_revision(root, "HEAD", Disk())
    if isinstance(revision, NoRevision):
        return None
    source = revision.read(root / "Project.toml")
    revision.close()
    return source.text.encode() if source is not None else None


def _pipe(path: Path) -> None:
    make_pipe(path)


def _zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _input(path: Path) -> None:
    path.symlink_to("/dev/stdin")


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize("make", [_pipe, _zeros, _input, _circle, _sparse])
@pytest.mark.parametrize(
    "name",
    [
        "HEAD",
        "config",
        "config.worktree",
        "packed-refs",
        "shallow",
        "commondir",
        "info/grafts",
        "refs/heads/master",
        "objects/info/alternates",
        "objects/info/commit-graph",
        "objects/pack/multi-pack-index",
    ],
)
def test_what_is_no_file_is_not_there(root: Path, name: str, make: Callable[[Path], None]) -> None:
    """A pipe would be waited for, and a device read for ever; git itself does so."""
    path = root / ".git" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    try:
        make(path)
    except OSError:
        pytest.skip("the system has no such files")
    found = read(root)
    if name == "objects/pack/multi-pack-index":  # dulwich insists on it if anything is there
        assert found in (None, PROJECT)
    else:
        assert found == (None if name in ("HEAD", "refs/heads/master") else PROJECT)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_settings_that_include_a_pipe_are_read_without_it(root: Path) -> None:
    make_pipe(root / ".git" / "more")
    with (root / ".git" / "config").open("a") as file:
        file.write("[include]\n\tpath = more\n\tpath = /dev/zero\n[core]\n\texcludesFile = more\n")
    assert read(root) == PROJECT


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_an_object_that_is_a_pipe_is_not_there(root: Path) -> None:
    with Repo(str(root)) as repository:
        name = Blob.from_string(PROJECT).id.decode()
        path = Path(str(repository.object_store.path), name[:2], name[2:])
    path.unlink()
    make_pipe(path)
    assert read(root) is None


def test_stores_that_name_each_other_are_an_end(root: Path) -> None:
    info = root / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{root / '.git' / 'objects'}\n")
    assert read(root) == PROJECT
    assert isinstance(open_revision(root, "a" * 40, Disk()), NoRevision)


def header(kind: int, size: int) -> bytes:
    first, size = kind << 4 | size & 15, size >> 4
    found = bytearray()
    while size:
        found.append(first | 128)
        first, size = size & 127, size >> 7
    found.append(first)
    return bytes(found)


def whole(kind: int, content: bytes) -> bytes:
    return header(kind, len(content)) + zlib.compress(content)


def number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def delta(result: int) -> bytes:
    """Changes a text of 16 bytes into one of so many, by copies of it."""
    return number(16) + number(result) + b"\x90\x10" * (result // 16)


def write_pack(root: Path, objects: list[tuple[bytes, bytes]]) -> None:
    """Write a pack of objects, each its name and how it is written; then a branch for it."""
    data = b"PACK" + struct.pack(">II", 2, len(objects))
    entries = []
    for name, written in objects:
        entries.append((name, len(data), zlib.crc32(written)))
        data += written
    checksum = hashlib.sha1(data).digest()
    folder = root / ".git" / "objects" / "pack"
    folder.mkdir(exist_ok=True)
    (folder / "pack-x.pack").write_bytes(data + checksum)
    with (folder / "pack-x.idx").open("wb") as file:
        write_pack_index_v2(file, sorted(entries), checksum)


def commit_of(root: Path, blob: bytes) -> list[tuple[bytes, bytes]]:
    """Make a commit whose project file is an object of that name; return what a pack has of it."""
    tree, commit = Tree(), Commit()
    tree.add(b"Project.toml", 0o100644, ObjectID(blob.hex().encode()))
    commit.tree = tree.id
    commit.author = commit.committer = IDENTITY
    commit.author_time = commit.commit_time = 0
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = b"x"
    (root / ".git" / "refs" / "heads" / "master").write_bytes(commit.id + b"\n")
    (root / ".git" / "refs" / "heads" / "main").write_bytes(commit.id + b"\n")
    return [
        (commit.sha().digest(), whole(COMMIT, commit.as_raw_string())),
        (tree.sha().digest(), whole(TREE, tree.as_raw_string())),
    ]


def _of_zeros() -> list[tuple[bytes, bytes]]:
    packer = zlib.compressobj()
    data = b"".join(packer.compress(bytes(2**20)) for _ in range(LARGE // 2**20))
    return [(b"b" * 20, header(BLOB, LARGE) + data + packer.flush())]


def _of_copies() -> list[tuple[bytes, bytes]]:
    change = delta(LARGE)
    written = header(REFERENCE_DELTA, len(change)) + b"c" * 20 + zlib.compress(change)
    return [(b"b" * 20, written), (b"c" * 20, whole(BLOB, b"x" * 16))]


def _of_itself() -> list[tuple[bytes, bytes]]:
    change = zlib.compress(delta(16))
    return [(b"b" * 20, header(OFFSET_DELTA, len(delta(16))) + b"\x00" + change)]


def _of_one_another() -> list[tuple[bytes, bytes]]:
    change = header(REFERENCE_DELTA, len(delta(16))), zlib.compress(delta(16))
    return [
        (b"b" * 20, change[0] + b"c" * 20 + change[1]),
        (b"c" * 20, change[0] + b"b" * 20 + change[1]),
    ]


def _that_is_cut_off() -> list[tuple[bytes, bytes]]:
    return [(b"b" * 20, header(BLOB, 30)[:1])]


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        (_of_zeros, "a git object is too large"),
        (_of_copies, "a git object is too large"),
        (_of_itself, "leads to itself"),
        (_of_one_another, ""),
        (_that_is_cut_off, ""),
    ],
)
def test_an_object_that_would_be_huge_or_has_no_end_is_not_read(
    root: Path, objects: Callable[[], list[tuple[bytes, bytes]]], why: str
) -> None:
    write_pack(root, [*commit_of(root, b"b" * 20), *objects()])
    revision = open_revision(root, "HEAD", Disk())
    assert isinstance(revision, Revision)
    tracemalloc.start()
    assert revision.read(root / "Project.toml") is None
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    said = revision.unreadable(root / "Project.toml")
    assert said.startswith("git's objects for it cannot be")
    assert why in said
    assert used < LARGE // 8
    revision.close()


def test_an_object_made_by_deltas_is_read(root: Path) -> None:
    base, change = b'n = "x"  # sixty', delta(160)
    name = Blob.from_string(base * 10).sha().digest()
    back = bytes([len(whole(BLOB, base))])
    written = header(OFFSET_DELTA, len(change)) + back + zlib.compress(change)
    objects = [(Blob.from_string(base).sha().digest(), whole(BLOB, base)), (name, written)]
    write_pack(root, [*commit_of(root, name), *objects])
    assert read(root) == base * 10


def test_modules_are_imported_while_a_library_is_held_to_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "status", lambda _: None)
    with held_to_the_gate():
        import this  # noqa: F401
    (tmp_path / "a").write_text("x")
    with held_to_the_gate(), pytest.raises(FileNotFoundError):
        (tmp_path / "a").read_text()
    assert (tmp_path / "a").read_text() == "x"
