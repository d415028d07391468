"""A picture as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

from precompass.answers.picture import Picture, PictureEdge, PictureUnit
from precompass.report.markup import marked_up
from precompass.report.picture_layout import Layout, PicturePlace, gap_before_name, lay_out
from precompass.report.picture_style import cause_class, style_of_causes, style_of_file
from precompass.wording import counted, listed

_TITLE_CHARACTER = 11.0  # the width of a letter of the title, amply
_BASIS_CHARACTER = 7.4
_MARGIN = 24.0
_HEAD = 74.0
_FOOT = 46.0
_DIP = 20.0  # how far an edge between units of one ring goes inwards
_TURN = 0.7  # radians that one Bézier curve may turn by


def svg(picture: Picture) -> str:
    """Return the text of an SVG file: the picture, what it says in words, and a key to it."""
    layout = lay_out(picture)
    box = layout.box
    words = max(
        len(picture.title) * _TITLE_CHARACTER,
        min(len(picture.basis), 120) * _BASIS_CHARACTER,
        520.0,
    )
    spare = max(0.0, words - box.width)  # half of it on either side
    left, top = box.left - spare / 2 - _MARGIN, box.top - _HEAD - _MARGIN
    width, height = box.width + spare + 2 * _MARGIN, box.height + 2 * _MARGIN + _HEAD + _FOOT
    title, basis = marked_up(picture.title), marked_up(picture.basis)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" '
        f'viewBox="{_n(left)} {_n(top)} {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{basis} {marked_up(_description(picture))}</desc>',
        f"<style>{style_of_file() + style_of_causes(picture)}</style>",
        f'<rect class="paper" x="{_n(left)}" y="{_n(top)}" width="100%" height="100%"/>',
        f'<text class="title" x="{_n(left + _MARGIN)}" y="{_n(top + 40)}">{title}</text>',
        f'<text class="basis" x="{_n(left + _MARGIN)}" y="{_n(top + 64)}">{basis}</text>',
        # An image inside cuts off what of the rings would run over the words.
        f'<svg x="{_n(left)}" y="{_n(box.top)}" width="{_n(width)}" height="{_n(box.height)}" '
        f'viewBox="{_n(left)} {_n(box.top)} {_n(width)} {_n(box.height)}">',
        scene(picture, layout),
        "</svg>",
        _key(picture, left + _MARGIN, top + height - _MARGIN),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def scene(picture: Picture, layout: Layout) -> str:
    """Return the drawing itself, without what says it in words.

    Each unit has a title, which browsers show under the pointer.

    Args:
        picture: what to draw.
        layout: where.
    """
    parts = ['<g class="view">']
    for ring in reversed(layout.rings):
        parity = "odd" if ring.distance % 2 else "even"
        parts.append(f'<circle class="band-{parity}" r="{_n(ring.outer + _DIP / 2)}"/>')
    chained = _chained(picture)
    steps = [edge for edge in picture.edges if (edge.unit, edge.on) in chained]
    others = [edge for edge in picture.edges if (edge.unit, edge.on) not in chained]
    parts += [_curves(picture, layout, "edges", others), _curves(picture, layout, "steps", steps)]
    for ring in layout.rings[1:]:
        number = sum(unit.distance == ring.distance for unit in picture.units)
        steps_away = counted(ring.distance, "step")
        parts.append(
            f'<text class="caption" x="{_n(ring.caption[0])}" y="{_n(ring.caption[1])}">'
            f"{steps_away}: {number:,}</text>"
        )
    parts.append('<g class="units">')
    for index, (unit, place) in enumerate(zip(picture.units, layout.places, strict=True)):
        parts.append(_unit(index, unit, place))
    parts.append("</g></g>")
    return "\n".join(parts)


def mark(unit: PictureUnit, radius: float, x: float = 0.0, y: float = 0.0) -> str:
    """Return the outline of a unit's mark around a place, as path data.

    A package is a circle, one that is developed here a square, the project a hexagon, an
    extension a diamond; all of the same area.
    """
    if unit.kind == "extension":
        return _polygon(4, radius * 1.25, 0.0, x, y)
    if unit.kind == "project":
        return _polygon(6, radius * 1.1, 0.0, x, y)
    if unit.is_developed:
        return _polygon(4, radius * 1.25, math.pi / 4, x, y)
    return (
        f"M{_n(x - radius)} {_n(y)}a{_n(radius)} {_n(radius)} 0 1 1 {_n(2 * radius)} 0"
        f"a{_n(radius)} {_n(radius)} 0 1 1 {_n(-2 * radius)} 0z"
    )


def classes(unit: PictureUnit) -> str:
    """Return the classes of a unit's element."""
    found = ["unit", unit.kind]
    if unit.distance == 0:
        found.append("centre")
    if unit.is_observer:
        found.append("observer")
    if unit.is_developed:
        found.append("developed")
    of_cause = cause_class(unit)
    if of_cause is not None:
        found.append(of_cause)
    return " ".join(found)


def _unit(index: int, unit: PictureUnit, place: PicturePlace) -> str:
    """Return the element of a unit. It is not moved to its place by a transform of its own.

    A browser paints what has another transform separately, and a frame takes longer with each.
    """
    outline = mark(unit, place.radius, place.x, place.y)
    return (
        f'<g class="{classes(unit)}" id="unit-{index}" data-uuid="{unit.uuid}" '
        f'data-label="{marked_up(unit.label)}" data-place="{_n(place.x)} {_n(place.y)}">'
        f"<title>{marked_up(unit.why)}</title>"
        f'{_around(unit, place.radius, place.x, place.y)}<path class="mark" d="{outline}"/>'
        f"{_label(unit, place)}</g>"
    )


def _around(unit: PictureUnit, radius: float, x: float = 0.0, y: float = 0.0) -> str:
    """Return a second outline, of what is in the middle and of what is developed here."""
    if unit.distance and not unit.is_developed:
        return ""
    return f'<path class="around" d="{mark(unit, radius + 3, x, y)}"/>'


def _label(unit: PictureUnit, place: PicturePlace) -> str:
    label = marked_up(place.label)
    if not place.from_middle:
        below = _n(place.y + place.radius + 6)
        return f'<text x="{_n(place.x)}" y="{below}" dy=".95em" text-anchor="middle">{label}</text>'
    offset = place.radius + gap_before_name(unit)
    degrees, anchor = math.degrees(place.angle) - 90, ""
    if place.angle > math.pi:
        offset, degrees, anchor = -offset, degrees - 180, ' text-anchor="end"'
    x, y = _n(place.x), _n(place.y)
    return (
        f'<text transform="rotate({_n(degrees)} {x} {y})" x="{_n(place.x + offset)}" y="{y}" '
        f'dy=".35em"{anchor}>{label}</text>'
    )


def _chained(picture: Picture) -> set[tuple[int, int]]:
    """Return the edges by which the change reaches each unit: unit, and what it depends on."""
    position = {unit.uuid: index for index, unit in enumerate(picture.units)}
    return {
        (index, position[unit.chain[-2]])
        for index, unit in enumerate(picture.units)
        if len(unit.chain) > 1
    }


def _curves(picture: Picture, layout: Layout, name: str, edges: Sequence[PictureEdge]) -> str:
    """Return edges as one element, which keeps large pictures fast; it says which they are."""
    curves = "".join(
        _curve(
            layout.places[edge.unit],
            layout.places[edge.on],
            is_level=picture.units[edge.unit].distance == picture.units[edge.on].distance,
        )
        for edge in edges
    )
    ends = " ".join(f"{edge.unit},{edge.on}" for edge in edges)
    return f'<path class="{name}" data-ends="{ends}" d="{curves}"/>'


def _curve(unit: PicturePlace, on: PicturePlace, *, is_level: bool) -> str:
    """Return the curve of an edge, which begins and ends along the radius.

    Between rings it goes from the end of the inner one's name to the outer one's mark; within
    a ring from mark to mark, inwards between.
    """
    outer, inner = (unit, on) if unit.from_middle >= on.from_middle else (on, unit)
    start = outer.from_middle - outer.radius - 1
    end = inner.from_middle - inner.radius - 1 if is_level else inner.reach + 1
    if not inner.from_middle:  # the middle has no direction, and its name is below it
        end, turn = inner.radius + 4, 0.0
    else:
        turn = (inner.angle - outer.angle + math.pi) % math.tau - math.pi
    dip = _DIP if is_level else 0.0
    pieces = max(1, math.ceil(abs(turn) / _TURN))

    def point(t: float) -> tuple[float, float]:
        radius = start + (end - start) * t - dip * 4 * t * (1 - t)
        angle = outer.angle + turn * t * t * (3 - 2 * t)
        return radius * math.sin(angle), -radius * math.cos(angle)

    def slope(t: float) -> tuple[float, float]:
        radius = start + (end - start) * t - dip * 4 * t * (1 - t)
        angle = outer.angle + turn * t * t * (3 - 2 * t)
        grows, turns = end - start - dip * 4 * (1 - 2 * t), turn * 6 * t * (1 - t)
        return (
            grows * math.sin(angle) + radius * turns * math.cos(angle),
            -grows * math.cos(angle) + radius * turns * math.sin(angle),
        )

    x, y = point(0)
    parts = [f"M{_n(x)} {_n(y)}"]
    third = 1 / (3 * pieces)
    for piece in range(pieces):
        t, u = piece / pieces, (piece + 1) / pieces
        (x, y), (dx, dy) = point(t), slope(t)
        (to_x, to_y), (to_dx, to_dy) = point(u), slope(u)
        parts.append(
            f"C{_n(x + dx * third)} {_n(y + dy * third)} "
            f"{_n(to_x - to_dx * third)} {_n(to_y - to_dy * third)} {_n(to_x)} {_n(to_y)}"
        )
    return "".join(parts)


def _polygon(corners: int, radius: float, turned: float, x: float, y: float) -> str:
    points = (
        (
            x + radius * math.sin(turned + math.tau * corner / corners),
            y - radius * math.cos(turned + math.tau * corner / corners),
        )
        for corner in range(corners)
    )
    return "M" + "L".join(f"{_n(across)} {_n(down)}" for across, down in points) + "z"


def _n(value: float) -> str:
    """Return a number with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


# In words


def _description(picture: Picture) -> str:
    if not picture.units:
        return "Nothing is drawn."
    centre = [unit.label for unit in picture.units if unit.distance == 0]
    return (
        f"In the middle {listed(centre)}; around it, on {counted(picture.depth, 'ring')} by "
        f"distance, {counted(len(picture.units) - len(centre), 'unit')} recompiled with it."
    )


def _key(picture: Picture, left: float, y: float) -> str:
    """Return what the shapes mean, for those that are in the picture."""
    parts = []
    for unit, meaning in key_to(picture):
        width = 40 + len(meaning) * _BASIS_CHARACTER
        around = _around(unit, 6)
        parts.append(
            f'<g class="{classes(unit)}" transform="translate({_n(left + 8)} {_n(y - 4)})">'
            f'{around}<path class="mark" d="{mark(unit, 6)}"/></g>'
            f'<text class="key" x="{_n(left + 22)}" y="{_n(y)}">{marked_up(meaning)}</text>'
        )
        left += width
    return "\n".join(parts)


def key_to(picture: Picture) -> Sequence[tuple[PictureUnit, str]]:
    """Return what each mark of a picture means: a unit that has it, and the words."""
    centre = "reads the preference" if picture.key is not None else "the package that changes"
    if any(unit.cause is not None for unit in picture.units):
        centre = "a root cause"
    found: dict[str, PictureUnit] = {}
    for unit in picture.units:
        found.setdefault(centre if unit.distance == 0 else unit.kind_in_words, unit)
    return [(unit, meaning) for meaning, unit in found.items()]
