"""A picture in the language of Mermaid: https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

from precompass.answers.picture import Picture, PictureUnit
from precompass.report.picture_style import CAUSES, COLOURS, cause_class, colour_of
from precompass.report.visible import visible

_MOST_ARROWS = 499
_CLASSES = ("observer", "package", "extension", "developed")


def mermaid(picture: Picture) -> str:
    """Return the text of a flowchart: arrows lead from what changes to what that recompiles.

    GitHub and GitLab draw it in Markdown if it has fewer than 500 arrows (``maxEdges`` in
    Mermaid's configuration). If all would be too many, there are only those by which the change
    reaches each unit; if these are too many as well, only the units nearest to the change.
    """
    units = picture.units
    edges = [(edge.on, edge.unit) for edge in picture.edges]
    if len(edges) > _MOST_ARROWS:
        position = {unit.uuid: index for index, unit in enumerate(units)}
        edges = [
            (position[unit.chain[-2]], index) for index, unit in enumerate(units) if unit.distance
        ]
        edges = edges[:_MOST_ARROWS]
        units = units[: edges[-1][1] + 1]
    left_out = len(picture.units) - len(units)
    colours = {**COLOURS, **CAUSES}
    causes = {name for unit in units if (name := cause_class(unit)) is not None}
    lines = [
        "---",
        f"title: {_quoted(picture.title)}",
        "---",
        "flowchart LR",
        *(f"  {_node(index, unit)}" for index, unit in enumerate(units)),
        *(f"  u{on} --> u{unit}" for on, unit in edges),
        *([f'  more("and {left_out:,} more, farther away")'] if left_out else []),
        *(
            f"  classDef {name} fill:{colours[name][0]},stroke:{colours[name][0]},color:#ffffff"
            for name in (*_CLASSES, *sorted(causes))
        ),
    ]
    return "\n".join(lines) + "\n"


def _node(index: int, unit: PictureUnit) -> str:
    opening, closing = _brackets(unit)
    return f"u{index}{opening}{_quoted(unit.label)}{closing}:::{colour_of(unit)}"


def _brackets(unit: PictureUnit) -> tuple[str, str]:
    """Return what stands around a name, by which Mermaid knows the shape."""
    if unit.distance == 0:
        return "([", "])"
    if unit.kind == "extension":
        return "{{", "}}"
    if unit.kind == "project":
        return "[[", "]]"
    return ("[", "]") if unit.is_developed else ("(", ")")


def _quoted(text: str) -> str:
    """Return a quoted string; characters that mean something to Mermaid become entities."""
    special = '#"&<>\\`'
    entity = (f"#{ord(each)};" if each in special else each for each in visible(text))
    return f'"{"".join(entity)}"'
