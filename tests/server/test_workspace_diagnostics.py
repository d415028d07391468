"""Diagnostics of a whole workspace: of files that are not open, in parts, and never twice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support.editor_client import Editor
from support.processes import cpu_of
from support.raw_client import RawClient
from support.small_environment import write_environment

pytestmark = pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")

PULLING = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities()
    ),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two environments, of which no file is open."""
    (tmp_path / "repository").mkdir()
    for name in ("docs", "test"):
        write_environment(tmp_path / "repository" / name)
    return tmp_path / "repository"


async def pulled(
    editor: Editor, previous: dict[str, str] | None = None
) -> dict[str, types.WorkspaceDocumentDiagnosticReport]:
    known = [types.PreviousResultId(uri, value) for uri, value in (previous or {}).items()]
    report = await editor.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
    found = {one.uri: one for one in report.items}
    assert len(found) == len(report.items)
    return found


def codes(report: types.WorkspaceDocumentDiagnosticReport) -> list[str]:
    assert isinstance(report, types.WorkspaceFullDocumentDiagnosticReport)
    return [str(one.code) for one in report.items]


def ids(reports: dict[str, types.WorkspaceDocumentDiagnosticReport]) -> dict[str, str]:
    return {uri: one.result_id for uri, one in reports.items() if one.result_id is not None}


@pytest.mark.asyncio
async def test_files_that_are_not_open_are_reported(editor: Editor, repository: Path) -> None:
    session = await editor.start_session(repository, capabilities=PULLING)
    provider = session.capabilities.diagnostic_provider
    assert provider is not None
    assert provider.workspace_diagnostics
    found = await pulled(editor)
    for name in ("docs", "test"):
        preferences = repository / name / "LocalPreferences.toml"
        assert codes(found[preferences.as_uri()]) == ["global-skip-list", "ignored-preferences"]
        assert found[preferences.as_uri()].version is None


@pytest.mark.asyncio
async def test_a_second_pull_tells_what_has_changed(editor: Editor, repository: Path) -> None:
    await editor.start_session(repository, capabilities=PULLING, options={"debounce": 0})
    first = await pulled(editor)
    again = await pulled(editor, ids(first))
    assert again.keys() == first.keys()
    assert {one.kind for one in again.values()} == {"unchanged"}
    preferences = repository / "docs" / "LocalPreferences.toml"
    editor.open(preferences, "")
    later = await pulled(editor, ids(first))
    changed = [uri for uri, one in later.items() if one.kind == "full"]
    assert changed == [preferences.as_uri()]
    assert codes(later[preferences.as_uri()]) == []
    assert later[preferences.as_uri()].version == 1


@pytest.mark.asyncio
async def test_what_is_gone_or_switched_off_is_taken_back(editor: Editor, repository: Path) -> None:
    await editor.start_session(repository, capabilities=PULLING)
    gone = (repository / "gone" / "Project.toml").as_uri()
    found = await pulled(editor, {gone: "7"})
    assert codes(found[gone]) == []
    editor.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"precompass": {"workspaceDiagnostics": False}})
    )
    off = await pulled(editor, ids(found))
    assert off.keys() == ids(found).keys()
    assert all(codes(one) == [] for one in off.values())
    assert await pulled(editor) == {}


@pytest.mark.asyncio
async def test_nothing_is_told_twice(editor: Editor, repository: Path) -> None:
    """The first pull, of a file or of all, takes back what was pushed and ends the pushing."""
    await editor.start_session(repository, capabilities=PULLING, options={"debounce": 0})
    preferences = repository / "docs" / "LocalPreferences.toml"
    editor.open(preferences)
    assert (await editor.diagnostics_of(preferences)).diagnostics
    found = await pulled(editor)
    assert codes(found[preferences.as_uri()])
    assert not (await editor.diagnostics_of(preferences, after=1)).diagnostics
    number = len(editor.shown)
    editor.change(preferences, preferences.read_text() + "\n[Sea]\ndepth = 1\n")
    later = await pulled(editor, ids(found))
    assert len(codes(later[preferences.as_uri()])) == 3
    await editor.caught_up(preferences)
    assert len(editor.shown) == number


def test_parts_and_progress(tmp_path: Path) -> None:
    """A client that takes parts gets each file once, and is told how far the server has come."""
    for number in range(30):
        write_environment(tmp_path / f"environment-{number}")
    client = RawClient((sys.executable, "-m", "precompass_lsp"))
    told: list[Any] = []
    take = client._take

    def take_and_tell(message: Any) -> None:
        told.append(message)
        take(message)

    client._take = take_and_tell  # type: ignore[method-assign]
    client.initialize(tmp_path, {"textDocument": {"diagnostic": {}}})
    client.notify("initialized", {})
    report = client.request(
        "workspace/diagnostic",
        {"previousResultIds": [], "partialResultToken": "parts", "workDoneToken": "work"},
    )
    assert report == {"items": []}
    progress = [one["params"] for one in told if one.get("method") == "$/progress"]
    parts = [one["value"]["items"] for one in progress if one["token"] == "parts"]
    uris = [item["uri"] for part in parts for item in part]
    assert len(parts) > 1
    assert len(uris) == len(set(uris)) == 90
    kinds = [one["value"]["kind"] for one in progress if one["token"] == "work"]
    assert kinds == ["begin", *["report"] * 10, "end"]
    client.end()


@pytest.mark.exhaustive
def test_a_hundred_and_forty_one_projects_leave_the_keystroke_its_time(tmp_path: Path) -> None:
    """What is typed is checked between two files; asking again costs hardly anything."""
    for number in range(141):
        write_environment(tmp_path / f"environment-{number}")
    client = RawClient((sys.executable, "-m", "precompass_lsp"))
    client.initialize(tmp_path, {}, {"debounce": 0})
    client.notify("initialized", {})
    path = tmp_path / "environment-7" / "LocalPreferences.toml"
    item = {"uri": path.as_uri(), "languageId": "toml", "version": 1, "text": path.read_text()}
    client.notify("textDocument/didOpen", {"textDocument": item})
    number = client.ask("workspace/diagnostic", {"previousResultIds": []})
    hover = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 1, "character": 1}}
    assert client.request("textDocument/hover", hover)
    assert not client.has_answer(number)
    is_measured = sys.platform == "linux"
    begun = cpu_of(client.process.pid) if is_measured else 0
    first = client.answer(number)["result"]
    looked = cpu_of(client.process.pid) if is_measured else 0
    assert len(first["items"]) == 3 * 141
    known = [{"uri": one["uri"], "value": one["resultId"]} for one in first["items"]]
    again = client.request("workspace/diagnostic", {"previousResultIds": known})
    assert {one["kind"] for one in again["items"]} == {"unchanged"}
    if is_measured:
        assert cpu_of(client.process.pid) - looked < (looked - begun) / 3
    client.end()


def test_a_home_folder_is_looked_into_a_little_which_is_said_once(
    tmp_path: Path, julia_variables: dict[str, str]
) -> None:
    near, far = tmp_path / "work" / "Survey", tmp_path / "work" / "many" / "others"
    for folder in (near, far):
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_environment(folder)
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    client = RawClient((sys.executable, "-m", "precompass_lsp"), {**julia_variables, **home})
    try:
        client.initialize(tmp_path, {"workspace": {"diagnostics": {}}})
        client.notify("initialized", {})
        for _ in range(2):
            report = client.request("workspace/diagnostic", {"previousResultIds": []})
            uris = {one["uri"].rpartition("/")[0] for one in report["items"]}
            assert uris == {near.as_uri()}
        client.request("workspace/symbol", {"query": ""})
        [said] = [one["message"] for one in client.logged if "workspace folder" in one["message"]]
        assert said == (
            f"The workspace folder {tmp_path} is the home folder. Precompass looks for project"
            " files at most 2 folders below it. Open a project's own folder instead."
        )
    finally:
        client.end()
