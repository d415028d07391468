"""``precompass why``: what the next start of Julia recompiles, and why."""

from __future__ import annotations

import argparse
from pathlib import Path

from precompass.answers.comparison import why_unreadable
from precompass.cli.failure import CannotRun
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
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.cache_checks import CacheChecks
from precompass.recompilation.startup import startup_cost
from precompass.recompilation.why import explain_why, why_unit
from precompass.session import Session

_EPILOG = f"""exit codes:
  0  Julia recompiles nothing
  1  Julia recompiles something, or that cannot be told
  2  there is no such project or package, or an argument is wrong

examples:
  precompass why                         what the next `using` recompiles, by root cause
  precompass why CSV                     the same about one package, with each of its caches
  precompass why --for precompile --format json
  precompass why --check-bounds=yes      what a session with this option recompiles
  precompass why --load-first Revise     what is recompiled if Revise is loaded first
  precompass why --startup               what config/startup.jl recompiles

The direct dependencies of the project are taken to be loaded in the order of their names.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "why", "Say what Julia recompiles next, because of what, and what it costs.", _EPILOG
    )
    result.add_argument(
        "package",
        metavar="PACKAGE",
        nargs="?",
        help="a package, by name or UUID, or Parent/Extension: show why Julia uses, or does not "
        "use, each of its caches",
    )
    result.add_argument(
        "--for",
        dest="purpose",
        choices=("using", "precompile", "test"),
        default="using",
        help="what compiles: loading all direct dependencies, Pkg.precompile(), or Pkg.test() "
        "(default: using)",
    )
    result.add_argument(
        "--load-first",
        metavar="PACKAGE",
        action="append",
        default=[],
        help="a package of the load path that the session loads before; may be given several times",
    )
    result.add_argument(
        "--startup",
        action="store_true",
        help="show what config/startup.jl recompiles: started with --project, and with a later "
        "activation",
    )
    add_format(result, "text", "json")
    add_project(result)
    add_julia(result)
    add_session(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the answer and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments))
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    checks = read_checks(project, session, for_tests=arguments.purpose == "test")
    warn_of_assumptions(checks.stack.active)
    if arguments.startup:
        return _startup(project, session, checks, arguments)
    preloaded = [find_stack_unit(name, checks) for name in arguments.load_first]
    why = explain_why(checks, arguments.purpose, preloaded)
    folder = Path.cwd()
    unit = find_stack_unit(arguments.package, checks) if arguments.package else None
    found = why_unit(checks, why, unit) if unit is not None else None
    if arguments.format == "json":
        from precompass.report.schema import json_text
        from precompass.report.why_json import unit_why_json, why_json

        if found is not None:
            print(json_text(unit_why_json(found, why, folder=folder)))
        else:
            print(json_text(why_json(why, folder=folder)))
    else:
        from precompass.report.console import make_console
        from precompass.report.why_text import print_unit_why, print_why

        console = make_console(arguments.color, folders=shown_folders(project, session, folder))
        if found is not None:
            print_unit_why(found, why, folder=folder, console=console)
        else:
            print_why(why, folder=folder, console=console)
    if found is not None:
        return 1 if found.pending is not None or why.gaps else 0
    return 1 if why.units or not why.is_complete else 0


def _startup(
    project: Path, session: Session, checks: CacheChecks, arguments: argparse.Namespace
) -> int:
    startup = session.saved_startup(project)
    cost = None
    if startup is not None and startup.clashes:
        shared = session.cache_checks(startup.shared)
        cost = startup_cost(checks, shared, startup) if shared is not None else None
    folder = Path.cwd()
    if arguments.format == "json":
        from precompass.report.schema import json_text
        from precompass.report.startup_report import startup_json

        print(json_text(startup_json(startup, cost, folder=folder)))
    else:
        from precompass.report.console import make_console
        from precompass.report.startup_report import print_startup

        console = make_console(arguments.color, folders=shown_folders(project, session, folder))
        print_startup(startup, cost, folder=folder, console=console)
    return 1 if startup is not None and startup.clashes else 0


def read_checks(project: Path, session: Session, *, for_tests: bool = False) -> CacheChecks:
    """Return the checks of the caches of a project's environment, or of its tests.

    Raises:
        CannotRun: if a file that they need cannot be read, or there are no tests.
    """
    unreadable = why_unreadable(project, session)
    if unreadable:
        raise CannotRun(unreadable)
    checks = session.test_cache_checks(project) if for_tests else session.cache_checks(project)
    if checks is None:
        what = "no tests" if for_tests else "no project file"
        raise CannotRun(f"there are {what} in {project.parent}")
    return checks
