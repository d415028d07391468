"""The call hierarchy: dependents and dependencies of packages, readers of preferences."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precompass.answers.call_hierarchy import HierarchyCall, hierarchy_at, incoming, outgoing
from precompass.answers.explanation import explain
from precompass.julia.uuids import PRECOMPILE_TOOLS, SNOOP_PRECOMPILE
from precompass.recompilation.graph import UnitId
from precompass.session import Session
from support.cursors import opened
from support.environments import Package, manifest, project, session
from support.generated_environments import environments
from support.survey import files

JULIAS = ("1.9.0", "1.10.4", "1.11.2", "1.12.1")


def asked(folder: Path, texts: Mapping[str, str]) -> tuple[Session, tuple[Path, str, str | None]]:
    found, path, offset = opened(folder, texts)
    item = hierarchy_at(found, path, offset)
    assert item is not None
    return found, (item.project, item.unit, item.key)


def shown(session_: Session, calls: tuple[HierarchyCall, ...]) -> list[str]:
    lines = []
    for call in calls:
        source = session_.snapshot.read(call.file)
        assert source is not None
        names = ", ".join(source.text[span.start : span.end] for span in call.spans)
        lines.append(f"{call.item.name} ({call.item.detail}): {call.file.name}: {names}")
    return lines


def with_cursor(name: str, before: str, preferences: str = "") -> dict[str, str]:
    given_files = files(preferences)
    assert before.replace("¦", "") in given_files[name]
    return {**given_files, name: given_files[name].replace(before.replace("¦", ""), before, 1)}


def test_dependents_of_a_package_and_the_lines_that_name_it(tmp_path: Path) -> None:
    found, item = asked(tmp_path, with_cursor("Manifest.toml", "[[deps.Tab¦les]]"))
    assert shown(found, incoming(found, *item)) == [
        'CSV (1.0.0, recompiles 2 of 10 packages): Manifest.toml: "Tables"',
        'DataFrames (1.0.0, recompiles 2 of 10 packages): Manifest.toml: "Tables"',
        "Survey (recompiles 1 of 10 packages): Project.toml: Tables",
    ]


def test_dependencies_of_a_package(tmp_path: Path) -> None:
    found, item = asked(tmp_path, with_cursor("Project.toml", "C¦SV ="))
    assert shown(found, outgoing(found, *item[:2])) == [
        'Parsers (1.0.0, recompiles 3 of 10 packages): Manifest.toml: "Parsers"',
        'SnoopPrecompile (1.0.3, recompiles 4 of 10 packages): Manifest.toml: "SnoopPrecompile"',
        'Tables (1.0.0, recompiles 4 of 10 packages): Manifest.toml: "Tables"',
    ]


def test_what_reads_a_preference(tmp_path: Path) -> None:
    preferences = '[SnoopPrecompile]\nskip_precompile = ["CSV"]\n'
    texts = with_cursor("LocalPreferences.toml", "skip_¦precompile", preferences=preferences)
    found, item = asked(tmp_path, texts)
    assert item[2] == "skip_precompile"
    (reader,) = incoming(found, *item)
    assert reader.item.name == "SnoopPrecompile"
    above = incoming(found, reader.item.project, reader.item.unit, reader.item.key)
    assert [call.item.name for call in above] == ["Both", "CSV"]


def test_an_extension_depends_on_its_parent_and_its_triggers(tmp_path: Path) -> None:
    packages: dict[str, str | Package] = {
        "Lake": Package(weakdeps="Rain", extensions={"LakeRainExt": "Rain"}),
        "Rain": "",
    }
    texts = {
        "Project.toml": project("Survey", deps="Lake Rain"),
        "Manifest.toml": manifest(packages, julia="1.11.2").replace("deps.Rain]", "deps.Ra¦in]"),
    }
    found, item = asked(tmp_path, texts)
    calls = incoming(found, *item)
    assert [call.item.name for call in calls] == ["Lake/LakeRainExt", "Survey"]
    extension = calls[0].item
    assert extension.kind == "extension"
    assert shown(found, calls[:1]) == ['Lake/LakeRainExt (extension): Manifest.toml: "Rain"']
    assert [call.item.name for call in outgoing(found, extension.project, extension.unit)] == [
        "Lake",
        "Rain",
    ]


def test_nothing_where_julia_ignores_the_table_or_there_is_no_package(tmp_path: Path) -> None:
    for text in ("[Unlisted]\nfa¦st = true\n", "¦# nothing\n"):
        texts = {**files(), "LocalPreferences.toml": text}
        found, path, offset = opened(tmp_path, texts)
        assert hierarchy_at(found, path, offset) is None


def test_nothing_for_an_item_that_is_no_longer_there(tmp_path: Path) -> None:
    found = session(tmp_path, files())
    assert incoming(found, tmp_path / "Project.toml", "gone", None) == ()
    assert outgoing(found, tmp_path / "Nowhere.toml", "gone") == ()


def closure(found: Session, project_: Path, unit: str, key: str | None) -> set[str]:
    """Return all units that are reached upwards; not the one that is asked about."""
    reached: set[str] = set()
    waiting = [(unit, key)]
    while waiting:
        for call in incoming(found, project_, *waiting.pop()):
            assert call.item.key is None
            if call.item.unit not in reached:
                reached.add(call.item.unit)
                waiting.append((call.item.unit, None))
    return reached


@pytest.mark.parametrize("switch", [False, True], ids=["list", "switch"])
@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_followed_to_its_end_it_is_what_explain_lists(
    tmp_path: Path, data: st.DataObject, switch: bool
) -> None:
    """For every unit of an environment, and for the preference that recompiles most of it."""
    generated = data.draw(environments(JULIAS, switch=switch))
    found = session(tmp_path, generated.files)
    path = tmp_path / "Project.toml"
    invalidations = found.invalidations(path)
    assert invalidations is not None
    units = invalidations.graph.units
    compiled = {unit for unit, one in units.items() if one.kind in ("package", "extension")}
    for unit in units.values():
        told = {one.id for one in explain(
            invalidations, invalidations.graph.compiled_uuid(unit), None
        ).recompilation.units}  # fmt: skip
        reached = closure(found, path, unit.id, None) & compiled
        assert reached - {unit.id} == told - {unit.id}
    package = PRECOMPILE_TOOLS if switch else SNOOP_PRECOMPILE
    key = "precompile_workloads" if switch else "skip_precompile"
    explanation = explain(invalidations, package, key)
    if UnitId(str(package)) in units:
        told = {one.id for one in explanation.recompilation.units}
        assert closure(found, path, str(package), key) & compiled == told


def test_a_reader_is_the_line_that_reads_it(tmp_path: Path) -> None:
    source = 'module Survey\nusing Preferences\nconst deep = @load_preference("deep", true)\nend\n'
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Survey.jl").write_text(source)
    preferences = Package("TOML", version="1.4.3")
    packages: dict[str, str | Package] = {"Preferences": preferences, "TOML": ""}
    text = project("Survey", deps="Preferences") + "[preferences.Survey]\nde¦ep = false\n"
    texts = {"Project.toml": text, "Manifest.toml": manifest(packages, julia="1.11.2")}
    found, item = asked(tmp_path, texts)
    (reader,) = incoming(found, *item)
    assert reader.item.name == "Survey"
    assert reader.file == tmp_path / "src" / "Survey.jl"
    assert [source[span.start : span.end] for span in reader.spans] == [
        '@load_preference("deep", true)'
    ]
    assert incoming(found, reader.item.project, reader.item.unit, reader.item.key) == ()
    (below,) = outgoing(found, reader.item.project, reader.item.unit)
    assert (below.item.name, below.file) == ("Preferences", tmp_path / "Project.toml")
