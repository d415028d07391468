"""What one unit reads while it compiles, and how this is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from precompass.julia.preferences import Preference
from precompass.recompilation.evidence import Evidence

if TYPE_CHECKING:
    from precompass.recompilation.read_reasons import Because


class Read(msgspec.Struct, frozen=True):
    """That a unit reads a preference while it compiles.

    Attributes:
        evidence: how this is known.
        because: the reason.
    """

    evidence: Evidence
    because: Because


class UnitReads(msgspec.Struct, frozen=True):
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
    unread: Mapping[str, Read] = msgspec.field(default_factory=dict)
    order: tuple[str, ...] | None = None
