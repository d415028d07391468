"""Where the units of a picture stand: on rings around what changes, one for each distance.

A unit is a mark with its name behind it, written outwards along the radius, so that names of
neighbours cannot run into each other. A ring with many units has several tracks, one around the
other. Lengths are in the user units of SVG; angles in radians, clockwise from the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from precompass.answers.picture import Picture, PictureUnit

LABEL_SIZE = 12.0
"""The size of the font of a name."""

_LINE = LABEL_SIZE + 2.5
_LONGEST_LABEL = 24
# Widths of letters as parts of the size; those of DejaVu Sans, which is wider than most fonts.
_WIDTHS = {**dict.fromkeys("Iijl.,'|!", 0.3), **dict.fromkeys("ftr()-/", 0.41)}
_WIDTHS |= {**dict.fromkeys("mMwW…", 0.95), **dict.fromkeys("szckxvy", 0.59)}
_UPPER_CASE, _OTHER, _IDEOGRAPH = 0.7, 0.64, 1.0
_SMALLEST, _LARGEST, _USUAL = 3.5, 10.0, 4.5  # radii of marks
_OUTLINED = 6.5  # the radius that a mark with a second outline has at least
_CENTRE = 11.0  # the radius of the one unit in the middle
_GAP = 5.0  # between a mark and its name, and between tracks
_BETWEEN_RINGS = 30.0
_CAPTION = 96.0  # the arc at the top of each ring that is kept free for its caption
_MARGIN = 12.0
_SWEEPS = 8
_EASE = 2.0  # how many times the room that they need units get, if there is enough


class PicturePlace(msgspec.Struct, frozen=True):
    """Where a unit is.

    Attributes:
        x, y: the centre of its mark; y grows downwards.
        angle: of the radius that it is on.
        radius: of its mark.
        label: its name as it is shown, shortened if it is very long.
        reach: how far from the middle its name may end; of the one unit in the middle, whose name
            is below it, its mark.
    """

    x: float
    y: float
    angle: float
    radius: float
    label: str
    reach: float

    @property
    def from_middle(self) -> float:
        """How far the mark is from the middle."""
        return math.hypot(self.x, self.y)


class Ring(msgspec.Struct, frozen=True):
    """The band in which all units of one distance stand; the innermost may be a disc.

    Attributes:
        distance: of its units.
        inner, outer: its radii.
        caption: a place on it where no unit stands, as x and y.
    """

    distance: int
    inner: float
    outer: float
    caption: tuple[float, float] = (0.0, 0.0)


class Box(msgspec.Struct, frozen=True):
    """A rectangle that holds all units and captions; rings may reach beyond it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a caption there is in the rectangle."""
        return (
            self.left + _CAPTION / 2 < x < self.right - _CAPTION / 2
            and self.top + _LINE < y < self.bottom - _LINE
        )

    def with_caption(self, x: float, y: float) -> Box:
        """Return a rectangle that holds a caption, too."""
        return Box(
            min(self.left, x - _CAPTION / 2),
            min(self.top, y - 2 * _LINE),
            max(self.right, x + _CAPTION / 2),
            max(self.bottom, y + _LINE),
        )


class Layout(msgspec.Struct, frozen=True):
    """A laid out picture: a place for each of its units, and its rings from the inside out."""

    places: tuple[PicturePlace, ...]
    rings: tuple[Ring, ...]
    box: Box


class _Tracks(msgspec.Struct, frozen=True):
    """The tracks of a ring: how many, the radius of the first, how far one is from the next."""

    number: int
    first: float
    pitch: float


def gap_before_name(unit: PictureUnit) -> float:
    """Return how far a unit's name is from its mark, which some have a second outline around."""
    return _GAP + 4 if unit.is_developed or not unit.distance else _GAP


def lay_out(picture: Picture) -> Layout:
    """Return where the units of a picture stand; the same picture is always laid out the same."""
    levels = [
        [index for index, unit in enumerate(picture.units) if unit.distance == distance]
        for distance in range(picture.depth + 1)
    ]
    if not picture.units:
        return Layout((), (), Box(0.0, 0.0, 0.0, 0.0))
    radii = _radii(picture.units)
    tracks, rings = _tracks(picture.units, levels, radii)
    angles = _Angles(picture, levels, radii, tracks).best()
    places: dict[int, PicturePlace] = {}
    for level, track in zip(levels, tracks, strict=True):
        for position, index in enumerate(sorted(level, key=lambda one: (angles[one], one))):
            unit, radius, angle = picture.units[index], radii[index], angles[index]
            label = shown_label(unit)
            middle = track.first + position % track.number * track.pitch
            reach = middle + radius
            if middle:
                reach += gap_before_name(unit) + width_of(label)
            x, y = middle * math.sin(angle), -middle * math.cos(angle)
            places[index] = PicturePlace(x, y, angle, radius, label, reach)
    found = tuple(places[index] for index in range(len(places)))
    return Layout(found, *_captioned(rings, levels, found))


def _captioned(
    rings: Sequence[Ring], levels: Sequence[Sequence[int]], places: Sequence[PicturePlace]
) -> tuple[tuple[Ring, ...], Box]:
    """Return the rings with places for their captions, and the box that holds it all.

    A caption is at the top, which is kept free; or, where that is far from everything
    else, in the widest gap between units that is not.
    """
    points = [(0.0, 0.0)]
    for place in places:
        ends = (place.from_middle - place.radius, place.reach)
        points += [(end * math.sin(place.angle), -end * math.cos(place.angle)) for end in ends]
    centre = rings[0].outer
    box = Box(
        min(-centre, *(x for x, _ in points)) - _MARGIN,
        min(-centre, *(y for _, y in points)) - _MARGIN,
        max(centre, *(x for x, _ in points)) + _MARGIN,
        max(centre, *(y for _, y in points)) + _MARGIN,
    )
    captioned = [rings[0]]
    for ring, level in zip(rings[1:], levels[1:], strict=True):
        angles = sorted(places[index].angle for index in level)
        gaps = [(after - before, (before + after) / 2) for before, after in pairwise(angles)]
        directions = [0.0, *(middle for _, middle in sorted(gaps, reverse=True))]
        radius = ring.inner + _GAP
        spots = [(radius * math.sin(angle), -radius * math.cos(angle)) for angle in directions]
        caption = next((spot for spot in spots if box.holds(*spot)), spots[0])
        box = box.with_caption(*caption)
        captioned.append(replace(ring, caption=caption))
    return tuple(captioned), box


def shown_label(unit: PictureUnit) -> str:
    """Return the name of a unit as it is written beside its mark."""
    name = unit.name
    if unit.kind == "extension":  # called after its parent, most often
        shorter = name.removeprefix(unit.label.partition("/")[0])
        name = name if shorter in ("", "Ext") else shorter
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


def width_of(text: str) -> float:
    """Return about how wide a name is when it is written."""
    return LABEL_SIZE * sum(map(_width, text))


def _width(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if character > "\u2e7f":
        return _IDEOGRAPH
    return _UPPER_CASE if character.isupper() else _OTHER


def _radii(units: Sequence[PictureUnit]) -> Sequence[float]:
    """Return the radii of the marks; their areas grow as the compile caches do."""
    largest = max((unit.cache_bytes or 0 for unit in units), default=0)
    radii = []
    for unit in units:
        if unit.cache_bytes is None or not largest:
            radii.append(_USUAL)
        else:
            share = math.sqrt(unit.cache_bytes / largest)
            radii.append(_SMALLEST + share * (_LARGEST - _SMALLEST))
        if unit.is_developed:
            radii[-1] = max(radii[-1], _OUTLINED)
    centres = [index for index, unit in enumerate(units) if unit.distance == 0]
    if len(centres) == 1:
        radii[centres[0]] = _CENTRE
    return radii


def _tracks(
    units: Sequence[PictureUnit], levels: Sequence[Sequence[int]], radii: Sequence[float]
) -> tuple[Sequence[_Tracks], tuple[Ring, ...]]:
    tracks: list[_Tracks] = []
    rings: list[Ring] = []
    outer = 0.0
    for distance, level in enumerate(levels):
        if distance == 0 and len(level) == 1:
            name = 1.25 * width_of(shown_label(units[level[0]]))  # larger, and bold
            tracks.append(_Tracks(1, 0.0, 0.0))
            outer = max(name / 2 + _GAP, _CENTRE + 3 * _LINE)
            rings.append(Ring(0, 0.0, outer))
            continue
        mark = max(radii[index] for index in level)
        longest = max(
            gap_before_name(units[index]) + width_of(shown_label(units[index])) for index in level
        )
        pitch = 2 * mark + longest + _GAP
        inner = outer + (_BETWEEN_RINGS if distance else 0.0)
        slot = max(_LINE, 2 * mark + 2)
        arc = len(level) * slot + _CAPTION

        def end(number: int, inner: float = inner, arc: float = arc, pitch: float = pitch) -> float:
            return max(inner, arc / (math.tau * number)) + number * pitch

        # One more track only if it makes the picture clearly smaller.
        number = 1
        while number < len(level) and end(number + 1) < 0.92 * end(number):
            number += 1
        first = max(inner, arc / (math.tau * number)) + mark
        outer = first - mark + number * pitch
        tracks.append(_Tracks(number, first, pitch))
        rings.append(Ring(distance, first - mark - _GAP, outer))
    return tracks, tuple(rings)


class _Angles:
    """The search for angles that keep edges short: units are drawn to those they are joined to.

    The innermost ring is spread over the whole circle, with more room for units that more
    depends on. Orders are found in sweeps from the inside out and back, as layered drawings of
    graphs are made (Sugiyama, Tagawa, Toda, 1981, the barycentre method); the best is kept.
    """

    def __init__(
        self,
        picture: Picture,
        levels: Sequence[Sequence[int]],
        radii: Sequence[float],
        tracks: Sequence[_Tracks],
    ) -> None:
        self._levels = [level for level, track in zip(levels, tracks, strict=True) if track.first]
        self._tracks = tracks
        self._slots = [max(_LINE, 2 * max(radii[index] for index in level) + 2) for level in levels]
        self._distance = [unit.distance for unit in picture.units]
        self._joined: list[list[int]] = [[] for _ in picture.units]
        for edge in picture.edges:
            if tracks[self._distance[edge.unit]].first and tracks[self._distance[edge.on]].first:
                self._joined[edge.unit].append(edge.on)
                self._joined[edge.on].append(edge.unit)
        position = {unit.uuid: index for index, unit in enumerate(picture.units)}
        self._parent = [
            position[unit.chain[-2]] if len(unit.chain) > 1 else None for unit in picture.units
        ]
        self._ends = [0] * len(picture.units)
        for index in reversed(range(len(picture.units))):  # what is farther out comes later
            self._ends[index] = self._ends[index] or 1
            parent = self._parent[index]
            if parent is not None:
                self._ends[parent] += self._ends[index]
        self._angle = [0.0] * len(picture.units)
        for level in self._levels:
            self._spread(level)

    def best(self) -> Sequence[float]:
        """Return the angles of all units."""
        best, shortest = list(self._angle), math.inf
        for _ in range(_SWEEPS):
            for position, level in enumerate(self._levels):
                self._draw(level, is_inmost=position == 0, outwards=True)
            length = self._length()
            if length < shortest:
                best, shortest = list(self._angle), length
            for position, level in reversed(list(enumerate(self._levels))):
                self._draw(level, is_inmost=position == 0, outwards=False)
        return best

    def _draw(self, level: Sequence[int], *, is_inmost: bool, outwards: bool) -> None:
        """Draw the units of a ring to those of the rings inside it, or outside."""
        own = self._distance[level[0]]
        targets = {}
        for index in level:
            towards = [
                other
                for other in self._joined[index]
                if self._distance[other] != own and (self._distance[other] < own) == outwards
            ]
            targets[index] = self._mean(index, towards)
        order = sorted(level, key=lambda index: (targets[index], self._angle[index], index))
        if is_inmost:
            self._spread(order)
            return
        angles = self._apart(order, [targets[index] for index in order])
        for index, angle in zip(order, angles, strict=True):
            self._angle[index] = angle

    def _spread(self, order: Sequence[int]) -> None:
        """Spread the units of a ring over the circle, in this order."""
        tracks, slot = self._tracks_of(order[0]), self._slots[self._distance[order[0]]]
        apart = slot / (tracks.first * tracks.number)
        margin = _CAPTION / 2 / tracks.first
        rest = max(0.0, math.tau - 2 * margin - len(order) * apart)
        weights = [math.sqrt(self._ends[index]) for index in order]
        start = margin
        for index, weight in zip(order, weights, strict=True):
            width = apart + rest * weight / sum(weights)
            self._angle[index] = start + width / 2
            start += width

    def _tracks_of(self, index: int) -> _Tracks:
        return self._tracks[self._distance[index]]

    def _mean(self, index: int, towards: Iterable[int]) -> float:
        """Return the mean direction of some units, the one of the chain counting thrice."""
        x = y = 0.0
        for other in towards:
            weight = 3.0 if self._parent[index] == other or self._parent[other] == index else 1.0
            x += weight * math.cos(self._angle[other])
            y += weight * math.sin(self._angle[other])
        if math.hypot(x, y) < 1e-9:
            return self._angle[index]
        return math.atan2(y, x) % math.tau

    def _apart(self, level: Sequence[int], targets: Sequence[float]) -> Sequence[float]:
        """Return angles near *targets*, which ascend, that leave room for each unit.

        They are the nearest by the sum of squares: isotonic regression, by pooling neighbours
        that violate the order (Ayer and others, 1955).
        """
        distance = self._distance[level[0]]
        tracks = self._tracks[distance]
        margin = _CAPTION / 2 / tracks.first
        # Some more room than needed, where there is some, makes branches easier to tell apart.
        least = self._slots[distance] / (tracks.first * tracks.number)
        apart = max(least, min(_EASE * least, (math.tau - 2 * margin) * 0.8 / len(level)))
        lowest, highest = margin, math.tau - margin - (len(level) - 1) * apart
        highest = max(lowest, highest)
        pools: list[tuple[float, int]] = []  # sum and number
        for position, target in enumerate(targets):
            pool = (target - position * apart, 1)
            while pools and pools[-1][0] * pool[1] >= pool[0] * pools[-1][1]:
                pool = (pools[-1][0] + pool[0], pools[-1][1] + pool[1])
                pools.pop()
            pools.append(pool)
        found: list[float] = []
        for total, number in pools:
            angle = min(max(total / number, lowest), highest)
            found += [angle + (len(found) + step) * apart for step in range(number)]
        return found

    def _length(self) -> float:
        """Return how long all edges are together, measured along the rings."""
        length = 0.0
        for index, others in enumerate(self._joined):
            for other in others:
                apart = abs(self._angle[index] - self._angle[other])
                length += min(apart, math.tau - apart) * self._tracks_of(max(index, other)).first
        return length
