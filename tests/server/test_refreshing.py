"""Hints and lenses change with other files and settings: the client is told to ask again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types

from editor_client import Editor

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

REST = 2.0
"""Seconds in which the server can finish looking: what it looks at next is compared with that."""


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
    await editor.diagnostics_of(project)
    await asyncio.sleep(REST)
    version = editor.change(preferences, "[SnoopPrecompile]\nskip_precompile = []\n")
    await editor.diagnostics_of(preferences, version=version)
    await asyncio.sleep(REST)
    assert told == []  # the client asks by itself for what is in the file that it changes
    unlisted = project.read_text().replace("SnoopPrecompile = ", "Other = ")
    editor.change(project, unlisted)
    await editor.until(lambda: len(told) == 2)
    assert told == ["hints", "lenses"]
