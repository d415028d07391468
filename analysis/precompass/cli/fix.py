"""``precompass fix``: show or make the changes that an editor would offer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from precompass import rules
from precompass.cli.failure import CannotRun, did_you_mean, warn
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
from precompass.report.console import make_console
from precompass.report.patch import print_patch
from precompass.report.places import shown
from precompass.report.progress import with_progress
from precompass.report.visible import visible
from precompass.wording import counted

_EPILOG = f"""exit codes:
  0  there is nothing to change, or all was written
  1  there is something to change, and it was shown only
  2  a file could not be read or written, or an argument is wrong

examples:
  precompass fix                         show what would change
  precompass fix --write                 change it
  precompass fix --diff | git apply      the same, by git
  precompass fix --code stale-skip-list LocalPreferences.toml

Without --code, the changes are those that an editor may make on save without asking. With it,
they are the preferred fix, or the only one, of each finding of that rule. A change may need other
files than those named, such as the project file. Either all files are written, or none is.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "fix", "Show or make the changes that an editor would offer for findings.", _EPILOG
    )
    result.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="a file, or a folder to look through (default: the working directory)",
    )
    result.add_argument(
        "--code", metavar="CODE", help="fix the findings of this rule (see `precompass rule`)"
    )
    mode = result.add_mutually_exclusive_group()
    mode.add_argument("--diff", action="store_true", help="show a unified diff (the default)")
    mode.add_argument("--write", action="store_true", help="write the files")
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
    files = julia_files(arguments.paths)
    changes = Changes(Disk(), settings_of(arguments))
    for path in with_progress(files, "Checking"):
        if changes.unreadable(path):
            raise CannotRun(f"{shown(path, folder)} cannot be read: {changes.unreadable(path)}")
        if arguments.code is None:
            changes.fix_all(path)
        else:
            changes.fix_code(path, arguments.code)
    for reason, number in sorted(changes.remaining.items()):
        remain = "remains" if number == 1 else "remain"
        warn(f"{counted(number, 'finding')} of {arguments.code} {remain}: {reason}")
    made = changes.made()
    for title in changes.titles:
        print(visible(title), file=sys.stderr)
    if not made:
        print("There is nothing to fix.", file=sys.stderr)
    elif arguments.write:
        _write(made, folder)
    else:
        _show(made, folder, arguments)
    return int(bool(made) and not arguments.write)


def _write(made: Sequence[FileChange], folder: Path) -> None:
    try:
        write_all(made)
    except CannotWrite as failure:
        place = shown(failure.file, folder)
        raise CannotRun(f"nothing was written: {place} {failure.reason}") from None
    print(f"Wrote {', '.join(shown(change.file, folder) for change in made)}.", file=sys.stderr)


def _show(made: Sequence[FileChange], folder: Path, arguments: argparse.Namespace) -> None:
    console = make_console(arguments.color)
    for change in made:
        mark = "\ufeff" if change.before and change.before.has_bom else ""
        before = None if change.before is None else mark + change.before.text
        print_patch(shown(change.file, folder), before, mark + change.after, console=console)
