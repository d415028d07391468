"""The look of a picture, as CSS: in a separate file, and in the page.

The colours are those of Julia's logo, darker or lighter until each has a contrast of 3 to 1
with what is behind it, and text one of 4.5 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). Shapes tell the
same as colours do.
"""

from __future__ import annotations

from collections.abc import Mapping

from precompass.answers.picture import Picture, PictureUnit

FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

COLOURS: Mapping[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#1b1d23"),
    "band": ("#f4f6fa", "#22252d"),
    "line": ("#d5dae5", "#3a3f4c"),
    "ink": ("#1d2433", "#e6e9f0"),
    "muted": ("#566076", "#a4adbf"),
    "edge": ("#8b96ad", "#6d778c"),
    "observer": ("#c2261d", "#ff7468"),
    "package": ("#3f5fd0", "#8ea6ff"),
    "extension": ("#8a47ad", "#cf9bee"),
    "developed": ("#2b7d1d", "#72c962"),
}
"""Each colour by what it is for: on light and on dark."""

CAUSES: Mapping[str, tuple[str, str]] = {
    "cause-1": ("#c2261d", "#ff7468"),
    "cause-2": ("#3f5fd0", "#8ea6ff"),
    "cause-3": ("#2b7d1d", "#72c962"),
    "cause-4": ("#8a47ad", "#cf9bee"),
    "cause-5": ("#a05a00", "#f0a84a"),
    "cause-6": ("#00707a", "#4cc3cf"),
}
"""The colours of root causes; the number in a label tells causes apart without them."""

_RULES = """\
.band-even { fill: paper; } .band-odd { fill: band; }
.band-even, .band-odd { stroke: line; stroke-width: 1; }
.caption { fill: muted; font-size: 11px; text-anchor: middle; }
.edges, .steps { fill: none; stroke: edge; }
.edges { stroke-width: 0.7; stroke-opacity: 0.3; }
.steps { stroke-width: 1.1; stroke-opacity: 0.8; }
.unit text { fill: ink; font-size: 12px; }
.unit .mark { stroke: paper; stroke-width: 1; fill: package; }
.unit .around { fill: none; stroke-width: 1.6; stroke: developed; }
.unit.extension .mark { fill: extension; }
.unit.developed .mark { fill: developed; }
.unit.extension.developed .mark { fill: extension; }
.unit.centre .mark { fill: observer; }
.unit.centre .around { stroke: observer; }
.unit.centre text { font-size: 14px; font-weight: 600; stroke: paper; stroke-width: 4;
  paint-order: stroke; stroke-linejoin: round; }
"""


def style_of_causes(picture: Picture) -> str:
    """Return the style of root causes, if a picture has any."""
    if all(unit.cause is None for unit in picture.units):
        return ""
    light, dark = (
        "".join(
            f".unit.{name}.{name} .mark {{ fill: {pair[scheme]}; }}\n"
            for name, pair in CAUSES.items()
        )
        for scheme in (0, 1)
    )
    in_editor = dark.replace(".unit", "body.vscode-dark .unit")
    return f"{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n{in_editor}"


def cause_class(unit: PictureUnit) -> str | None:
    """Return the class, and the name of the colour, of a unit's root cause."""
    return None if unit.cause is None else f"cause-{(unit.cause - 1) % len(CAUSES) + 1}"


def colour_of(unit: PictureUnit) -> str:
    """Return the name of the colour of a unit's mark, where no style sheet gives it."""
    of_cause = cause_class(unit)
    if of_cause is not None:
        return of_cause
    if unit.distance == 0:
        return "observer"
    if unit.kind == "extension":
        return "extension"
    return "developed" if unit.is_developed else "package"


def _with_colours(rules: str, scheme: int) -> str:
    """Return rules with the colours for a light (0) or a dark (1) surface put in.

    A colour is named as the value of a property: ``fill: paper``.
    """
    for name, pair in COLOURS.items():
        rules = rules.replace(f": {name};", f": {pair[scheme]};")
    return rules


def style_of_file() -> str:
    """Return the style of a picture that is in a separate file."""
    text = ".title, .basis, .key { fill: ink; } .basis, .key { font-size: 13px; }\n"
    text += ".title { font-size: 19px; font-weight: 600; }\n.paper { fill: paper; }\n"
    rules = _RULES + text
    dark = _with_colours(rules, 1)
    return (
        f"svg {{ font-family: {FONT}; }}\n{_with_colours(rules, 0)}"
        f"@media (prefers-color-scheme: dark) {{\n{dark}}}\n"
    )


def style_of_page() -> str:
    """Return the style of a picture inside the page, where the colours are variables.

    The page itself is light or dark by what the browser says; in an editor, by what that says.
    """
    light, dark = (
        "".join(f"--{name}: {pair[scheme]}; " for name, pair in COLOURS.items())
        for scheme in (0, 1)
    )
    rules = _RULES
    for name in COLOURS:
        rules = rules.replace(f": {name};", f": var(--{name});")
    return (
        f":root {{ color-scheme: light dark; {light}}}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n"
        f"body.vscode-light {{ color-scheme: light; {light}}}\n"
        f"body.vscode-dark {{ color-scheme: dark; {dark}}}\n"
        f"{rules}"
    )
