"""The forms in which a picture is written."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from precompass import REPOSITORY
from precompass.answers.explanation import Origin
from precompass.answers.picture import Picture
from precompass.report.picture_dot import dot
from precompass.report.picture_html import page
from precompass.report.picture_json import picture_json
from precompass.report.picture_mermaid import mermaid
from precompass.report.picture_style import COLOURS
from precompass.report.picture_svg import svg
from support.picture_data import made_picture

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</script><script>alert("x")</script>\x00\ud800\u202e`&#1;\\'


def hostile() -> Picture:
    """A picture whose every text was written by somebody who means no good."""
    picture = made_picture(units=3)
    units = [replace(unit, label=HOSTILE, name=HOSTILE, why=HOSTILE) for unit in picture.units]
    return replace(
        picture, units=tuple(units), title=HOSTILE, basis=HOSTILE, value=HOSTILE, package=HOSTILE
    )


@pytest.fixture(params=[0, 1, 2, 800], ids=lambda units: f"{units} units")
def picture(request: pytest.FixtureRequest) -> Picture:
    return made_picture(units=request.param, sizes=request.param == 800)


# SVG


def test_the_image_is_well_formed_and_readable_alone(picture: Picture) -> None:
    root = ElementTree.fromstring(svg(picture))
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == picture.title
    described = root.findtext(f"{SVG}desc") or ""
    assert described.startswith(picture.basis)
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {picture.title, picture.basis} <= texts
    units = [group for group in root.iter(f"{SVG}g") if "data-uuid" in group.attrib]
    assert [group.get("data-label") for group in units] == [unit.label for unit in picture.units]
    assert [group.findtext(f"{SVG}title") for group in units] == [
        unit.why for unit in picture.units
    ]


def test_nothing_in_the_image_is_outside_of_it(picture: Picture) -> None:
    root = ElementTree.fromstring(svg(picture))
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    places = [group.attrib["data-place"] for group in root.iter(f"{SVG}g") if "id" in group.attrib]
    assert len(places) == len(picture.units)
    for place in places:
        x, y = map(float, place.split())
        assert left < x < left + width
        assert top < y < top + height


def test_the_rings_do_not_run_over_the_words(picture: Picture) -> None:
    """What is drawn is cut off where an image inside the image ends; words are outside of it."""
    root = ElementTree.fromstring(svg(picture))
    drawing = root.find(f"{SVG}svg")
    assert drawing is not None
    assert "overflow" not in drawing.attrib
    assert len(list(drawing.iter(f"{SVG}circle"))) == len(list(root.iter(f"{SVG}circle")))
    top = float(drawing.attrib["y"])
    bottom = top + float(drawing.attrib["height"])
    for words in root.findall(f"{SVG}text"):
        y = float(words.attrib["y"])
        assert y < top - 5 or y > bottom + 12


def test_the_image_is_dark_where_the_screen_is() -> None:
    text = svg(made_picture(units=2))
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    assert f".paper {{ fill: {COLOURS['paper'][0]}; }}" in light
    assert f".paper {{ fill: {COLOURS['paper'][1]}; }}" in dark
    assert not re.search(r"(url|@import|href)", text)


def test_shapes_tell_what_colours_tell() -> None:
    root = ElementTree.fromstring(svg(made_picture(units=60)))
    shapes: dict[str, set[int]] = {}
    for group in root.iter(f"{SVG}g"):
        if "data-uuid" in group.attrib and "centre" not in group.attrib["class"]:
            outline = group.findall(f"{SVG}path")[-1].attrib["d"]
            shapes.setdefault(group.attrib["class"], set()).add(outline.count("L") + 1)
    assert shapes["unit package"] == {1}  # arcs
    assert shapes["unit extension"] == shapes["unit package developed"] == {4}
    assert shapes["unit project developed"] == {6}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", ["paper", "band"])
def test_colours_have_the_contrast_that_wcag_asks_for(surface: str, scheme: int) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(name: str) -> float:
        one, other = sorted(luminance(COLOURS[colour][scheme]) for colour in (name, surface))
        return (other + 0.05) / (one + 0.05)

    for name in ("ink", "muted"):
        assert contrast(name) >= 4.5
    for name in ("observer", "package", "extension", "developed"):
        assert contrast(name) >= 3


# HTML


class Page(HTMLParser):
    """The elements of a page, and the texts of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._is_inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._is_inside = tag in ("script", "style")
        if self._is_inside:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.texts[-1] += data


def content_of(text: str) -> Any:
    """Return the content of a picture that a page holds for its script."""
    _, data, _ = Page(text).texts
    return json.loads(data)


def test_the_page_allows_itself_its_own_script_and_style_and_nothing_else(picture: Picture) -> None:
    text = page(picture, folder=None)
    found = Page(text)
    (policy,) = [
        attributes["content"]
        for tag, attributes in found.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style, _, script = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in found.texts
    )
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_refers_to_nothing_outside(picture: Picture) -> None:
    found = Page(page(picture, folder=None))
    for tag, attributes in found.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "style", "xlink:href"} & attributes.keys()
        # A link is followed by who clicks it, and by nobody else.
        address = attributes.get("href")
        assert address is None or (tag == "a" and str(address).startswith(f"{REPOSITORY}/"))
        assert not [name for name in attributes if name.startswith("on")]
    style, _, script = found.texts
    assert not re.search(r"@import|url\(", style)
    assert not re.search(r"\beval\(|new Function|fetch\(|XMLHttpRequest|WebSocket", script)


def test_the_page_says_it_all_without_its_script(picture: Picture) -> None:
    text = page(picture, folder=None)
    assert f"<h1>{picture.title}</h1>" in text
    assert text.count('<th scope="row">') == len(picture.units)
    assert content_of(text) == picture_json(picture, folder=None)
    if not picture.units:
        assert "Nothing is recompiled, so there is nothing to draw." in text


def test_in_an_editor_a_file_is_shown_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "App" / "LocalPreferences.toml"
    picture = replace(made_picture(units=1), origin=Origin(file, 2))
    whole = str(file)
    assert f'title="{whole}">LocalPreferences.toml:3</span>' in page(picture, folder=None)
    assert ">App/LocalPreferences.toml:3</span>" in page(picture, folder=tmp_path)


def test_the_libraries_in_the_page_come_with_their_licences() -> None:
    text = page(made_picture(units=1), folder=None)
    for library in ("d3-zoom", "d3-selection", "d3-quadtree"):
        assert re.search(rf"{library} [\d.]+ \(ISC\)\n\nCopyright ", text)
    assert "Mike Bostock" in text


# JSON


def test_the_content_for_programs() -> None:
    picture = made_picture(units=2, sizes=True)
    answer = json.loads(json.dumps(picture_json(picture, folder=Path())))
    first, second = picture.units
    assert answer == {
        "schema": 1,
        "package": "Switch",
        "uuid": str(picture.uuid),
        "key": "on",
        "title": "Switch.on: changing it recompiles 2 of 42 packages",
        "basis": "Switch 1.0.0 reads it once, when it compiles itself.",
        "complete": True,
        "count": 2,
        "of": 42,
        "compiled_bytes": None,
        "of_bytes": None,
        "evidence": "known",
        "noticed": True,
        "value": True,
        "origin": {"file": "LocalPreferences.toml", "line": 2},
        "units": [
            {
                "uuid": str(first.uuid),
                "label": first.label,
                "version": "1.0.0",
                "kind": "package",
                "recompiled": True,
                "developed": False,
                "observer": True,
                "distance": 0,
                "cache_bytes": first.cache_bytes,
                "chain": [str(first.uuid)],
                "why": first.why,
            },
            {
                "uuid": str(second.uuid),
                "label": second.label,
                "version": "1.1.0",
                "kind": "project",
                "recompiled": True,
                "developed": True,
                "observer": False,
                "distance": 1,
                "cache_bytes": second.cache_bytes,
                "chain": [str(first.uuid), str(second.uuid)],
                "why": second.why,
            },
        ],
        "edges": [{"from": str(second.uuid), "to": str(first.uuid), "relation": "depends"}],
    }


# Graphviz


def test_graphviz_draws_it(picture: Picture) -> None:
    program = shutil.which("dot")
    if program is None:
        pytest.skip("needs Graphviz's dot, which is not on this machine")
    if len(picture.units) > 100:
        pytest.skip("takes Graphviz some minutes")
    drawn = subprocess.run(
        [program, "-Tjson"], input=dot(picture), capture_output=True, text=True, check=True
    )
    graph = json.loads(drawn.stdout)
    assert drawn.stderr == ""
    assert [one["label"] for one in graph.get("objects", ())] == [
        unit.label for unit in picture.units
    ]
    assert len(graph.get("edges", ())) == len(picture.edges)
    assert graph["label"] == f"{picture.title}\\n{picture.basis}"


def test_what_graphviz_would_take_for_its_own_is_quoted() -> None:
    picture = replace(made_picture(units=1), title='a "quote" and \\N', basis="two\x1blines")
    assert '  label="a \\"quote\\" and \\\\N\\ntwo␛lines"\n' in dot(picture)


# Mermaid


def test_the_flowchart_for_markdown() -> None:
    picture = made_picture(units=3)
    lines = mermaid(picture).splitlines()
    first, second, third = picture.units
    assert lines[:8] == [
        "---",
        'title: "Switch.on: changing it recompiles 3 of 43 packages"',
        "---",
        "flowchart LR",
        f'  u0(["{first.label}"]):::observer',
        f'  u1[["{second.label}"]]:::developed',
        f'  u2("{third.label}"):::package',
        "  u0 --> u1",
    ]


def test_a_large_flowchart_keeps_to_the_arrows_by_which_the_change_comes() -> None:
    picture = made_picture(units=400)
    assert len(picture.edges) >= 500
    text = mermaid(picture)
    assert (text.count(" --> "), text.count(":::")) == (399, 400)
    assert "more" not in text


def test_a_flowchart_has_no_more_arrows_than_github_draws() -> None:
    text = mermaid(made_picture(units=800))
    assert (text.count(" --> "), text.count(":::")) == (499, 500)
    assert '  more("and 300 more, farther away")\n' in text


def test_what_mermaid_would_take_for_its_own_is_an_entity() -> None:
    unit = replace(made_picture(units=1).units[0], label='A"<b>#1;`')
    text = mermaid(replace(made_picture(units=1), units=(unit,)))
    assert 'u0(["A#34;#60;b#62;#35;1;#96;"]):::observer' in text


# Texts of others


def test_texts_of_others_stay_texts() -> None:
    picture = hostile()
    root = ElementTree.fromstring(svg(picture))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    text = page(picture, folder=None)
    found = Page(text)
    assert [tag for tag, _ in found.elements].count("script") == 2
    assert content_of(text)["title"] == HOSTILE.replace("\ud800", "\ufffd")
    for made in (dot(picture), mermaid(picture), text, svg(picture)):
        assert not set("\x00\ud800\u202e") & set(made.replace(r"\u0000", ""))
