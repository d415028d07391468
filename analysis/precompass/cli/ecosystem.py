"""``precompass ecosystem``: how many registered packages depend on one."""

from __future__ import annotations

import argparse

from precompass.cli.failure import CannotRun, did_you_mean
from precompass.cli.options import (
    VARIABLES,
    add_format,
    add_julia,
    make_parser,
    package_count,
    settings_of,
)
from precompass.cli.registries import registry_memory
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.stdlibs import STDLIBS
from precompass.julia.uuids import UUID, parse_uuid
from precompass.registry.ecosystem import Ecosystem, WeakDependencies
from precompass.registry.registries import Registries
from precompass.session import Session

WEAK = {
    "listed": WeakDependencies.AS_LISTED,
    "excluded": WeakDependencies.EXCLUDED,
    "included": WeakDependencies.INCLUDED,
}

_ALL_NAMES = 1_000_000

_EPILOG = f"""exit codes:
  0  here is the answer
  2  there is no such package or no registry, or an argument is wrong

examples:
  precompass ecosystem SnoopPrecompile
  precompass ecosystem Preferences --weak included --format json
  precompass ecosystem --top 20          the packages that most others depend on

Each package counts with its newest version that is not yanked. The registries are those of the
depots, all at once. The first look at a state of a registry takes a second or two; what was found
is kept in the user's cache folder, or in the one that PRECOMPASS_CACHE names.

With --weak listed, a weak dependency counts where the registry lists it as a dependency too, as it
does for versions that also support Julia 1.8 or older, which always load it.

{VARIABLES}"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "ecosystem",
        "Count the registered packages that depend on a package, directly or indirectly.",
        _EPILOG,
    )
    asked = result.add_mutually_exclusive_group(required=True)
    asked.add_argument("package", nargs="?", metavar="PACKAGE", help="the package, by name or UUID")
    asked.add_argument(
        "--top",
        type=package_count,
        metavar="N",
        help="show the N packages that most others depend on, instead of one",
    )
    result.add_argument(
        "--weak",
        choices=WEAK,
        default="listed",
        help="how weak dependencies count (default: listed)",
    )
    add_format(result, "text", "json")
    add_julia(result)
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the answer and return the exit code."""
    session = Session(Snapshot(Disk()), settings_of(arguments), registry_memory=registry_memory())
    registries, ecosystem = session.registries, session.ecosystem
    if registries is None or ecosystem is None:
        raise CannotRun(
            "there is no registry in any depot; name one by --depot, or run `pkg> registry add "
            "General`"
        )
    weak = WEAK[arguments.weak]
    if arguments.top is not None:
        ranking = ecosystem.ranking(weak)[: arguments.top]
        if arguments.format == "json":
            from precompass.report.ecosystem_json import ranking_json
            from precompass.report.schema import json_text

            print(json_text(ranking_json(ranking, arguments.weak, ecosystem, registries)))
        else:
            from precompass.report.ecosystem_text import print_ranking
            from precompass.report.output import make_output

            print_ranking(ranking, ecosystem, registries, make_output(arguments.color))
        return 0
    counts = ecosystem.counts(_uuid_of(arguments.package, registries, ecosystem), weak)
    assert counts is not None  # noqa: S101 - the ecosystem has the package
    if arguments.format == "json":
        from precompass.report.ecosystem_json import counts_json
        from precompass.report.schema import json_text

        print(json_text(counts_json(counts, arguments.weak, ecosystem, registries)))
    else:
        from precompass.report.ecosystem_text import print_counts
        from precompass.report.output import make_output

        print_counts(counts, ecosystem, registries, make_output(arguments.color))
    return 0


def _uuid_of(text: str, registries: Registries, ecosystem: Ecosystem) -> UUID:
    """Return the package that a name or UUID means, if others may depend on it."""
    uuid = parse_uuid(text)
    if uuid is not None:
        if uuid not in ecosystem:
            raise CannotRun(f"no registry here has a package {text}")
        return uuid
    found = {summary.uuid: summary.registry for summary in registries.named(text)}
    stdlibs = {uuid: name for uuid, name in STDLIBS.items() if uuid in ecosystem}
    if not found:
        found = {uuid: "Julia" for uuid, name in stdlibs.items() if name == text}
    if len(found) == 1:
        return next(iter(found))
    if found:
        uuids = ", ".join(f"{uuid} ({where})" for uuid, where in found.items())
        raise CannotRun(f"several packages are called {text}; name one by its UUID: {uuids}")
    known = [summary.name for summary in registries.starting_with("", _ALL_NAMES)]
    near = did_you_mean(text, [*known, *stdlibs.values()])
    raise CannotRun(f"no registry here has a package {text}{near}")
