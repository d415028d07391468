"""A picture in the language of Graphviz: https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

import math

from precompass.answers.picture import Picture, PictureUnit
from precompass.report.picture_style import CAUSES, COLOURS, colour_of
from precompass.report.visible import visible


def dot(picture: Picture) -> str:
    """Return the text of a DOT file; ``twopi`` puts what changes into the middle.

    An edge leads from a unit to one that it is recompiled with.
    """
    centres = [index for index, unit in enumerate(picture.units) if unit.distance == 0]
    attributes = {
        "label": f"{picture.title}\n{picture.basis}",
        "labelloc": "t",
        "layout": "twopi",
        "overlap": "false",
        "ranksep": "2.5 equally",
        "fontname": "sans-serif",
        "outputorder": "edgesfirst",
    }
    if len(centres) == 1:
        attributes["root"] = f"u{centres[0]}"
    lines = [
        f"digraph {_quoted(picture.subject)} {{",
        *(f"  {name}={_quoted(value)}" for name, value in attributes.items()),
        '  node [fontname="sans-serif" style="filled" color="white" fontcolor="white"]',
        f"  edge [color={_quoted(COLOURS['edge'][0])}]",
        *(f"  u{index} [{_attributes(unit)}]" for index, unit in enumerate(picture.units)),
        *(f"  u{edge.unit} -> u{edge.on}" for edge in picture.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _attributes(unit: PictureUnit) -> str:
    attributes = {
        "label": unit.label,
        "shape": _shape(unit),
        "fillcolor": {**COLOURS, **CAUSES}[colour_of(unit)][0],
        "tooltip": unit.why,
    }
    if unit.cache_bytes:
        attributes["fontsize"] = f"{10 + 2 * math.log10(max(unit.cache_bytes / 1e4, 1)):.1f}"
    outline = ' peripheries="2"' if unit.is_developed or unit.distance == 0 else ""
    return " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items()) + outline


def _shape(unit: PictureUnit) -> str:
    if unit.kind == "extension":
        return "diamond"
    if unit.kind == "project":
        return "hexagon"
    return "box" if unit.is_developed else "ellipse"


def _quoted(text: str) -> str:
    """Return a quoted string: a backslash would begin an escape of Graphviz's own."""
    lines = (visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
