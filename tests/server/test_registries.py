"""Registries: opened while everything else is answered, and shown when they are there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from support.editor_client import Editor
from support.patience import PATIENCE
from support.registry_files import Package, write_registry

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

FOREST = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"
RIVER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"
SNOOP_PRECOMPILE = "66db9d55-30c0-4569-8b51-7e840670fc0c"
OTHER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c09"
PACKAGES = (
    Package("Forest", FOREST),
    Package("River", OTHER),  # the project has another UUID
    Package("SnoopPrecompile", SNOOP_PRECOMPILE),
    Package("Boat", "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c08", {"1.0.0": {"Forest": FOREST}}),
)
SHOWS_PROGRESS = types.ClientCapabilities(
    window=types.WindowClientCapabilities(work_done_progress=True)
)

# A server that reads a registry for as long as a file is there.
SLOW_SERVER = """
import sys, time
from pathlib import Path
from precompass.registry import index
from precompass_lsp.__main__ import main

read_registry = index.read_registry

def read_slowly(source, progress):
    progress(0.4)
    while Path(sys.argv[1]).exists():
        time.sleep(0.01)
    return read_registry(source, progress)

index.read_registry = read_slowly
sys.exit(main([]))
"""


@pytest.fixture
def depot(tmp_path: Path, julia_variables: dict[str, str]) -> Path:
    julia_variables["PRECOMPASS_CACHE"] = str(tmp_path / "cache")
    return tmp_path / "depot"


@pytest.fixture
def obstacle(tmp_path: Path) -> Path:
    path = tmp_path / "obstacle"
    path.write_text("")
    return path


@pytest_asyncio.fixture()
async def slow_editor(
    depot: Path, obstacle: Path, julia_variables: dict[str, str]
) -> AsyncIterator[Editor]:
    """An editor whose server does not come to an end with its registry."""
    write_registry(depot, *PACKAGES)
    client = Editor()
    await client.start_io(sys.executable, "-c", SLOW_SERVER, str(obstacle), env=julia_variables)
    yield client
    await client.shutdown_session()
    await client.leave()


def codes(shown: types.PublishDiagnosticsParams) -> list[object]:
    return [diagnostic.code for diagnostic in shown.diagnostics]


def contents(hover: types.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value


async def test_registries_are_there_soon_after_a_file_is_opened(
    depot: Path, editor: Editor, project: Path
) -> None:
    write_registry(depot, *PACKAGES)
    await editor.start_session(project.parent)
    editor.open(project)
    await editor.until(lambda: any("name-uuid-mismatch" in codes(found) for found in editor.shown))
    text = ""
    async with asyncio.timeout(PATIENCE):
        while "non-JLL" not in text:  # the graph comes after the registries
            text = contents(await editor.hover_at(project, 5, 2))
    assert "This is the newest version in General (2023-04-11)." in text
    assert "1 of the 4 non-JLL packages in General (2023-04-11) depends on Forest" in text


async def test_everything_else_is_answered_while_a_registry_is_read(
    slow_editor: Editor, obstacle: Path, project: Path, preferences: Path
) -> None:
    await slow_editor.start_session(project.parent, capabilities=SHOWS_PROGRESS)
    slow_editor.open(preferences)
    slow_editor.open(project)
    first = await slow_editor.diagnostics_of(project)
    assert "name-uuid-mismatch" not in codes(first)
    text = contents(await slow_editor.hover_at(preferences, 1, 3))
    assert "3 of 7 packages" in text
    assert "General" not in text
    (reports,) = slow_editor.progress_reports.values()
    shown: Sequence[object] = reports
    assert not any(isinstance(report, types.WorkDoneProgressEnd) for report in shown)

    obstacle.unlink()
    await slow_editor.until(
        lambda: any("name-uuid-mismatch" in codes(found) for found in slow_editor.shown)
    )
    begin, *between, end = shown
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert begin.title == "Reading the registries"
    assert isinstance(end, types.WorkDoneProgressEnd)
    shares = [r.percentage or 0 for r in between if isinstance(r, types.WorkDoneProgressReport)]
    assert shares == sorted(shares)


async def test_a_client_that_shows_no_progress_gets_none(
    slow_editor: Editor, obstacle: Path, project: Path
) -> None:
    obstacle.unlink()
    await slow_editor.start_session(project.parent)
    slow_editor.open(project)
    await slow_editor.until(
        lambda: any("name-uuid-mismatch" in codes(found) for found in slow_editor.shown)
    )
    assert not slow_editor.progress_reports


async def test_the_server_ends_while_a_registry_is_read(slow_editor: Editor, project: Path) -> None:
    await slow_editor.start_session(project.parent)
    slow_editor.open(project)
    await slow_editor.diagnostics_of(project)  # the fixture shuts the server down


async def test_a_damaged_registry_is_told_once(depot: Path, editor: Editor, project: Path) -> None:
    write_registry(depot, *PACKAGES).write_bytes(b"damaged")
    await editor.start_session(project.parent)
    editor.open(project)
    await editor.until(lambda: editor.messages)
    (message,) = editor.messages
    assert message.type is types.MessageType.Warning
    assert message.message.startswith(str(depot / "registries" / "General.tar.gz"))
    version = editor.change(project, project.read_text() + "\n")
    await editor.diagnostics_of(project, version=version)
    assert len(editor.messages) == 1


async def test_registries_that_nobody_wants_are_not_opened(
    depot: Path, editor: Editor, project: Path
) -> None:
    write_registry(depot, *PACKAGES).write_bytes(b"damaged")
    await editor.start_session(project.parent, options={"useRegistry": False})
    editor.open(project)
    await editor.diagnostics_of(project)
    assert "General" not in contents(await editor.hover_at(project, 5, 2))
    assert not editor.messages
    assert not (depot.parent / "cache").exists()
