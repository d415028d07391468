"""Nothing jumps while somebody types: lenses and hints stay, and move with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

EVERYTHING = types.Range(types.Position(0, 0), types.Position(1000, 0))
RIVER_FLAG = "precompile_workload = false"


async def lenses(editor: Editor, path: Path) -> dict[str, str]:
    """The titles of the lenses, by the line of text that each is above."""
    found = await editor.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(path.as_uri()))
    )
    lines = editor.texts[path].split("\n")
    return {lines[one.range.start.line]: one.command.title for one in found or [] if one.command}


async def hints(editor: Editor, path: Path) -> dict[str, str]:
    """The labels of the hints, by the first word of their line."""
    found = await editor.text_document_inlay_hint_async(
        types.InlayHintParams(types.TextDocumentIdentifier(path.as_uri()), EVERYTHING)
    )
    lines = editor.texts[path].split("\n")
    return {
        lines[one.position.line][: one.position.character].split(" ")[0]: str(one.label)
        for one in found or []
    }


@pytest.mark.parametrize(
    "typed",
    ['\nother = ["a", "b"]', "\n[River]\n" + RIVER_FLAG, '\nnote = """long\ntext"""', "  # a note"],
)
async def test_lenses_stay_while_a_line_is_typed(
    editor: Editor, preferences: Path, typed: str
) -> None:
    head = '[SnoopPrecompile]\nskip_precompile = ["River"]'
    tail = "\n\n# below\n[Forest]\nprecompile_workload = false\n"
    await editor.start_session(preferences.parent)
    editor.open(preferences, head + tail)
    before = await lenses(editor, preferences)
    assert set(before) == {"[SnoopPrecompile]", "[Forest]"}
    for length in range(1, len(typed) + 1):
        editor.change(preferences, head + typed[:length] + tail)
        shown = await lenses(editor, preferences)
        assert set(shown) >= set(before), typed[:length]


@pytest.mark.parametrize("key", ["skip_precompile", "skip_precompiled"])
async def test_lenses_stay_while_a_key_is_typed_anew(
    editor: Editor, preferences: Path, key: str
) -> None:
    line = f'{key} = ["River"]'
    await editor.start_session(preferences.parent)
    editor.open(preferences, f"[SnoopPrecompile]\n{line}\n")
    before = await lenses(editor, preferences)
    for length in (*range(len(line) - 1, 0, -1), *range(1, len(line) + 1)):
        editor.change(preferences, f"[SnoopPrecompile]\n{line[:length]}\n")
        shown = await lenses(editor, preferences)
        assert set(shown) == set(before), line[:length]
    assert await lenses(editor, preferences) == before


async def test_hints_stay_while_a_dependency_is_typed(editor: Editor, project: Path) -> None:
    text = project.read_text()
    head, tail = text.split("[deps]\n")
    typed = 'Lake = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"'
    await editor.start_session(project.parent)
    editor.open(project, text)
    before = await hints(editor, project)
    assert len(before) == 3
    for length in range(1, len(typed) + 1):
        editor.change(project, f"{head}[deps]\n{typed[:length]}\n{tail}")
        shown = await hints(editor, project)
        assert shown.items() >= before.items(), typed[:length]


async def test_lenses_of_another_file_stay_while_the_project_is_broken(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(preferences)
    editor.open(project)
    before = await lenses(editor, preferences)
    assert before
    editor.change(project, project.read_text().replace("[deps]", "[deps"))
    assert await lenses(editor, preferences) == before


async def test_switched_off_lenses_go_even_from_a_broken_file(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    assert await lenses(editor, preferences)
    editor.change(preferences, f"{preferences.read_text()}broken")
    assert await lenses(editor, preferences)
    editor.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"codeLenses": False})
    )
    assert await lenses(editor, preferences) == {}


async def test_a_deleted_table_has_no_lens(editor: Editor, preferences: Path) -> None:
    head, rest = '[SnoopPrecompile]\nskip_precompile = ["River"]\n', "[Forest]\nbroken\n"
    await editor.start_session(preferences.parent)
    editor.open(preferences, head + rest)
    assert "[SnoopPrecompile]" in await lenses(editor, preferences)
    editor.change(preferences, rest)
    assert await lenses(editor, preferences) == {}
