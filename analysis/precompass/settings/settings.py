"""What a user can choose: in an editor, on a command line, in ``precompass.toml``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from precompass.findings import Severity
from precompass.julia.behaviour import read_version
from precompass.julia.versions import VersionNumber

DEFAULT_WIDE_THRESHOLD = 10
"""Packages from which on a preference is reported as expensive."""
OFF = "off"
"""What stands for a severity where a rule is switched off."""
SEVERITY_WORDS = (*(severity.value for severity in Severity), OFF)
_MAX_TEXT = 10_000  # characters of a depot path
_MOST_PATTERNS = 500


@dataclass(frozen=True)
class Settings:
    """What a user has chosen in one place, or in several that lie over each other.

    None always means that nothing was chosen; then what is said below holds.

    Attributes:
        julia: whose rules apply; else the version that wrote the manifest.
        session: the options with which the session is started that loads the packages, as they
            are written for ``julia``; else none.
        depots: the depot path in the form of ``JULIA_DEPOT_PATH``; else that variable.
        use_depot: whether to look into depots at all, else yes; sources of the project itself,
            and of what it develops, are read in any case.
        use_registry: whether to look into the registries of the depots; else yes.
        wide_threshold: packages from which on ``wide-invalidation`` reports a preference; else
            :data:`DEFAULT_WIDE_THRESHOLD`.
        inlay_hints: whether counts and versions are shown inside the lines; else yes.
        code_lenses: whether it is shown above tables what a change in them recompiles; else yes.
        severities: of findings by the code of their rule, None for a rule that is off; those
            not named have their rule's own.
        exclude: patterns, as in ``.gitignore``, of files that are not checked.
        paths: severities by code for the files that such a pattern names.
        patterns_from: the folder that these patterns start from; else the root of the disk.
        is_trusted: whether what files say about places elsewhere counts.
        variables: the environment variables that Julia would see.
    """

    julia: VersionNumber | None = None
    session: tuple[str, ...] = ()
    depots: str | None = None
    use_depot: bool | None = None
    use_registry: bool | None = None
    wide_threshold: int | None = None
    inlay_hints: bool | None = None
    code_lenses: bool | None = None
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    exclude: Sequence[str] | None = None
    paths: Mapping[str, Mapping[str, Severity | None]] | None = None
    patterns_from: Path | None = None
    is_trusted: bool = True
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def wide_from(self) -> int:
        """The threshold in effect."""
        return DEFAULT_WIDE_THRESHOLD if self.wide_threshold is None else self.wide_threshold

    def over(self, farther: Settings) -> Settings:
        """Return these choices and, for what is not chosen here, those of *farther*.

        Who names depots here wants them looked into, whatever *farther* says of that. The
        environment variables are those of these settings.
        """
        use_depot = True if self.use_depot is None and self.depots is not None else self.use_depot
        chosen: dict[str, Any] = {
            "julia": self.julia,
            "session": self.session or None,
            "depots": self.depots,
            "use_depot": use_depot,
            "use_registry": self.use_registry,
            "wide_threshold": self.wide_threshold,
            "inlay_hints": self.inlay_hints,
            "code_lenses": self.code_lenses,
        }
        if self.exclude is not None or self.paths is not None:
            patterns = (self.exclude, self.paths, self.patterns_from)
            chosen |= dict(zip(("exclude", "paths", "patterns_from"), patterns, strict=True))
        return replace(
            farther,
            **{name: value for name, value in chosen.items() if value is not None},
            severities={**farther.severities, **self.severities},
            is_trusted=self.is_trusted,
            variables=self.variables,
        )


class WrongSettingError(ValueError):
    """A setting has a value that it cannot have; the message says what it can have."""


@dataclass(frozen=True)
class Setting:
    """A setting as it is written down, in ``precompass.toml`` or in an editor.

    Attributes:
        key: its name in ``precompass.toml``.
        attribute: its name in :class:`Settings`.
        read: returns the value for :class:`Settings`, None where the user leaves it open.
            Raises :class:`WrongSettingError`.
        description: one sentence or two.
        default: what holds where it is not set, in words.
        schema: what a value can be, in JSON Schema (draft 2020-12).
    """

    key: str
    attribute: str
    read: Callable[[object], object]
    description: str
    default: str
    schema: Mapping[str, object]

    @property
    def editor_name(self) -> str:
        """Its name in an editor's section ``precompass``, in the manner of editors."""
        return re.sub("-(.)", lambda match: match[1].upper(), self.key)


def _text(value: object) -> str | None:
    if not isinstance(value, str) or "\0" in value or len(value) > _MAX_TEXT:
        raise WrongSettingError("must be a text")
    return value.strip() or None


def _version(value: object) -> VersionNumber | None:
    wrong = WrongSettingError('must be a version of Julia such as "1.11"')
    if not isinstance(value, str):
        raise wrong
    version = read_version(value.strip())
    if version is None and value.strip():
        raise wrong
    return version


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongSettingError("must be true or false")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise WrongSettingError("must be a number of packages, at least 1")
    return int(value)


def read_severity(value: object) -> Severity | None:
    """Return the severity that a word means, None for ``off``.

    Raises:
        WrongSettingError: if it is no such word.
    """
    if not isinstance(value, str) or value not in SEVERITY_WORDS:
        words = ", ".join(f'"{word}"' for word in SEVERITY_WORDS[:-1])
        raise WrongSettingError(f'must be {words} or "{OFF}"')
    return None if value == OFF else Severity(value)


def _severities(value: object) -> Mapping[str, Severity | None]:
    if not isinstance(value, Mapping):
        raise WrongSettingError("must name rules and their severities")
    severities = {}
    for code, word in value.items():
        try:
            severities[str(code)] = read_severity(word)
        except WrongSettingError as error:
            raise WrongSettingError(f"{error} for each rule") from None
    return severities


def _patterns(value: object) -> Sequence[str]:
    patterns = [one for one in value if isinstance(one, str)] if isinstance(value, list) else None
    if patterns is None or value != patterns or len(patterns) > _MOST_PATTERNS:
        raise WrongSettingError("must be a list of patterns, such as those of .gitignore")
    return tuple(patterns)


def _paths(value: object) -> Mapping[str, Mapping[str, Severity | None]]:
    if not isinstance(value, Mapping) or len(value) > _MOST_PATTERNS:
        raise WrongSettingError("must name patterns, with rules and their severities for each")
    return {str(pattern): _severities(severities) for pattern, severities in value.items()}


SETTINGS: Mapping[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            "severity",
            "severities",
            _severities,
            "How much the findings of a rule matter, by the rule's code; `off` switches the rule "
            "off.",
            "each rule's own",
            {"type": "object", "additionalProperties": {"enum": list(SEVERITY_WORDS)}},
        ),
        Setting(
            "paths",
            "paths",
            _paths,
            "Severities for some files alone: by a pattern as in `.gitignore`, a table as that of "
            "`severity`. In `precompass.toml`, patterns start from the folder of that file.",
            "none",
            {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": {"enum": list(SEVERITY_WORDS)},
                },
            },
        ),
        Setting(
            "exclude",
            "exclude",
            _patterns,
            "Files and folders that are not checked, by patterns as in `.gitignore`. In "
            "`precompass.toml`, they start from the folder of that file.",
            "`docs/src/assets/`, `docs/build/` and `node_modules/`, wherever they are",
            {"type": "array", "items": {"type": "string"}},
        ),
        Setting(
            "wide-threshold",
            "wide_threshold",
            _count,
            "The number of packages from which on `wide-invalidation` reports a preference.",
            str(DEFAULT_WIDE_THRESHOLD),
            {"type": "integer", "minimum": 1},
        ),
        Setting(
            "julia",
            "julia",
            _version,
            "The version of Julia whose rules apply.",
            "the version that wrote the manifest, else the newest known",
            {"type": "string", "examples": ["1.11", "1.12.2"]},
        ),
        Setting(
            "depot",
            "depots",
            _text,
            "Where packages and compile caches are, in the form of `JULIA_DEPOT_PATH`. In "
            "`precompass.toml`, relative paths start from the folder of that file.",
            "`JULIA_DEPOT_PATH` and Julia's own defaults",
            {"type": "string"},
        ),
        Setting(
            "use-depot",
            "use_depot",
            _flag,
            "Whether to look into depots, at installed packages, compile caches and registries.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "use-registry",
            "use_registry",
            _flag,
            "Whether to look into the registries of the depots.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "inlay-hints",
            "inlay_hints",
            _flag,
            "Whether editors show the count behind each preference, and the version behind each "
            "dependency, inside the lines.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "code-lenses",
            "code_lenses",
            _flag,
            "Whether editors show above tables what a change in them recompiles.",
            "true",
            {"type": "boolean"},
        ),
    )
}
"""All settings that matter to answers, by their key in ``precompass.toml``."""
