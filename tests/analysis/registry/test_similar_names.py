"""Names that AutoMerge takes for too similar."""

from __future__ import annotations

import pytest

from precompass.registry.similar_names import damerau_levenshtein, similar_to


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("CSV", "CSV", 0),
        ("", "CSV", 3),
        ("CSV", "CVS", 1),
        ("CA", "ABC", 2),  # StringDistances.jl: another letter may come between swapped ones
        ("kitten", "sitting", 3),
        ("Flux", "FIux", 1),
        ("ReallyLooooongNameCD", "ReallyLooooongNameAB", 2),
    ],
)
def test_distances(one: str, other: str, distance: int) -> None:
    assert damerau_levenshtein(one, other) == distance
    assert damerau_levenshtein(other, one) == distance


@pytest.mark.parametrize(
    ("name", "others", "similar"),
    [  # the cases of AutoMerge's own tests are among them
        ("Flux", ["Abc", "Def"], ()),
        ("Flux", ["FIux", "Abc", "Def"], ("FIux",)),
        ("Websocket", ["WebSockets"], ("WebSockets",)),
        ("ThreabTooIs", ["ThreadTools"], ("ThreadTools",)),
        ("JiII", ["Jill"], ("Jill",)),
        ("FooBar", ["FOO8ar"], ("FOO8ar",)),
        ("ReallyLooooongNameCD", ["ReallyLooooongNameAB"], ("ReallyLooooongNameAB",)),
        ("Flux", ["flux", "FLUX"], ()),
        ("Flux", ["Flux_jll", "Fluxxxx", "Flue", "Lux"], ("Flue", "Lux")),
    ],
)
def test_what_resembles_a_name(name: str, others: list[str], similar: tuple[str, ...]) -> None:
    assert similar_to(name, others) == similar
