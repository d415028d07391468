"""When diagnostics are told, and of which state of the files."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from lsprotocol import types

from precompass_lsp.client import Client
from precompass_lsp.diagnostics import Diagnostics
from precompass_lsp.server import PrecompassServer
from support.editor_client import Editor, Shown

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

IMPATIENT = {"debounce": 0}
WATCHING = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
            dynamic_registration=True
        )
    )
)
PULLING = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities()
    ),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)
LAKE = '\n[extras]\nLake = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"\n'


def codes(shown: Shown | types.RelatedFullDocumentDiagnosticReport) -> list[str]:
    diagnostics = shown.diagnostics if isinstance(shown, Shown) else shown.items
    return [str(diagnostic.code) for diagnostic in diagnostics]


async def test_an_opened_file_gets_its_diagnostics(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences, version=7)
    shown = await editor.diagnostics_of(preferences)
    assert shown.version == 7
    assert codes(shown) == ["global-skip-list", "ignored-preferences"]
    skip_list, ignored = shown.diagnostics
    assert skip_list.range == types.Range(types.Position(1, 0), types.Position(1, 15))
    assert skip_list.severity is types.DiagnosticSeverity.Warning
    assert skip_list.source == "precompass"
    assert "3 of 7 packages" in skip_list.message
    assert ignored.range.start.line == 3


async def test_a_changed_file_gets_new_ones_for_its_new_version(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    version = editor.change(
        preferences,
        types.TextDocumentContentChangePartial(
            types.Range(types.Position(3, 0), types.Position(5, 0)), ""
        ),
    )
    assert codes(await editor.diagnostics_of(preferences, version=version)) == ["global-skip-list"]


async def test_while_somebody_types_nothing_is_told(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent, options={"debounce": 2_000})
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    versions = [editor.change(preferences, "[Lake]\n" + "#" * count) for count in range(20)]
    await editor.diagnostics_of(preferences, version=versions[-1])
    told = [shown.version for shown in editor.shown]
    assert told[0] == 1
    assert told[-1] == versions[-1]
    assert len(told) <= 3  # the first keystroke may be checked before the second one comes


async def test_the_first_change_after_a_pause_is_checked_at_once(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent, options={"debounce": 10_000})
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    version = editor.change(preferences, "broken =")
    await editor.caught_up(preferences)  # which a check that waits for a pause does not hold up
    assert editor.shown[-1].version == version
    assert "toml-syntax" in codes(editor.shown[-1])


async def test_what_was_found_in_an_older_text_is_not_told(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent, options=IMPATIENT)
    # Both arrive while the server still loads its analysis.
    editor.open(preferences)
    version = editor.change(preferences, "broken =")
    assert "toml-syntax" in codes(await editor.diagnostics_of(preferences, version=version))
    assert [shown.version for shown in editor.shown] == [version]


async def test_saving_checks_at_once(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent, options={"debounce": 10_000})
    editor.open(preferences)
    assert "global-skip-list" in codes(await editor.diagnostics_of(preferences))
    version = editor.change(preferences, "")
    editor.save(preferences)
    assert codes(await editor.diagnostics_of(preferences, version=version)) == []


async def test_closing_takes_diagnostics_back(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent, options=IMPATIENT)
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    before = len(editor.shown)
    editor.close(preferences)
    shown = await editor.diagnostics_of(preferences, after=before)
    assert (shown.version, shown.diagnostics) == (None, ())


async def test_a_closed_buffer_does_not_count_any_more(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent, options=IMPATIENT)
    editor.open(project, project.read_text() + LAKE)
    editor.open(preferences)
    assert "ignored-preferences" not in codes(await editor.diagnostics_of(preferences))
    before = len(editor.shown)
    editor.close(project)
    shown = await editor.diagnostics_of(preferences, after=before)
    assert "ignored-preferences" in codes(shown)


async def test_preferences_follow_the_project_file_in_its_buffer(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent, options=IMPATIENT)
    editor.open(preferences, version=3)
    editor.open(project)
    assert "ignored-preferences" in codes(await editor.diagnostics_of(preferences))
    await editor.diagnostics_of(project)
    before = len(editor.shown)
    version = editor.change(project, project.read_text() + LAKE)
    shown = await editor.diagnostics_of(preferences, after=before)
    assert shown.version == 3
    assert "ignored-preferences" not in codes(shown)
    changed_file_came_first = editor.shown[before]
    assert changed_file_came_first.uri == project.as_uri()
    assert changed_file_came_first.version == version


async def test_preferences_follow_files_that_the_client_watches(
    editor: Editor, project: Path, preferences: Path, manifest: Path
) -> None:
    await editor.start_session(project.parent, capabilities=WATCHING, options=IMPATIENT)
    editor.open(preferences)
    assert "ignored-preferences" in codes(await editor.diagnostics_of(preferences))
    (registration,) = await editor.until(lambda: editor.registrations)
    assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES

    project.write_text(project.read_text() + LAKE)
    shown = await _after_disk_change(editor, project, preferences)
    assert "ignored-preferences" not in codes(shown)

    manifest.unlink()
    shown = await _after_disk_change(editor, manifest, preferences)
    assert "7 packages" not in shown.diagnostics[0].message


async def _after_disk_change(editor: Editor, changed: Path, path: Path) -> Shown:
    before = len(editor.shown)
    kind = types.FileChangeType.Changed if changed.exists() else types.FileChangeType.Deleted
    editor.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(changed.as_uri(), kind)])
    )
    return await editor.diagnostics_of(path, after=before)


async def test_preferences_follow_the_disk_without_help_of_the_client(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(preferences)
    assert "ignored-preferences" in codes(await editor.diagnostics_of(preferences))
    project.write_text(project.read_text() + LAKE)
    shown = await editor.diagnostics_of(preferences, after=1)
    assert "ignored-preferences" not in codes(shown)


async def test_a_client_watches_its_folders_only(
    editor: Editor, project: Path, preferences: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    await editor.start_session(elsewhere, capabilities=WATCHING)
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    project.write_text(project.read_text() + LAKE)
    assert "ignored-preferences" not in codes(await editor.diagnostics_of(preferences, after=1))


async def test_a_file_needs_no_workspace(editor: Editor, preferences: Path) -> None:
    await editor.start_session()
    editor.open(preferences)
    assert "global-skip-list" in codes(await editor.diagnostics_of(preferences))


async def test_a_client_that_pulls_is_not_pushed_to(
    editor: Editor, project: Path, preferences: Path
) -> None:
    answer = await editor.start_session(project.parent, capabilities=PULLING, options=IMPATIENT)
    assert isinstance(answer.capabilities.diagnostic_provider, types.DiagnosticOptions)
    assert answer.capabilities.diagnostic_provider.inter_file_dependencies
    editor.open(project)
    editor.open(preferences)
    report = await _pull(editor, preferences)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert "ignored-preferences" in codes(report)

    again = await _pull(editor, preferences, report.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == report.result_id

    refreshes = editor.diagnostic_refresh_count
    editor.change(project, project.read_text() + LAKE)
    await editor.until(lambda: editor.diagnostic_refresh_count > refreshes)
    later = await _pull(editor, preferences, report.result_id)
    assert isinstance(later, types.RelatedFullDocumentDiagnosticReport)
    assert "ignored-preferences" not in codes(later)
    assert not editor.shown


async def test_a_client_that_cannot_be_told_to_pull_is_pushed_to(
    editor: Editor, preferences: Path
) -> None:
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities()
        )
    )
    answer = await editor.start_session(preferences.parent, capabilities=capabilities)
    assert answer.capabilities.diagnostic_provider is None
    editor.open(preferences)
    await editor.diagnostics_of(preferences)
    report = await _pull(editor, preferences)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert "global-skip-list" in codes(report)


async def test_a_client_that_could_pull_and_does_not_is_pushed_to(
    editor: Editor, project: Path, preferences: Path
) -> None:
    answer = await editor.start_session(project.parent, capabilities=PULLING, options=IMPATIENT)
    assert answer.capabilities.diagnostic_provider is not None
    editor.open(project)
    await editor.diagnostics_of(project)
    editor.open(preferences)
    assert "ignored-preferences" in codes(await editor.diagnostics_of(preferences))

    # Its first pull takes back what was pushed: nothing is ever shown twice.
    report = await _pull(editor, preferences)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert "ignored-preferences" in codes(report)
    still_shown = {shown.uri: codes(shown) for shown in editor.shown}
    assert not any(still_shown.values())
    before = len(editor.shown)
    editor.change(project, project.read_text() + LAKE)
    await editor.until(lambda: editor.diagnostic_refresh_count > 0)
    assert len(editor.shown) == before


async def test_a_check_that_is_interrupted_is_made_up_for(project: Path, preferences: Path) -> None:
    manifest = project.with_name("Manifest.toml")
    ls = _Server([project, preferences, manifest])
    diagnostics = Diagnostics(cast("PrecompassServer", ls))
    for path in (project, preferences):
        diagnostics.pulls(path.as_uri())
        diagnostics.pulled(path.as_uri(), path, [])
    ls.found[preferences] = [_finding("found because the project file changed")]
    ls.interrupts_at = manifest
    diagnostics.text_changed(project)
    with pytest.raises(asyncio.CancelledError):
        await ls.tasks[-1]
    assert ls.refreshes == 0
    ls.interrupts_at = None
    diagnostics.check_all_soon()  # what interrupted it changed nothing in the files
    await ls.tasks[-1]
    assert ls.refreshes == 1


async def test_a_file_that_was_pulled_just_before_the_settings_came_is_asked_for_again(
    preferences: Path,
) -> None:
    ls = _Server([preferences])
    diagnostics = Diagnostics(cast("PrecompassServer", ls))
    diagnostics.text_changed(preferences)
    diagnostics.pulls(preferences.as_uri())
    diagnostics.pulled(preferences.as_uri(), preferences, [])
    ls.found[preferences] = [_finding("found with the new settings")]
    diagnostics.check_all_soon()
    await ls.tasks[-1]
    assert ls.refreshes == 1


async def test_a_file_that_was_changed_the_client_asks_for_by_itself(preferences: Path) -> None:
    ls = _Server([preferences])
    diagnostics = Diagnostics(cast("PrecompassServer", ls))
    diagnostics.pulls(preferences.as_uri())
    diagnostics.pulled(preferences.as_uri(), preferences, [])
    ls.found[preferences] = [_finding("found in the new text")]
    diagnostics.text_changed(preferences)
    await ls.tasks[-1]
    assert ls.refreshes == 0


def _finding(message: str) -> types.Diagnostic:
    start = types.Position(0, 0)
    return types.Diagnostic(types.Range(start, start), message)


class _Server:
    """As much of the server as a check needs."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.client = Client(pulls_diagnostics=True)
        self.documents = dict.fromkeys(paths)
        self.moment = SimpleNamespace(documents=self.documents, uri=lambda path: path.as_uri())
        self.refreshing = self
        self.found: dict[Path, list[types.Diagnostic]] = {}
        self.interrupts_at: Path | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.refreshes = 0

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        self.tasks.append(asyncio.create_task(work))
        return self.tasks[-1]

    def forget_moment(self) -> None: ...

    def done(self, what: str, seconds: float) -> None: ...

    async def analysis_loaded(self) -> None: ...

    async def look(self, *_: object) -> None: ...

    async def answer(self, *question: object) -> list[types.Diagnostic]:
        *_, path = question
        assert isinstance(path, Path)
        if path == self.interrupts_at:
            raise asyncio.CancelledError
        return self.found.get(path, [])

    def workspace_diagnostic_refresh(self, _: None) -> None:
        self.refreshes += 1


async def _pull(
    editor: Editor, path: Path, previous: str | None = None
) -> types.DocumentDiagnosticReport:
    return await editor.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(
            types.TextDocumentIdentifier(path.as_uri()), previous_result_id=previous
        )
    )


async def test_parts_of_a_diagnostic_are_told_to_clients_that_show_them(
    editor: Editor, project: Path, preferences: Path
) -> None:
    project.write_text(project.read_text() + "\n[preferences.River]\nflow = 1\n")
    preferences.write_text("[River]\nflow = 2\n")
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True,
                code_description_support=True,
                tag_support=types.ClientDiagnosticsTagOptions([types.DiagnosticTag.Unnecessary]),
            )
        )
    )
    await editor.start_session(project.parent, capabilities=capabilities)
    editor.open(project)
    shadowed = (await editor.diagnostics_of(project)).diagnostics[-1]
    assert shadowed.code == "shadowed-preference"
    assert shadowed.tags == (types.DiagnosticTag.Unnecessary,)
    assert shadowed.code_description is not None
    assert shadowed.code_description.href.endswith("/rules/shadowed-preference/")
    assert shadowed.related_information is not None
    (place,) = shadowed.related_information
    # The place is in a file that is not open.
    assert place.location == types.Location(
        preferences.as_uri(), types.Range(types.Position(1, 0), types.Position(1, 4))
    )
