"""The settings of an editor, of a command line and of ``precompass.toml``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from precompass.findings import Severity
from precompass.julia.behaviour import read_version
from precompass.julia.versions import VersionNumber

DEFAULT_WIDE_THRESHOLD = 10
"""The number of recompiled packages that makes a preference expensive."""
OFF = "off"
"""The word that disables a rule, in place of a severity."""
SEVERITY_WORDS = (*(severity.value for severity in Severity), OFF)
_MAX_TEXT = 10_000  # characters of a depot path
_MOST_PATTERNS = 500


class Settings(msgspec.Struct, frozen=True):
    """The choices of a user: of one place, or of several merged.

    None always means that nothing was chosen; the defaults are below.

    Attributes:
        julia: the version whose behaviour applies; by default, that of the manifest.
        session: the options of the session that loads the packages, in the spelling of the
            program ``julia``; by default, none.
        depots: the depot path in the format of ``JULIA_DEPOT_PATH``; by default, that variable.
        use_depot: read depots (default: yes). Sources of the project and of developed packages
            are always read.
        use_registry: read the registries in the depots (default: yes).
        wide_threshold: the least number of recompiled packages that ``wide-invalidation``
            reports; by default, :data:`DEFAULT_WIDE_THRESHOLD`.
        inlay_hints: show counts and versions inside the lines (default: yes).
        code_lenses: show above tables what a change recompiles (default: yes).
        severities: the severity of each named rule, by code; None disables the rule. Other rules
            have their default.
        exclude: patterns, as in ``.gitignore``, of files that are not checked.
        paths: severities by code, for the files that a pattern names.
        patterns_from: the folder that these patterns are relative to; by default, the root.
        is_trusted: obey what files say about places elsewhere.
        variables: the environment variables of the Julia process.
    """

    julia: VersionNumber | None = None
    session: tuple[str, ...] = ()
    depots: str | None = None
    use_depot: bool | None = None
    use_registry: bool | None = None
    wide_threshold: int | None = None
    inlay_hints: bool | None = None
    code_lenses: bool | None = None
    severities: Mapping[str, Severity | None] = msgspec.field(default_factory=dict)
    exclude: Sequence[str] | None = None
    paths: Mapping[str, Mapping[str, Severity | None]] | None = None
    patterns_from: Path | None = None
    is_trusted: bool = True
    variables: Mapping[str, str] = msgspec.field(default_factory=lambda: dict(os.environ))

    @property
    def wide_from(self) -> int:
        """The threshold in effect."""
        return DEFAULT_WIDE_THRESHOLD if self.wide_threshold is None else self.wide_threshold

    def over(self, farther: Settings) -> Settings:
        """Return these choices, completed by those of *farther*.

        A depot that is named here is read, even if *farther* disables depots. The environment
        variables are those of these settings.
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
    """The value of a setting is not allowed; the message says which values are."""


class Setting(msgspec.Struct, frozen=True):
    """A setting of ``precompass.toml`` and of editors.

    Attributes:
        key: the name in ``precompass.toml``.
        attribute: the name in :class:`Settings`.
        read: returns the value for :class:`Settings`, None if the user leaves it open.
            Raises :class:`WrongSettingError`.
        description: one sentence or two.
        default: the default, in words.
        schema: the allowed values, in JSON Schema (draft 2020-12).
    """

    key: str
    attribute: str
    read: Callable[[object], object]
    description: str
    default: str
    schema: Mapping[str, object]

    @property
    def editor_name(self) -> str:
        """The name in an editor's section ``precompass``, in camel case."""
        return re.sub("-(.)", lambda match: match[1].upper(), self.key)


def _text(value: object) -> str | None:
    if not isinstance(value, str) or "\0" in value or len(value) > _MAX_TEXT:
        raise WrongSettingError("must be a string")
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
        raise WrongSettingError("must be a table of rules and severities")
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
            "The severity of each rule's findings, by the rule's code; `off` disables the rule.",
            "the rule's default",
            {"type": "object", "additionalProperties": {"enum": list(SEVERITY_WORDS)}},
        ),
        Setting(
            "paths",
            "paths",
            _paths,
            "Severities for some files only: a table like `severity` for each pattern as in "
            "`.gitignore`. In `precompass.toml`, patterns are relative to the folder of that file.",
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
            "`precompass.toml`, patterns are relative to the folder of that file.",
            "`docs/src/assets/`, `docs/build/` and `node_modules/`, wherever they are",
            {"type": "array", "items": {"type": "string"}},
        ),
        Setting(
            "wide-threshold",
            "wide_threshold",
            _count,
            "Report a preference (rule `wide-invalidation`) if changing it recompiles at least "
            "this many packages.",
            str(DEFAULT_WIDE_THRESHOLD),
            {"type": "integer", "minimum": 1},
        ),
        Setting(
            "julia",
            "julia",
            _version,
            "The Julia version whose behaviour applies.",
            "the version in the manifest, otherwise the newest known",
            {"type": "string", "examples": ["1.11", "1.12.2"]},
        ),
        Setting(
            "depot",
            "depots",
            _text,
            "The folders with packages, compile caches and registries, in the format of "
            "`JULIA_DEPOT_PATH`. In `precompass.toml`, paths are relative to the folder of that "
            "file.",
            "`JULIA_DEPOT_PATH` and Julia's own defaults",
            {"type": "string"},
        ),
        Setting(
            "use-depot",
            "use_depot",
            _flag,
            "Read depots: installed packages, compile caches and registries.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "use-registry",
            "use_registry",
            _flag,
            "Read the registries in the depots.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "inlay-hints",
            "inlay_hints",
            _flag,
            "Show the count behind each preference, and the version behind each dependency, at the "
            "end of its line.",
            "true",
            {"type": "boolean"},
        ),
        Setting(
            "code-lenses",
            "code_lenses",
            _flag,
            "Show above each table what changing it recompiles, and above a project file what the "
            "next `using` recompiles.",
            "true",
            {"type": "boolean"},
        ),
    )
}
"""The settings that answers depend on, by their key in ``precompass.toml``."""
