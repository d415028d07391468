"""Completion in the middle of a line, and its documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_a_half_typed_line_becomes_an_entry(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent)
    editor.open(project, '# 😀\n[extras]\nLak\n"River" = 1\n')
    found = await _complete(editor, project, 2, 3)
    lake = found.items[0]
    assert (lake.label, lake.detail) == ("Lake", "1.0.0 · in the manifest")
    assert lake.kind == types.CompletionItemKind.Module
    assert lake.text_edit == types.TextEdit(
        types.Range(types.Position(2, 0), types.Position(2, 3)),
        'Lake = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"',
    )
    assert lake.documentation is None
    told = await editor.completion_item_resolve_async(lake)
    assert isinstance(told.documentation, types.MarkupContent)
    assert told.documentation.value.startswith("**Lake** 1.0.0")


async def test_preferences_offer_what_the_project_lists(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences, "[SnoopPrecompile]\nskip_precompile = []\n[]")
    found = await _complete(editor, preferences, 2, 1)
    assert [item.label for item in found.items] == ["River", "Forest", "Survey"]
    (item,) = (await _complete(editor, preferences, 1, 19)).items
    assert isinstance(item.text_edit, types.TextEdit)
    assert (item.label, item.text_edit.new_text) == ("River", '"River"')


async def test_an_answer_has_room_for_the_most_useful_ones(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent)
    names = [f"Package{number:04}" for number in range(500)]
    uuids = {name: f"7f4c7c4a-1b6f-4a0a-9d56-{number:012x}" for number, name in enumerate(names)}
    entries = "".join(f'[[deps.{name}]]\nuuid = "{uuids[name]}"\n' for name in names)
    manifest = project.with_name("Manifest.toml")
    editor.open(manifest, f'manifest_format = "2.0"\n{entries}')
    editor.open(project, "[deps]\n\n")
    found = await _complete(editor, project, 1, 0)
    assert found.is_incomplete
    assert 10 < len(found.items) < 100
    size = len(json.dumps(get_converter().unstructure(found), separators=(",", ":")))
    assert 10_000 < size < 20_000
    editor.change(project, "[deps]\nPackage0499\n")
    found = await _complete(editor, project, 1, 11)
    assert [item.label for item in found.items][:1] == ["Package0499"]


@pytest.mark.parametrize("ranges", [["editRange"], []])
async def test_one_range_is_sent_once_where_the_client_takes_that(
    editor: Editor, project: Path, ranges: list[str]
) -> None:
    completion = types.CompletionClientCapabilities(
        completion_list=types.CompletionListCapabilities(item_defaults=ranges)
    )
    text_document = types.TextDocumentClientCapabilities(completion=completion)
    capabilities = types.ClientCapabilities(text_document=text_document)
    await editor.start_session(project.parent, capabilities=capabilities)
    editor.open(project, "[extras]\nLak\n")
    found = await _complete(editor, project, 1, 3)
    written = types.Range(types.Position(1, 0), types.Position(1, 3))
    text = 'Lake = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"'
    lake = found.items[0]
    if ranges:
        assert found.item_defaults is not None
        assert found.item_defaults.edit_range == written
        assert (lake.text_edit, lake.text_edit_text) == (None, text)
    else:
        assert found.item_defaults is None
        assert lake.text_edit == types.TextEdit(written, text)


async def test_what_carries_nothing_of_ours_is_given_back(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent)
    foreign: list[object] = [None, [], {"file": "untitled:x", "name": "A", "uuid": "", "key": 1}]
    for data in foreign:
        item = types.CompletionItem("A", data=data)
        assert (await editor.completion_item_resolve_async(item)).documentation is None


async def _complete(editor: Editor, path: Path, line: int, character: int) -> types.CompletionList:
    found = await editor.text_document_completion_async(
        types.CompletionParams(
            types.TextDocumentIdentifier(path.as_uri()), types.Position(line, character)
        )
    )
    assert isinstance(found, types.CompletionList)
    return found
