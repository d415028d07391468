"""What the starts of commands and of the server cost, beside an empty Python and an empty server.

    python benchmarks/startup.py [--rounds N] [--modules N]

CPU time is what the process and the kernel on its behalf used; every figure is a median of N
rounds, taken in turn. Behind the tables come the modules that are imported, by what each costs by
itself: the least of some runs of ``python -X importtime``. Nothing fails when one is heavy; it is
there to be seen. ``make bench`` measures an installed wheel.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.made_environments import TWO_DEPENDENCIES, write_environment  # noqa: E402
from support.processes import Used, cpu_of, idle_cpu, resident, run  # noqa: E402
from support.raw_client import RawClient  # noqa: E402

PYTHON = (sys.executable,)
COMMAND = (*PYTHON, "-c", "import sys; from precompass.cli import main; sys.exit(main())")
OURS = (*PYTHON, "-m", "precompass_lsp")
EMPTY = (
    *PYTHON,
    "-c",
    "from pygls.lsp.server import LanguageServer; LanguageServer('empty', '0').start_io()",
)
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")
_PROFILES = 5  # runs of which the least counts
_PACKAGES = 671  # of the environment in which memory is measured
_IDLE = 5.0  # seconds


def commands(small: Path, example: Path, rounds: int) -> None:
    """Print what commands cost, beside an empty Python."""
    rows = {
        "python -c pass": ((*PYTHON, "-c", "pass"), small),
        "precompass --version": ((*COMMAND, "--version"), small),
        "check, two dependencies": ((*COMMAND, "check"), small),
        "check, the example": ((*COMMAND, "check"), example),
    }
    used: dict[str, list[Used]] = {name: [] for name in rows}
    for row in rows.values():
        run(*row)  # what the first run reads of sources is kept for the others
    for _ in range(rounds):
        for name, row in rows.items():
            used[name].append(run(*row))
    print(f"{'command':34} {'CPU ms':>8} {'x empty':>8} {'peak MiB':>9}")
    empty = statistics.median(one.cpu for one in used["python -c pass"])
    for name, several in used.items():
        cpu = statistics.median(one.cpu for one in several)
        memory = max(one.memory for one in several)
        print(f"{name:34} {cpu * 1000:8.1f} {cpu / empty:8.1f} {memory:9.1f}")


def servers(folder: Path, rounds: int) -> None:
    """Print what a server costs until its first diagnostics, beside an empty one."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("\nWhat a server costs is measured on Linux alone.")
        return
    project = folder / "Project.toml"
    names = ("empty pygls: initialize", "initialize", "first diagnostics", "resident", "empty")
    found: dict[str, list[float]] = {name: [] for name in names}
    idle: list[float] = []
    for number in range(rounds):
        client = RawClient(EMPTY)
        client.initialize(folder)
        found["empty pygls: initialize"].append(cpu_of(client.process.pid))
        found["empty"].append(resident(client.process.pid))
        client.end()
        client = RawClient(OURS)
        client.initialize(folder, {"textDocument": {"publishDiagnostics": {}}})
        found["initialize"].append(cpu_of(client.process.pid))
        client.notify("initialized", {})
        item = {"uri": project.as_uri(), "languageId": "toml", "version": 1}
        text = {"text": project.read_text(encoding="utf-8")}
        client.notify("textDocument/didOpen", {"textDocument": {**item, **text}})
        client.until(lambda client=client: project.as_uri() in client.shown)  # type: ignore[misc]
        found["first diagnostics"].append(cpu_of(client.process.pid))
        found["resident"].append(resident(client.process.pid))
        if number == rounds - 1:
            idle_cpu(client.process.pid, 1.0)  # what it still does is over
            idle.append(idle_cpu(client.process.pid, _IDLE))
        client.end()
    cpu = {name: statistics.median(times) for name, times in found.items()}
    empty = cpu["empty pygls: initialize"]
    print(f"\n{'server, 671 packages':34} {'CPU ms':>8} {'x empty':>8}")
    for name in names[:3]:
        print(f"{name:34} {cpu[name] * 1000:8.1f} {cpu[name] / empty:8.2f}")
    ratio = cpu["resident"] / cpu["empty"]
    print(f"resident memory: {cpu['resident']:.1f} MiB, {ratio:.2f} x that of an empty server")
    print(f"CPU while idle for {_IDLE:.0f} s: {idle[0] * 1000:.1f} ms")


def modules(command: Sequence[str], folder: Path) -> Mapping[str, float]:
    """Return the milliseconds that each module takes that a command imports."""
    least: dict[str, float] = {}
    for _ in range(_PROFILES):
        done = subprocess.run(
            [command[0], "-X", "importtime", *command[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        for microseconds, name in _LINE.findall(done.stderr):
            taken = int(microseconds) / 1000
            least[name] = min(least.get(name, taken), taken)
    return least


def profile(title: str, command: Sequence[str], folder: Path, most: int) -> None:
    """Print the modules that a command imports by what each costs, and the packages."""
    found = modules(command, folder)
    packages: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for name, taken in found.items():
        parts = name.split(".")
        package = ".".join(parts[:2]) if parts[0].startswith("precompass") else parts[0]
        packages[package] += taken  # type: ignore[assignment]
        numbers[package] += 1
    print(f"\n{title}: {len(found)} modules, {sum(found.values()):.0f} ms")
    left = [f"{taken:7.1f}  {name} ({numbers[name]})" for name, taken in packages.most_common(most)]
    heaviest = sorted(found.items(), key=lambda item: -item[1])[:most]
    right = [f"{taken:7.1f}  {name}" for name, taken in heaviest]
    print(f"{'     ms  package (modules)':44}     ms  module")
    for one, other in zip(left, right, strict=False):
        print(f"{one:44}{other}")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--modules", type=int, default=15, help="listed of each start")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    example = ROOT / "examples" / "CatchmentModels"
    with tempfile.TemporaryDirectory() as name:
        small = Path(name, "small")
        small.mkdir()
        (small / "Project.toml").write_text(TWO_DEPENDENCIES)
        commands(small, example, options.rounds)
        servers(write_environment(Path(name, "large"), _PACKAGES), options.rounds)
        profile("check, two dependencies", (*COMMAND, "check"), small, options.modules)
        profile("check, the example", (*COMMAND, "check"), example, options.modules)
        profile("precompass-lsp", (*OURS, "--version"), small, options.modules)
        loaded = "import precompass_lsp.server, precompass.rules"
        profile("server, loaded", (*PYTHON, "-c", loaded), small, options.modules)


if __name__ == "__main__":
    main()
