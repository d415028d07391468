"""``precompass diff``: what Julia compiles again between two states of an environment."""

from __future__ import annotations

import argparse
import os
from contextlib import closing

from precompass.cli.failure import CannotRun, warn
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    add_project,
    make_parser,
    settings_of,
)
from precompass.cli.projects import find_project, project_of_folder, read_environment
from precompass.invalidation import Difference, Invalidations, difference
from precompass.session import Session
from precompass.snapshot import Disk, Snapshot

_EPILOG = f"""exit codes:
  0  Julia compiles nothing again
  1  Julia compiles something again
  2  a state could not be read, or an argument is wrong

examples:
  precompass diff ../before .            two folders with the same environment
  precompass diff --git HEAD             what the changes since the last commit cost
  precompass diff --git main --project docs --format json

With --git, files that git ignores are taken to be the same in the commit.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "diff",
        "Tell what Julia compiles again when the files of one state become those of another: "
        "project files, manifest, preferences.",
        _EPILOG,
    )
    result.add_argument("before", nargs="?", metavar="BEFORE", help="a folder, or a file in it")
    result.add_argument("after", nargs="?", metavar="AFTER", help="a folder, or a file in it")
    result.add_argument(
        "--git",
        metavar="REF",
        help="compare this commit with the working tree, instead of two folders",
    )
    add_format(result, "text", "json")
    add_project(result)
    add_julia(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the difference and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments))
    if arguments.git is not None:
        if arguments.before is not None:
            raise CannotRun("name two folders, or --git REF, but not both")
        return _compare_with_commit(arguments, session)
    if arguments.after is None:
        raise CannotRun("name two folders, or --git REF")
    if arguments.project is not None:
        raise CannotRun("with two folders, --project has no meaning")
    old = project_of_folder(arguments.before, session)
    new = project_of_folder(arguments.after, session)
    session = session.configured_for(new)  # for both: only the files of the environment differ
    before = read_environment(old, session)
    after = read_environment(new, session)
    return _compare(before, after, arguments)


def _compare_with_commit(arguments: argparse.Namespace, session: Session) -> int:
    from precompass.revision import NoRevision, open_revision

    project = find_project(arguments.project, session)
    session = session.configured_for(project)
    revision = open_revision(project.parent, arguments.git, Disk())
    if isinstance(revision, NoRevision):
        raise CannotRun(revision.why)
    with closing(revision):
        if not revision.is_file(project):
            name = os.path.relpath(project)
            raise CannotRun(f"there is no {name} in {arguments.git} to compare with")
        before = read_environment(project, Session(revision, session.settings))
        after = read_environment(project, session)
        return _compare(before, after, arguments)


def _compare(before: Invalidations, after: Invalidations, arguments: argparse.Namespace) -> int:
    old, new = before.environment.julia, after.environment.julia
    if old.minor != new.minor:
        warn(
            f"the manifests are of Julia {old.series} and {new.series}, which share no caches: "
            f"what Julia {new.series} has not compiled yet, it compiles in any case"
        )
    found = difference(before, after)
    _print(found, after, arguments)
    return int(bool(found.recompilation.units))


def _print(found: Difference, after: Invalidations, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        from precompass.report.difference_json import difference_json
        from precompass.report.schema import json_text

        print(json_text(difference_json(found, after.environment)))
    else:
        from precompass.report.console import make_console
        from precompass.report.difference_text import print_difference

        print_difference(found, after, console=make_console(arguments.color))
