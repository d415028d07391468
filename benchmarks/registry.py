"""How long the General registry takes, beside merely decompressing and listing its tarball.

    python benchmarks/registry.py [--registry FOLDER] [--repeat N]

FOLDER holds ``General.toml`` and its tarball. Every figure is the best of N runs, each in a
process of its own; times are without the start of Python and imports, which have their own line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("PRECOMPASS_TEST_DATA", ROOT.parent / "shared"))

MEASURE = """
import json, resource, sys, time
from pathlib import Path

path, cache = map(Path, sys.argv[1:])
start = time.perf_counter()
{code}
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
mebibytes = used / (1 << 20 if sys.platform == "darwin" else 1 << 10)
print(json.dumps([seconds, mebibytes]))
"""
LIST = """
import tarfile
with tarfile.open(path.with_suffix(".tar.gz"), "r:gz") as archive:
    names = archive.getnames()
"""
IMPORT = """
from precompass.registry.index import open_registry
from precompass.registry.sources import registry_source
"""
OPEN = """
registry, problems = open_registry(registry_source(path), cache)
assert len(registry) > 0 and not problems
"""
HOVER = """
from precompass.julia.uuids import PREFERENCES
registry.package(PREFERENCES)
"""
GRAPH = """
ecosystem = read_ecosystem([registry])
"""
RANK = """
ecosystem.ranking()
"""
IMPORT_GRAPH = """
from precompass.registry.ecosystem import read_ecosystem
"""
RESTART = """
start = time.perf_counter()
"""

MEASUREMENTS = (  # what, code, whether our index is there before, budget in seconds and MiB
    ("list the tarball (tarfile)", LIST, False, None, None),
    ("import", IMPORT, False, None, None),
    ("cold: build the index", IMPORT + RESTART + OPEN, False, 2.0, 150),
    ("warm: open the index", IMPORT + RESTART + OPEN, True, 0.05, 150),
    ("one package, all versions", IMPORT + OPEN + RESTART + HOVER, True, 0.005, 150),
    ("read the ecosystem's graph", IMPORT + IMPORT_GRAPH + OPEN + RESTART + GRAPH, True, None, 150),
    ("rank all packages", IMPORT + IMPORT_GRAPH + OPEN + GRAPH + RESTART + RANK, True, None, 150),
)


def measure(code: str, registry: Path, *, warm: bool) -> tuple[float, float]:
    """Run ``code`` in a new process; return its seconds and the process's peak in MiB."""
    with tempfile.TemporaryDirectory() as cache:
        arguments = [str(registry), cache]
        if warm:
            run(MEASURE.format(code=IMPORT + OPEN), arguments)
        seconds, mebibytes = json.loads(run(MEASURE.format(code=code), arguments))
        return seconds, mebibytes


def run(code: str, arguments: list[str]) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--registry", type=Path, default=DATA / "registry", metavar="FOLDER")
    parser.add_argument("--repeat", type=int, default=3, metavar="N")
    options = parser.parse_args()
    registry = options.registry / "General.toml"
    if not registry.exists():
        parser.exit(message=f"no registry to measure: {registry} is not there\n")
    print(f"{'':<28}{'time':>10}{'ratio':>9}{'budget':>9}{'peak':>10}{'budget':>9}")
    listing = None
    for what, code, warm, budget, memory in MEASUREMENTS:
        runs = [measure(code, registry, warm=warm) for _ in range(options.repeat)]
        seconds, mebibytes = (min(values) for values in zip(*runs, strict=True))
        listing = listing or seconds
        print(
            f"{what:<28}{seconds * 1000:>7.1f} ms{seconds / listing:>9.4f}"
            f"{'' if budget is None else f'{budget * 1000:.0f} ms':>9}{mebibytes:>6.0f} MiB"
            f"{'' if memory is None else f'{memory} MiB':>9}"
        )


if __name__ == "__main__":
    main()
