"""The settings of the section ``precompass``: from the client's JSON to typed values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from precompass.settings.settings import SETTINGS, Settings, WrongSettingError

SECTION = "precompass"
DEFAULT_DEBOUNCE = 150
"""The pause, in milliseconds, after which a changed text is checked."""
_LONGEST_DEBOUNCE = 10_000
_LEVELS = {"off": logging.WARNING, "messages": logging.INFO, "verbose": logging.DEBUG}

T = TypeVar("T")


class ServerSettings(msgspec.Struct, frozen=True):
    """The settings of an editor.

    Attributes:
        analysis: the settings of the answers; they override ``precompass.toml``.
        debounce: the pause, in milliseconds, after which a changed text is checked; the first
            change after such a pause is checked at once.
        workspace_diagnostics: report files that are not open, to clients that ask for them.
        trust: obey what files say about places elsewhere; None for the user's own folders only.
        log_level: the level of the client's log, as in :mod:`logging`.
    """

    analysis: Settings = msgspec.field(default_factory=Settings)
    debounce: int = DEFAULT_DEBOUNCE
    workspace_diagnostics: bool = True
    trust: bool | None = None
    log_level: int = logging.WARNING


def read_settings(section: object) -> tuple[ServerSettings, tuple[str, ...]]:
    """Return the settings of the section, and a sentence for each wrong setting.

    A wrong setting counts as unset, as does null: ``precompass.toml`` applies, or the default.
    Unknown names are ignored: clients keep their own settings in the same section.
    """
    wrong: list[str] = []
    if section is not None and not isinstance(section, Mapping):
        wrong.append(f"The settings {SECTION!r} must be an object, not {section!r}; ignored.")
    values: Mapping[str, object] = section if isinstance(section, Mapping) else {}

    def read(name: str, default: T, convert: Callable[[object], T]) -> T:
        value = values.get(name)
        if value is None:
            return default
        try:
            return convert(value)
        except WrongSettingError as error:
            wrong.append(f"The setting {SECTION}.{name} {error}, not {value!r}; using the default.")
            return default

    chosen: dict[str, Any] = {
        setting.attribute: read(setting.editor_name, None, setting.read)
        for setting in SETTINGS.values()
    }
    settings = ServerSettings(
        analysis=Settings(**{name: value for name, value in chosen.items() if value is not None}),
        debounce=read("debounce", DEFAULT_DEBOUNCE, _milliseconds),
        workspace_diagnostics=read("workspaceDiagnostics", True, _boolean),
        trust=read("trust", None, _boolean),
        log_level=read("trace", logging.WARNING, _level),
    )
    return settings, tuple(wrong)


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value


def _milliseconds(value: object) -> int:
    number = _whole_number(value)
    if number is None or not 0 <= number <= _LONGEST_DEBOUNCE:
        raise WrongSettingError(f"must be milliseconds from 0 to {_LONGEST_DEBOUNCE}")
    return number


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongSettingError("must be true or false")
    return value


def _level(value: object) -> int:
    # VS Code's clients keep the level one step deeper, as ``trace.server``.
    word = value.get("server", "off") if isinstance(value, Mapping) else value
    if not isinstance(word, str) or word not in _LEVELS:
        raise WrongSettingError('must be "off", "messages" or "verbose"')
    return _LEVELS[word]
