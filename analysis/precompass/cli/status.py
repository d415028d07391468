"""``precompass status``: a project at a glance."""

from __future__ import annotations

import argparse
from pathlib import Path

from precompass.answers.status import status
from precompass.cli.failure import CannotRun, warn
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_project,
    add_registry,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, shown_folders, warn_of_assumptions
from precompass.cli.registries import registry_memory
from precompass.cli.why import read_checks
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.why import explain_why
from precompass.session import Session
from precompass.wording import a_part_is_asked

_EPILOG = f"""exit codes:
  0  here is the answer
  2  there is no such project, or an argument is wrong

examples:
  precompass status
  precompass status --project ~/code/App --format json

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "status",
        "Show a project at a glance: Julia, manifest, caches, preferences, what the next `using` "
        "recompiles, findings.",
        _EPILOG,
    )
    add_format(result, "text", "json")
    add_project(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the status and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    checks = read_checks(project, session)
    warn_of_assumptions(checks.stack.active)
    invalidations = session.invalidations(project)
    if invalidations is None:
        raise CannotRun(f"{project} does not exist")
    if session.asks_a_part_only(invalidations):
        warn(a_part_is_asked())
    why = explain_why(checks) if checks.stack.depots else None
    found = status(session, invalidations, checks, why)
    folder = Path.cwd()
    if arguments.format == "json":
        from precompass.report.schema import json_text
        from precompass.report.status_json import status_json

        print(json_text(status_json(found, folder=folder)))
    else:
        from precompass.report.console import make_console
        from precompass.report.status_text import print_status

        console = make_console(arguments.color, folders=shown_folders(project, session, folder))
        print_status(found, folder=folder, console=console)
    return 0
