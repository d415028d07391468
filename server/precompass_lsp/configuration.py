"""Where the settings come from: the client is asked for them, or tells them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.logs import set_level
from precompass_lsp.settings import SECTION, read_settings

if TYPE_CHECKING:
    from precompass_lsp.server import PrecompassServer

logger = logging.getLogger(__name__)


def register(server: PrecompassServer) -> None:
    """Let a server listen to changes of the settings."""

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(
        ls: PrecompassServer, params: types.DidChangeConfigurationParams
    ) -> None:
        if ls.client.gives_configuration:
            await ask(ls)
        else:
            take(ls, section_of(params.settings))


def section_of(settings: object) -> object:
    """Return the section of settings that may hold it, or be it."""
    if isinstance(settings, Mapping) and SECTION in settings:
        return settings[SECTION]
    return settings


def take(ls: PrecompassServer, section: object) -> None:
    """Use settings; tell the user once of each that is wrong."""
    settings, wrong = read_settings(section)
    for sentence in wrong:
        if sentence not in ls.complaints:
            ls.complaints.add(sentence)
            ls.window_show_message(types.ShowMessageParams(types.MessageType.Warning, sentence))
    if settings != ls.settings:
        ls.settings = settings
        set_level(min(ls.log_level, settings.log_level))
        ls.diagnostics.check_all_soon()


async def ask(ls: PrecompassServer) -> None:
    """Ask the client for the settings; keep those in use if it does not answer."""
    item = types.ConfigurationItem(section=SECTION)
    try:
        (section,) = await ls.workspace_configuration_async(types.ConfigurationParams([item]))
    except Exception:
        logger.exception("The client did not tell its settings.")
        return
    if section is not None:
        take(ls, section)


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
