"""A picture in the language of Mermaid: https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

from precompass.answers.picture import Picture, PictureUnit
from precompass.report.markup import plain
from precompass.report.picture_style import COLOURS

_CLASSES = ("observer", "package", "extension", "developed")


def mermaid(picture: Picture) -> str:
    """Return the text of a flowchart: arrows lead from what changes to what that recompiles.

    GitHub and GitLab draw it in Markdown, and refuse more than 500 arrows; so there are only
    those by which the change reaches each unit, if all would be too many.
    """
    position = {unit.uuid: index for index, unit in enumerate(picture.units)}
    edges = [(edge.on, edge.unit) for edge in picture.edges]
    if len(edges) > 500:
        edges = [
            (position[unit.chain[-2]], index)
            for index, unit in enumerate(picture.units)
            if len(unit.chain) > 1
        ]
    lines = [
        "---",
        f"title: {_quoted(picture.title)}",
        "---",
        "flowchart LR",
        *(f"  {_node(index, unit)}" for index, unit in enumerate(picture.units)),
        *(f"  u{on} --> u{unit}" for on, unit in edges),
        *(
            f"  classDef {name} fill:{COLOURS[name][0]},stroke:{COLOURS[name][0]},color:#ffffff"
            for name in _CLASSES
        ),
    ]
    return "\n".join(lines) + "\n"


def _node(index: int, unit: PictureUnit) -> str:
    opening, closing, name = "(", ")", "package"
    if unit.is_developed:
        opening, closing, name = "[", "]", "developed"
    if unit.kind == "project":
        opening, closing = "[[", "]]"
    if unit.kind == "extension":
        opening, closing, name = "{{", "}}", "extension"
    if unit.distance == 0:
        opening, closing, name = "([", "])", "observer"
    return f"u{index}{opening}{_quoted(unit.label)}{closing}:::{name}"


def _quoted(text: str) -> str:
    """Return a quoted string; characters that mean something to Mermaid become entities."""
    special = '#"&<>\\`'
    entity = (f"#{ord(each)};" if each in special else each for each in plain(text))
    return f'"{"".join(entity)}"'
