"""What a frame of the picture's page costs with 800 packages, beside an empty page.

    python benchmarks/page.py [--units N] [--steps N]

It needs Chromium and the package ``playwright``. A step is one event of the pointer, the wheel or
the keyboard, and the two frames after it. "work" is the time that the main thread computed in a
step, for scripts, styles, layout and painting, as the browser itself counts it (``TaskDuration``
of the DevTools protocol, in the thread's own time); so it is at least what the frame cost that
the event changed. What the measuring costs is in it, and is what the empty page shows. "frame"
is the time from one frame to the next meanwhile: 16.7 ms if none is late, which on a busy machine
has other reasons, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from precompass.report.picture_html import page as page_of  # noqa: E402
from support.picture_data import made_picture  # noqa: E402

_EMPTY = "<!doctype html><title>empty</title><input id=search>"
_START = """
window.frames = []; (function frame(time) {
  window.frames.push(time); window.frameRequest = requestAnimationFrame(frame);
})(performance.now())"""
_STOP = "cancelAnimationFrame(window.frameRequest); window.frames"
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Measured:
    """A page, and what happens in it while it is used.

    Args:
        browser: where to open it.
        file: the page.
        steps: how often each thing is done.
    """

    def __init__(self, browser: Any, file: Path, steps: int) -> None:
        self._page = browser.new_page(viewport={"width": 1280, "height": 800})
        self._page.goto(file.as_uri())
        self._devtools = self._page.context.new_cdp_session(self._page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._steps = steps

    def interactions(self) -> Sequence[tuple[str, Sequence[float], Sequence[float]]]:
        """Return what was done; the work of each step and the length of each frame, in ms."""
        mouse, keyboard = self._page.mouse, self._page.keyboard
        found = [
            self._measure("point", lambda step: mouse.move(250 + step * 6, 400 + step % 7 * 9))
        ]
        mouse.move(300, 500)
        mouse.down()
        found.append(self._measure("pan", lambda step: mouse.move(300 + step * 3, 500 + step)))
        mouse.up()
        found.append(
            self._measure("zoom", lambda step: mouse.wheel(0, -60 if step % 20 < 10 else 60))
        )
        self._page.focus("#search")

        def search(step: int) -> None:
            keyboard.press("Backspace" if step % 2 else "erivs"[step // 2 % 5])

        found.append(self._measure("search", search))
        return found

    def _measure(
        self, name: str, act: Callable[[int], None]
    ) -> tuple[str, Sequence[float], Sequence[float]]:
        self._page.evaluate(_START)
        work, before = [], self._busy()
        for step in range(self._steps):
            act(step)
            self._page.evaluate(_TWO_FRAMES)
            now = self._busy()
            work.append(1000 * (now - before))
            before = now
        times = self._page.evaluate(_STOP)
        return name, work, [after - time for time, after in pairwise(times)]

    def _busy(self) -> float:
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--units", type=int, default=800, help="how many are drawn (default: 800)")
    parser.add_argument("--steps", type=int, default=60, help="of each kind (default: 60)")
    arguments = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None or find_spec("playwright") is None:
        print("It is not measured: there is no Chromium, or no playwright.", file=sys.stderr)
        return 0
    from playwright.sync_api import sync_playwright

    table = Table("page", "", "work, median ms", "95 %", "frame, median ms", "95 %")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {"empty": Path(folder, "empty.html"), "picture": Path(folder, "picture.html")}
        pages["empty"].write_text(_EMPTY)
        drawn = made_picture(units=arguments.units, sizes=True)
        pages["picture"].write_text(page_of(drawn, folder=None), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if is_root else []
        )
        for page, file in pages.items():
            for name, work, frames in Measured(browser, file, arguments.steps).interactions():
                cells = [f"{value:.1f}" for each in (work, frames) for value in _summary(each)]
                table.add_row(page, name, *cells)
        browser.close()
    Console().print(table)
    return 0


def _summary(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    return statistics.median(times), sorted(times)[int(0.95 * len(times))]


if __name__ == "__main__":
    sys.exit(main())
