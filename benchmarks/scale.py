"""How each surface grows: with packages, with projects, with preferences.

    python benchmarks/scale.py [--rounds N] [--markdown]

Times are CPU time, the median of N rounds in this process; of projects, that of one check of all
of them in a process of its own, with its start: packages with a manifest each, and a workspace.
The last column is the exponent of growth from the second size to the last: with 1 the time
doubles when the input does, with 0 it stays.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from precompass.answers.code_actions import fixes_at  # noqa: E402
from precompass.answers.code_lenses import code_lenses  # noqa: E402
from precompass.answers.completion import complete  # noqa: E402
from precompass.answers.hover import hover  # noqa: E402
from precompass.answers.inlay_hints import inlay_hints  # noqa: E402
from precompass.answers.symbols import document_symbols  # noqa: E402
from precompass.documents.text import Span  # noqa: E402
from precompass.documents.toml import parse_toml  # noqa: E402
from precompass.files.snapshot import Disk, Snapshot  # noqa: E402
from precompass.julia.manifest import read_manifest  # noqa: E402
from precompass.recompilation.installed import DepotMemory  # noqa: E402
from precompass.rules import check  # noqa: E402
from precompass.session import Session  # noqa: E402
from precompass.settings.settings import Settings  # noqa: E402
from support.made_environments import write_environment, write_monorepo, write_workspace  # noqa: E402
from support.processes import run  # noqa: E402

PACKAGES = (100, 400, 1_000, 5_000)
PREFERENCES = (50, 5_000)
PROJECTS = (10, 141, 1_000)
_PACKAGES_OF_PREFERENCES = 400
_SETTINGS = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
_GARBAGE = 50_000, 20, 20
"""Thresholds of the garbage collector, as the server has them."""
_CHECK = "import sys; from precompass.cli import main; sys.exit(main(['check', '--no-depot']))"


class Environment:
    """An environment that is open in an editor.

    Args:
        folder: with its files.
    """

    def __init__(self, folder: Path) -> None:
        self.project = folder / "Project.toml"
        self.manifest = folder / "Manifest.toml"
        self.preferences = folder / "LocalPreferences.toml"
        self._disk = Disk()
        self._memory = DepotMemory()
        self._number = 0

    def session(self, changed: Path | None = None) -> Session:
        """Return the moment after a keystroke in a file, or now."""
        texts = {}
        if changed is not None:
            self._number += 1
            texts[changed] = changed.read_text(encoding="utf-8") + f"# {self._number}\n"
        return Session(Snapshot(self._disk, texts), _SETTINGS, self._memory)

    def surfaces(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield what an editor asks for: after a keystroke, or where nothing has changed."""
        still = self.session()
        first = self.project.read_text(encoding="utf-8").index("Package")
        whole = Span(0, len(self.preferences.read_text(encoding="utf-8")))
        key = self.preferences.read_text(encoding="utf-8").index("key_")
        yield "open, nothing read yet", self._open
        yield (
            "keystroke, preferences",
            lambda: check(self.session(self.preferences), self.preferences),
        )
        yield "keystroke, project file", lambda: check(self.session(self.project), self.project)
        yield "hover, dependency", lambda: hover(still, self.project, first)
        yield "hover, preference", lambda: hover(still, self.preferences, key)
        yield "code actions at a key", lambda: fixes_at(still, self.preferences, Span(key, key))
        yield "code actions, whole file", lambda: fixes_at(still, self.preferences, whole)
        yield "completion in [deps]", lambda: complete(still, self.project, first)
        yield "hints, preferences", lambda: inlay_hints(still, self.preferences, whole)
        yield "lenses, preferences", lambda: code_lenses(still, self.preferences)
        yield "symbols, manifest", lambda: document_symbols(still, self.manifest)

    def _open(self) -> None:
        for memory in (parse_toml, read_manifest):
            memory.cache_clear()
        session = Session(Snapshot(Disk()), _SETTINGS)
        for path in (self.project, self.preferences):
            check(session, path)


def median(function: Callable[[], object], rounds: int) -> float:
    """Return the median of the CPU milliseconds that a function takes, once it is warm."""
    function()
    times = []
    for _ in range(rounds):
        started = time.process_time()
        function()
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times)


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Return the exponent by which times grow, from the second size on if there are more."""
    first = 1 if len(sizes) > 2 else 0
    grown = max(times[-1], 0.01) / max(times[first], 0.01)
    return math.log(grown) / math.log(sizes[-1] / sizes[first])


def table(
    title: str, sizes: Sequence[int], rows: dict[str, list[float]], *, markdown: bool
) -> None:
    """Print the milliseconds of each size, and the exponent."""
    if markdown:
        print(f"\n| {title} | {' | '.join(f'{size:,}' for size in sizes)} | exponent |")
        print(f"| --- |{' ---: |' * (len(sizes) + 1)}")
    else:
        print(f"\n{title:28}" + "".join(f"{size:10,}" for size in sizes) + "  exponent")
    for name, times in rows.items():
        shown = f"{exponent(sizes, times):.1f}"
        if markdown:
            print(f"| {name} | {' | '.join(f'{one:,.1f}' for one in times)} | {shown} |")
        else:
            print(f"{name:28}" + "".join(f"{one:10,.1f}" for one in times) + f"{shown:>10}")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--markdown", action="store_true", help="print tables for a page")
    options = parser.parse_args()
    gc.set_threshold(*_GARBAGE)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for title, sizes in (("packages", PACKAGES), ("preferences", PREFERENCES)):
            rows: dict[str, list[float]] = {}
            for size in sizes:
                folder, fixed = root / title / str(size), _PACKAGES_OF_PREFERENCES
                shape = (size,) if title == "packages" else (fixed, size)
                environment = Environment(write_environment(folder, *shape))
                for surface, function in environment.surfaces():
                    rows.setdefault(surface, []).append(median(function, options.rounds))
            table(f"ms of CPU, by {title}", sizes, rows, markdown=options.markdown)
        rows = {}
        for name, write in (
            ("manifests of their own", write_monorepo),
            ("a workspace", write_workspace),
        ):
            for size in PROJECTS:
                folder = write(root / name / str(size), size)
                rounds = 3 if size < PROJECTS[-1] else 1
                used = [run((sys.executable, "-c", _CHECK), folder).cpu for _ in range(rounds)]
                rows.setdefault(f"check, {name}", []).append(1000 * statistics.median(used))
        table("ms of CPU, by projects", PROJECTS, rows, markdown=options.markdown)


if __name__ == "__main__":
    main()
