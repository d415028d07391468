"""Where the units of a picture stand."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from msgspec.structs import replace

from precompass.answers.picture import Picture
from precompass.report.picture_layout import (
    LABEL_SIZE,
    Box,
    Layout,
    PicturePlace,
    lay_out,
    shown_label,
    width_of,
)
from support.picture_data import made_picture

SIZES = [(1, 1), (2, 1), (2, 2), (7, 1), (60, 1), (60, 9), (300, 120), (800, 1)]


@pytest.fixture(params=SIZES, ids=[f"{units} units, {middle} bound" for units, middle in SIZES])
def picture(request: pytest.FixtureRequest) -> Picture:
    units, observers = request.param
    return made_picture(units=units, observers=observers, sizes=units != 7)


def box(place: PicturePlace, half_height: float) -> tuple[float, float]:
    """Return how far a name is from the middle where it begins, and the angle it takes there."""
    start = place.from_middle - place.radius
    return start, math.asin(min(1.0, half_height / start)) if start > half_height else math.pi


def overlap(one: PicturePlace, other: PicturePlace) -> bool:
    """Tell whether two units, marks and names, cover each other."""
    if math.dist((one.x, one.y), (other.x, other.y)) < one.radius + other.radius:
        return True
    if not one.from_middle or not other.from_middle:
        return False
    (start, width), (other_start, other_width) = (
        box(one, LABEL_SIZE / 2),
        box(other, LABEL_SIZE / 2),
    )
    if one.reach < other_start or other.reach < start:
        return False
    apart = abs((one.angle - other.angle + math.pi) % math.tau - math.pi)
    return apart < min(width, other_width) * 2 - 1e-9


def test_units_and_their_names_do_not_cover_each_other(picture: Picture) -> None:
    places = lay_out(picture).places
    covering = [
        pair for pair in combinations(range(len(places)), 2) if overlap(*pick(places, pair))
    ]
    assert covering == []


def pick(
    places: tuple[PicturePlace, ...], pair: tuple[int, int]
) -> tuple[PicturePlace, PicturePlace]:
    return places[pair[0]], places[pair[1]]


def test_a_unit_stands_on_the_ring_of_its_distance(picture: Picture) -> None:
    layout = lay_out(picture)
    assert [ring.distance for ring in layout.rings] == list(range(picture.depth + 1))
    for inner, outer in zip(layout.rings, layout.rings[1:], strict=False):
        assert inner.outer < outer.inner
    for unit, place in zip(picture.units, layout.places, strict=True):
        ring = layout.rings[unit.distance]
        assert ring.inner <= place.from_middle - place.radius or unit.distance == 0
        assert place.reach <= ring.outer + 1e-6


def test_a_caption_stands_on_its_ring_where_no_unit_is(picture: Picture) -> None:
    layout = lay_out(picture)
    for ring in layout.rings[1:]:
        x, y = ring.caption
        assert ring.inner < math.hypot(x, y) < ring.outer
        assert all(math.dist(ring.caption, (one.x, one.y)) > 12 for one in layout.places)


def test_the_box_holds_all_units_and_captions(picture: Picture) -> None:
    layout = lay_out(picture)
    box = layout.box
    ends = [
        (end * math.sin(place.angle), -end * math.cos(place.angle))
        for place in layout.places
        for end in (place.from_middle, place.reach)
    ]
    for x, y in [*ends, *(ring.caption for ring in layout.rings)]:
        assert box.left < x < box.right
        assert box.top < y < box.bottom


def test_the_same_picture_is_always_laid_out_the_same() -> None:
    assert lay_out(made_picture(units=200)) == lay_out(made_picture(units=200))


def test_one_unit_is_in_the_middle() -> None:
    layout = lay_out(made_picture(units=1))
    assert [(place.x, place.y) for place in layout.places] == [(0, 0)]
    assert max(layout.box.width, layout.box.height) < 240


def test_of_nothing_there_is_nothing_to_lay_out() -> None:
    assert lay_out(made_picture(units=0)) == Layout((), (), Box(0, 0, 0, 0))


def test_a_ring_with_many_units_has_several_tracks() -> None:
    picture = made_picture(units=800)
    radii = {
        round(place.from_middle, 3)
        for unit, place in zip(picture.units, lay_out(picture).places, strict=True)
        if unit.distance == 1
    }
    assert len(radii) > 1


def test_the_area_of_a_mark_grows_as_the_compile_cache() -> None:
    picture = made_picture(units=3, observers=1)
    units = [
        replace(unit, cache_bytes=size, kind="package", is_developed=False)
        for unit, size in zip(picture.units, (10, 40_000_000, 10_000_000), strict=True)
    ]
    places = lay_out(replace(picture, units=tuple(units))).places
    assert places[1].radius == 10
    assert places[2].radius == pytest.approx((3.5 + 10) / 2)


def test_units_stand_near_those_they_are_joined_to() -> None:
    """Two branches that have nothing to do with each other do not cross."""
    picture = made_picture(units=60, seed=3)
    places = lay_out(picture).places
    position = {unit.uuid: index for index, unit in enumerate(picture.units)}
    turns = [
        abs(
            (places[index].angle - places[position[unit.chain[-2]]].angle + math.pi) % math.tau
            - math.pi
        )
        for index, unit in enumerate(picture.units)
        if unit.distance > 1
    ]
    assert sum(turns) / len(turns) < 0.9


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Delta/DeltaElbowExt", "ElbowExt"),
        ("Delta/DeltaExt", "DeltaExt"),
        ("Delta/ChartForDelta", "ChartForDelta"),
        ("Delta/DeltaAVeryLongNameThatNobodyReadsExt", "AVeryLongNameThatNobody…"),
    ],
)
def test_an_extension_is_called_without_its_parent(label: str, shown: str) -> None:
    unit = replace(
        made_picture(units=1).units[0], kind="extension", label=label, name=label.split("/")[1]
    )
    assert shown_label(unit) == shown


def test_wide_letters_take_more_room_than_narrow_ones() -> None:
    assert width_of("ill") < width_of("sum") < width_of("MWM") < width_of("包包包包")
