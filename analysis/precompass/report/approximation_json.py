"""What would be recompiled if there were a manifest, for programs."""

from __future__ import annotations

from typing import Any

from precompass.recompilation.approximation import Approximation
from precompass.recompilation.invalidation import Recompilation
from precompass.report.ecosystem_json import registries_json


def approximation_json(
    recompilation: Recompilation, approximation: Approximation
) -> dict[str, Any]:
    """Return the counts that the newest compatible versions would have, as JSON has them."""
    return {
        "count": recompilation.count,
        "of": recompilation.of,
        "fits": approximation.fits,
        **registries_json(approximation.registries),
    }
