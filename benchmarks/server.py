"""How long an editor waits for the language server, beside an empty one, fatou and tombi.

    python benchmarks/server.py [--environment FOLDER] [--repeat N]

FOLDER holds ``Project.toml`` and its manifest. "initialize" is a new process each time, from its
start to its answer; the peer is a pygls server without a feature. "open" is a new process each
time too, from ``initialized`` and ``textDocument/didOpen`` to the first diagnostics; everything
else is one process that is warm: "keystroke" from ``textDocument/didChange`` to the diagnostics,
in either file, with a debounce of 0 ms.

All of it happens in a copy whose project file has one compat entry more, of a package that is not
there, so that every server has something to tell; fatou tells what the file on disk holds. tombi,
which is measured if it is installed, makes the outline of a manifest of 1,000 packages.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.made_environments import write_environment
from support.processes import cpu_of
from support.raw_client import RawClient

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("PRECOMPASS_TEST_DATA", ROOT.parent / "shared"))

PRECOMPASS = (sys.executable, "-m", "precompass_lsp")
EMPTY = (
    sys.executable,
    "-c",
    "from pygls.lsp.server import LanguageServer; LanguageServer('empty', '0').start_io()",
)
UNKNOWN = 'Nowhere = "1"'
_LARGE = 1_000  # packages of the manifest whose outline is asked for


class Server(RawClient):
    """A server process and the file that is open in it."""

    def __init__(self, command: Sequence[str], path: Path) -> None:
        super().__init__(command)
        self.command = command
        self.path = path
        self.uri = path.as_uri()
        self.version = 0
        self.lines = 0

    def hello(self) -> None:
        capabilities = {
            "textDocument": {
                "publishDiagnostics": {"relatedInformation": True},
                "hover": {"contentFormat": ["markdown"]},
                "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
            },
            "workspace": {"workspaceEdit": {"documentChanges": True}},
        }
        options = {"debounce": 0} if self.command == PRECOMPASS else None
        self.initialize(self.path.parent, capabilities, options)

    def diagnostics(self) -> None:
        """Wait for the diagnostics of the version that was sent last."""

        def are_there() -> bool:
            shown = self.shown.get(self.uri)
            # fatou does not always tell the version.
            return shown is not None and shown.get("version", self.version) == self.version

        self.until(are_there)

    def open(self) -> None:
        self.notify("initialized", {})
        text = self.path.read_text()
        self.lines = text.count("\n")
        self.version += 1
        item = {"uri": self.uri, "languageId": "toml", "version": self.version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        self.diagnostics()

    def type(self, character: str) -> None:
        self.version += 1
        end = {"line": self.lines + 99, "character": 0}
        change = {"range": {"start": end, "end": end}, "text": character}
        identifier = {"uri": self.uri, "version": self.version}
        self.notify(
            "textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]}
        )
        self.diagnostics()

    def hover(self, line: int) -> Any:
        place = {"line": line, "character": 1}
        return self.request(
            "textDocument/hover", {"textDocument": {"uri": self.uri}, "position": place}
        )

    def code_actions(self, line: int) -> Any:
        place = {"line": line, "character": 1}
        return self.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self.uri},
                "range": {"start": place, "end": place},
                "context": {"diagnostics": []},
            },
        )


@contextlib.contextmanager
def running(command: Sequence[str], path: Path) -> Iterator[Server]:
    server = Server(command, path)
    try:
        yield server
    finally:
        server.end()


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def cold_initialize(command: Sequence[str], project: Path) -> float:
    start = time.perf_counter()
    with running(command, project) as server:
        server.hello()
        return 1000 * (time.perf_counter() - start)


def cold_open(command: Sequence[str], project: Path) -> float:
    with running(command, project) as server:
        server.hello()
        return milliseconds(server.open)


def dependencies(project: Path) -> list[tuple[int, str]]:
    """The lines of the direct dependencies, and their names."""
    lines = project.read_text().splitlines()
    start = lines.index("[deps]") + 1
    found = []
    for number, line in enumerate(lines[start:], start):
        if line.startswith("["):
            break
        if "=" in line:
            found.append((number, line.split("=")[0].strip()))
    return found


def hovers(command: Sequence[str], project: Path, repeat: int) -> list[float]:
    """Times of hovers over the direct dependencies."""
    places = dependencies(project)
    with running(command, project) as server:
        server.hello()
        server.open()
        lines = [places[index % len(places)][0] for index in range(repeat)]
        return [milliseconds(partial(server.hover, line)) for line in lines]


def typing(path: Path, table: str, repeat: int) -> tuple[list[float], list[float]]:
    """Times of keystrokes that add a table of preferences to a file, and of code actions there."""
    text = f"\n[{table}]\n" + "".join(f'key_{count} = "value"\n' for count in range(repeat))
    with running(PRECOMPASS, path) as server:
        server.hello()
        server.open()
        keystrokes = [milliseconds(partial(server.type, key)) for key in text[:repeat]]
        line = server.lines + 1
        actions = [milliseconds(partial(server.code_actions, line)) for _ in range(repeat)]
    return keystrokes, actions


def program(name: str, *arguments: str) -> tuple[str, ...] | None:
    """The command that starts a peer, if it is installed."""
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which(name, path=places)
    return (found, *arguments) if found else None


def outlines(command: Sequence[str], manifest: Path, repeat: int) -> list[float]:
    """CPU milliseconds of the server for the outline of a manifest: the first, then the others."""
    tree = {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}
    with running(command, manifest) as server:
        server.initialize(manifest.parent, {"textDocument": tree})
        server.notify("initialized", {})
        item = {"uri": server.uri, "languageId": "toml", "version": 1}
        text = manifest.read_text(encoding="utf-8")
        server.notify("textDocument/didOpen", {"textDocument": {**item, "text": text}})
        time.sleep(2)  # what follows the opening is over
        times = []
        for _ in range(repeat):
            before = cpu_of(server.process.pid)
            server.request("textDocument/documentSymbol", {"textDocument": {"uri": server.uri}})
            times.append(1000 * (cpu_of(server.process.pid) - before))
    return times


def completion_bytes(project: Path) -> int:
    """Bytes of the completions for an empty line of ``[deps]``."""
    with running(PRECOMPASS, project) as server:
        server.hello()
        server.open()
        line = project.read_text(encoding="utf-8").splitlines().index("[deps]") + 1
        change = {"range": {"start": {"line": line, "character": 0}}, "text": "\n"}
        change["range"]["end"] = change["range"]["start"]  # type: ignore[index]
        identifier = {"uri": server.uri, "version": 2}
        server.notify(
            "textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]}
        )
        place = {"line": line, "character": 0}
        found = server.request(
            "textDocument/completion", {"textDocument": {"uri": server.uri}, "position": place}
        )
    return len(json.dumps(found, separators=(",", ":")))


def default_environment() -> Path:
    """The project's example, or the largest real environment of the test data."""
    example = ROOT / "examples"
    folders = [path.parent for path in example.glob("**/Manifest.toml")]
    folders = folders or [path.parent for path in DATA.glob("corpus/*/Manifest.toml")]
    folders = [folder for folder in folders if (folder / "Project.toml").is_file()]
    if not folders:
        raise SystemExit("No environment to measure with: give one as --environment FOLDER.")
    return max(folders, key=lambda folder: (folder / "Manifest.toml").stat().st_size)


def copy_with_unknown_compat(environment: Path, folder: Path) -> Path:
    """Copy the files of an environment; return the project file."""
    for path in environment.glob("*.toml"):
        shutil.copy(path, folder)
    project = folder / "Project.toml"
    lines = project.read_text().splitlines()
    if "[compat]" not in lines:
        lines.append("[compat]")
    lines.insert(lines.index("[compat]") + 1, UNKNOWN)
    project.write_text("\n".join([*lines, ""]))
    return project


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path)
    parser.add_argument("--repeat", type=int, default=200, help="of what is measured warm")
    parser.add_argument("--processes", type=int, default=15, help="started for what is cold")
    options = parser.parse_args()
    environment = (options.environment or default_environment()).resolve()
    with tempfile.TemporaryDirectory() as folder:
        project = copy_with_unknown_compat(environment, Path(folder))
        measure(project, environment.name, options.processes, options.repeat)


def measure(project: Path, name: str, processes: int, repeat: int) -> None:
    """Measure everything, and print the table."""
    fatou = program("fatou", "lsp")

    # In turn, so that whatever else the machine does meets all of them.
    cold: dict[str, list[float]] = {"ours": [], "empty": [], "our open": [], "fatou's open": []}
    for _ in range(processes):
        cold["ours"].append(cold_initialize(PRECOMPASS, project))
        cold["empty"].append(cold_initialize(EMPTY, project))
        cold["our open"].append(cold_open(PRECOMPASS, project))
        if fatou is not None:
            cold["fatou's open"].append(cold_open(fatou, project))
    preferences = project.with_name("LocalPreferences.toml")
    preferences.touch()
    name_of_first = dependencies(project)[0][1]
    in_project, _ = typing(project, f"preferences.{name_of_first}", repeat)
    in_preferences, actions = typing(preferences, name_of_first, repeat)
    fatous = hovers(fatou, project, repeat) if fatou is not None else []

    packages = (project.parent / "Manifest.toml").read_text().count("[[deps.")
    table = Table("milliseconds", "median", "p95", "budget", "peer", "median", "ratio")
    table.title = f"{name}, {packages} packages"

    def row(name: str, times: list[float], budget: str, peer: str, others: list[float]) -> None:
        median = statistics.median(times)
        last = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else median
        cells = [name, f"{median:.1f}", f"{last:.1f}", budget]
        if others:
            other = statistics.median(others)
            cells += [peer, f"{other:.1f}", f"{median / other:.2f}"]
        table.add_row(*cells)

    row("initialize", cold["ours"], "ratio 1.15", "empty pygls", cold["empty"])
    row("open", cold["our open"], "300", "fatou", cold["fatou's open"])
    row("keystroke, preferences", in_preferences, "10, p95 16", "", [])
    row("keystroke, project file", in_project, "10, p95 16", "", [])
    row("hover", hovers(PRECOMPASS, project, repeat), "5", "fatou", fatous)
    row("code action", actions, "5", "", [])
    if sys.platform == "linux":
        tombi = program("tombi", "lsp", "--offline")
        large = write_environment(project.parent / "large", _LARGE) / "Manifest.toml"
        mine = outlines(PRECOMPASS, large, 6)
        others = outlines(tombi, large, 6) if tombi is not None else []
        row("outline, CPU, first", mine[:1], "ratio 0.7", "tombi", others[:1])
        row("outline, CPU, again", mine[1:], "ratio 0.2", "tombi", others[1:])
    Console(width=88).print(table)
    print(f"completions of an empty line in [deps]: {completion_bytes(project):,} bytes")


if __name__ == "__main__":
    main()
