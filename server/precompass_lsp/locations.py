"""Places in the client's terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.moment import Moment

if TYPE_CHECKING:
    from precompass.findings import Place


def locations(moment: Moment, places: Iterable[Place]) -> list[types.Location]:
    """Return places in the client's terms."""
    return [
        types.Location(moment.uri(place.file), moment.positions.range(place.file, place.span))
        for place in places
    ]
