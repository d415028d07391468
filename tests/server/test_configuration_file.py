"""``precompass.toml`` in an editor: as it stands in its buffer, under the editor's settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

IMPATIENT = {"debounce": 0}


async def _found(editor: Editor, path: Path, after: int = 0) -> dict[object, object]:
    shown = await editor.diagnostics_of(path, after=after)
    return {found.code: found.severity for found in shown.diagnostics}


@pytest.mark.asyncio
async def test_it_counts_as_it_stands_in_its_buffer(editor: Editor, preferences: Path) -> None:
    file = preferences.with_name("precompass.toml")
    file.write_text('[severity]\nglobal-skip-list = "hint"\n')
    await editor.start_session(preferences.parent, options=IMPATIENT)
    editor.open(preferences)
    found = await _found(editor, preferences)
    assert found["global-skip-list"] is types.DiagnosticSeverity.Hint

    editor.open(file)
    assert await _found(editor, file) == {}
    text = '[severity]\nglobal-skip-list = "error"\nglobal-skiplist = "off"\n'
    version = editor.change(file, text)
    shown = await editor.diagnostics_of(file, version=version)
    assert [found.code for found in shown.diagnostics] == ["configuration"]
    await editor.until(
        lambda: any(
            found.code == "global-skip-list" and found.severity is types.DiagnosticSeverity.Error
            for shown in editor.shown
            for found in shown.diagnostics
        )
    )


@pytest.mark.asyncio
async def test_the_editors_settings_go_over_it(editor: Editor, preferences: Path) -> None:
    text = 'wide-threshold = 1\n[severity]\nglobal-skip-list = "off"\n'
    preferences.with_name("precompass.toml").write_text(text)
    chosen = {**IMPATIENT, "wideThreshold": 1000, "severity": {"global-skip-list": "information"}}
    await editor.start_session(preferences.parent, options=chosen)
    editor.open(preferences, preferences.read_text() + "\n[River]\nflow = 1\n")
    found = await _found(editor, preferences)
    assert found["global-skip-list"] is types.DiagnosticSeverity.Information
    assert "wide-invalidation" not in found
