"""The number in the title of a fix is the one that the difference of the files gives."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.findings import Finding
from precompass.recompilation.difference import difference
from precompass.rules import check
from support.environments import changed, invalidations, session
from support.generated_environments import Generated, environments

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
            after = invalidations(FOLDER, files)
            assert difference(before, after).recompilation.count == cost, fix.title


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
