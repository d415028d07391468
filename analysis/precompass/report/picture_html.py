"""A picture as a web page in one file.

The page needs no network and allows itself none: its Content-Security-Policy names, by their
hashes, the one script and the one style that are in it (CSP Level 3, section 2.3.1), and
nothing else. What it shows is there without the script, which adds moving, searching and the
chain of each unit. The script is made from ``analysis/page``.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from pathlib import Path

from precompass import REPOSITORY, __version__
from precompass.answers.picture import Picture, PictureUnit
from precompass.julia.digests import sha256
from precompass.recompilation.evidence import Evidence
from precompass.report.markup import marked_up
from precompass.report.picture_json import picture_json
from precompass.report.picture_layout import Layout, lay_out
from precompass.report.picture_style import FONT, style_of_causes, style_of_page
from precompass.report.picture_svg import classes, key_to, mark, scene
from precompass.report.places import shown
from precompass.report.schema import json_text
from precompass.wording import counted
from precompass.wording.shortening import shown_value

_LEAST_EXTENT = 480.0  # so that a few units do not fill the window

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Precompass {version}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header id="about">
<h1>{title}</h1>
{about}
</header>
<section id="tools" aria-label="Tools and key">
<div role="search" data-needs-script hidden>
<input id="search" type="search" placeholder="Find a package ( / )" autocomplete="off" \
spellcheck="false" role="combobox" aria-label="Find a package or an extension" \
aria-autocomplete="list" aria-controls="results" aria-expanded="false">
<ul id="results" role="listbox" aria-label="What was found" hidden></ul>
</div>
<button type="button" data-zoom="1.5" data-needs-script hidden \
aria-label="Zoom in">+</button>
<button type="button" data-zoom="0.667" data-needs-script hidden \
aria-label="Zoom out">&minus;</button>
<button type="button" data-zoom="fit" data-needs-script hidden>Show all</button>
<ul id="key" aria-label="Key">
{key}
</ul>
</section>
<main>
{drawing}
</main>
<aside id="details" aria-label="Details" tabindex="0">
{hint}
</aside>
<section id="all" aria-label="All units">
<details id="list">
{table}
</details>
</section>
<p id="status" class="spoken" role="status"></p>
<script type="application/json" id="picture">{data}</script>
<script>{script}</script>
</body>
</html>
"""

_HINT = """\
<p class="hint" data-needs-script hidden>Point at a unit to see why it is recompiled. Click to \
pin it. Drag to move the picture, scroll to zoom.</p>
<p class="hint" data-needs-script hidden>Keyboard: Tab and arrow keys select, Enter pins, Escape \
unpins, / searches, +, &minus; and 0 zoom, Shift with arrow keys moves.</p>"""

_EVIDENCE = {
    Evidence.RECORDED: "Recorded in compile caches",
    Evidence.KNOWN: "Known for this version of the package",
    Evidence.SOURCE: "Found in installed source code",
    Evidence.POSSIBLE: "Possible by the source, which does not settle it",
}
"""Each kind of evidence as the text of a link to the page that explains it.

What is assumed says so itself.
"""


def page(picture: Picture, *, folder: Path | None) -> str:
    """Return the text of the page.

    Args:
        picture: what to show.
        folder: paths below it are given relative to it; without it, as in an editor, a file is
            shown by its name, and its path is in what the page holds for its script.
    """
    layout = lay_out(picture)
    style, script = _style() + style_of_causes(picture), _script()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _PAGE.format(
        policy=policy,
        version=__version__,
        title=marked_up(picture.title),
        style=style,
        about=_about(picture, folder),
        key=_key(picture),
        drawing=_drawing(picture, layout),
        hint=_HINT,
        table=_table(picture),
        # A script element ends at "</script", whatever its type is.
        data=json_text(picture_json(picture, folder=folder)).replace("<", "\\u003c"),
        script=script,
    )


@cache
def _style() -> str:
    text = files(__package__).joinpath("page", "page.css").read_text(encoding="utf-8")
    return f":root {{ --font: {FONT}; }}\n{style_of_page()}{text}"


@cache
def _script() -> str:
    return files(__package__).joinpath("page", "page.js").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _about(picture: Picture, folder: Path | None) -> str:
    lines = [f"<p>{_basis(picture)}</p>"] if picture.basis else []
    if picture.value is not None:
        line = f"Value: <code>{marked_up(shown_value(picture.value))}</code>"
        origin = picture.origin
        if origin is not None:
            whole = shown(origin.file, folder)
            short = whole if folder is not None else origin.file.name
            line += (
                f', from <span data-file="{marked_up(whole)}" data-line="{origin.line}" '
                f'title="{marked_up(whole)}">{marked_up(short)}:{origin.line + 1}</span>'
            )
        lines.append(f"<p>{line}</p>")
    lines.append(
        '<p class="out-of-date">The preference or package is gone. This picture is out of date.</p>'
    )
    return "\n".join(lines)


def _basis(picture: Picture) -> str:
    """Return what the answer rests on, with a link to the page on evidence if there is any."""
    basis = _prose(picture.basis)
    if picture.key is None:  # the manifest, or the caches, as the sentence says
        return basis
    link = f'<a href="{REPOSITORY}/blob/main/docs/evidence.md">'
    if picture.evidence not in _EVIDENCE:
        return f"{link}{basis}</a>"
    return f"{basis} {link}{_EVIDENCE[picture.evidence]}</a>."


def _key(picture: Picture) -> str:
    items = []
    for unit, meaning in key_to(picture):
        shape = f'<path class="mark" d="{mark(unit, 5)}"/>'
        if unit.distance == 0 or unit.is_developed:
            shape += f'<path class="around" d="{mark(unit, 8)}"/>'
        items.append(
            '<li><svg width="22" height="22" viewBox="-11 -11 22 22" aria-hidden="true">'
            f'<g class="{classes(unit)}">{shape}</g></svg>{marked_up(meaning)}</li>'
        )
    if any(unit.cache_bytes is not None for unit in picture.units):
        items.append("<li>larger: a larger compile cache</li>")
    return "\n".join(items)


def _drawing(picture: Picture, layout: Layout) -> str:
    if not picture.units:
        nothing = '<p class="nothing">Nothing is recompiled, so there is nothing to draw.</p>'
        return f'<div id="stage">{nothing}<svg id="scene" viewBox="0 0 1 1"></svg></div>'
    box = layout.box
    width, height = max(box.width, _LEAST_EXTENT), max(box.height, _LEAST_EXTENT)
    left, top = (box.left + box.right - width) / 2, (box.top + box.bottom - height) / 2
    view = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    drawing = scene(picture, layout)
    return (
        f'<div id="stage"><svg id="scene" role="group" aria-label="{marked_up(picture.title)}" '
        f'viewBox="{view}">\n{drawing}\n</svg></div>'
    )


def _table(picture: Picture) -> str:
    rows = "\n".join(map(_row, picture.units))
    return f"""\
<summary>{counted(len(picture.units), "unit")} as a table</summary>
<table>
<thead><tr><th scope="col">Unit</th><th scope="col">Version</th><th scope="col">Kind</th>\
<th scope="col" class="number">Steps</th><th scope="col" class="number">Cache, bytes</th>\
<th scope="col">Why</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""


def _row(unit: PictureUnit) -> str:
    size = f"{unit.cache_bytes:,}" if unit.cache_bytes is not None else ""
    return (
        f'<tr><th scope="row">{marked_up(unit.label)}</th><td>{unit.version or ""}</td>'
        f'<td>{unit.kind_in_words}</td><td class="number">{unit.distance}</td>'
        f'<td class="number">{size}</td><td>{_prose(unit.why)}</td></tr>'
    )


def _prose(sentence: str) -> str:
    """Return a sentence in which what stands between backticks is code."""
    parts = marked_up(sentence).split("`")
    return "".join(f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
