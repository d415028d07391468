"""Whatever a file holds, every request is answered and the server stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor
from support.small_environment import write_environment
from support.special_files import make_pipe

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

BROKEN = {
    "empty": "",
    "unfinished key": "[deps]\nForest =",
    "unfinished text": '[deps]\nForest = "',
    "unfinished header": "[deps",
    "duplicate": "[deps]\nA = 1\nA = 2\n[deps]\n",
    "other types": 'name = 3\nuuid = []\ndeps = "x"\ncompat = 1\npreferences = 2\nextras = [1]\n',
    "other types below": "[deps]\nA = {}\n[SnoopPrecompile]\nskip_precompile = {}\n[[Lake]]\n",
    "deep": "a = " + "[" * 3000 + "]" * 3000,
    "deep dots": ".".join("a" * 2000) + " = 1",
    "half a surrogate pair": 'name = "\ud83d"\n[deps]\n',
    "control characters": 'name = "\x00\x07"\n\x00',
    "only a line ending": "\r\n",
    "only a carriage return": "\r",
    "separators": "a\u2028 = 1\x0c\x85\n",
    "not TOML": "using Survey\n\nfunction f(x)\n    x + 1\nend\n",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_every_request_is_answered(
    editor: Editor, project: Path, preferences: Path, manifest: Path, name: str
) -> None:
    text = BROKEN[name]
    await editor.start_session(project.parent, options={"debounce": 0})
    for path in (project, preferences, manifest):
        editor.open(path)
    await editor.diagnostics_of(manifest)
    for path in (manifest, preferences, project):
        before = len(editor.shown)
        version = editor.change(path, text)
        # All three are checked anew after each change; each may be broken by now.
        await editor.diagnostics_of(path, version=version, after=before)
        for line, character in ((0, 0), (1, 5), (9999, 9999)):
            await editor.hover_at(path, line, character)
            await editor.actions_at(path, line, character)
    for path, original in ((project, "x"), (preferences, "[Lake]\n"), (manifest, "")):
        version = editor.change(path, original)
        await editor.diagnostics_of(path, version=version)


async def test_bytes_that_are_not_utf8_are_read(
    editor: Editor, project: Path, preferences: Path
) -> None:
    project.write_bytes(project.read_bytes() + b'\n[extras]\nLake = "\xff\xfe"\n')
    await editor.start_session(project.parent)
    editor.open(preferences)
    assert (await editor.diagnostics_of(preferences)).diagnostics
    assert await editor.hover_at(project, 0, 0) is not None


async def test_a_folder_in_place_of_a_file_is_none(editor: Editor, project: Path) -> None:
    project.with_name("Manifest.toml").unlink()
    project.with_name("Manifest.toml").mkdir()
    await editor.start_session(project.parent)
    editor.open(project)
    await editor.diagnostics_of(project)


async def test_a_pipe_in_place_of_a_file_does_not_hang(
    editor: Editor, project: Path, preferences: Path
) -> None:
    project.with_name("Manifest.toml").unlink()
    make_pipe(project.with_name("Manifest.toml"))
    await editor.start_session(project.parent)
    editor.open(preferences)
    await editor.diagnostics_of(preferences)


async def test_files_of_others_are_let_be(editor: Editor, project: Path) -> None:
    cargo = project.with_name("Cargo.toml")
    source = project.with_name("Survey.jl")
    await editor.start_session(project.parent, options={"debounce": 0})
    editor.open(cargo, "[package\n")
    editor.open(source, "module Survey end\n")
    assert await editor.hover_at(cargo, 0, 1) is None
    assert await editor.actions_at(cargo, 0, 1) == []
    editor.open(project)
    await editor.diagnostics_of(project)
    editor.close(cargo)
    version = editor.change(project, "")
    await editor.diagnostics_of(project, version=version)
    assert {shown.uri for shown in editor.shown} == {project.as_uri()}


async def test_texts_of_other_schemes_are_let_be(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, options={"debounce": 0})
    identifier = types.TextDocumentIdentifier("untitled:Project.toml")
    item = types.TextDocumentItem(identifier.uri, "toml", 1, "[deps\n")
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    editor.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, identifier.uri),
            [types.TextDocumentContentChangeWholeDocument("x")],
        )
    )
    editor.text_document_did_save(types.DidSaveTextDocumentParams(identifier))
    place = types.Position(0, 0)
    hover = types.HoverParams(identifier, place)
    assert await editor.text_document_hover_async(hover) is None
    editor.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
    editor.open(project)
    await editor.diagnostics_of(project)
    assert {shown.uri for shown in editor.shown} == {project.as_uri()}


async def test_a_change_of_what_is_not_open_is_let_be(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, options={"debounce": 0})
    editor.versions[project] = 1
    editor.change(project, "x")
    editor.close(project)
    editor.open(project)
    assert (await editor.diagnostics_of(project)).version == 1
    assert not editor.messages


async def test_several_folders_are_apart(editor: Editor, tmp_path: Path) -> None:
    first = write_environment(tmp_path / "first 😀")
    second = write_environment(tmp_path / "second")
    second.with_name("Manifest.toml").unlink()
    await editor.start_session(first.parent, second.parent)
    shown = []
    for project in (first, second):
        preferences = project.with_name("LocalPreferences.toml")
        editor.open(preferences)
        shown.append(await editor.diagnostics_of(preferences))
    assert "3 of 7 packages" in shown[0].diagnostics[0].message
    assert "3 of 7 packages" not in "".join(found.message for found in shown[1].diagnostics)

    third = write_environment(tmp_path / "third")
    editor.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(
            types.WorkspaceFoldersChangeEvent(
                added=[types.WorkspaceFolder(third.parent.as_uri(), "third")],
                removed=[types.WorkspaceFolder(first.parent.as_uri(), "first")],
            )
        )
    )
    editor.open(third)
    await editor.diagnostics_of(third)


async def test_many_requests_at_once_are_all_answered(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, options={"debounce": 0})
    editor.open(project)

    async def hover(line: int) -> types.Hover | None:
        editor.change(project, "\n" * line + project.read_text())
        return await editor.hover_at(project, line + 6, 2)

    answers = await asyncio.gather(*(hover(line) for line in range(50)))
    assert all(answers)
