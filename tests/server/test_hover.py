"""Hovers, in the client's position encoding."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_a_preference_says_what_a_change_recompiles(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    hover = await editor.hover_at(preferences, 1, 3)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.Markdown
    assert "3 of 7 packages" in hover.contents.value
    assert hover.range == types.Range(types.Position(1, 0), types.Position(1, 15))


async def test_a_file_that_is_not_open_is_read_from_disk(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    assert await editor.hover_at(preferences, 1, 3) is not None


async def test_a_client_without_markdown_gets_plain_text(editor: Editor, preferences: Path) -> None:
    plain = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.PlainText])
        )
    )
    await editor.start_session(preferences.parent, capabilities=plain)
    hover = await editor.hover_at(preferences, 1, 3)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.PlainText


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
async def test_characters_are_counted_as_was_negotiated(
    editor: Editor, project: Path, preferences: Path, encoding: types.PositionEncodingKind
) -> None:
    await _negotiate(editor, encoding, project.parent)
    before = 'SnoopPrecompile = { "größe 🌲😀" = 1, '
    text = f'# 😀\r\n{before}skip_precompile = ["River"] }}\r\n# 🌲'
    editor.open(preferences, text)

    start = _units(before, encoding)
    hover = await editor.hover_at(preferences, 1, start + 1)
    assert hover is not None
    assert hover.range is not None
    assert hover.range.start == types.Position(1, start)
    shown = await editor.diagnostics_of(preferences)
    assert types.Position(1, start) in [found.range.start for found in shown.diagnostics]

    # An edit behind such characters lands where the client means it.
    inside = start + _units('skip_precompile = ["', encoding)
    edit = types.TextDocumentContentChangePartial(
        types.Range(types.Position(1, inside), types.Position(1, inside + len("River"))), "😀Lake"
    )
    behind = types.TextDocumentContentChangePartial(
        types.Range(types.Position(1, inside + _units("😀Lake", encoding)), types.Position(2, 0)),
        '"] }\r\n',
    )
    version = editor.change(preferences, edit, behind)
    shown = await editor.diagnostics_of(preferences, version=version)
    assert "toml-syntax" not in [found.code for found in shown.diagnostics]
    (unknown,) = [found for found in shown.diagnostics if found.code == "unknown-skipped-package"]
    assert "😀Lake" in unknown.message
    assert unknown.range == types.Range(
        types.Position(1, inside - 1), types.Position(1, inside + _units("😀Lake", encoding) + 1)
    )


async def test_a_byte_order_mark_in_the_buffer_counts_for_the_client_alone(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences, "\ufeffSnoopPrecompile.skip_precompile = []\n")
    hover = await editor.hover_at(preferences, 0, len("\ufeffSnoopPrecompile.sk"))
    assert hover is not None
    assert hover.range is not None
    end = types.Position(0, len("\ufeffSnoopPrecompile.skip_precompile"))
    assert hover.range.end == end
    shown = await editor.diagnostics_of(preferences)
    assert "toml-syntax" not in [found.code for found in shown.diagnostics]


async def _negotiate(editor: Editor, encoding: types.PositionEncodingKind, folder: Path) -> None:
    answer = await editor.start_session(
        folder,
        capabilities=types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=[encoding])
        ),
        options={"debounce": 0},
    )
    assert answer.capabilities.position_encoding == encoding


def _units(text: str, encoding: types.PositionEncodingKind) -> int:
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding.value]
    return len(text.encode(codec)) // (int(encoding.value[4:]) // 8)


async def test_links_run_commands_only_where_the_client_runs_them_from_links(
    editor: Editor, preferences: Path
) -> None:
    linked = ["precompass.showPicture", "precompass.explainPreference"]
    options = {"commands": linked[:1], "linkedCommands": linked}
    await editor.start_session(preferences.parent, options=options)
    editor.open(preferences)
    text = markdown(await editor.hover_at(preferences, 1, 3))
    found = dict(re.findall(r"\[(\w+)\]\(command:([^)]+)\)", text))
    assert set(found) == {"Picture", "Explain"}
    for name, address in zip(("Picture", "Explain"), linked, strict=True):
        command, _, query = found[name].partition("?")
        assert command == address
        (place,) = json.loads(unquote(query))
        assert place == {"uri": preferences.as_uri(), "position": {"line": 1, "character": 0}}


async def test_without_such_commands_there_is_no_link_to_them(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent, options={"commands": ["precompass.showPicture"]})
    editor.open(preferences)
    assert "command:" not in markdown(await editor.hover_at(preferences, 1, 3))


async def test_a_package_leads_to_its_source(editor: Editor, project: Path) -> None:
    source = project.parent / "src" / "Survey.jl"
    source.parent.mkdir()
    source.write_text("# what we need\nmodule Survey\nend\n")
    await editor.start_session(project.parent)
    editor.open(project)
    text = markdown(await editor.hover_at(project, 0, 2))
    assert f"[Source]({source.as_uri()}#L2)" in text


def markdown(hover: types.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value
