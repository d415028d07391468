"""Settings: how they are read, and where they come from."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from lsprotocol import types

from precompass.julia.versions import VersionNumber
from precompass_lsp.settings import ServerSettings, read_settings
from support.editor_client import Editor
from support.small_environment import write_environment

ASKED = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        did_change_configuration=types.DidChangeConfigurationClientCapabilities(
            dynamic_registration=True
        ),
    )
)
LAKE = "[River]\nflow = 1\n"
SKIPPED = '[SnoopPrecompile]\nskip_precompile = ["River"]\n'


def test_every_setting_is_read() -> None:
    section = {
        "julia": "1.10.4",
        "depot": "/opt/julia:~/.julia",
        "useDepot": False,
        "useRegistry": False,
        "wideThreshold": 25,
        "inlayHints": False,
        "codeLenses": False,
        "debounce": 0,
        "trace": "verbose",
    }
    settings, wrong = read_settings(section)
    assert wrong == ()
    assert settings.analysis.julia == VersionNumber((1, 10, 4))
    assert settings.analysis.depots == "/opt/julia:~/.julia"
    assert settings.analysis.use_depot is False
    assert settings.analysis.use_registry is False
    assert settings.analysis.wide_threshold == 25
    assert settings.analysis.inlay_hints is False
    assert settings.analysis.code_lenses is False
    assert settings.debounce == 0
    assert settings.log_level == logging.DEBUG


def test_what_is_not_set_has_its_default() -> None:
    unset = {"julia": None, "depot": "", "trace": {}, "server": {"path": "somewhere"}}
    for section in (None, {}, unset):
        assert read_settings(section) == (ServerSettings(), ())


def test_clients_keep_the_trace_one_step_deeper() -> None:
    settings, wrong = read_settings({"trace": {"server": "messages"}})
    assert (settings.log_level, wrong) == (logging.INFO, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("julia", "newest"),
        ("julia", 1.1),
        ("depot", ["/opt"]),
        ("useDepot", "no"),
        ("wideThreshold", 0),
        ("wideThreshold", True),
        ("wideThreshold", "ten"),
        ("inlayHints", "on"),
        ("codeLenses", 1),
        ("debounce", -1),
        ("debounce", 1e9),
        ("trace", "loud"),
        ("trace", {"server": 7}),
    ],
)
def test_a_wrong_setting_has_its_default_and_is_named(name: str, value: object) -> None:
    settings, wrong = read_settings({name: value})
    assert settings == ServerSettings()
    (sentence,) = wrong
    assert f"precompass.{name} must be" in sentence
    assert repr(value) in sentence


def test_a_section_that_is_no_object_is_named() -> None:
    settings, (sentence,) = read_settings(["julia"])
    assert settings == ServerSettings()
    assert "must be an object" in sentence


@pytest.mark.asyncio
@pytest.mark.parametrize("options", [{"wideThreshold": 1}, {"precompass": {"wideThreshold": 1}}])
async def test_initialization_options_count(
    editor: Editor, preferences: Path, options: object
) -> None:
    await editor.start_session(preferences.parent, options=options)
    editor.open(preferences, LAKE)
    assert "wide-invalidation" in await _codes(editor, preferences)


@pytest.mark.asyncio
async def test_the_client_is_asked_for_its_settings(editor: Editor, preferences: Path) -> None:
    editor.set_configuration({"precompass": {"wideThreshold": 1}})
    await editor.start_session(preferences.parent, capabilities=ASKED)
    await editor.until(
        lambda: (
            [item.method for item in editor.registrations]
            == [types.WORKSPACE_DID_CHANGE_CONFIGURATION]
        )
    )
    editor.open(preferences, LAKE)
    assert "wide-invalidation" in await _codes(editor, preferences)

    # ... and again when it says that they have changed.
    editor.set_configuration({"precompass": {"wideThreshold": 10}})
    before = len(editor.shown)
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    assert "wide-invalidation" not in await _codes(editor, preferences, after=before)


@pytest.mark.asyncio
async def test_a_client_that_is_not_asked_tells(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences, LAKE)
    assert "wide-invalidation" not in await _codes(editor, preferences)
    editor.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"precompass": {"wideThreshold": 1}})
    )
    assert "wide-invalidation" in await _codes(editor, preferences, after=1)


@pytest.mark.asyncio
async def test_a_wrong_setting_is_shown_once(editor: Editor, preferences: Path) -> None:
    wrong = {"julia": "newest"}
    await editor.start_session(preferences.parent, options=wrong)
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(wrong))
    editor.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"julia": "newest", "debounce": "long"})
    )
    await editor.until(lambda: len(editor.messages) == 2)
    first, second = editor.messages
    assert first.type is types.MessageType.Warning
    assert first.message == (
        'The setting precompass.julia must be a version of Julia such as "1.11", '
        "not 'newest'; using the default."
    )
    assert "precompass.debounce" in second.message


@pytest.mark.asyncio
async def test_each_folder_has_its_own_settings(editor: Editor, tmp_path: Path) -> None:
    strict, lenient, outside = (
        write_environment(tmp_path / name).with_name("LocalPreferences.toml")
        for name in ("Strict", "Lenient", "Outside")
    )
    uris = [path.parent.as_uri() for path in (strict, lenient)]
    for uri, threshold in zip(uris, (1, 1000), strict=True):
        own = {"wideThreshold": threshold, "severity": {"global-skip-list": "off"}}
        editor.set_configuration({"precompass": own}, scope_uri=uri)
    editor.set_configuration({"precompass": {"wideThreshold": 1}})
    await editor.start_session(strict.parent, lenient.parent, capabilities=ASKED)
    for path in (strict, lenient, outside):
        editor.open(path, SKIPPED + LAKE)
    assert await _settled(editor, strict, lenient, outside) == [
        ["wide-invalidation"],
        [],
        ["global-skip-list", "wide-invalidation"],
    ]

    # A change of one folder's settings changes what is found there.
    editor.set_configuration({"precompass": {"wideThreshold": 1000}}, scope_uri=uris[0])
    before = len(editor.shown)
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    assert await _codes(editor, strict, after=before) == ["global-skip-list"]

    # A folder that is closed has those of no folder.
    editor.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(
            types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(uris[1], "Lenient")])
        )
    )
    found = ["global-skip-list", "wide-invalidation"]
    await editor.until(lambda: _last(editor, lenient) == found)


@pytest.mark.asyncio
async def test_hints_are_switched_off_for_one_folder(editor: Editor, tmp_path: Path) -> None:
    on, off = (
        write_environment(tmp_path / name).with_name("LocalPreferences.toml")
        for name in ("On", "Off")
    )
    editor.set_configuration({"precompass": {"debounce": 0}})
    editor.set_configuration(
        {"precompass": {"inlayHints": False, "severity": {"global-skip-list": "off"}}},
        scope_uri=off.parent.as_uri(),
    )
    await editor.start_session(on.parent, off.parent, capabilities=ASKED)
    for path in (on, off):
        editor.open(path)
    await editor.until(lambda: _last(editor, off) == ["ignored-preferences"])
    assert [len(await _hints(editor, path)) for path in (on, off)] == [1, 0]


@pytest.mark.asyncio
async def test_a_team_switches_hints_and_lenses_off(
    editor: Editor, project: Path, preferences: Path
) -> None:
    project.with_name("precompass.toml").write_text("inlay-hints = false\ncode-lenses = false\n")
    await editor.start_session(project.parent)
    editor.open(preferences)
    assert await _hints(editor, preferences) == []
    assert await _lenses(editor, preferences) == []
    # What the user has chosen in the editor goes over it.
    editor.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"inlayHints": True, "codeLenses": True})
    )
    assert len(await _hints(editor, preferences)) == 1
    assert len(await _lenses(editor, preferences)) == 1


async def _hints(editor: Editor, path: Path) -> list[types.InlayHint]:
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    found = await editor.text_document_inlay_hint_async(
        types.InlayHintParams(types.TextDocumentIdentifier(path.as_uri()), everything)
    )
    return list(found or [])


async def _lenses(editor: Editor, path: Path) -> list[types.CodeLens]:
    found = await editor.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(path.as_uri()))
    )
    return list(found or [])


async def _settled(editor: Editor, *paths: Path) -> list[list[object] | None]:
    """Return what is shown of files when the settings have arrived."""
    await editor.until(lambda: all(_last(editor, path) is not None for path in paths))
    await editor.until(lambda: _last(editor, paths[1]) == [])
    return [_last(editor, path) for path in paths]


def _last(editor: Editor, path: Path) -> list[object] | None:
    shown = [one for one in editor.shown if one.uri == path.as_uri()]
    return [found.code for found in shown[-1].diagnostics] if shown else None


async def _codes(editor: Editor, path: Path, after: int = 0) -> list[object]:
    shown = await editor.diagnostics_of(path, after=after)
    return [found.code for found in shown.diagnostics]
