"""Hints and lenses change with other files and settings: the client is told to ask again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from lsprotocol import types

from precompass_lsp.client import Client
from precompass_lsp.moment import Moment
from precompass_lsp.refreshing import Refreshing
from precompass_lsp.server import PrecompassServer
from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

REFRESHES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
        code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
    )
)


async def test_hints_that_another_file_has_changed_are_asked_for_again(
    editor: Editor, project: Path, preferences: Path
) -> None:
    told: list[str] = []

    def remember(what: str) -> Callable[[None], None]:
        def refresh(params: None) -> None:  # noqa: ARG001 - the client calls it with its name
            told.append(what)
            editor.tell()

        return refresh

    editor.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(remember("hints"))
    editor.feature(types.WORKSPACE_CODE_LENS_REFRESH)(remember("lenses"))
    await editor.start_session(project.parent, capabilities=REFRESHES, options={"debounce": 0})
    editor.open(preferences)
    editor.open(project)
    file = types.TextDocumentIdentifier(preferences.as_uri())
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    assert await editor.text_document_inlay_hint_async(types.InlayHintParams(file, whole))
    assert await editor.text_document_code_lens_async(types.CodeLensParams(file))
    told.clear()
    unlisted = project.read_text().replace("SnoopPrecompile = ", "Other = ")
    editor.change(project, unlisted)
    await editor.until(lambda: {"hints", "lenses"} <= set(told))


async def test_what_is_in_the_file_that_it_changes_the_client_asks_for_by_itself(
    project: Path, preferences: Path
) -> None:
    ls = _Server([preferences, project])
    refreshing = Refreshing(cast("PrecompassServer", ls))
    refreshing.shows_hints(preferences, "33 of 102")
    ls.found[preferences] = "1 of 102"
    await refreshing.look(ls.moment, [preferences])
    assert ls.told == []


async def test_a_look_that_is_interrupted_is_made_up_for(project: Path, preferences: Path) -> None:
    ls = _Server([preferences, project])
    refreshing = Refreshing(cast("PrecompassServer", ls))
    refreshing.shows_hints(preferences, "33 of 102")  # the client has asked as it opened the file
    ls.found[preferences] = "1 of 102"  # the project file changes
    ls.interrupts = True
    with pytest.raises(asyncio.CancelledError):
        await refreshing.look(ls.moment, [project])
    ls.interrupts = False
    await refreshing.look(ls.moment, [])  # what interrupted it changed nothing
    assert ls.told == ["hints"]
    await refreshing.look(ls.moment, [])
    assert ls.told == ["hints"]


class _Server:
    """As much of the server as a look needs."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.client = Client(refreshes_hints=True, refreshes_lenses=True)
        self.moment = cast("Moment", SimpleNamespace(documents=dict.fromkeys(paths)))
        self.found: dict[Path, str] = {}
        self.told: list[str] = []
        self.interrupts = False

    async def answer(self, *question: object) -> tuple[object, object]:
        if self.interrupts:
            raise asyncio.CancelledError
        *_, path = question
        assert isinstance(path, Path)
        return self.found.get(path), ()

    def workspace_inlay_hint_refresh(self, _: None) -> None:
        self.told.append("hints")

    def workspace_code_lens_refresh(self, _: None) -> None:
        self.told.append("lenses")
