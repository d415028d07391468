"""``precompass explain``: what a change of a preference, or of a package, recompiles."""

from __future__ import annotations

import argparse
from pathlib import Path

from precompass.answers.explanation import Explanation, explain
from precompass.cli.failure import did_you_mean, warn
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_project,
    add_purpose,
    add_registry,
    add_session,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, read_environment, shown_folders
from precompass.cli.registries import registry_memory
from precompass.cli.subjects import add_subject, find_subject
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.preference_places import known_keys
from precompass.report.places import place
from precompass.session import Session
from precompass.wording import a_part_is_asked

_EPILOG = f"""exit codes:
  0  here is the answer
  2  there is no such project or package, or an argument is wrong

examples:
  precompass explain CSV.precompile_workload
  precompass explain SnoopPrecompile.skip_precompile --project ~/code/App --format json
  precompass explain CSV                 the dependents of a package
  precompass explain CSV.precompile_workload --for test
                                         the same in what Pkg.test runs
  precompass explain StaticArrays/StaticArraysStatisticsExt

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "explain",
        "Show what Julia recompiles if a preference, or a package itself, changes, and why.",
        _EPILOG,
    )
    add_subject(result)
    add_format(result, "text", "json")
    add_project(result)
    add_purpose(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def _warn_of_misspelling(invalidations: Invalidations, explanation: Explanation, key: str) -> None:
    """Name the key that was probably meant, where one that is not set is not known either."""
    unit = invalidations.graph.unit_of(explanation.uuid)
    known = set(invalidations.preferences(explanation.uuid).values)
    known |= (known_keys(invalidations, unit) or frozenset()) if unit is not None else frozenset()
    near = did_you_mean(key, known)
    if key not in known and near:
        warn(f"{explanation.subject} is neither set nor known{near}")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    invalidations = read_environment(project, session, arguments.purpose)
    approximation = session.approximation(project) if arguments.purpose is None else None
    tests = session.tests(project) if arguments.purpose is None else None
    uuid, key = find_subject(arguments.subject, invalidations, approximation)
    members = session.members_below(invalidations) if arguments.purpose is None else ()
    if members and session.asks_a_part_only(invalidations):
        warn(a_part_is_asked())
    explanation = explain(invalidations, uuid, key, approximation, tests, members, session.snapshot)
    folder = Path.cwd()
    if key is not None:
        _warn_of_misspelling(invalidations, explanation, key)
    for error in explanation.errors:
        where = place(error.file, error.span, session.snapshot, folder)
        warn(f"{where}: {error.message}")
    if arguments.format == "json":
        from precompass.report.explanation_json import explanation_json
        from precompass.report.schema import json_text

        print(json_text(explanation_json(explanation, folder=folder)))
    else:
        from precompass.report.console import make_console
        from precompass.report.explanation_text import print_explanation

        console = make_console(arguments.color, folders=shown_folders(project, session, folder))
        print_explanation(explanation, folder=folder, console=console)
    return 0
