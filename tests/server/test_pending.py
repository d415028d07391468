"""What the next `using` recompiles, in an editor: behind the first diagnostics, and kept fresh."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lsprotocol import types

from support.changed_world import ChangedWorld
from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

PACKAGES = ("Ground", "Lone", "Wall", "Roof", "Shed", "Yard")
CODE = "pending-recompilation"


@pytest.fixture
def world(tmp_path: Path) -> ChangedWorld:
    """A project with caches that fit."""
    world = ChangedWorld(tmp_path)
    world.compile("plain", *PACKAGES)
    return world


@pytest.fixture
def julia_variables(world: ChangedWorld) -> dict[str, str]:
    """The environment variables of the world, into whose depot the editor's server looks."""
    return {
        **os.environ,
        "JULIA_DEPOT_PATH": str(world.depot),
        "JULIA_LOAD_PATH": "@",
        "HOME": str(world.world),
    }


def pending(shown: types.PublishDiagnosticsParams) -> list[str]:
    return [one.message for one in shown.diagnostics if one.code == CODE]


async def shown_pending(editor: Editor, path: Path, after: int = 0) -> list[str]:
    """Wait until something that is pending is shown."""

    def find() -> list[str]:
        found = [pending(one) for one in editor.shown[after:] if one.uri == path.as_uri()]
        return next((one for one in found if one), [])

    messages = await editor.until(find)
    assert isinstance(messages, list)
    return messages


async def test_what_is_pending_follows_the_first_diagnostics(
    editor: Editor, world: ChangedWorld
) -> None:
    """Looking at caches takes long, and nothing else waits for it."""
    world.replace("dev/Wall/src/Wall.jl", "+ 1", "+ 2")
    project = world.folder("plain") / "Project.toml"
    await editor.start_session(project.parent)
    editor.open(project)
    first = await editor.diagnostics_of(project)
    assert pending(first) == []
    (message,) = await shown_pending(editor, project)
    assert "Wall.jl changed after Wall was compiled." in message
    assert "Julia recompiles Wall and 1 dependent (Roof)." in message


async def test_an_edited_source_is_noticed_when_the_client_tells_of_it(
    editor: Editor, world: ChangedWorld
) -> None:
    project = world.folder("plain") / "Project.toml"
    watches = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
    await editor.start_session(
        project.parent,
        capabilities=types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watches)
        ),
    )
    editor.open(project)
    await editor.diagnostics_of(project)
    source = world.world / "dev/Wall/src/Wall.jl"
    world.replace("dev/Wall/src/Wall.jl", "+ 1", "+ 2")
    editor.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(source.as_uri(), types.FileChangeType.Changed)]
        )
    )
    assert "Wall.jl changed" in (await shown_pending(editor, project))[0]


async def test_the_folders_of_caches_are_watched_and_what_julia_compiled_is_noticed(
    editor: Editor, world: ChangedWorld
) -> None:
    world.replace("dev/Wall/src/Wall.jl", "+ 1", "+ 2")
    project = world.folder("plain") / "Project.toml"
    watches = types.DidChangeWatchedFilesClientCapabilities(
        dynamic_registration=True, relative_pattern_support=True
    )
    await editor.start_session(
        project.parent,
        capabilities=types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watches)
        ),
    )
    editor.open(project)
    assert await shown_pending(editor, project)
    (options,) = [
        one.register_options for one in editor.registrations if one.id == "precompass-caches"
    ]
    assert options is not None
    assert [one["globPattern"]["baseUri"] for one in options["watchers"]] == [
        (world.depot / "compiled").as_uri()
    ]

    world.compile("plain", "Wall", "Roof")  # as Julia does it
    number = len(editor.shown)
    editor.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(world.cache("Wall").as_uri(), types.FileChangeType.Changed)]
        )
    )

    def is_gone() -> bool:
        last = [one for one in editor.shown[number:] if one.uri == project.as_uri()]
        return bool(last) and not pending(last[-1])

    await editor.until(is_gone)


async def test_status_waits_for_what_is_pending(editor: Editor, world: ChangedWorld) -> None:
    world.replace("dev/Wall/src/Wall.jl", "+ 1", "+ 2")
    project = world.folder("plain") / "Project.toml"
    await editor.start_session(project.parent)
    editor.open(project)
    page = await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.status", [{"uri": project.as_uri()}])
    )
    assert isinstance(page, dict)
    assert "recompiles 2 of 6 packages" in page["markdown"]


async def test_what_is_pending_is_drawn_by_root_cause(editor: Editor, world: ChangedWorld) -> None:
    world.replace("dev/Wall/src/Wall.jl", "+ 1", "+ 2")
    project = world.folder("plain") / "Project.toml"
    await editor.start_session(project.parent)
    editor.open(project)
    answer = await editor.workspace_execute_command_async(
        types.ExecuteCommandParams(
            "precompass.picture", [{"uri": project.as_uri(), "pending": True}]
        )
    )
    assert isinstance(answer, dict)
    assert answer["title"].startswith("The next using recompiles 2 of 6 packages")
    labels = [unit["label"] for unit in answer["picture"]["units"]]
    assert labels == ["Wall", "Roof"]  # numbers tell causes apart, and there is one
    assert 0 < answer["picture"]["compiled_bytes"] < answer["picture"]["of_bytes"]
    assert ">Wall<" in answer["html"]
    elsewhere = {"uri": (world.world / "Project.toml").as_uri(), "pending": True}
    nothing = await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.picture", [elsewhere])
    )
    assert nothing is None


async def test_status_names_caches_that_do_not_go_together(
    editor: Editor, world: ChangedWorld
) -> None:
    world.compile("prefs", "Preferences", "Paint", "House")
    world.compile("paintonly", "Paint")  # beside the older cache, on which House was built
    project = world.folder("prefs") / "Project.toml"
    await editor.start_session(project.parent)
    editor.open(project)
    page = await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.status", [{"uri": project.as_uri()}])
    )
    assert isinstance(page, dict)
    assert "recompiles nothing" in page["markdown"]
    assert "House wants an older build of Paint than its newest cache." in page["markdown"]
    assert "load House first to avoid it" in page["markdown"]
