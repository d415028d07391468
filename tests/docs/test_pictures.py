"""The readme's picture is what the example gives."""

from __future__ import annotations

from support.documentation import module


def test_the_picture_of_the_graph_is_what_the_example_gives() -> None:
    pictures = module("docs/pictures.py")
    assert pictures.GRAPH.read_text(encoding="utf-8") == pictures.graph(), (
        "run `python docs/pictures.py`"
    )
