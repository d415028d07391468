"""``precompass diff``: what Julia recompiles between two states of an environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from precompass.answers.comparison import Comparison, compare, differs
from precompass.cli.failure import CannotRun, complain, warn
from precompass.cli.files import julia_files
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
from precompass.cli.projects import find_project, project_of_folder
from precompass.cli.registries import registry_memory
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.load_path import project_in
from precompass.recompilation.installed import DepotMemory
from precompass.registry.memory import RegistryMemory
from precompass.report.progress import with_progress
from precompass.session import Session

if TYPE_CHECKING:
    from precompass.files.revision import Revision

_EPILOG = f"""exit codes:
  0  nothing is recompiled
  1  something is recompiled, or that cannot be told
  2  a state could not be read, or an argument is wrong

examples:
  precompass diff ../before .            two folders with the same environment
  precompass diff --git HEAD             what the changes since the last commit cost
  precompass diff --git main --project docs --format json
  precompass diff --git origin/main .    every environment here and below
  precompass diff --git origin/main . --format github
                                         the same, as annotations in a GitHub workflow

With --git, files that git ignores are taken to be the same in the commit. Changes to Julia code are
ignored: a package whose code changes is recompiled anyway.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "diff",
        "Show what Julia recompiles when the files of one state become those of another: "
        "project files, manifest, preferences.",
        _EPILOG,
    )
    result.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="two folders, or files in them: before and after. With --git: folders or files; "
        "shows each of their environments in which something is recompiled, and counts the others "
        "(default: one environment, see --project)",
    )
    result.add_argument(
        "--git",
        metavar="REF",
        help="compare this commit with the working tree, instead of two folders",
    )
    add_format(result, "text", "json", "github", "markdown")
    add_project(result)
    add_purpose(result)
    add_julia(result)
    add_session(result)
    add_registry(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the difference and return the exit code."""
    if arguments.paths and arguments.project is not None:
        raise CannotRun("with folders, --project has no meaning")
    registries = registry_memory()
    session = Session(Snapshot(Disk()), settings_of(arguments), DepotMemory(), registries)
    comparisons: Sequence[Comparison]
    unchanged = 0
    for_tests = arguments.purpose == "test"
    if arguments.git is None:
        comparisons = [_compare_folders(arguments.paths, session, for_tests)]
    elif arguments.paths and for_tests:
        raise CannotRun("--for test is about one package: name it by --project")
    elif arguments.paths:
        comparisons, unchanged = _compare_all(arguments.paths, arguments.git, session, registries)
    else:
        comparisons = [_compare_project(arguments, session, registries)]
    for comparison in comparisons:
        if comparison.unreadable:
            complain(comparison.unreadable)
        for note in comparison.notes:
            warn(note)
    _print(comparisons, unchanged, arguments)
    if any(comparison.unreadable for comparison in comparisons):
        return 2
    return int(any(comparison.may_recompile for comparison in comparisons))


def _compare_folders(paths: Sequence[str], session: Session, for_tests: bool) -> Comparison:
    if len(paths) != 2:
        raise CannotRun("name two folders, or --git REF")
    old, new = (project_of_folder(path, session) for path in paths)
    session = session.configured_for(new)  # for both: only the files of the environment differ
    return _readable(compare(session, old, session, new, for_tests=for_tests))


def _compare_project(
    arguments: argparse.Namespace, session: Session, registries: RegistryMemory
) -> Comparison:
    """Compare the one environment that ``--project`` names with a commit."""
    project = find_project(arguments.project, session)
    with closing(_revision(project.parent, arguments.git)) as revision:
        if not revision.is_file(project):
            name = os.path.relpath(project)
            raise CannotRun(f"there is no {name} in {arguments.git} to compare with")
        session = session.configured_for(project)
        before = Session(revision, session.settings, registry_memory=registries)
        for_tests = arguments.purpose == "test"
        return _readable(compare(before, project, session, project, for_tests=for_tests))


def _compare_all(
    paths: Sequence[str], commit: str, session: Session, registries: RegistryMemory
) -> tuple[Sequence[Comparison], int]:
    """Compare the environments below some paths with a commit.

    Returns:
        Those that differ, and how many do not.
    """
    folders = {path.parent for path in julia_files(paths)}
    found = (project_in(folder, session.snapshot) for folder in folders)
    projects = sorted(project for project in found if project is not None)
    if not projects:
        warn(f"there are no project files of Julia in {', '.join(paths)}")
        return (), 0
    comparisons = []
    with closing(_revision(Path.cwd(), commit)) as revision:
        memory = DepotMemory()
        for project in with_progress(projects, "Comparing"):
            after = session.configured_for(project)
            before = Session(revision, after.settings, memory, registries)
            if differs(project, before, after):
                comparisons.append(compare(before, project, after, project))
    return comparisons, len(projects) - len(comparisons)


def _revision(folder: Path, commit: str) -> Revision:
    from precompass.files.revision import NoRevision, open_revision

    revision = open_revision(folder, commit, Disk())
    if isinstance(revision, NoRevision):
        raise CannotRun(revision.why)
    return revision


def _readable(comparison: Comparison) -> Comparison:
    if comparison.unreadable:
        raise CannotRun(comparison.unreadable)
    return comparison


def _print(
    comparisons: Sequence[Comparison], unchanged: int, arguments: argparse.Namespace
) -> None:
    # Each form is imported when it is asked for: what draws text takes longer than the rest.
    folder = Path.cwd()
    is_one = arguments.git is None or not arguments.paths
    if arguments.format == "json":
        from precompass.report.comparison_json import comparison_json, comparisons_json
        from precompass.report.schema import json_text

        answer = (
            comparison_json(comparisons[0], folder=folder)
            if is_one
            else comparisons_json(comparisons, folder=folder)
        )
        print(json_text(answer))
    elif arguments.format == "github":
        from precompass.report.comparison_github import github_notices

        for line in github_notices(comparisons, folder=folder):
            print(line)
    elif arguments.format == "markdown":
        from precompass.report.comparison_markdown import comparisons_markdown

        print(comparisons_markdown(comparisons, unchanged=unchanged, folder=folder), end="")
    else:
        from precompass.report.comparison_text import print_comparison, print_comparisons
        from precompass.report.console import make_console

        console = make_console(arguments.color)
        if is_one:
            print_comparison(comparisons[0], console=console)
        else:
            print_comparisons(comparisons, unchanged=unchanged, folder=folder, console=console)
