"""Where the settings come from: the client is asked for them, or tells them.

A client that can be asked is asked for those of every workspace folder (LSP 3.17,
``ConfigurationItem.scopeUri``): they count for the files of that folder. The settings of no
folder count for all other files, and alone say how long to wait and what to log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.logs import set_level
from precompass_lsp.settings import SECTION, ServerSettings, read_settings

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer

logger = logging.getLogger(__name__)


def register(server: PrecompassServer) -> None:
    """Let a server listen to changes of the settings, and of the folders that have some."""

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(
        ls: PrecompassServer, params: types.DidChangeConfigurationParams
    ) -> None:
        if ls.client.gives_configuration:
            await ask(ls)
        else:
            take(ls, section_of(params.settings))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_workspace_folders(
        ls: PrecompassServer,
        params: types.DidChangeWorkspaceFoldersParams,  # noqa: ARG001 - pygls keeps the folders
    ) -> None:
        if ls.client.gives_configuration:
            await ask(ls)


def section_of(settings: object) -> object:
    """Return the section of settings that may hold it, or be it."""
    if isinstance(settings, Mapping) and SECTION in settings:
        return settings[SECTION]
    return settings


def take(ls: PrecompassServer, section: object) -> None:
    """Use settings for all files."""
    _use(ls, _read(ls, section), {})


def _use(
    ls: PrecompassServer, settings: ServerSettings, folder_settings: Mapping[Path, ServerSettings]
) -> None:
    if (settings, folder_settings) != (ls.settings, ls.folder_settings):
        ls.settings, ls.folder_settings = settings, folder_settings
        set_level(min(ls.log_level, settings.log_level))
        ls.diagnostics.check_all_soon()


def _read(ls: PrecompassServer, section: object) -> ServerSettings:
    """Return the settings of a section; tell the user once of each that is wrong."""
    settings, wrong = read_settings(section)
    for sentence in wrong:
        if sentence not in ls.complaints:
            ls.complaints.add(sentence)
            ls.window_show_message(types.ShowMessageParams(types.MessageType.Warning, sentence))
    return settings


async def ask(ls: PrecompassServer) -> None:
    """Ask the client for the settings; keep those in use if it does not answer, or has none."""
    folders = ls.folders
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in folders]
    try:
        section, *sections = await ls.workspace_configuration_async(
            types.ConfigurationParams(items)
        )
    except Exception:
        logger.exception("The client did not tell its settings.")
        return
    settings = _read(ls, section) if section is not None else ls.settings
    of_folders = {
        path: _read(ls, own) if own is not None else settings
        for path, own in zip(folders.values(), sections, strict=False)
    }
    differ = any(own != settings for own in of_folders.values())
    _use(ls, settings, of_folders if differ else {})


async def start(ls: PrecompassServer) -> None:
    """Get the first settings, and ask to be told of changes."""
    if ls.client.registers_configuration:
        registration = types.Registration(
            id="precompass-configuration",
            method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            register_options=types.DidChangeConfigurationRegistrationOptions(section=SECTION),
        )
        try:
            await ls.client_register_capability_async(types.RegistrationParams([registration]))
        except Exception:
            logger.exception("The client does not tell when settings change.")
    if ls.client.gives_configuration:
        await ask(ls)
