"""The call hierarchy, up and down, as a client asks for it item by item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

CAPABLE = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        call_hierarchy=types.CallHierarchyClientCapabilities()
    )
)


async def prepared(
    editor: Editor, path: Path, line: int, character: int
) -> types.CallHierarchyItem:
    found = await editor.text_document_prepare_call_hierarchy_async(
        types.CallHierarchyPrepareParams(
            types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character)
        )
    )
    assert found is not None
    (item,) = found
    return item


async def callers(
    editor: Editor, item: types.CallHierarchyItem
) -> list[types.CallHierarchyIncomingCall]:
    found = await editor.call_hierarchy_incoming_calls_async(
        types.CallHierarchyIncomingCallsParams(item)
    )
    return list(found or [])


async def test_from_a_preference_up_to_the_project(
    editor: Editor, project: Path, preferences: Path, manifest: Path
) -> None:
    session = await editor.start_session(project.parent, capabilities=CAPABLE)
    assert session.capabilities.call_hierarchy_provider
    editor.open(preferences)
    line = preferences.read_text().splitlines().index('skip_precompile = ["River"]')
    item = await prepared(editor, preferences, line, 3)
    assert (item.name, item.kind) == (
        "SnoopPrecompile.skip_precompile",
        types.SymbolKind.Property,
    )
    (reader,) = await callers(editor, item)
    assert reader.from_.name == "SnoopPrecompile"
    above = await callers(editor, reader.from_)
    assert [call.from_.name for call in above] == ["River", "Survey"]
    river, survey = above
    assert (river.from_.uri, river.from_.kind) == (manifest.as_uri(), types.SymbolKind.Package)
    assert [one.start.line for one in river.from_ranges] == [26]
    assert (survey.from_.uri, [one.start.line for one in survey.from_ranges]) == (
        project.as_uri(),
        [7],
    )
    assert [call.from_.name for call in await callers(editor, river.from_)] == ["Survey"]
    assert await callers(editor, survey.from_) == []


async def test_down_from_a_package(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, capabilities=CAPABLE)
    editor.open(project)
    item = await prepared(editor, project, 6, 2)
    assert item.detail == "2.0.0, recompiles 2 of 7 packages"
    found = await editor.call_hierarchy_outgoing_calls_async(
        types.CallHierarchyOutgoingCallsParams(item)
    )
    assert [call.to.name for call in found or []] == ["Lake", "Preferences", "SnoopPrecompile"]
    assert {one.start.line for call in found or [] for one in call.from_ranges} == {26}


async def test_an_item_that_is_not_ours_has_nobody(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, capabilities=CAPABLE)
    editor.open(project)
    item = await prepared(editor, project, 6, 2)
    strange: list[Any] = [None, [], {"project": 3, "unit": "x"}]
    for data in [*strange, {"project": "file:///no", "unit": "x"}]:
        item.data = data
        assert await callers(editor, item) == []
