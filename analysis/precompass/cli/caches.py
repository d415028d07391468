"""``precompass caches``: the compile caches of an environment, and deleting some on purpose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from precompass.answers.cache_list import (
    ListedCache,
    environment_units,
    list_caches,
    recompiled_without,
    to_delete,
)
from precompass.cli.cache_deletion import RefusedError, delete_cache, place_of
from precompass.cli.failure import CannotRun, complain
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_project,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, shown_folders, warn_of_assumptions
from precompass.cli.stack_units import find_stack_unit
from precompass.cli.why import read_checks
from precompass.files import disk
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.cache_checks import CacheChecks
from precompass.report.caches_text import consequence_sentence, deletion_sentence, print_caches
from precompass.report.console import make_console, print_prose
from precompass.session import Session

_EPILOG = f"""exit codes:
  0  here is the list, or everything was deleted, or there was nothing to delete
  1  something would be deleted, and was not: --yes is missing
  2  something could not be deleted, there is no such project or package, or an argument is wrong

examples:
  precompass caches                      every cache of the project's packages, and whether it fits
  precompass caches CSV                  those of one package
  precompass caches --stale              those that no longer fit any project
  precompass caches CSV --delete         what deleting the caches of CSV would recompile
  precompass caches CSV --delete --yes   delete them, so that Julia recompiles CSV
  precompass caches --delete --stale --yes

Only cache files in compiled/vX.Y/ of a writable depot are deleted. No link is followed.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "caches", "List the compile caches of a project, and delete some of them.", _EPILOG
    )
    result.add_argument(
        "package", metavar="PACKAGE", nargs="?", help="only this package, or Parent/Extension"
    )
    result.add_argument(
        "--stale", action="store_true", help="only caches that no longer fit any project"
    )
    result.add_argument(
        "--delete",
        action="store_true",
        help="delete the package's caches that fit this project; with --stale, the caches that "
        "no longer fit any project; a dry run without --yes or a confirmation in the terminal",
    )
    result.add_argument("--yes", action="store_true", help="delete without asking")
    add_format(result, "text", "json")
    add_project(result)
    add_julia(result)
    add_session(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """List or delete caches, and return the exit code."""
    if arguments.delete and not arguments.package and not arguments.stale:
        raise CannotRun("name the package whose caches are to be deleted, or add --stale")
    session = Session(Snapshot(Disk()), settings_of(arguments))
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    checks = read_checks(project, session)
    warn_of_assumptions(checks.stack.active)
    units = environment_units(checks)
    if arguments.package:
        units = (find_stack_unit(arguments.package, checks),)
    caches = list_caches(checks, units)
    if arguments.delete:
        chosen = to_delete(caches, stale=arguments.stale, own_depots=_own_depots(checks))
        return _delete(chosen, checks, arguments)
    if arguments.stale:
        caches = tuple(one for one in caches if one.is_dead)
    folder = Path.cwd()
    if arguments.format == "json":
        from precompass.report.caches_json import caches_json
        from precompass.report.schema import json_text

        print(json_text(caches_json(caches, folder=folder)))
    else:
        console = make_console(arguments.color, folders=shown_folders(project, session, folder))
        if arguments.stale and not caches:
            print_prose(console, "None is stale: every cache file may still fit some project.")
        else:
            print_caches(caches, folder=folder, console=console)
    return 0


def _own_depots(checks: CacheChecks) -> tuple[str, ...]:
    """Return the depots that come with Julia: nothing is deleted from them."""
    installation = checks.stack.installation
    if installation is None:
        return ()
    share = installation.bindir.parent
    own = {str(share / "share" / "julia"), str(share / "local" / "share" / "julia")}
    return tuple(depot for depot in checks.stack.depots if disk.real_path(depot) in own)


def _delete(
    chosen: Sequence[ListedCache], checks: CacheChecks, arguments: argparse.Namespace
) -> int:
    console = make_console(arguments.color)
    gone = frozenset(one.cache.file.path for one in chosen)
    if not chosen:
        print_prose(console, deletion_sentence(chosen, is_dry=True, is_stale=arguments.stale))
        return 0
    after, already = recompiled_without(checks, checks.less(gone))
    print_caches(chosen, folder=Path.cwd(), console=console)
    is_asked = not arguments.yes and sys.stdin.isatty() and sys.stdout.isatty()
    is_dry = not arguments.yes and not is_asked
    print_prose(console, deletion_sentence(chosen, is_dry=is_dry))
    print_prose(console, consequence_sentence(after, already))
    if is_dry:
        return 1
    if is_asked and not _confirmed():
        print_prose(console, "Nothing was deleted.")
        return 1
    return _unlink(chosen, checks, console)


def _confirmed() -> bool:
    try:
        answer = input("Delete these files? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def _unlink(chosen: Sequence[ListedCache], checks: CacheChecks, console: Console) -> int:
    deleted, failed = 0, 0
    for one in chosen:
        file = one.cache.file
        try:
            delete_cache(file, place_of(file, checks.stack.depots))
            deleted += 1
        except RefusedError as refused:
            failed += 1
            complain(f"not deleted: {refused}")
        except OSError as error:
            failed += 1
            complain(f"not deleted: {file.path}: {error.strerror or error}")
    print_prose(console, f"Deleted {deleted:,} of {len(chosen):,} cache files.")
    return 2 if failed else 0
