"""The page of a picture in a browser.

It needs a Chromium, the package ``playwright`` and, for one test, ``axe-core`` in
``analysis/page/node_modules``; ``.ci/install-editors`` installs them.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from precompass.answers.picture import Picture
from precompass.report.picture_html import page as page_of
from support.patience import PATIENCE
from support.picture_data import made_picture
from support.shared_data import ROOT

AXE = ROOT / "analysis" / "page" / "node_modules" / "axe-core" / "axe.min.js"
UNITS = "svg#scene g.unit"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    reason = "needs playwright, which is not installed"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("needs Chromium, which is not on this machine")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    arguments = ["--no-sandbox"] if is_root else []
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()


class Shown:
    """A page in a window of its own; in the end it must not have complained or asked anybody.

    Args:
        browser: where to open it.
        file: where to write the page.
        picture: what it shows.
        editor: whether it is in a webview of VS Code, as far as a page can tell.
        options: of the window.
    """

    def __init__(
        self, browser: Any, file: Path, picture: Picture, *, editor: bool = False, **options: Any
    ) -> None:
        self.picture = picture
        self.complaints: list[str] = []
        self.requests: list[str] = []
        file.write_text(page_of(picture, folder=None), encoding="utf-8")
        self._context = browser.new_context(viewport={"width": 1200, "height": 800}, **options)
        self._context.set_default_timeout(1000 * PATIENCE)
        self.page = self._context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        if editor:
            self.page.add_init_script(
                "window.posted = []; const kept = JSON.parse(window.name || '{}');"
                "window.acquireVsCodeApi = () => ({"
                "  postMessage: (message) => window.posted.push(message),"
                "  getState: () => kept.state,"
                "  setState: (state) => { window.name = JSON.stringify({ state }); } })"
            )
        self.page.goto(file.as_uri())
        self._expected = [file.as_uri()]

    def close(self) -> None:
        self._context.close()
        assert self.complaints == []
        assert set(self.requests) == set(self._expected)

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def unit(self, label: str) -> Any:
        return self.page.locator(f'{UNITS}[data-label="{label}"]')

    @property
    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.dataset.label ?? ''"))

    @property
    def pinned(self) -> list[str]:
        found = self.page.locator(f'{UNITS}[aria-pressed="true"]')
        return [one.get_attribute("data-label") for one in found.all()]

    @property
    def lit(self) -> set[str]:
        """The names that stand on the veil."""
        return set(self.page.locator("#light g text").all_text_contents())

    @property
    def view(self) -> tuple[float, float, float]:
        """How the drawing is moved and zoomed: x and y in pixels, and the scale."""
        matrix = self.page.evaluate(
            "(() => { const m = new DOMMatrix(getComputedStyle(stage).transform);"
            " return [m.e, m.f, m.a]; })()"
        )
        x, y, scale = matrix
        return x, y, scale

    def wait(self, condition: str) -> None:
        """Wait until a condition holds; Playwright's own way would need ``eval`` in the page."""
        until = time.monotonic() + PATIENCE
        while not self.page.evaluate(condition):
            if time.monotonic() > until:
                pytest.fail(f"it never was that {condition}")
            self.page.wait_for_timeout(25)

    def rest(self) -> None:
        """Wait until the view is at rest; a movement begins in the frame after its cause."""
        frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.page.evaluate(frames)
        self.wait("!stage.classList.contains('moving')")
        self.page.evaluate(frames)

    def send(self, message: Mapping[str, object]) -> None:
        self.page.evaluate("(message) => window.postMessage(message, '*')", message)


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    found = Shown(
        browser, tmp_path / "picture.html", made_picture(units=60), reduced_motion="reduce"
    )
    yield found
    found.close()


@pytest.fixture
def large(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    picture = made_picture(units=800, sizes=True)
    found = Shown(browser, tmp_path / "picture.html", picture, reduced_motion="reduce")
    yield found
    found.close()


@pytest.fixture
def editor(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    picture = made_picture(units=60)
    found = Shown(browser, tmp_path / "picture.html", picture, editor=True, reduced_motion="reduce")
    yield found
    found.close()


# What is there


def test_all_units_are_there(large: Shown) -> None:
    assert large.text("h1") == large.picture.title == large.page.title()
    assert large.page.locator(UNITS).count() == 800
    assert large.text("#list summary") == "800 units as a table"
    assert "larger: a larger compile cache" in large.text("#key")


def test_it_is_there_without_javascript(browser: Any, tmp_path: Path) -> None:
    shown = Shown(
        browser, tmp_path / "picture.html", made_picture(units=60), java_script_enabled=False
    )
    assert shown.page.locator(UNITS).count() == 60
    assert shown.page.locator(UNITS).first.is_visible()
    assert not shown.page.locator("#search").is_visible()
    shown.page.click("#list summary")
    assert shown.page.locator("#list tbody tr").count() == 60
    shown.close()


def test_of_nothing_it_says_that_there_is_nothing(browser: Any, tmp_path: Path) -> None:
    shown = Shown(browser, tmp_path / "picture.html", made_picture(units=0))
    assert "nothing to draw" in shown.text("main")
    shown.page.keyboard.press("ArrowDown")
    shown.close()


# The pointer


def test_pointing_at_a_unit_shows_the_chain_that_leads_to_it(shown: Shown) -> None:
    unit = shown.picture.units[-1]
    shown.unit(unit.label).locator(".mark").hover()
    shown.page.wait_for_selector("#details h2")
    assert shown.text("#details h2") == unit.label
    assert shown.text("#details .why") == unit.why
    labels = {one.uuid: one.label for one in shown.picture.units}
    chain = [labels[step] for step in unit.chain]
    assert shown.page.locator("#details ol li").all_inner_texts() == chain
    curves = shown.page.get_attribute("#light .chain", "d")
    assert curves.count("M") == unit.distance
    assert shown.page.locator("#light .step").count() == len(chain)
    shown.page.mouse.move(5, 5)
    shown.wait("light.childElementCount === 0")
    assert "Point at a unit" in shown.text("#details")


@pytest.mark.parametrize("width", [390, 466, 1280])
def test_the_drawing_does_not_move_under_the_pointer(
    browser: Any, tmp_path: Path, width: int
) -> None:
    shown = Shown(browser, tmp_path / "picture.html", made_picture(units=60), editor=True)
    shown.page.set_viewport_size({"width": width, "height": 700})
    shown.rest()
    unit = shown.picture.units[20]
    mark = shown.unit(unit.label).locator(".mark")
    before = mark.bounding_box()
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    for step in range(8):
        shown.page.mouse.move(x + step % 2, y)
        shown.rest()
        assert shown.text("#details h2") == unit.label
        assert mark.bounding_box() == before
    shown.page.mouse.move(x, 2)
    shown.rest()
    assert mark.bounding_box() == before
    shown.close()


# Names


_NAMES = """
[...document.querySelectorAll("#scene g.unit text, #scene .caption")]
  .filter((text) => getComputedStyle(text).visibility === "visible")
  .map((text) => {
    const matrix = text.getScreenCTM();
    const scale = Math.hypot(matrix.a, matrix.b);
    const box = text.getBBox();
    const points = [];
    for (let across = 0.02; across < 1; across += 0.06) {
      for (const down of [0.3, 0.5, 0.7]) {
        const point = new DOMPoint(box.x + box.width * across, box.y + box.height * down);
        const { x, y } = point.matrixTransform(matrix);
        points.push([x, y]);
      }
    }
    const inverse = matrix.inverse();
    const words = text.textContent;
    return { words, size: parseFloat(getComputedStyle(text).fontSize) * scale, points,
      box: [box.x, box.y + box.height * 0.2, box.width, box.height * 0.6],
      inverse: [inverse.a, inverse.b, inverse.c, inverse.d, inverse.e, inverse.f] };
  })
"""
"""Each name and caption that is written: its size in pixels, points in it, and where it is."""


def _holds(name: Mapping[str, Any], point: tuple[float, float]) -> bool:
    a, b, c, d, e, f = name["inverse"]
    x, y = a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f
    left, top, width, height = name["box"]
    return bool(left < x < left + width and top < y < top + height)


@pytest.mark.parametrize(
    ("width", "units"), [(390, 60), (466, 60), (466, 300), (610, 49), (1280, 60)]
)
def test_names_are_readable_and_nothing_covers_or_cuts_them(
    browser: Any, tmp_path: Path, width: int, units: int
) -> None:
    shown = Shown(browser, tmp_path / "picture.html", made_picture(units=units))
    shown.page.set_viewport_size({"width": width, "height": 760})
    shown.rest()
    names = shown.page.evaluate(_NAMES)
    assert len(names) >= 10
    assert {shown.picture.units[0].label} <= {name["words"] for name in names}
    assert min(name["size"] for name in names) > 9.8
    surface = shown.page.locator("main").bounding_box()
    for name in names:
        for x, y in name["points"]:
            assert surface["x"] <= x <= surface["x"] + surface["width"], name["words"]
            assert surface["y"] <= y <= surface["y"] + surface["height"], name["words"]
    for one in names:
        for other in names:
            if one is not other:
                covered = [point for point in one["points"] if _holds(other, point)]
                assert not covered, (one["words"], other["words"])
    shown.close()


def test_zooming_in_writes_the_other_names(large: Shown) -> None:
    def written() -> int:
        return sum("step" not in name["words"] for name in large.page.evaluate(_NAMES))

    large.rest()
    before = written()
    assert 0 < before < 800
    large.unit(large.picture.units[0].label).focus()
    for _ in range(6):
        large.page.keyboard.press("+")
    large.rest()
    assert written() == 800


def test_a_name_that_is_not_written_is_when_its_unit_is_pointed_at(large: Shown) -> None:
    large.rest()
    names = {name["words"] for name in large.page.evaluate(_NAMES)}
    unit = next(
        unit
        for unit in large.picture.units
        if unit.name not in names and unit.label not in names and unit.distance == 2
    )
    large.unit(unit.label).focus()
    large.rest()
    meant = large.page.locator("#light .meant text")
    assert meant.is_visible()


def test_a_click_keeps_it_until_the_next_one(shown: Shown) -> None:
    unit = shown.picture.units[20]
    shown.unit(unit.label).locator(".mark").click()
    shown.page.mouse.move(5, 5)
    shown.rest()
    assert shown.pinned == [unit.label]
    assert shown.text("#details h2") == unit.label
    shown.unit(unit.label).locator(".mark").click()
    assert shown.pinned == []


def test_the_wheel_zooms_where_the_pointer_is(shown: Shown) -> None:
    mark = shown.unit(shown.picture.units[30].label).locator(".mark")
    before = mark.bounding_box()
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    shown.page.mouse.move(x, y)
    shown.page.mouse.wheel(0, -500)
    shown.wait("new DOMMatrix(getComputedStyle(stage).transform).a > 1.5")
    shown.rest()
    after = mark.bounding_box()
    assert after["x"] + after["width"] / 2 == pytest.approx(x, abs=1)
    assert after["y"] + after["height"] / 2 == pytest.approx(y, abs=1)


def test_dragging_moves_the_picture(shown: Shown) -> None:
    shown.page.mouse.move(60, 300)
    shown.page.mouse.down()
    shown.page.mouse.move(160, 340, steps=4)
    shown.page.mouse.up()
    assert shown.view == (100, 40, 1)
    shown.page.click("text=Show all")
    shown.rest()
    assert shown.view == (0, 0, 1)


def test_moving_and_zooming_lay_out_nothing_anew(large: Shown) -> None:
    """What a browser need not lay out, it need not do in a frame: 800 units cost as few do."""
    devtools = large.page.context.new_cdp_session(large.page)
    devtools.send("Performance.enable")

    def layouts() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "LayoutCount")

    large.page.mouse.move(60, 300)
    large.page.mouse.down()
    large.page.mouse.move(70, 310)
    before = layouts()
    large.page.mouse.move(300, 400, steps=20)
    assert layouts() == before
    large.page.mouse.up()


# The keyboard


def test_the_arrow_keys_walk_along_chains_and_around_rings(shown: Shown) -> None:
    first = shown.picture.units[0]
    shown.unit(first.label).focus()
    press = shown.page.keyboard.press
    press("ArrowDown")
    below = next(unit for unit in shown.picture.units if unit.label == shown.focused)
    assert below.distance == 1
    press("ArrowRight")
    beside = next(unit for unit in shown.picture.units if unit.label == shown.focused)
    assert (beside.distance, beside.label != below.label) == (1, True)
    press("ArrowLeft")
    assert shown.focused == below.label
    assert shown.text("#details h2") == below.label
    press("ArrowUp")
    assert shown.focused == first.label
    press("End")
    assert shown.focused == shown.picture.units[-1].label
    press("Home")
    assert shown.focused == first.label


def test_tab_comes_to_the_picture_once_and_to_where_it_was(shown: Shown) -> None:
    for _ in range(12):
        shown.page.keyboard.press("Tab")
        if shown.focused:
            break
    assert shown.focused == shown.picture.units[0].label
    shown.page.keyboard.press("ArrowDown")
    there = shown.focused
    shown.page.keyboard.press("Tab")
    assert shown.focused == ""
    shown.page.keyboard.press("Shift+Tab")
    assert shown.focused == there


def test_enter_pins_and_escape_lets_go(shown: Shown) -> None:
    unit = shown.picture.units[9]
    shown.unit(unit.label).focus()
    shown.page.keyboard.press("Enter")
    assert shown.pinned == [unit.label]
    assert shown.text("#status") == f"{unit.label} is pinned"
    shown.page.keyboard.press("Escape")
    assert shown.pinned == []
    assert shown.lit == set()


def test_keys_zoom_and_move(shown: Shown) -> None:
    shown.unit(shown.picture.units[0].label).focus()
    shown.page.keyboard.press("+")
    shown.rest()
    assert shown.view[2] == pytest.approx(1.5)
    shown.page.keyboard.press("-")
    shown.rest()
    assert shown.view[2] == pytest.approx(1)
    shown.page.keyboard.press("Shift+ArrowLeft")
    shown.rest()
    assert shown.view[0] == pytest.approx(80)
    shown.page.keyboard.press("0")
    shown.rest()
    assert shown.view == (0, 0, 1)


@pytest.fixture(params=["reduce", "no-preference"])
def zoomed(browser: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shown]:
    """A page in which four quick keys zoom in, at once or in a movement that is under way."""
    picture = made_picture(units=60)
    found = Shown(browser, tmp_path / "picture.html", picture, reduced_motion=request.param)
    found.unit(picture.units[0].label).focus()
    for _ in range(4):
        found.page.keyboard.press("+")
    yield found
    found.close()


def test_keys_begin_where_the_movement_under_way_leads(zoomed: Shown) -> None:
    zoomed.rest()
    x, y, scale = zoomed.view
    assert scale == pytest.approx(1.5**4)
    for _ in range(3):
        zoomed.page.keyboard.press("Shift+ArrowLeft")
    zoomed.page.keyboard.press("-")
    zoomed.page.keyboard.press("+")
    zoomed.rest()
    assert zoomed.view == pytest.approx((x + 3 * 80, y, scale))


def test_a_unit_outside_the_window_is_brought_into_it(zoomed: Shown) -> None:
    zoomed.page.keyboard.press("End")
    zoomed.rest()
    box = zoomed.unit(zoomed.focused).locator(".mark").bounding_box()
    main = zoomed.page.locator("main").bounding_box()
    assert main["x"] < box["x"] < main["x"] + main["width"]
    assert main["y"] < box["y"] < main["y"] + main["height"]


# Search


def test_search_lights_what_is_found_and_enter_goes_there(large: Shown) -> None:
    large.page.keyboard.press("/")
    wanted = next(unit for unit in large.picture.units if unit.label.endswith("777"))
    large.page.keyboard.type(wanted.label)
    assert large.page.get_attribute("#search", "aria-expanded") == "true"
    assert large.text("#results li >> nth=0") == f"{wanted.label} (package)"
    assert large.text("#status") == "1 unit found"
    assert large.lit == {wanted.label}
    large.page.keyboard.press("Enter")
    large.rest()
    assert large.pinned == [wanted.label]
    box = large.unit(wanted.label).locator(".mark").bounding_box()
    main = large.page.locator("main").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(main["x"] + main["width"] / 2, abs=2)
    assert box["y"] + box["height"] / 2 == pytest.approx(main["y"] + main["height"] / 2, abs=2)


def test_the_list_of_what_is_found_is_walked_with_the_arrow_keys(shown: Shown) -> None:
    shown.page.fill("#search", "e")
    results = shown.page.locator("#results li")
    chosen = results.nth(1).inner_text().split(" (")[0]
    shown.page.keyboard.press("ArrowDown")
    assert shown.page.get_attribute("#search", "aria-activedescendant") == "result-1"
    shown.page.keyboard.press("Enter")
    assert shown.pinned == [chosen]


def test_of_what_is_not_there_nothing_is_found(shown: Shown) -> None:
    shown.page.fill("#search", "nowhere")
    assert shown.text("#status") == "Nothing found"
    shown.page.keyboard.press("Escape")
    assert shown.page.input_value("#search") == ""
    assert shown.lit == set()


# Accessibility


@pytest.mark.parametrize("width", [640, 1200])  # 640: a window of 1280 pixels at 200 %
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm --prefix analysis/page ci")
    shown = Shown(
        browser,
        tmp_path / "picture.html",
        made_picture(units=60, sizes=True),
        color_scheme=scheme,
        reduced_motion="reduce",
    )

    shown.page.set_viewport_size({"width": width, "height": width * 5 // 8})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width

    def violations() -> list[str]:
        found = shown.page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]

    shown.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations() == []
    shown.page.fill("#search", "e")
    assert violations() == []
    shown.page.keyboard.press("Enter")
    shown.page.click("#list summary")
    shown.rest()
    assert violations() == []
    shown.close()


def test_a_unit_says_what_it_is_to_a_screen_reader(shown: Shown) -> None:
    unit = next(unit for unit in shown.picture.units if unit.kind == "extension")
    element = shown.unit(unit.label)
    assert element.get_attribute("role") == "button"
    assert element.get_attribute("aria-label") == (
        f"{unit.label}, extension, {unit.distance} steps away. {unit.why}"
    )


# In an editor


def test_a_new_picture_takes_the_place_of_the_old_one(editor: Shown) -> None:
    unit = editor.picture.units[5]
    editor.unit(unit.label).focus()
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.press("+")
    editor.rest()
    view = editor.view
    fewer = replace(
        editor.picture,
        title="Switch.on: fewer",
        units=editor.picture.units[:40],
        edges=tuple(edge for edge in editor.picture.edges if edge.unit < 40),
    )
    editor.send({"type": "picture", "html": page_of(fewer, folder=None)})
    editor.wait("document.title === 'Switch.on: fewer'")
    assert editor.text("h1") == editor.text("#status") == "Switch.on: fewer"
    assert editor.page.locator(UNITS).count() == 40
    assert editor.text("#list summary") == "40 units as a table"
    assert (editor.pinned, editor.focused) == ([unit.label], unit.label)
    assert editor.view == view
    editor.page.keyboard.press("End")
    assert editor.focused == fewer.units[-1].label


def test_a_picture_that_is_gone_is_kept_and_said_to_be_old(editor: Shown) -> None:
    editor.send({"type": "gone"})
    editor.page.wait_for_selector(".out-of-date", state="visible")
    assert editor.page.locator(UNITS).count() == 60
    editor.send({"type": "picture", "html": page_of(editor.picture, folder=None)})
    editor.page.wait_for_selector(".out-of-date", state="hidden")


def test_messages_that_mean_something_else_are_ignored(editor: Shown) -> None:
    for message in ({"type": "other"}, {"type": "picture"}, {"type": "picture", "html": "<p>"}):
        editor.send(message)
    editor.page.evaluate("window.postMessage(null, '*')")
    editor.rest()
    assert editor.page.locator(UNITS).count() == 60


def test_places_in_files_open_in_the_editor(editor: Shown) -> None:
    assert editor.page.evaluate("window.posted") == [{"type": "ready"}]
    editor.page.click("header button")
    assert editor.page.evaluate("window.posted.at(-1)") == {
        "type": "open",
        "file": "LocalPreferences.toml",
        "line": 2,
    }


def test_view_and_pinned_unit_outlast_being_hidden(editor: Shown) -> None:
    unit = editor.picture.units[7]
    editor.unit(unit.label).focus()
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.press("+")
    editor.rest()
    view = editor.view
    assert json.loads(editor.page.evaluate("window.name"))["state"]["pinned"] == str(unit.uuid)
    editor.page.reload()
    assert editor.pinned == [unit.label]
    assert editor.view == pytest.approx(view)


def test_the_theme_is_that_of_the_editor(editor: Shown) -> None:
    editor.page.evaluate(
        "document.body.className = 'vscode-dark';"
        "document.body.dataset.vscodeThemeKind = 'vscode-dark';"
        "document.documentElement.style.setProperty('--vscode-editor-background', '#102030');"
        "document.documentElement.style.setProperty('--vscode-editor-foreground', '#ddeeff')"
    )
    colours = editor.page.evaluate(
        "[getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.querySelector('.mark')).fill]"
    )
    assert colours == ["rgb(16, 32, 48)", "rgb(255, 116, 104)"]
