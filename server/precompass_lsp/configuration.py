"""Where the settings come from: the client is asked for them, or tells them.

A client that can be asked is asked for those of every workspace folder (LSP 3.17,
``ConfigurationItem.scopeUri``): they count for the files of that folder. The settings of no
folder count for all other files, and alone say how long to wait and what to log.
"""

from __future__ import annotations

import logging

from lsprotocol import types

from precompass_lsp.chosen_settings import read, section_of, take, use
from precompass_lsp.host import Host
from precompass_lsp.settings import SECTION

logger = logging.getLogger(__name__)


def register(server: Host) -> None:
    """Let a server ask for settings, and listen to changes of them and of the folders."""
    server.when_initialized(start)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(
        ls: Host, params: types.DidChangeConfigurationParams
    ) -> None:
        if ls.client.gives_configuration:
            await ask(ls)
        else:
            take(ls, section_of(params.settings))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_workspace_folders(
        ls: Host,
        params: types.DidChangeWorkspaceFoldersParams,  # noqa: ARG001 - pygls keeps the folders
    ) -> None:
        if ls.client.gives_configuration:
            await ask(ls)


async def ask(ls: Host) -> None:
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
    settings = read(ls, section) if section is not None else ls.settings
    of_folders = {
        path: read(ls, own) if own is not None else settings
        for path, own in zip(folders.values(), sections, strict=False)
    }
    differ = any(own != settings for own in of_folders.values())
    use(ls, settings, of_folders if differ else {})


async def start(ls: Host) -> None:
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
