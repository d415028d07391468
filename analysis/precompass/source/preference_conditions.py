"""Conditions on a preference of the package itself, which its value in effect decides.

``if backend == "custom"`` where ``const backend = @load_preference("backend", "native")``:
the text behind it happens while the package compiles only with that value.
"""

from __future__ import annotations

import json

import msgspec

from precompass.documents.values import TomlTable, TomlValue
from precompass.julia.equality import equal_by_hash, identical

NOTHING = "null"
"""Julia's ``nothing``, as a literal."""


class OwnPreference(msgspec.Struct, frozen=True):
    """What ``load_preference`` returns for a preference of the package itself.

    Attributes:
        key: its key.
        default: the default, a literal in JSON; None if it is computed.
        as_text: whether it was made a text: ``string(x)``, ``"$x"``, ``Symbol(x)``.
    """

    key: str
    default: str | None
    as_text: bool = False


class PreferenceTest(msgspec.Struct, frozen=True):
    """That a preference has one of several values, or that it has none of them.

    Attributes:
        preference: the preference.
        values: literals, in JSON.
        holds: whether it is to have one of them.
        strict: whether the type counts as well (``===``, and what stands as a condition itself).
    """

    preference: OwnPreference
    values: tuple[str, ...]
    holds: bool
    strict: bool

    @property
    def negated(self) -> PreferenceTest:
        """The opposite."""
        return PreferenceTest(self.preference, self.values, not self.holds, self.strict)

    def decide(self, preferences: TomlTable) -> bool | None:
        """Tell whether the test holds with these preferences of the package; None: not known."""
        value: TomlValue | None
        if self.preference.key in preferences:
            value = preferences[self.preference.key]
        elif self.preference.default is None:
            return None
        else:
            value = json.loads(self.preference.default)
        if self.preference.as_text and not isinstance(value, str):
            return None
        found = any(_same(value, json.loads(other), self.strict) for other in self.values)
        return found is self.holds


def _same(one: TomlValue | None, other: TomlValue | None, strict: bool) -> bool:
    if one is None or other is None:
        return one is other
    return identical(one, other) if strict else equal_by_hash(one, other)
