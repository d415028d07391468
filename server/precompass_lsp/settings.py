"""The settings of the section ``precompass``: from the client's JSON to typed values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from precompass.settings.settings import SETTINGS, Settings, WrongSettingError

SECTION = "precompass"
DEFAULT_DEBOUNCE = 150
"""Milliseconds without a keystroke before a changed text is checked."""
_LONGEST_DEBOUNCE = 10_000
_LEVELS = {"off": logging.WARNING, "messages": logging.INFO, "verbose": logging.DEBUG}

T = TypeVar("T")


@dataclass(frozen=True)
class ServerSettings:
    """What the user has chosen in the editor.

    Attributes:
        analysis: what matters to the answers; it goes over ``precompass.toml``.
        debounce: milliseconds without a keystroke before a changed text is checked; the first
            change after so long is checked at once.
        workspace_diagnostics: whether files that are not open are reported on, to clients that
            ask for them.
        trust: whether what files say about places elsewhere counts; None for the user's own
            folders only.
        log_level: of what is told in the client's log, as in :mod:`logging`.
    """

    analysis: Settings = field(default_factory=Settings)
    debounce: int = DEFAULT_DEBOUNCE
    workspace_diagnostics: bool = True
    trust: bool | None = None
    log_level: int = logging.WARNING


def read_settings(section: object) -> tuple[ServerSettings, tuple[str, ...]]:
    """Return the settings of the section, and a sentence for each that is wrong.

    A wrong setting counts as one that is not there, or is null: what ``precompass.toml`` says
    holds, else the default. Names that are not known are let be: a client keeps settings of its
    own in the same section.
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
