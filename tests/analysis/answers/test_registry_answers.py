"""What hovers, explanations and fixes know from the registries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from precompass.answers.code_lenses import code_lenses
from precompass.answers.explanation import explain
from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.documents.text import Span, apply_edits
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding
from precompass.fixes import edits_of
from precompass.julia.uuids import UUID
from precompass.registry.memory import RegistryMemory
from precompass.report.paragraphs import as_markdown
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from support.registry_files import Package, write_registry

FOREST = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02"
RIVER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"
LAKE = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
SEA = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c05"
SNOOP_PRECOMPILE = "66db9d55-30c0-4569-8b51-7e840670fc0c"
DATES = "ade2ca70-3891-5945-98fb-dc099432e06a"
LAB = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c09"

PACKAGES = (
    Package("SnoopPrecompile", SNOOP_PRECOMPILE, {"1.0.3": {}}),
    Package("Forest", FOREST, {"1.0.0": {"Lake": LAKE}}),
    Package(
        "River",
        RIVER,
        {"1.9.0": {"Lake": LAKE}, "2.0.0": {"SnoopPrecompile": SNOOP_PRECOMPILE, "Dates": DATES}},
        compat={"2.0.0": {"SnoopPrecompile": "1"}},
    ),
    Package("Lake", LAKE, {"0.3.0": {"SnoopPrecompile": SNOOP_PRECOMPILE}}),
    Package("Sea", SEA, {"0.1.0": {}}, yanked=["0.1.0"], deprecated="\n"),
)

PROJECT = f"""\
name = "Survey"
uuid = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"

[deps]
Forest = "{FOREST}"
River = "{RIVER}"
SnoopPrecompile = "{SNOOP_PRECOMPILE}"

[compat]
River = "1, 2"

[preferences.SnoopPrecompile]
skip_precompile = ["River"]
"""

MANIFEST = f"""\
manifest_format = "2.0"
[[deps.River]]
deps = ["SnoopPrecompile"]
uuid = "{RIVER}"
version = "2.0.0"
git-tree-sha1 = "{1:040}"
[[deps.SnoopPrecompile]]
uuid = "{SNOOP_PRECOMPILE}"
version = "1.0.3"
git-tree-sha1 = "{2:040}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_registry(tmp_path / "depot", *PACKAGES)
    folder = tmp_path / "Survey"
    folder.mkdir()
    folder.joinpath("Project.toml").write_text(PROJECT)
    return folder / "Project.toml"


def session(project: Path, memory: RegistryMemory | None = None) -> Session:
    folder = project.parent.parent
    settings = Settings(
        depots=str(folder / "depot"),
        variables={"PRECOMPASS_CACHE": str(folder / "cache"), "JULIA_LOAD_PATH": "@"},
    )
    return Session(Snapshot(Disk()), settings, registry_memory=memory)


def shown(project: Path, word: str, memory: RegistryMemory | None = None) -> str:
    """The hover at the first place of a word in the project file."""
    found = hover(session(project, memory), project, project.read_text().index(word))
    assert found is not None
    return as_markdown(found.paragraphs)


def with_manifest(project: Path, text: str = MANIFEST) -> None:
    project.with_name("Manifest.toml").write_text(text)


# Hovers


def test_a_dependency_with_its_newest_version_and_what_hangs_on_it(project: Path) -> None:
    with_manifest(project)
    text = shown(project, "SnoopPrecompile =")
    assert "This is the newest version in General (2023-04-11)." in text
    assert (
        "3 of the 5 non-JLL packages in General (2023-04-11) depend on SnoopPrecompile, "
        "directly or indirectly."
    ) in text


def test_a_preference_with_what_hangs_on_its_package(project: Path) -> None:
    with_manifest(project)
    sentence = (
        "3 of the 5 non-JLL packages in General (2023-04-11) depend on SnoopPrecompile, "
        "directly or indirectly."
    )
    assert sentence in shown(project, "skip_precompile")
    assert sentence in shown(project, "SnoopPrecompile]")


def test_a_package_of_several_registries(project: Path) -> None:
    write_registry(
        project.parent.parent / "depot",
        Package("River", RIVER, {"3.0.0": {}}),
        name="Lab",
        uuid=LAB,
        time=1_700_000_000,
    )
    with_manifest(project)
    text = shown(project, "River =")
    assert "Version 3.0.0 is excluded by" in text
    text = shown(project, "Forest =")
    assert "Newest version in General (2023-04-11): 1.0.0." in text
    assert "No non-JLL package in General (2023-04-11) and Lab (2023-11-14) depends on" in text


def test_a_package_that_is_withdrawn_and_deprecated(project: Path) -> None:
    with_manifest(project)
    project.write_text(f'[deps]\nSea = "{SEA}"\n')
    text = shown(project, "Sea")
    assert "In General (2023-04-11), deprecated: all versions have been withdrawn." in text


def test_a_package_that_is_not_registered(project: Path) -> None:
    with_manifest(project)
    project.write_text(f'[deps]\nMine = "{LAB}"\n')
    assert "General" not in shown(project, "Mine")


def test_until_the_registries_are_opened_hovers_are_as_without(project: Path) -> None:
    waiting: list[Callable[[], None]] = []
    memory = RegistryMemory(waiting.append)
    with_manifest(project)
    assert "General" not in shown(project, "River =", memory)
    waiting.pop(0)()  # the registries are open, the graph is not there yet
    text = shown(project, "River =", memory)
    assert "newest version in General" in text
    assert "depends on" not in text.partition("newest version")[2]
    waiting.pop(0)()
    assert "depends on River" in shown(project, "River =", memory)


# Without a manifest


def test_a_preference_without_a_manifest_gets_an_approximate_count(project: Path) -> None:
    text = shown(project, "skip_precompile")
    assert "recompiles **at least 3 packages**" in text
    assert "There is no manifest, so its dependents are unknown." in text
    assert (
        "With the newest compatible versions in General (2023-04-11), it would be about "
        "5 of 5 packages; Pkg may choose others." in text
    )
    with_manifest(project)
    assert "newest compatible" not in shown(project, "skip_precompile")


def test_without_a_manifest_nothing_above_a_table_says_that_nothing_is_recompiled(
    project: Path,
) -> None:
    lenses = [one.title for one in code_lenses(session(project), project)]
    assert [one for one in lenses if "5 of 5" in one] != []
    project.write_text(project.read_text() + "[preferences.River]\ndepth = 3\n")
    with_lenses = session(project)
    assert [one.title for one in code_lenses(with_lenses, project)] == lenses
    hints = inlay_hints(with_lenses, project, Span(0, len(project.read_text())))
    assert not any(" 0 of" in hint.label for hint in hints)


def test_a_dependency_without_a_manifest(project: Path) -> None:
    text = shown(project, "Forest =")
    assert "There is no manifest, so its dependents are unknown." in text
    assert "Rebuilding it: With the newest compatible versions" in text
    assert "about 2 of 5 packages; Pkg may choose others." in text


def test_the_project_s_compat_chooses_the_versions(project: Path) -> None:
    project.write_text(PROJECT.replace('River = "1, 2"', 'River = "1"'))
    found = session(project).approximation(project)
    assert found is not None
    graph = found.invalidations.graph
    river, lake = graph.package(UUID(RIVER)), graph.package(UUID(LAKE))
    assert river is not None
    assert lake is not None
    assert lake.id in graph.network.succ[river.id]
    assert found.fits


def test_versions_that_do_not_fit_each_other_are_told(project: Path) -> None:
    project.write_text(PROJECT.replace("[compat]\n", '[compat]\nSnoopPrecompile = "9"\n'))
    text = shown(project, "skip_precompile")
    assert "these versions do not all fit each other: Pkg chooses others, if it can." in text


def test_standard_libraries_are_not_counted_and_unregistered_packages_are(project: Path) -> None:
    project.write_text(f'[deps]\nDates = "{DATES}"\nMine = "{LAB}"\nRiver = "{RIVER}"\n')
    found = session(project).approximation(project)
    assert found is not None
    assert found.invalidations.graph.package_count == 3  # Mine, River, SnoopPrecompile


def test_a_workspace_is_approximated_as_a_whole(project: Path) -> None:
    project.write_text(f'{PROJECT}\n[workspace]\nprojects = ["test"]\n')
    member = project.parent / "test" / "Project.toml"
    member.parent.mkdir()
    own = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c01"
    member.write_text(
        f'[deps]\nSurvey = "{own}"\nRiver = "{RIVER}"\nSea = "{SEA}"\n[compat]\nRiver = "~1"\n'
    )
    found = session(project).approximation(member)
    assert found is not None
    entry = found.invalidations.environment.entry(UUID(RIVER))
    assert entry is not None
    assert str(entry.version) == "1.9.0"
    assert found.invalidations.environment.entry(UUID(own)) is None
    assert found.invalidations.graph.package(UUID(SEA)) is not None


def test_an_approximation_is_made_once_and_again_when_the_dependencies_change(
    project: Path,
) -> None:
    done: list[Callable[[], None]] = []
    memory = RegistryMemory(done.append)
    session(project, memory).approximation(project)
    while done:
        done.pop(0)()
    assert session(project, memory).approximation(project) is None
    (compute,) = done
    compute()
    assert session(project, memory).approximation(project) is not None
    project.write_text(PROJECT.replace('skip_precompile = ["River"]', "skip_precompile = []"))
    assert session(project, memory).approximation(project) is not None
    assert len(done) == 1
    project.write_text(PROJECT.replace(f'Forest = "{FOREST}"\n', ""))
    assert session(project, memory).approximation(project) is None
    assert len(done) == 2


def test_an_explanation_keeps_exact_and_approximate_apart(project: Path) -> None:
    found = session(project)
    invalidations, approximation = found.invalidations(project), found.approximation(project)
    assert invalidations is not None
    uuid = UUID(SNOOP_PRECOMPILE)
    exact = explain(invalidations, uuid, "skip_precompile", approximation)
    assert exact.recompilation.count == 3  # with the package on the list, which must use it
    assert not exact.recompilation.is_complete
    assert exact.approximate is not None
    assert (exact.approximate[0].count, exact.approximate[0].of) == (5, 5)
    below = explain(invalidations, UUID(LAKE), None, approximation)
    assert (below.package, below.recompilation.count) == ("Lake", 0)
    assert below.approximate is not None
    assert below.approximate[0].count == 3
    with_manifest(project)
    assert session(project).approximation(project) is None


# Fixes


def test_the_uuid_of_a_package_that_no_file_names_is_the_registry_s(project: Path) -> None:
    with_manifest(project)
    preferences = project.with_name("LocalPreferences.toml")
    preferences.write_text("[Lake]\ndepth = 3\n")
    (finding,) = [
        f for f in check(session(project), preferences) if f.code == "ignored-preferences"
    ]
    assert "Lake is not in this environment" in finding.message
    offer = finding.fixes[0]
    assert offer.title.startswith("List Lake in [extras] of Project.toml")
    assert not offer.is_preferred  # it is not in the manifest
    edits = edits_of(session(project), offer.id)
    assert edits is not None
    (edit,) = edits
    assert f'[extras]\nLake = "{LAKE}"\n' in apply_edits(edit.before, edit.edits)
    # The finding says why the table is ignored, and editors show it in the same hover.
    assert hover_at_start(session(project), preferences) == "**Lake** · preferences"


def test_a_name_that_several_packages_have_is_nobody_s(project: Path) -> None:
    depot = project.parent.parent / "depot"
    write_registry(depot, Package("Lake", LAB), name="Lab", uuid=LAB)
    with_manifest(project)
    preferences = project.with_name("LocalPreferences.toml")
    preferences.write_text("[Lake]\ndepth = 3\n")
    (finding,) = [
        f for f in check(session(project), preferences) if f.code == "ignored-preferences"
    ]
    assert not any(fix.title.startswith("List Lake") for fix in finding.fixes)


def ignored(project: Path, preferences: Path) -> list[Finding]:
    found = check(session(project), preferences)
    return [finding for finding in found if finding.code == "ignored-preferences"]


def hover_at_start(session: Session, path: Path) -> str:
    found = hover(session, path, 1)
    assert found is not None
    return as_markdown(found.paragraphs)
