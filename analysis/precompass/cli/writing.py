"""Writing changed files, all of them or none."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from precompass.documents.text import SourceText, decode, encode
from precompass.files import disk
from precompass.files.links import leads_out
from precompass.files.snapshot import MAX_FILE_SIZE

_NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
"""A pipe that nobody reads is an error, and not waited for."""
_NOT_FOLLOWING = getattr(os, "O_NOFOLLOW", 0)


class FileChange(msgspec.Struct, frozen=True):
    """What is to become of a file.

    Attributes:
        file: where it is.
        before: what was read; None if the file is new.
        after: its text as it is to be, without a byte-order mark.
    """

    file: Path
    before: SourceText | None
    after: str


class CannotWrite(Exception):  # noqa: N818 - it is no error of the program
    """Why nothing was written: the file, and the reason as the rest of a sentence about it."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason


def write_all(changes: Sequence[FileChange]) -> None:
    """Write changed files; each is replaced at once, and keeps its mode and byte-order mark.

    First everything is written beside its file. Only when that has worked, and no file is
    another one than was read, the new ones take the place of the old ones; if one of them
    cannot, those before it are put back.

    Raises:
        CannotWrite: if one file cannot be written. Then none has changed.
    """
    staged: list[tuple[FileChange, Path, Path]] = []
    try:
        for change in changes:
            target = Path(disk.real_path(change.file))  # a symlink stays one
            has_bom = change.before is not None and change.before.has_bom
            staged.append((change, target, _stage(change.file, target, change.after, has_bom)))
        for change, target, _ in staged:
            _refuse_if_changed(change, target)
        _replace_all(staged)
    finally:
        for _, _, temporary in staged:
            temporary.unlink(missing_ok=True)


def write_output(file: Path, text: str) -> None:
    """Write a file that the user named, replacing what it held; lines end alike everywhere.

    A link in the working directory may be a stranger's, so none is followed to what is written:
    neither one in place of the file, nor one that leads out. Links in the root are the system's, as
    ``/dev/stdout`` is.

    Raises:
        OSError: if it cannot be written.
    """
    folder = Path.cwd()
    path = Path(os.path.abspath(file))  # noqa: PTH100 - no symlink is followed
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOT_WAITING
    if folder != folder.parent and path.is_relative_to(folder):
        status = disk.link_status(path)
        is_link = status is not None and stat.S_ISLNK(status.st_mode)
        if is_link or leads_out(path.parent, folder) or not disk.is_allowed(path.parent):
            raise OSError(errno.ELOOP, "it is behind a link; name the file itself", str(file))
        flags |= _NOT_FOLLOWING
    handle = os.open(file, flags, 0o666)
    with os.fdopen(handle, "wb") as stream:
        if sys.platform != "win32":
            os.set_blocking(handle, True)
        stream.write(text.encode())


def _stage(file: Path, target: Path, text: str, has_bom: bool) -> Path:
    """Write the text beside its file, with that one's mode and owner; return where."""
    temporary: Path | None = None
    try:
        status = disk.examine(target)
        if status is not None and not os.access(target, os.W_OK):
            raise CannotWrite(file, "may not be written")
        descriptor, name = tempfile.mkstemp(".tmp", f".{target.name}.", target.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(encode(text, has_bom=has_bom))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(status.st_mode if status is not None else 0o666 & ~_umask())
        if status is not None and sys.platform != "win32":
            with suppress(OSError):  # only root may give a file away
                os.chown(temporary, status.st_uid, status.st_gid)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise CannotWrite(file, f"cannot be written ({error.strerror})") from error
    return temporary


def _umask() -> int:
    mask = os.umask(0)  # the only way to ask for it sets it
    os.umask(mask)
    return mask


def _refuse_if_changed(change: FileChange, target: Path) -> None:
    if change.before is not None and change.before.invalid_utf8_at is not None:
        raise CannotWrite(change.file, "is not UTF-8")
    try:
        now = decode(disk.read_file(target, MAX_FILE_SIZE + 1))
    except FileNotFoundError:
        now = None
    except OSError as error:
        raise CannotWrite(change.file, f"cannot be read ({error.strerror})") from error
    if now != change.before:
        raise CannotWrite(change.file, "has changed since it was read")


def _replace_all(staged: Sequence[tuple[FileChange, Path, Path]]) -> None:
    done: list[tuple[FileChange, Path]] = []
    try:
        for change, target, temporary in staged:
            temporary.replace(target)
            done.append((change, target))
    except OSError as error:
        for before, target in done:
            _put_back(before, target)
        file = staged[len(done)][0].file
        raise CannotWrite(file, f"cannot be replaced ({error.strerror})") from error


def _put_back(change: FileChange, target: Path) -> None:
    if change.before is None:
        target.unlink()
        return
    text, has_bom = change.before.text, change.before.has_bom
    _stage(change.file, target, text, has_bom).replace(target)
