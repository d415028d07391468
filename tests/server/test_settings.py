"""Settings: how they are read, and where they come from."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from lsprotocol import types

from editor_client import Editor
from precompass.julia.versions import VersionNumber
from precompass_lsp.settings import ServerSettings, read_settings

ASKED = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        did_change_configuration=types.DidChangeConfigurationClientCapabilities(
            dynamic_registration=True
        ),
    )
)
LAKE = "[River]\nflow = 1\n"


def test_every_setting_is_read() -> None:
    section = {
        "julia": "1.10.4",
        "depot": "/opt/julia:~/.julia",
        "useDepot": False,
        "useRegistry": False,
        "wideThreshold": 25,
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


async def _codes(editor: Editor, path: Path, after: int = 0) -> list[object]:
    shown = await editor.diagnostics_of(path, after=after)
    return [found.code for found in shown.diagnostics]
