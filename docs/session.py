"""Record the session of the readme: ``docs/images/session.svg``, which plays by itself.

The commands are run, and what they write is shown, character by character as it is. They run in a
copy of the example, with a depot whose compile caches were "made" for the state before by the
tests' simulated ``Pkg.precompile()``: headers of some bytes, each with what Julia compares.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

from rich.style import Style
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from precompass.files.snapshot import Disk, Snapshot  # noqa: E402
from precompass.julia.uuids import SNOOP_PRECOMPILE  # noqa: E402
from precompass.julia.workload_tools import SKIP_LIST  # noqa: E402
from precompass.recompilation.graph import Unit, UnitId  # noqa: E402
from precompass.recompilation.invalidation import Invalidations  # noqa: E402
from precompass.session import Session  # noqa: E402
from precompass.settings.settings import Settings  # noqa: E402
from support.simulated_depot import SimulatedDepot  # noqa: E402

EXAMPLE = ROOT / "examples" / "CatchmentModels"
RECORDING = ROOT / "docs" / "images" / "session.svg"
COLUMNS, ROWS = 102, 24
LIST = "SnoopPrecompile.skip_precompile"
FLAG = "CatchmentModels.precompile_workload"

_WIDTH, _HEIGHT = 8.4, 19  # pixels of a character and of a line
_MARGIN = 18
_PAPER, _INK = "#16191d", "#d6dbe1"
_COLOURS = {
    "black": "#5b6570",
    "blue": "#7cb7ff",
    "cyan": "#6fd3d6",
    "green": "#8fd58a",
    "magenta": "#d7a0f0",
    "red": "#ff8a80",
    "white": "#ffffff",
    "yellow": "#f2cd6b",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the session.

    Attributes:
        shown: what is typed.
        lines: how many lines of its output are shown; the rest is left out, and said so.
        seconds: how long the output stays.
    """

    shown: str
    lines: int
    seconds: float


STEPS = (
    Step("head -3 LocalPreferences.toml", 3, 3),
    Step(f"precompass explain {LIST}", 3, 4),
    Step("precompass fix --code global-skip-list --write LocalPreferences.toml", 4, 5),
    Step("head -3 LocalPreferences.toml", 3, 3),
    Step(f"precompass explain {FLAG}", 3, 4),
    Step("precompass why", 5, 8),
)


def record() -> str:
    """Run the session; return the picture."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(shutil.copytree(EXAMPLE, Path(folder, EXAMPLE.name)))
        depot = Path(folder, "depot")
        depot.mkdir()
        _compile(project, depot)
        outputs = [_run(step, project, depot) for step in STEPS]
    return _picture(outputs)


def _compile(project: Path, depot: Path) -> None:
    """Fill a depot with caches that fit the project as it is."""

    def answers() -> Invalidations:
        settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})
        found = Session(Snapshot(Disk()), settings).invalidations(project / "Project.toml")
        if found is None:
            raise FileNotFoundError(project)
        return found

    graph = answers().graph

    def reads(unit: Unit) -> list[tuple[object, str]]:
        if unit == graph.projects[0]:  # by `@compile_workload`
            return [(unit.uuid, "precompile_workload")]
        is_reader = unit.uuid == SNOOP_PRECOMPILE and not unit.is_extension
        return [(SNOOP_PRECOMPILE, SKIP_LIST)] if is_reader else []

    def loads(unit: Unit) -> list[UnitId]:
        below = graph.network.succ[unit.id]
        return [one for one in below if graph.units[one].kind != "stdlib"]

    julia = str(graph.julia.version)
    names = {unit.name for unit in graph.units.values()}
    SimulatedDepot(depot, julia, reads, loads).precompile(answers, names)  # type: ignore[arg-type]


def _run(step: Step, project: Path, depot: Path) -> list[Text]:
    """Run a command; return the lines of its output that are shown."""
    program, *arguments = shlex.split(step.shown)
    if program == "head":
        lines = (project / arguments[1]).read_text(encoding="utf-8").splitlines()[:3]
        return [Text(line) for line in lines]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JULIA")},
        "COLUMNS": str(COLUMNS),
        "HOME": str(project.parent),
        "JULIA_DEPOT_PATH": str(depot),
        "JULIA_LOAD_PATH": "@",
        "PRECOMPASS_CACHE": str(project.parent / "cache"),
        "PYTHONUTF8": "1",
        "TERM": "xterm",
    }
    start = "import sys; from precompass.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, *arguments, "--color", "always"]
    done = subprocess.run(  # noqa: S603 - our own program
        command,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 1):  # 1: there is something to tell
        raise RuntimeError(done.stderr)
    lines = (done.stdout + done.stderr).rstrip("\n").split("\n")
    shown = [Text.from_ansi(line) for line in lines[: step.lines]]
    return [*shown, Text("…", "bright_black")] if len(lines) > step.lines else shown


# The picture


def _picture(outputs: Sequence[Sequence[Text]]) -> str:
    """Return frames that follow each other for ever; the last one where nothing may move."""
    frames = list(_frames(outputs))
    total = sum(seconds for _, seconds in frames)
    styles, groups = [], []
    start = 0.0
    for number, (lines, seconds) in enumerate(frames):
        first, last = start / total * 100, (start + seconds) / total * 100
        start += seconds
        on = "0%" if number == 0 else f"0%{{visibility:hidden}}{first:.3f}%"
        off = "" if number == len(frames) - 1 else f"{last:.3f}%,100%{{visibility:hidden}}"
        styles.append(f"@keyframes f{number}{{{on}{{visibility:visible}}{off}}}")
        styles.append(f"#f{number}{{animation:f{number} {total:.1f}s step-end infinite}}")
        body = "".join(_line(line, row) for row, line in enumerate(lines) if line.plain)
        groups.append(f'<g id="f{number}" class="frame">{body}</g>\n')
    width = round(COLUMNS * _WIDTH + 2 * _MARGIN)
    height = ROWS * _HEIGHT + 2 * _MARGIN
    story = "\n".join(line.plain for line in _transcript(outputs))
    last_frame = f"#f{len(frames) - 1}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title story">\n'
        '<title id="title">A session of Precompass in a terminal</title>\n'
        f'<desc id="story">{escape(story, quote=False)}</desc>\n'
        "<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;"
        f"white-space:pre;fill:{_INK}}}.frame{{visibility:hidden}}\n"
        + "\n".join(styles)
        + "\n@media(prefers-reduced-motion:reduce){.frame{animation:none!important}"
        + f"{last_frame}{{visibility:visible!important}}}}</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="{_PAPER}"/>\n'
        + "".join(groups)
        + "</svg>\n"
    )


def _frames(outputs: Sequence[Sequence[Text]]) -> Iterator[tuple[list[Text], float]]:
    """Yield what the terminal shows, and for how many seconds."""
    past: list[Text] = []
    for step, output in zip(STEPS, outputs, strict=True):
        for typed in range(0, len(step.shown), 6):
            yield _last([*past, _prompt(step.shown[:typed])]), 0.12
        past.append(_prompt(step.shown))
        yield _last(past), 0.5
        past += [*output, Text()]
        yield _last(past), step.seconds


def _transcript(outputs: Sequence[Sequence[Text]]) -> Iterator[Text]:
    for step, output in zip(STEPS, outputs, strict=True):
        yield _prompt(step.shown)
        yield from output


def _prompt(command: str) -> Text:
    return Text.assemble(("$ ", "bright_black"), (command, "bold"))


def _last(lines: Sequence[Text]) -> list[Text]:
    return list(lines[-ROWS:])


def _line(line: Text, row: int) -> str:
    """Return a line as text at its place, each stretch in its colour."""
    y = _MARGIN + row * _HEIGHT + 14
    parts = []
    edges = sorted(
        {0, len(line), *(edge for span in line.spans for edge in (span.start, span.end))}
    )
    for start, end in pairwise(edges):
        styles = [span.style for span in line.spans if span.start <= start and end <= span.end]
        style = Style.combine(
            Style.parse(one) if isinstance(one, str) else one for one in [line.style, *styles]
        )
        text = escape(line.plain[start:end], quote=False)
        attributes = _attributes(style)
        parts.append(f"<tspan{attributes}>{text}</tspan>" if attributes else text)
    length = f' textLength="{len(line) * _WIDTH:.1f}"'
    return f'<text x="{_MARGIN}" y="{y}"{length} xml:space="preserve">{"".join(parts)}</text>'


def _attributes(style: Style) -> str:
    found = ""
    if style.color is not None:
        name = style.color.name.removeprefix("bright_")
        colour = _COLOURS.get(name, _INK)
        found += f' fill="{colour}"'
    elif style.dim:
        found += f' fill="{_COLOURS["black"]}"'
    return found + (' font-weight="bold"' if style.bold else "")


if __name__ == "__main__":
    RECORDING.write_text(record(), encoding="utf-8", newline="\n")
