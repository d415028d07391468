"""What the source of a package says of its dependencies, in an editor: behind the first answers.

Reading all files of a package takes long, so the first diagnostics do not wait for it, and later
ones keep what was read before until the source is read again.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

PROJECT = """\
name = "Meadow"
uuid = "a1000000-0000-4000-8000-000000000001"
version = "0.1.0"

[deps]
Brook = "a2000000-0000-4000-8000-000000000002"
Clover = "a3000000-0000-4000-8000-000000000003"

[compat]
Brook = "1"
Clover = "1"
julia = "1.10"
"""
CODE = "untidy-dependencies"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package that loads one of its two dependencies."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/Meadow.jl").write_text("module Meadow\nusing Clover\nend\n")
    path = tmp_path / "Project.toml"
    path.write_text(PROJECT)
    return path


def told(shown: types.PublishDiagnosticsParams) -> list[str]:
    return [one.message for one in shown.diagnostics if one.code == CODE]


async def shown_told(editor: Editor, after: int = 0) -> list[str]:
    """Wait until something is told of the source."""

    def find() -> list[str]:
        return next((told(one) for one in editor.shown[after:] if told(one)), [])

    messages = await editor.until(find)
    assert isinstance(messages, list)
    return messages


async def test_the_first_diagnostics_do_not_wait_for_the_source(
    editor: Editor, project: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(project)
    assert told(await editor.diagnostics_of(project)) == []
    (message,) = await shown_told(editor)
    assert message.startswith("No code of Meadow loads Brook")


async def test_a_saved_file_makes_the_source_be_read_again(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent)
    editor.open(project)
    await shown_told(editor)
    before = len(editor.shown)
    (project.parent / "src/Meadow.jl").write_text("module Meadow\nusing Clover, Brook\nend\n")
    editor.save(project)
    await editor.until(lambda: any(told(one) == [] for one in editor.shown[before:]))


async def test_a_client_that_pulls_is_told_to_pull_again(editor: Editor, project: Path) -> None:
    pulls = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities()
        ),
        workspace=types.WorkspaceClientCapabilities(
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
        ),
    )
    await editor.start_session(project.parent, capabilities=pulls)
    editor.open(project)
    question = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(project.as_uri()))

    async def pulled() -> list[str]:
        report = await editor.text_document_diagnostic_async(question)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return [one.message for one in report.items if one.code == CODE]

    async def pulled_after(refreshes: int) -> list[str]:
        await editor.until(lambda: editor.diagnostic_refresh_count >= refreshes)
        return await pulled()

    messages: list[str] = []
    while not messages:
        next_one = editor.diagnostic_refresh_count + 1
        messages = await pulled() or await pulled_after(next_one)
    (message,) = messages
    assert message.startswith("No code of Meadow loads Brook")
