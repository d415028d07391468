"""Every attack of docs/reliability.md, one after the other, and a row of its table for each.

    python tests/fuzzing/attack.py [--seed 0] [--full]

Without ``--full`` the attacks are short, some twenty minutes in all. Each runs in a process of its
own; one that fails is told with the end of what it said, and the others go on. A program ends with
an error as soon as it sees a crash, an exception in a log, a wrong edit, a lost or an old answer: a
row of a program that passed has 0 in the columns that it looks at.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("crashes", "exceptions", "above 1 s", "wrong edits", "memory")
HEAD = f"| attack | seed | inputs | {' | '.join(COLUMNS)} |"
NOT_SEEN = "—"
TESTS = (
    "tests/analysis/report/test_hostile_text.py",
    "tests/analysis/files/test_reach.py",
    "tests/analysis/files/test_owner.py",
    "tests/analysis/files/test_hostile_git.py",
    "tests/analysis/cli/test_situations.py",
    "tests/analysis/cli/test_writing.py",
    "tests/analysis/test_robustness.py",
    "tests/analysis/test_wrong_types.py",
    "tests/analysis/test_growth.py",
    "tests/server/test_transport.py",
    "tests/server/test_broken_files.py",
    "tests/server/test_untrusted_folder.py",
    "tests/server/test_hostile_names.py",
    "tests/server/test_odd_names.py",
)


@dataclass(frozen=True)
class Attack:
    """A program that attacks.

    Attributes:
        name: as the page has it.
        program: its file.
        short: its arguments for a short run.
        full: its arguments for a whole run.
        sees: which columns it looks at.
        inputs: says of what it printed what went in.
    """

    name: str
    program: str
    short: tuple[str, ...]
    full: tuple[str, ...]
    sees: frozenset[str]
    inputs: Callable[[str], str]


def last_line(printed: str) -> str:
    """Return what a program says of its inputs in its last line, without its seed and its time."""
    line = printed.strip().rpartition("\n")[2]
    line = re.sub(r"^seed \d+: ", "", line)
    return re.split(r"[;,] (?:all answered, in )?\d+ s\b", line)[0].replace("|", "/")


def of_readers(printed: str) -> str:
    """Return how many inputs each reader was fed."""
    return ", ".join(f"{many} {name}" for name, many in re.findall(r"(\w+) +([\d,]+) inp", printed))


def of_kinds(printed: str) -> str:
    """Return how many kinds of input were doubled."""
    return f"{len(times(printed))} kinds, doubled, and a megabyte of each"


def of_sizes(printed: str) -> str:
    """Return of how many kinds of input the largest file was read."""
    return f"{len(sizes(printed))} kinds, each as large as is read"


def sizes(printed: str) -> list[int]:
    """Return the MiB that each kind of input took at most."""
    return [
        int(one) for one in re.findall(r"KiB +(\d+) MiB +\d+ +-?\d+ MiB$", printed, re.MULTILINE)
    ]


def times(printed: str) -> list[float]:
    """Return the longest time of each kind of input."""
    found = re.findall(r"([\d.]+) s(?: +([\d.]+) s| of [\d,]+)$", printed, re.MULTILINE)
    return [max(float(one), float(other or 0)) for one, other in found]


def memory(printed: str) -> str:
    """Return what a program says of the server's memory."""
    walked = re.search(r"memory (\d+) MiB, then (\d+) MiB", printed)
    if walked is not None:
        return f"{walked[1]}, then {walked[2]} MiB"
    if sizes(printed):
        return f"at most {max(sizes(printed))} MiB"
    steps = re.findall(r"^step ([\d,]+): (\d+) MiB", printed, re.MULTILINE)
    chosen = [steps[round(share * (len(steps) - 1))] for share in (0.1, 0.5, 1)] if steps else []
    return ", ".join(f"{size} MiB at {step}" for step, size in chosen) or NOT_SEEN


SERVER = frozenset({"crashes", "exceptions"})
ATTACKS = (
    Attack(
        "messages",
        "tests/fuzzing/messages.py",
        ("--sessions", "40"),
        ("--sessions", "300"),
        SERVER,
        last_line,
    ),
    Attack("growth", "benchmarks/growth.py", (), (), SERVER | {"above 1 s"}, of_kinds),
    Attack("memory", "benchmarks/memory.py", (), (), frozenset({"crashes", "memory"}), of_sizes),
    Attack(
        "files",
        "tests/fuzzing/mutate.py",
        ("--number", "5000"),
        ("--number", "100000"),
        SERVER | {"above 1 s"},
        of_readers,
    ),
    Attack(
        "edits",
        "tests/fuzzing/edits.py",
        ("--number", "1000"),
        ("--number", "10000"),
        SERVER | {"above 1 s", "wrong edits"},
        last_line,
    ),
    Attack(
        "storms",
        "tests/fuzzing/walk.py",
        ("--steps", "2000"),
        ("--steps", "20000"),
        SERVER | {"memory"},
        last_line,
    ),
    Attack(
        "soak",
        "tests/fuzzing/soak.py",
        ("--steps", "5000"),
        ("--steps", "60000"),
        SERVER | {"memory"},
        last_line,
    ),
    Attack(
        "edits in one go",
        "tests/fuzzing/soak.py",
        ("--steps", "5000", "--only-edits"),
        ("--steps", "100000", "--only-edits"),
        SERVER | {"memory"},
        last_line,
    ),
)


def run(command: Sequence[str]) -> tuple[int, str]:
    """Run a command; return how it ended, and what it printed."""
    ran = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return ran.returncode, ran.stdout


def row(attack: Attack, seed: int, *, is_full: bool) -> tuple[bool, str]:
    """Make an attack; return whether it was survived, and its row."""
    arguments = attack.full if is_full else attack.short
    has_seed = not attack.program.startswith("benchmarks/")
    seeds = ("--seed", str(seed)) if has_seed else ()
    status, printed = run((sys.executable, attack.program, *arguments, *seeds))
    if status:
        return False, f"{attack.name}: failed:\n{printed[-4000:]}"
    cells = {
        column: "0" if column in attack.sees else NOT_SEEN
        for column in COLUMNS
        if column != "memory"
    }
    slow = [one for one in times(printed) if one > 1]
    if slow:
        cells["above 1 s"] = f"{len(slow)} (at most {max(slow):.1f} s)"
    cells["memory"] = memory(printed) if "memory" in attack.sees else NOT_SEEN
    named = str(seed) if has_seed else NOT_SEEN
    shown = " | ".join(cells[column] for column in COLUMNS)
    return True, f"| {attack.name} | {named} | {attack.inputs(printed)} | {shown} |"


def row_of_tests(seed: int) -> tuple[bool, str]:
    """Run the tests that attack; return whether they passed, and their row."""
    status, printed = run((sys.executable, "-m", "pytest", f"--hypothesis-seed={seed}", *TESTS))
    if status:
        return False, f"tests: failed:\n{printed[-4000:]}"
    passed = re.search(r"(\d+) passed", printed)
    inputs = f"{passed[1]} tests" if passed is not None else "all tests"
    return (
        True,
        f"| outputs, places, types, protocol | {seed} | {inputs} | 0 | 0 | 0 | 0 | {NOT_SEEN} |",
    )


def main() -> int:
    """Make every attack; return 1 if one was not survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--full", action="store_true", help="as long as before a release")
    arguments = parser.parse_args()
    started = time.perf_counter()
    print(HEAD, f"|{' --- |' * (3 + len(COLUMNS))}", sep="\n", flush=True)
    survived, shown = row_of_tests(arguments.seed)
    print(shown, flush=True)
    for attack in ATTACKS:
        is_survived, shown = row(attack, arguments.seed, is_full=arguments.full)
        survived = survived and is_survived
        print(shown, flush=True)
    minutes = (time.perf_counter() - started) / 60
    print(f"{'All' if survived else 'Not all'} survived, in {minutes:.0f} minutes.")
    return 0 if survived else 1


if __name__ == "__main__":
    sys.exit(main())
