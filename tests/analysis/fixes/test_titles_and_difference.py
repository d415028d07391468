"""The number in the title of a fix is the one that the difference of the files gives."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding
from precompass.fixes import edits_of
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.recompilation.difference import difference
from precompass.recompilation.graph import Unit, UnitId, package_id
from precompass.recompilation.invalidation import Invalidations
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import after, changed, invalidations, session, write
from support.generated_environments import Generated, environments
from support.simulated_depot import SimulatedDepot

FOLDER = Path("/home/ada/Survey")
_COST = re.compile(r"recompiles (?P<number>[\d,]+|nothing)")


def cost_in(title: str) -> int | None:
    """Return the number of packages that a title says are recompiled now."""
    found = _COST.search(title)
    if found is None:
        return None
    number = found["number"].replace(",", "")
    return 0 if number == "nothing" else int(number)


def findings(generated: Generated) -> list[Finding]:
    opened = session(FOLDER, generated.files)
    return [one for name in generated.files for one in check(opened, FOLDER / name)]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        environments(("1.9.4", "1.10.4", "1.12.2")),
        environments(("1.10.4", "1.12.2", "1.14.0-DEV"), switch=True),
    )
)
def test_a_title_and_the_difference_say_the_same(generated: Generated) -> None:
    before = invalidations(FOLDER, generated.files)
    for finding in findings(generated):
        for fix in finding.fixes:
            cost = cost_in(fix.title)
            if cost is None:
                continue
            files = {**generated.files, **changed(FOLDER, generated.files, fix)}
            found = difference(before, invalidations(FOLDER, files)).recompilation
            assert found.count == cost, fix.title


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        environments(("1.10.4", "1.12.2")), environments(("1.12.2", "1.14.0-DEV"), switch=True)
    ),
    st.booleans(),
)
def test_where_not_all_is_known_no_title_says_a_number(generated: Generated, cut: bool) -> None:
    """What no file is known to make Julia recompile may be recompiled all the same."""
    files = {name: text for name, text in generated.files.items() if name != "Manifest.toml"}
    if cut:
        files["Manifest.toml"] = generated.files["Manifest.toml"][:-4]
    before = invalidations(FOLDER, files)
    for finding in findings(Generated(files, generated.place)):
        for fix in finding.fixes:
            cost = cost_in(fix.title)
            if cost is None:
                continue
            assert fix.title.startswith("Delete the table"), fix.title  # one that Julia ignores
            assert cost == 0, fix.title
            then = invalidations(FOLDER, {**files, **changed(FOLDER, files, fix)})
            assert difference(before, then).recompilation.count == 0, fix.title


class Compiled:
    """A generated environment on disk, everything of which Julia has compiled as it is."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder, self.depot = folder / "Survey", folder / "depot"
        write(self.folder, files)
        graph = self.answers().graph

        def reads(unit: Unit) -> list[tuple[UUID, str]]:
            if unit.id == package_id(SNOOP_PRECOMPILE):
                return [(SNOOP_PRECOMPILE, "skip_precompile")]
            if unit.id == package_id(PRECOMPILE_TOOLS):
                return [(PRECOMPILE_TOOLS, "precompile_workloads")]
            uses_tools = package_id(PRECOMPILE_TOOLS) in graph.network.succ[unit.id]
            return [(unit.uuid, "precompile_workload")] if uses_tools else []

        def loads(unit: Unit) -> set[UnitId]:
            return set(graph.network.succ[unit.id])

        version = str(self.answers().environment.julia.version)
        julia = SimulatedDepot(self.depot, version, reads, loads)
        julia.precompile(self.answers, {unit.name for unit in graph.units.values()})

    def session(self, texts: Mapping[str, str] | None = None) -> Session:
        overlay = {self.folder / name: text for name, text in (texts or {}).items()}
        variables = {"JULIA_LOAD_PATH": "@", "PATH": ""}
        settings = Settings(depots=str(self.depot), use_registry=False, variables=variables)
        return Session(Snapshot(Disk(), overlay), settings)

    def answers(self, texts: Mapping[str, str] | None = None) -> Invalidations:
        found = self.session(texts).invalidations(self.folder / "Project.toml")
        assert found is not None
        return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(environments(("1.10.4", "1.12.2")), environments(("1.10.4", "1.12.2"), switch=True))
)
def test_with_caches_a_title_and_the_difference_say_the_same(generated: Generated) -> None:
    with tempfile.TemporaryDirectory() as place:
        compiled = Compiled(Path(place), generated.files)
        before, opened = compiled.answers(), compiled.session()
        for name in generated.files:
            for finding in check(opened, compiled.folder / name):
                for fix in finding.fixes:
                    cost = cost_in(fix.title)
                    if cost is None:
                        continue
                    edits = edits_of(opened, fix.id)
                    then = after(compiled.folder, generated.files, edits)
                    found = difference(before, compiled.answers(then)).recompilation
                    assert found.count == cost, fix.title


def test_listing_what_reads_nothing_recompiles_nothing() -> None:
    """PrecompileTools 1.2.1 does not read its switch itself; its users do, unrecorded."""
    files = {
        "Project.toml": '[deps]\nPlots = "91a5bcdd-55d7-5caf-9e0b-520d859cae80"\n',
        "Manifest.toml": """\
julia_version = "1.10.4"
manifest_format = "2.0"

[[deps.Plots]]
deps = ["PrecompileTools"]
git-tree-sha1 = "24be21541580495368c35a6ccef1454e7b5015be"
uuid = "91a5bcdd-55d7-5caf-9e0b-520d859cae80"
version = "1.39.0"

[[deps.PrecompileTools]]
deps = ["Preferences"]
git-tree-sha1 = "5aa36f7049a63a1528fe8f7c3f2113413ffd4e1f"
uuid = "aea7be01-6a6a-4083-8856-8a6e6704d82a"
version = "1.2.1"

[[deps.Preferences]]
git-tree-sha1 = "9306f6085165d270f7e3db02af26a400d580f5c6"
uuid = "21216c6a-2e73-6563-6e65-726566657250"
version = "1.4.3"
""",
        "LocalPreferences.toml": "[PrecompileTools]\nprecompile_workloads = false\n",
    }
    titles = [
        fix.title
        for one in findings(Generated(files, "LocalPreferences.toml"))
        for fix in one.fixes
    ]
    listing = [title for title in titles if title.startswith("List PrecompileTools in [extras]")]
    assert [cost_in(title) for title in listing] == [0]
