"""An editor as the tests drive it: pytest-lsp's client, and what it has been shown."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from support.patience import PATIENCE

SERVER = (sys.executable, "-m", "precompass_lsp")

Shown = types.PublishDiagnosticsParams


class Editor(LanguageClient):
    """A client that remembers all diagnostics, registrations and refreshes it was sent."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.shown: list[Shown] = []
        self.registrations: list[types.Registration] = []
        self.versions: dict[Path, int] = {}
        self.texts: dict[Path, str] = {}
        self._news = asyncio.Condition()
        register_lsp_features(
            self,
            {
                **DEFAULT_CLIENT_FEATURES,
                types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: _remember_diagnostics,
                types.WORKSPACE_DIAGNOSTIC_REFRESH: _remember_refresh,
                types.WINDOW_SHOW_MESSAGE: _remember_message,
                types.CLIENT_REGISTER_CAPABILITY: _remember_registrations,
            },
        )

    async def start_session(
        self,
        *folders: Path,
        capabilities: types.ClientCapabilities | None = None,
        options: Any = None,
        process_id: int | None = None,
    ) -> types.InitializeResult:
        """Say hello with these workspace folders."""
        return await self.initialize_session(
            types.InitializeParams(
                capabilities=capabilities or types.ClientCapabilities(),
                process_id=process_id,
                initialization_options=options,
                workspace_folders=[
                    types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders
                ],
            )
        )

    def open(self, path: Path, text: str | None = None, version: int = 1) -> None:
        """Open a file, by default with its text on disk."""
        if text is None:
            text = path.read_bytes().decode()
        self.versions[path] = version
        self.texts[path] = text
        item = types.TextDocumentItem(path.as_uri(), "toml", version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, path: Path, *changes: types.TextDocumentContentChangeEvent | str) -> int:
        """Change an open file: its whole text, or ranges; return its new version."""
        self.versions[path] += 1
        for change in changes:
            if isinstance(change, str):
                self.texts[path] = change
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[path], path.as_uri()),
                [
                    types.TextDocumentContentChangeWholeDocument(change)
                    if isinstance(change, str)
                    else change
                    for change in changes
                ],
            )
        )
        return self.versions[path]

    def save(self, path: Path) -> None:
        """Tell that an open file was saved."""
        self.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri()))
        )

    def close(self, path: Path) -> None:
        """Close a file."""
        self.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(path.as_uri()))
        )

    async def diagnostics_of(
        self, path: Path, *, version: int | None = None, after: int = 0
    ) -> Shown:
        """Wait for the diagnostics of a file.

        Args:
            path: the file.
            version: the version that they must be of; None for any.
            after: how many of the diagnostics shown so far (of all files) are too old.
        """

        def find() -> Shown | None:
            for shown in self.shown[after:]:
                if shown.uri == path.as_uri() and version in (None, shown.version):
                    return shown
            return None

        found = await self.until(find)
        assert isinstance(found, Shown)
        return found

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition holds, looking whenever the server has told something."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(condition)
        return condition()

    async def caught_up(self, path: Path) -> None:
        """Wait until the server has done all that messages so far made it begin.

        Its analysis does one thing after the other, in the order of asking. So each question here
        waits for one step of a check under way. A check has two steps for each open file, and
        begins again when the registries have been read.
        """
        for _ in range(4 * len(self.texts) + 4):
            await self.hover_at(path, 0, 0)

    async def hover_at(self, path: Path, line: int, character: int) -> types.Hover | None:
        """Ask for a hover."""
        return await self.text_document_hover_async(
            types.HoverParams(
                types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character)
            )
        )

    async def actions_at(
        self, path: Path, line: int, character: int, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        """Ask for code actions at a cursor."""
        place = types.Position(line, character)
        found = await self.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(path.as_uri()),
                types.Range(place, place),
                types.CodeActionContext([], only=only),
            )
        )
        return [action for action in found or [] if isinstance(action, types.CodeAction)]

    async def leave(self) -> None:
        """Stop listening, whatever the server does."""
        await self.stop()  # type: ignore[no-untyped-call]

    def tell(self) -> None:
        """Wake those who wait for news."""

        async def wake() -> None:
            async with self._news:
                self._news.notify_all()

        self._waking = asyncio.ensure_future(wake())


def _remember_diagnostics(client: Editor, params: Shown) -> None:
    client.shown.append(params)
    client.tell()


def _remember_refresh(client: Editor, params: None) -> None:  # noqa: ARG001
    client.diagnostic_refresh_count += 1
    client.tell()


def _remember_message(client: Editor, params: types.ShowMessageParams) -> None:
    client.messages.append(params)
    client.tell()


def _remember_registrations(client: Editor, params: types.RegistrationParams) -> None:
    client.registrations += params.registrations
    client.tell()
