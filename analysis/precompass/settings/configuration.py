"""``precompass.toml``: what a team has chosen for the folder that it is in, and those below.

The nearest file upward counts, alone, and the search ends where Julia's own search for a
project ends. Whatever is wrong in the file is left out and named; the rest counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from precompass.documents.closest import closest
from precompass.documents.text import Span
from precompass.documents.toml import Entry, Table, parse_toml, plain
from precompass.files.kinds import CONFIGURATION_NAME
from precompass.findings import Severity
from precompass.julia.files import Files
from precompass.julia.load_path import walk_up
from precompass.settings.settings import (
    SETTINGS,
    Setting,
    Settings,
    WrongSettingError,
    read_severity,
)

_SEVERITY = "severity"
_MAX_PROBLEMS = 100
_MAX_WORD = 100  # characters of a misspelt word that is compared with the known ones


class Problem(msgspec.Struct, frozen=True):
    """Something in the file that has no effect.

    Attributes:
        span: the key or value at fault.
        message: what is wrong with it.
        path: the keys that lead to it.
        meant: the key that is most likely meant, if it resembles a known one.
    """

    span: Span
    message: str
    path: tuple[str, ...]
    meant: str | None = None


class Configuration(msgspec.Struct, frozen=True):
    """A ``precompass.toml``.

    Attributes:
        path: the file.
        settings: what it chooses.
        problems: what in it has no effect, except for rules that nobody knows.
    """

    path: Path
    settings: Settings
    problems: tuple[Problem, ...] = msgspec.field(default=())


def find_configuration(folder: Path, files: Files) -> Path | None:
    """Return the nearest ``precompass.toml`` in a folder or above; the home folder is the last."""
    places = (files.once(_configuration_in, place) for place in walk_up(folder))
    return next((path for path in places if path is not None), None)


def _configuration_in(files: Files, folder: Path) -> Path | None:
    path = folder / CONFIGURATION_NAME
    return path if files.is_file(path) else None


@lru_cache(maxsize=16)
def parse_configuration(path: Path, text: str) -> Configuration:
    """Read the text of a ``precompass.toml``; never raises.

    Args:
        path: the file; relative depots start from its folder.
        text: its text, valid TOML or not.
    """
    chosen: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, entry in parse_toml(text).root.entries.items():
        if len(problems) >= _MAX_PROBLEMS:
            break
        setting = SETTINGS.get(key)
        if setting is None:
            problems.append(_unknown_key(key, entry))
        elif key == _SEVERITY:
            severities, wrong = _severities(entry)
            chosen[setting.attribute] = severities
            problems += wrong
        else:
            _choose(setting, entry, chosen, problems)
    depots = chosen.get("depots")
    if depots is not None:
        chosen["depots"] = _from_folder(depots, path.parent)
    if "exclude" in chosen or "paths" in chosen:
        chosen["patterns_from"] = path.parent
    settings = Settings(**chosen, variables={})
    return Configuration(path, settings, tuple(problems[:_MAX_PROBLEMS]))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a misspelt one most likely means, or None.

    Underscores and capitals are what people write who know the names of an editor.
    """
    if len(word) > _MAX_WORD:
        return None
    plainly = {name.replace("-", ""): name for name in known}
    folded = word.replace("-", "").replace("_", "").casefold()
    near = closest(folded, plainly, 0.75)
    return plainly[near] if near is not None else None


def _choose(
    setting: Setting, entry: Entry, chosen: dict[str, Any], problems: list[Problem]
) -> None:
    try:
        chosen[setting.attribute] = setting.read(plain(entry.node))
    except WrongSettingError as error:
        message = f"`{setting.key}` {error}. It has no effect."
        problems.append(Problem(_value_span(entry), message, (setting.key,)))


def _severities(entry: Entry) -> tuple[Mapping[str, Severity | None], list[Problem]]:
    if not isinstance(entry.node, Table):
        message = '`severity` must be a table of rules, such as `wide-invalidation = "off"`.'
        return {}, [Problem(_value_span(entry), message, (_SEVERITY,))]
    severities: dict[str, Severity | None] = {}
    problems = []
    for code, choice in entry.node.entries.items():
        try:
            severities[code] = read_severity(plain(choice.node))
        except WrongSettingError as error:
            message = f"The severity of `{code}` {error}. It has no effect."
            problems.append(Problem(_value_span(choice), message, (_SEVERITY, code)))
    return severities, problems


def _unknown_key(key: str, entry: Entry) -> Problem:
    meant = nearest(key, SETTINGS)
    hint = f" Did you mean `{meant}`?" if meant else f" There are {', '.join(_names())}."
    message = f"There is no setting `{key}`, so it has no effect.{hint}"
    return Problem(entry.key.span, message, (key,), meant)


def _names() -> Iterator[str]:
    return (f"`{name}`" for name in SETTINGS)


def _value_span(entry: Entry) -> Span:
    """Return the value, or the key of a table that has its own header."""
    has_header = isinstance(entry.node, Table) and entry.node.form != "inline"
    return entry.key.span if has_header else entry.node.span


def _from_folder(depots: str, folder: Path) -> str:
    """Return a depot path whose relative elements start from a folder."""
    elements = depots.split(os.pathsep)
    return os.pathsep.join(
        element if not element or element.startswith("~") else str(folder / element)
        for element in elements
    )
