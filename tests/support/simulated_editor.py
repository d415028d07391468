"""An editor in which a random walk opens, edits and saves files, and the server behind it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeAlias

from precompass.answers.unsure import unsure
from precompass.files.snapshot import Disk, Snapshot
from precompass.session import Session
from precompass.settings.settings import Settings
from support.random_edits import Edit, lsp_range
from support.raw_client import RawClient

SERVER = (sys.executable, "-m", "precompass_lsp")
WHOLE_FILES = (
    "textDocument/diagnostic",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/documentLink",
    "textDocument/codeLens",
    "textDocument/inlayHint",
)

_ERROR = 1  # LSP 3.17, "MessageType"

STEADY = ("textDocument/codeLens", "textDocument/inlayHint")
"""Answers that stay what they were while a line of the file cannot be read."""

Question: TypeAlias = tuple[str, Path, int, int]
"""A request: its method, an open file, and the part of its text that it is about."""


@dataclass
class Buffer:
    """A file in the editor: its text, its version, and what it was before its last edits."""

    text: str
    version: int = 1
    before: list[str] = field(default_factory=list)


@dataclass
class Files:
    """All that a server is told of: a folder, what is open, and the settings.

    Attributes:
        folder: the folder of the workspace.
        originals: the files at the beginning, by their paths in the folder.
        open: what is open in the editor, by path.
        settings: the section ``precompass``.
    """

    folder: Path
    originals: Mapping[str, str]
    open: dict[Path, Buffer] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def copied(self, folder: Path) -> Files:
        """Return the same files in another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return Files(
            folder,
            self.originals,
            {
                folder / path.relative_to(self.folder): Buffer(
                    buffer.text, buffer.version, list(buffer.before)
                )
                for path, buffer in self.open.items()
            },
            self.settings,
        )

    def comparable(
        self, questions: Sequence[Question], environment: Mapping[str, str]
    ) -> list[Question]:
        """Return the questions that a server which has just started must answer alike.

        While a file, or one beside it, is broken, lenses and hints are those of before, which a
        new server has not seen.
        """
        texts = {path: buffer.text for path, buffer in self.open.items()}
        session = Session(Snapshot(Disk(), texts), Settings(variables=dict(environment)))
        broken = {path for path in self.open if unsure(session, path) is not None}
        return [one for one in questions if one[0] not in STEADY or one[1] not in broken]


class Editor:
    """A server, and what an editor does to it.

    Args:
        files: what the server is told of; the editor changes it.
        environment: the environment variables of the server.
        encoding: how positions count characters: utf-8, utf-16 or utf-32.
        pulls: whether the editor asks for diagnostics, instead of being told.
    """

    def __init__(
        self,
        files: Files,
        environment: Mapping[str, str],
        encoding: str,
        *,
        pulls: bool,
    ) -> None:
        self.files = files
        self.encoding = encoding
        self.pulls = pulls
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self.client = RawClient(SERVER, environment, self._errors)

    def start(self) -> None:
        """Say hello, and open what is open."""
        self.client.settings = dict(self.files.settings)
        pulls: Mapping[str, object] = {"diagnostic": {}} if self.pulls else {}
        self.client.initialize(
            self.files.folder,
            {
                "general": {"positionEncodings": [self.encoding]},
                "textDocument": {
                    "publishDiagnostics": {"relatedInformation": True},
                    "hover": {"contentFormat": ["markdown"]},
                    **pulls,
                },
                "workspace": {
                    "configuration": True,
                    "didChangeWatchedFiles": {"dynamicRegistration": True},
                    "diagnostics": {"refreshSupport": True},
                    "inlayHint": {"refreshSupport": True},
                    "workspaceEdit": {"documentChanges": True},
                },
            },
            {"debounce": 0, **self.files.settings},
        )
        self.client.notify("initialized", {})
        for path in self.files.open:
            self._tell_open(path)

    # What the user does

    def open(self, path: Path) -> None:
        """Open a file of the disk."""
        text = path.read_bytes().decode("utf-8", "replace")
        self.files.open[path] = Buffer(text)
        self._tell_open(path)

    def _tell_open(self, path: Path) -> None:
        buffer = self.files.open[path]
        item = {
            "uri": path.as_uri(),
            "languageId": "toml",
            "version": buffer.version,
            "text": buffer.text,
        }
        self.client.notify("textDocument/didOpen", {"textDocument": item})

    def edit(self, path: Path, edits: Sequence[Edit], *, whole: bool = False) -> None:
        """Change an open file, each edit in the text that the one before left."""
        buffer = self.files.open[path]
        buffer.before = [*buffer.before[-20:], buffer.text]
        changes: list[dict[str, Any]] = []
        for edit in edits:
            place = {"range": lsp_range(buffer.text, edit.start, edit.end, self.encoding)}
            buffer.text = edit.applied(buffer.text)
            changes.append({"text": buffer.text} if whole else {**place, "text": edit.new_text})
        self._tell_change(path, changes)

    def undo(self, path: Path) -> None:
        """Take the last edits back."""
        buffer = self.files.open[path]
        if buffer.before:
            buffer.text = buffer.before.pop()
            self._tell_change(path, [{"text": buffer.text}])

    def _tell_change(self, path: Path, changes: Sequence[Mapping[str, Any]]) -> None:
        buffer = self.files.open[path]
        buffer.version += 1
        identifier = {"uri": path.as_uri(), "version": buffer.version}
        self.client.notify(
            "textDocument/didChange", {"textDocument": identifier, "contentChanges": changes}
        )

    def save(self, path: Path) -> None:
        """Write an open file to disk."""
        self.write(path, self.files.open[path].text)
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})

    def close(self, path: Path) -> None:
        """Close a file."""
        del self.files.open[path]
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    # What happens on disk

    def write(self, path: Path, text: str) -> None:
        """Create or change a file on disk."""
        is_new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        self._tell_watched((path, 1 if is_new else 2))

    def delete(self, path: Path) -> None:
        """Delete a file on disk."""
        path.unlink()
        self._tell_watched((path, 3))

    def rename(self, path: Path, to: Path) -> None:
        """Rename a file on disk, over another one if there is one."""
        is_new = not to.exists()
        path.replace(to)
        self._tell_watched((path, 3), (to, 1 if is_new else 2))

    def _tell_watched(self, *changes: tuple[Path, int]) -> None:
        self.client.notify(
            "workspace/didChangeWatchedFiles",
            {"changes": [{"uri": path.as_uri(), "type": kind} for path, kind in changes]},
        )

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Change the settings."""
        self.files.settings = settings
        self.client.settings = dict(settings)
        self.client.notify("workspace/didChangeConfiguration", {"settings": {}})

    # What is asked

    def params(self, method: str, path: Path, start: int, end: int) -> dict[str, Any]:
        """Return the parameters of a request about a part of an open file."""
        text = self.files.open[path].text
        document = {"textDocument": {"uri": path.as_uri()}}
        part = lsp_range(text, start, end, self.encoding)
        match method:
            case "textDocument/codeAction":
                return {**document, "range": part, "context": {"diagnostics": []}}
            case "textDocument/inlayHint":
                return {**document, "range": part}
            case "textDocument/references":
                return {
                    **document,
                    "position": part["start"],
                    "context": {"includeDeclaration": True},
                }
            case "textDocument/selectionRange":
                return {**document, "positions": [part["start"], part["end"]]}
            case _ if method in WHOLE_FILES:
                return document
            case _:
                return {**document, "position": part["start"]}

    def answers(self, questions: Sequence[Question]) -> list[Any]:
        """Return the answers to requests about parts of open files."""
        numbers = [
            self.client.ask(method, self.params(method, path, start, end))
            for method, path, start, end in questions
        ]
        found = []
        for number in numbers:
            answer = self.client.answer(number)
            result = answer.get("result")
            if isinstance(result, dict):
                result.pop("resultId", None)
            found.append({"error": answer["error"]} if "error" in answer else result)
        return found

    def told(self) -> dict[str, list[Any]]:
        """Return the diagnostics that the server has pushed, of files that have some."""
        with_some = {
            uri: shown["diagnostics"]
            for uri, shown in dict(self.client.shown).items()
            if shown["diagnostics"]
        }
        return dict(sorted(with_some.items()))

    def failures(self) -> str:
        """Return what the server has said of errors, if anything."""
        messages = [log["message"] for log in list(self.client.logged) if log["type"] == _ERROR]
        self._errors.seek(0)
        written = self._errors.read().decode("utf-8", "replace")
        is_error = any(word in written for word in (" ERROR ", " CRITICAL ", "Traceback"))
        return "\n".join([*messages, written if is_error else ""]).strip()[-4000:]

    def end(self) -> None:
        """End the server."""
        self.client.end()
        self._errors.close()

    def memory(self) -> float:
        """Return the resident memory of the server, in MiB; 0 where it cannot be told."""
        status = Path(f"/proc/{self.client.process.pid}/status")
        if not status.exists():
            return 0.0
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
