"""The command that describes the environment of a file."""

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


async def described(editor: Editor, argument: object) -> Any:
    return await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.environment", [argument])
    )


async def test_a_preferences_file_belongs_to_the_project_beside_it(
    editor: Editor, preferences: Path, project: Path
) -> None:
    await editor.start_session(preferences.parent)
    answer = await described(editor, {"uri": preferences.as_uri()})
    assert answer["project"] == str(project)
    assert answer["manifest"] == str(project.parent / "Manifest.toml")
    assert answer["juliaFrom"] == "manifest"
    assert answer["units"] >= 7
    assert answer["cached"] is None  # there is no depot to read


async def test_a_file_without_a_project_has_no_environment(editor: Editor, tmp_path: Path) -> None:
    await editor.start_session(tmp_path)
    alone = tmp_path / "alone" / "LocalPreferences.toml"
    alone.parent.mkdir()
    alone.write_text("[CSV]\n")
    assert await described(editor, {"uri": alone.as_uri()}) is None
    assert await described(editor, {"path": str(alone)}) is None
    assert await described(editor, {"uri": "untitled:Untitled-1"}) is None
