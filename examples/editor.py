"""A very small editor: it shows what a language server says of a file, and applies its edits."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path

PATIENCE = 60.0
"""Seconds to wait for an answer; generous, for slow machines."""

_CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(
        # Characters are then code points, as in a Python string.
        position_encodings=[types.PositionEncodingKind.Utf32]
    ),
    text_document=types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        code_action=types.CodeActionClientCapabilities(
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
            ),
            data_support=True,
            resolve_support=types.ClientCodeActionResolveOptions(["edit"]),
        ),
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
)


class Editor(LanguageClient):
    """A client of one language server, with the files that it has open.

    Attributes:
        milliseconds: how long the last answer took.
    """

    def __init__(self) -> None:
        super().__init__("demo", "1")
        self.milliseconds = 0.0
        self._texts: dict[Path, str] = {}
        self._versions: dict[Path, int] = {}
        self._shown: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

        def show(params: types.PublishDiagnosticsParams) -> None:
            self._shown.put_nowait(params)

        listen: Callable[[Callable[..., None]], object] = self.feature(
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        )
        listen(show)

    async def start(
        self, command: Sequence[str], folder: Path, variables: Mapping[str, str]
    ) -> types.InitializeResult:
        """Start a server on a folder and return what it says of itself."""
        since = time.perf_counter()
        await self.start_io(*command, env=dict(variables))
        workspace = [types.WorkspaceFolder(folder.as_uri(), folder.name)]
        async with asyncio.timeout(PATIENCE):
            result = await self.initialize_async(
                types.InitializeParams(capabilities=_CAPABILITIES, workspace_folders=workspace)
            )
        self._took(since)
        self.initialized(types.InitializedParams())
        return result

    async def open(self, path: Path) -> Sequence[types.Diagnostic]:
        """Open a file and return the diagnostics that the server shows for it."""
        since = time.perf_counter()
        self._texts[path], self._versions[path] = path.read_text(encoding="utf-8"), 1
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(path.as_uri(), "toml", 1, self._texts[path])
            )
        )
        return await self._diagnostics(path, since)

    async def hover(self, path: Path, line: int, character: int) -> str:
        """Return the Markdown that the server shows for a place."""
        since = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            hover = await self.text_document_hover_async(
                types.HoverParams(
                    types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character)
                )
            )
        self._took(since)
        if hover is None or not isinstance(hover.contents, types.MarkupContent):
            return ""
        return hover.contents.value

    async def actions(self, path: Path, diagnostic: types.Diagnostic) -> Sequence[types.CodeAction]:
        """Return what the server offers to do about a diagnostic."""
        since = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            found = await self.text_document_code_action_async(
                types.CodeActionParams(
                    types.TextDocumentIdentifier(path.as_uri()),
                    diagnostic.range,
                    types.CodeActionContext([diagnostic]),
                )
            )
        self._took(since)
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    async def apply(self, action: types.CodeAction) -> Sequence[Path]:
        """Make the edits of a code action in the files on disk and return which they are."""
        since = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            resolved = await self.code_action_resolve_async(action)
        self._took(since)
        changes = (resolved.edit and resolved.edit.document_changes) or ()
        return [
            self._edit(change) for change in changes if isinstance(change, types.TextDocumentEdit)
        ]

    async def save(self, path: Path) -> Sequence[types.Diagnostic]:
        """Tell the server of the text on disk and return the diagnostics for it."""
        since = time.perf_counter()
        self._texts[path] = path.read_text(encoding="utf-8")
        self._versions[path] += 1
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._versions[path], path.as_uri()),
                [types.TextDocumentContentChangeWholeDocument(self._texts[path])],
            )
        )
        self.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri()))
        )
        return await self._diagnostics(path, since)

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        """Pass on what a server that ended in trouble had to say."""
        if server.returncode and server.stderr is not None:
            sys.stderr.write((await server.stderr.read()).decode(errors="replace"))

    async def leave(self) -> None:
        """Let the server end."""
        async with asyncio.timeout(PATIENCE):
            await self.shutdown_async(None)
            self.exit(None)
            await self.stop()  # type: ignore[no-untyped-call]

    async def _diagnostics(self, path: Path, since: float) -> Sequence[types.Diagnostic]:
        async with asyncio.timeout(PATIENCE):
            while True:
                shown = await self._shown.get()
                if shown.uri == path.as_uri() and shown.version == self._versions[path]:
                    self._took(since)
                    return shown.diagnostics

    def _edit(self, change: types.TextDocumentEdit) -> Path:
        path = Path(to_fs_path(change.text_document.uri) or "")
        text = path.read_bytes().decode()
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for edit in sorted(
            change.edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True
        ):
            if isinstance(edit, types.TextEdit):
                begin, end = edit.range.start, edit.range.end
                before = text[: starts[begin.line] + begin.character]
                text = before + edit.new_text + text[starts[end.line] + end.character :]
        path.write_bytes(text.encode())
        return path

    def _took(self, since: float) -> None:
        self.milliseconds = (time.perf_counter() - since) * 1000
