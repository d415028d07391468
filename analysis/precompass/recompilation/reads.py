"""What one unit reads while it compiles, and how this is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from precompass.julia.preferences import Preference
from precompass.recompilation.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Read:
    """That a unit reads a preference while it compiles.

    Attributes:
        evidence: how this is known.
        because: the same for a person, as part of a sentence: "recorded in ...".
        file: where it is read, if that is known.
        line: the line there, from 0.
    """

    evidence: Evidence
    because: str
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class UnitReads:
    """What one unit reads while it compiles.

    Attributes:
        keys: the preferences that it reads.
        others: if it may also read any other key of its own package, why that is assumed.
        otherwise: why it reads nothing else, where ``others`` is None.
        unread: keys of its own package that it certainly does not read, and why.
        order: the keys of its own package in the order in which its cache lists them, where
            that is recorded.
    """

    keys: Mapping[Preference, Read]
    others: Read | None
    otherwise: Read
    unread: Mapping[str, Read] = field(default_factory=dict)
    order: tuple[str, ...] | None = None
