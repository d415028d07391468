"""Pictures for tests, of any size."""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID, uuid5

from precompass.answers.explanation import Origin
from precompass.answers.picture import Picture, PictureEdge, PictureUnit
from precompass.julia.versions import VersionNumber
from precompass.recompilation.evidence import Evidence

_NAMES = UUID("9f0e0d0c-1111-4222-8333-444455556666")


def made_picture(*, units: int, observers: int = 1, sizes: bool = False, seed: int = 1) -> Picture:
    """Return a picture as a real environment could give it: most units near the middle.

    Args:
        units: how many there are, observers included.
        observers: how many of them are bound to the preference.
        sizes: whether compile caches were found.
        seed: another one gives other edges.
    """
    chance = random.Random(seed)
    shares = (0.45, 0.3, 0.15, 0.07, 0.03)
    made: list[PictureUnit] = []
    edges: list[PictureEdge] = []
    levels: list[list[int]] = [list(range(min(units, observers)))]
    rest = units - len(levels[0])
    for share in shares:
        number = min(rest, max(1, round(share * (units - observers)))) if rest else 0
        start = sum(map(len, levels))
        levels.append(list(range(start, start + number)))
        rest -= number
    levels[-1] += range(units - rest, units)
    for distance, level in enumerate(levels):
        for index in level:
            kind = "project" if distance == 1 and index == level[0] else "package"
            kind = "extension" if distance > 1 and index % 9 == 0 else kind
            name = f"{chance.choice(('Fields', 'Meshes', 'Splines', 'River', 'Io'))}{index}"
            label = f"Parent{index}/{name}Ext" if kind == "extension" else name
            uuid = uuid5(_NAMES, label)
            chain: tuple[UUID, ...] = (uuid,)
            if distance:
                below = sorted({chance.choice(levels[distance - 1]) for _ in range(3)})
                edges += [PictureEdge(index, on, "depends") for on in below]
                chain = (*made[below[0]].chain, uuid)
            made.append(
                PictureUnit(
                    uuid=uuid,
                    label=label,
                    name=label.rpartition("/")[2],
                    version=VersionNumber((1, index, 0)),
                    kind=kind,  # type: ignore[arg-type]
                    is_recompiled=True,
                    is_developed=kind == "project" or index % 50 == 3,
                    is_observer=distance == 0,
                    distance=distance,
                    cache_bytes=chance.randrange(10_000, 60_000_000) if sizes else None,
                    chain=chain,
                    why=f"{label} depends on something.",
                )
            )
    return Picture(
        package="Switch",
        uuid=uuid5(_NAMES, "Switch"),
        key="on",
        title=f"Switch.on: changing it recompiles {units} of {units + 40} packages",
        basis="Switch 1.0.0 reads it once, when it compiles itself.",
        count=units,
        of=units + 40,
        evidence=Evidence.KNOWN,
        noticed=units > 0,
        value=True,
        origin=Origin(Path("LocalPreferences.toml"), 2),
        units=tuple(made),
        edges=tuple(edges),
    )
