"""The settings in use: read from what the client has told, and taken over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompass_lsp.host import Host
from precompass_lsp.logs import set_level
from precompass_lsp.settings import SECTION, ServerSettings, read_settings


def section_of(settings: object) -> object:
    """Return the section of settings that may hold it, or be it."""
    if isinstance(settings, Mapping) and SECTION in settings:
        return settings[SECTION]
    return settings


def take(ls: Host, section: object) -> None:
    """Use settings for all files."""
    use(ls, read(ls, section), {})


def use(ls: Host, settings: ServerSettings, folder_settings: Mapping[Path, ServerSettings]) -> None:
    """Use settings for all files, and others for the files of some folders."""
    if (settings, folder_settings) != (ls.settings, ls.folder_settings):
        ls.settings, ls.folder_settings = settings, folder_settings
        set_level(min(ls.log_level, settings.log_level))
        ls.diagnostics.check_all_soon()


def read(ls: Host, section: object) -> ServerSettings:
    """Return the settings of a section; tell the user once of each that is wrong."""
    settings, wrong = read_settings(section)
    for sentence in wrong:
        ls.complain(sentence)
    return settings
