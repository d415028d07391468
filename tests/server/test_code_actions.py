"""Fixes as code actions: which are offered, and the edits that the client gets."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

MODERN = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            data_support=True,
            resolve_support=types.ClientCodeActionResolveOptions(["edit"]),
            code_action_literal_support=types.ClientCodeActionLiteralOptions(
                types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
            ),
        )
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
)
LIST = '[SnoopPrecompile]\nskip_precompile = ["Forest"]\n'


@pytest.fixture
def preferences(preferences: Path) -> Path:
    preferences.write_text(LIST)
    return preferences


@pytest_asyncio.fixture()
async def modern_editor(editor: Editor, project: Path) -> Editor:
    await editor.start_session(project.parent, capabilities=MODERN, options={"debounce": 0})
    return editor


async def test_edits_are_made_when_the_user_has_chosen(
    modern_editor: Editor, preferences: Path
) -> None:
    modern_editor.open(preferences, version=4)
    action = await _the_move(modern_editor, preferences)
    assert action.edit is None
    assert action.diagnostics is not None
    assert action.diagnostics[0].code == "global-skip-list"

    resolved = await modern_editor.code_action_resolve_async(action)
    (change,) = _document_changes(resolved)
    assert change.text_document.uri == preferences.as_uri()
    assert change.text_document.version == 4
    assert "Forest" in _applied(LIST, change.edits)
    assert "precompile_workload = false" in _applied(LIST, change.edits)


async def test_edits_are_those_of_the_text_as_it_is_then(
    modern_editor: Editor, preferences: Path
) -> None:
    modern_editor.open(preferences)
    action = await _the_move(modern_editor, preferences)
    text = "# a new first line 😀\r\n" + LIST.replace("\n", "\r\n")
    version = modern_editor.change(preferences, text)
    (change,) = _document_changes(await modern_editor.code_action_resolve_async(action))
    assert change.text_document.version == version
    after = _applied(text, change.edits)
    assert after.startswith("# a new first line 😀\r\n")
    assert "precompile_workload = false" in after
    assert "\n" not in after.replace("\r\n", "")


async def test_a_fix_that_is_no_longer_possible_changes_nothing_and_says_so(
    modern_editor: Editor, preferences: Path
) -> None:
    modern_editor.open(preferences)
    action = await _the_move(modern_editor, preferences)
    modern_editor.change(preferences, "[Forest]\n")
    resolved = await modern_editor.code_action_resolve_async(action)
    assert resolved.edit is None
    await modern_editor.until(lambda: modern_editor.messages)
    (message,) = modern_editor.messages
    assert action.title in message.message


async def test_one_fix_may_edit_two_files_open_or_not(
    modern_editor: Editor, project: Path, preferences: Path
) -> None:
    # A flag counts only if the project lists the package: the fix adds it to [extras].
    forest = 'Forest = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"\n'
    project.write_text(project.read_text().replace(forest, ""))
    manifest = project.with_name("Manifest.toml")
    manifest.write_text(manifest.read_text().replace('["Lake",', '["Forest", "Lake",'))
    modern_editor.open(preferences)
    action = await _the_move(modern_editor, preferences)
    # What is on disk when the user chooses is what is edited, though nobody has told of it.
    project.write_text("# the survey\n" + project.read_text())
    changes = _document_changes(await modern_editor.code_action_resolve_async(action))
    by_uri = {change.text_document.uri: change for change in changes}
    assert set(by_uri) == {project.as_uri(), preferences.as_uri()}
    assert by_uri[preferences.as_uri()].text_document.version == 1
    assert by_uri[project.as_uri()].text_document.version is None
    after = _applied(project.read_text(), by_uri[project.as_uri()].edits)
    assert after.startswith("# the survey\nname = ")
    assert f"[extras]\n{forest}" in after


async def test_a_plain_client_gets_edits_at_once(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(preferences)
    action = await _the_move(editor, preferences)
    assert action.data is None
    assert action.edit is not None
    assert action.edit.document_changes is None
    assert action.edit.changes is not None
    edits = action.edit.changes[preferences.as_uri()]
    assert "precompile_workload = false" in _applied(LIST, edits)


async def test_only_the_kinds_that_the_client_asks_for(
    modern_editor: Editor, preferences: Path
) -> None:
    preferences.write_text(f"{preferences.read_text()}# precompass: ignore\n")
    modern_editor.open(preferences)

    async def kinds(only: list[str] | None) -> set[object]:
        return {action.kind for action in await modern_editor.actions_at(preferences, 1, 0, only)}

    fix_all = "source.fixAll.precompass"
    assert await kinds(None) == {"quickfix", fix_all}
    assert await kinds(["quickfix"]) == {"quickfix"}
    assert await kinds(["source"]) == {fix_all}
    assert await kinds(["source.fixAll"]) == {fix_all}
    assert await kinds([fix_all]) == {fix_all}
    assert await kinds(["source.organizeImports"]) == set()
    assert await kinds(["source.fixAll.precompassion"]) == set()


async def test_data_that_is_not_ours_is_given_back(
    modern_editor: Editor,
) -> None:
    for data in (None, 3, "x", {"kind": "move", "file": "untitled:x", "arguments": []}, {}):
        foreign = types.CodeAction(title="Somebody else's", data=data)
        resolved = await modern_editor.code_action_resolve_async(foreign)
        assert (resolved.title, resolved.edit) == ("Somebody else's", None)


async def _the_move(editor: Editor, preferences: Path) -> types.CodeAction:
    actions = await editor.actions_at(preferences, 1, 2, ["quickfix"])
    return next(action for action in actions if action.title.startswith("Move Forest"))


def _document_changes(action: types.CodeAction) -> list[types.TextDocumentEdit]:
    assert action.edit is not None
    assert action.edit.changes is None
    changes = [
        change
        for change in action.edit.document_changes or ()
        if isinstance(change, types.TextDocumentEdit)
    ]
    assert changes
    return changes


def _applied(text: str, edits: object) -> str:
    """Apply edits as a client does, for texts with at most one character of two units."""
    assert isinstance(edits, tuple)
    lines = text.splitlines(keepends=True)
    starts = [sum(len(line) for line in lines[:number]) for number in range(len(lines) + 1)]
    for edit in sorted(edits, key=lambda edit: edit.range.start, reverse=True):
        start, end = (
            starts[place.line] + place.character for place in (edit.range.start, edit.range.end)
        )
        text = text[:start] + edit.new_text + text[end:]
    return text
