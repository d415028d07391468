"""``precompass fix``: show or make the changes that an editor would offer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from precompass import rules
from precompass.answers.comparison import Comparison
from precompass.cli.failure import CannotRun, complain, did_you_mean, warn
from precompass.cli.files import julia_files
from precompass.cli.fixing import Changes
from precompass.cli.options import (
    VARIABLES,
    add_julia,
    add_registry,
    add_rules,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.writing import CannotWrite, FileChange, write_all
from precompass.files.snapshot import Disk
from precompass.report.comparison_wording import what_is_recompiled
from precompass.report.console import make_console
from precompass.report.patch import print_patch
from precompass.report.places import shown
from precompass.report.progress import with_progress
from precompass.report.visible import visible
from precompass.wording import counted

_EPILOG = f"""exit codes:
  0  nothing to fix, or all fixes were written
  1  there are fixes, and they were only shown
  2  a file could not be read or written, or an argument is wrong

examples:
  precompass fix                         show the safe fixes
  precompass fix --write                 apply them
  precompass fix --diff | git apply      apply them with git
  precompass fix --code stale-skip-list LocalPreferences.toml

Without --code, only safe fixes are applied: they recompile nothing and change no behaviour. With
--code, the preferred or only fix of each finding of that rule is applied; what it recompiles is
shown, and on a terminal you are asked before it is written. A fix may also change other files, such
as the project file. Either all files are written, or none.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser("fix", "Show or apply fixes for findings, as editors offer them.", _EPILOG)
    result.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="a file, or a folder to check (default: the working directory)",
    )
    result.add_argument(
        "--code", metavar="CODE", help="fix the findings of this rule (see `precompass rule`)"
    )
    mode = result.add_mutually_exclusive_group()
    mode.add_argument("--diff", action="store_true", help="show a unified diff (the default)")
    mode.add_argument("--write", action="store_true", help="write the files")
    result.add_argument(
        "--yes", action="store_true", help="do not ask before writing fixes that recompile packages"
    )
    add_rules(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Show or make the changes and return the exit code."""
    if arguments.code is not None and arguments.code not in rules.RULES:
        near = did_you_mean(arguments.code, rules.RULES)
        raise CannotRun(f"there is no rule {arguments.code}{near}")
    folder = Path.cwd()
    problems: list[str] = []
    settings = settings_of(arguments)  # says what may be looked at
    files = julia_files(
        arguments.paths, lambda error: problems.append(_closed(error)), problems.append
    )
    changes = Changes(Disk(), settings)
    for path in with_progress(files, "Checking"):
        if changes.unreadable(path):
            problems.append(f"{shown(path, folder)} cannot be read: {changes.unreadable(path)}")
            continue
        if arguments.code is None:
            changes.fix_all(path)
        else:
            changes.fix_code(path, arguments.code)
    for problem in problems:
        complain(problem)
    if problems and not files:
        return 2
    if not files:
        warn(f"there are no Julia project files in {', '.join(arguments.paths)}")
    for reason, number in sorted(changes.remaining.items()):
        remain = "remains" if number == 1 else "remain"
        warn(f"{counted(number, 'finding')} of {arguments.code} {remain}: {reason}")
    made = changes.made()
    for file in sorted(changes.led_out):
        warn(f"{shown(file, folder)} is a link out of its folder, so it is not fixed")
    for title in changes.titles:
        print(visible(title), file=sys.stderr)
    costs = changes.costs() if arguments.code is not None else ()
    for line in _costs(costs, folder):
        print(visible(line), file=sys.stderr)
    if not made:
        print(f"Nothing to fix{_and_unsafe(changes)}", file=sys.stderr)
    elif not arguments.write:
        _show(made, folder, arguments)
    elif not costs or arguments.yes or _is_confirmed():
        _write(made, folder)
    else:
        print("Nothing was written.", file=sys.stderr)
        return 2 if problems else 1
    return 2 if problems else int(bool(made) and not arguments.write)


def _closed(error: OSError) -> str:
    return f"{error.filename} cannot be read: {error.strerror}"


def _and_unsafe(changes: Changes) -> str:
    """Return the rest of a sentence that says nothing is fixed: which fixes were left out."""
    if not changes.unsafe:
        return "."
    number = changes.unsafe.total()
    have = (
        "has a fix that recompiles packages or changes"
        if number == 1
        else ("have fixes that recompile packages or change")
    )
    return (
        f" safely. {counted(number, 'finding')} {have} behaviour; apply "
        f"{'it' if number == 1 else 'them'} by rule: "
        f"--code {' or '.join(sorted(changes.unsafe))}."
    )


def _costs(costs: Sequence[Comparison], folder: Path) -> Iterator[str]:
    """Yield a sentence for each environment in which the fixes recompile something."""
    for cost in costs:
        if cost.difference is not None:
            where = f" (environment {shown(cost.project.parent, folder)})" if len(costs) > 1 else ""
            yield f"This recompiles {what_is_recompiled(cost.difference)}{where}."


def _is_confirmed() -> bool:
    """Return the user's answer on a terminal; elsewhere, --write is the answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print("Write the files? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _write(made: Sequence[FileChange], folder: Path) -> None:
    try:
        write_all(made)
    except CannotWrite as failure:
        place = shown(failure.file, folder)
        raise CannotRun(f"nothing was written: {place} {failure.reason}") from None
    names = ", ".join(shown(change.file, folder) for change in made)
    print(f"Wrote {visible(names)}.", file=sys.stderr)


def _show(made: Sequence[FileChange], folder: Path, arguments: argparse.Namespace) -> None:
    console = make_console(arguments.color)
    for change in made:
        mark = "\ufeff" if change.before and change.before.has_bom else ""
        before = None if change.before is None else mark + change.before.text
        print_patch(shown(change.file, folder), before, mark + change.after, console=console)
