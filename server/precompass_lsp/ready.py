"""Answers that are JSON already.

pygls takes an answer apart field by field, which for the outline of a large manifest takes longer
than everything else; what is made as JSON is sent as it is.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from lsprotocol import types

Json: TypeAlias = dict[str, Any]
"""An object, with the names of the LSP; a field that has no value is left out."""


class Ready(msgspec.Struct, frozen=True):
    """An answer as JSON.

    Attributes:
        content: what becomes the ``result``.
    """

    content: list[Json]


def range_json(found: types.Range) -> Json:
    """Return a range as JSON."""
    return {
        "start": {"line": found.start.line, "character": found.start.character},
        "end": {"line": found.end.line, "character": found.end.character},
    }
