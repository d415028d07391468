"""The command ``ecosystem``: who pays, among all registered packages, for a change of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from precompass.cli import main
from precompass.report.progress import show_share
from support.command_line import Command, Outcome
from support.registry_files import Package, write_registry
from support.shared_data import shared

LAKE = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c04"
RIVER = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03"
PUMP_JLL = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c05"
SEA = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c06"
DATES = "ade2ca70-3891-5945-98fb-dc099432e06a"
LAB = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c09"


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    depot = tmp_path / "depot"
    write_registry(
        depot,
        Package("Lake", LAKE, {"1.0.0": {"Dates": DATES}}),
        Package("River", RIVER, {"2.0.0": {"Lake": LAKE}}),
        Package("Pump_jll", PUMP_JLL, {"1.0.0+1": {"Lake": LAKE}}),
        Package("Sea", SEA, {"0.1.0": {}, "0.2.0": {"River": RIVER}}),
    )
    return depot


def answer(outcome: Outcome) -> dict[str, Any]:
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def test_the_counts_of_a_package_for_programs(precompass: Command, depot: Path) -> None:
    outcome = precompass("ecosystem", "Lake", "--depot", str(depot), "--format", "json")
    assert answer(outcome) == {
        "schema": 1,
        "registry": "General",
        "date": "2023-04-11",
        "registries": [{"name": "General", "date": "2023-04-11"}],
        "packages": 4,
        "non_jll": 3,
        "weak": "listed",
        "package": "Lake",
        "uuid": LAKE,
        "direct": 2,
        "dependents": 3,
        "dependents_non_jll": 2,
        "newest": "1.0.0",
    }
    by_uuid = precompass("ecosystem", LAKE, "--depot", str(depot), "--format", "json")
    assert by_uuid == outcome


def test_the_counts_of_a_package_for_people(precompass: Command, depot: Path) -> None:
    outcome = precompass("ecosystem", "Lake", "--depot", str(depot))
    assert outcome == (
        0,
        f"""\
Lake
2 of the 3 non-JLL packages in General (2023-04-11) depend on Lake, directly or indirectly.

  directly      2 packages
  at all        2 packages and 1 JLL
  newest        1.0.0
  uuid          {LAKE}
  registered    4 packages, 3 of them not JLLs
""",
        "",
    )
    assert (
        "No non-JLL package in General (2023-04-11) depends on Sea."
        in precompass("ecosystem", "Sea", "--depot", str(depot)).out
    )
    assert (
        "1 of the 3 non-JLL packages in General (2023-04-11) depends on River, directly"
        in precompass("ecosystem", "River", "--depot", str(depot)).out
    )


def test_a_standard_library_that_is_not_registered(precompass: Command, depot: Path) -> None:
    found = answer(precompass("ecosystem", "Dates", "--depot", str(depot), "--format", "json"))
    assert (found["uuid"], found["direct"], found["dependents"]) == (DATES, 1, 4)
    assert found["newest"] is None
    assert "newest" not in precompass("ecosystem", "Dates", "--depot", str(depot)).out


def test_the_packages_that_most_others_depend_on(precompass: Command, depot: Path) -> None:
    outcome = precompass("ecosystem", "--top", "2", "--depot", str(depot))
    assert (
        outcome.out
        == """\
  dependents    not JLLs      direct  package
           3           2           2  Lake
           1           1           1  River

Of 4 packages, 3 of them not JLLs in General (2023-04-11).
"""
    )
    found = answer(precompass("ecosystem", "--top", "9", "--depot", str(depot), "--format", "json"))
    assert [row["package"] for row in found["ranking"]] == ["Lake", "River", "Pump_jll", "Sea"]
    assert found["ranking"][1] == {
        "package": "River",
        "uuid": RIVER,
        "direct": 1,
        "dependents": 1,
        "dependents_non_jll": 1,
    }


def test_several_registries(precompass: Command, depot: Path) -> None:
    user = Package("User", SEA.replace("06", "07"), {"1.0.0": {"Sea": SEA}})
    write_registry(depot, user, name="Lab", uuid=LAB, time=1_700_000_000)
    found = answer(precompass("ecosystem", "Lake", "--depot", str(depot), "--format", "json"))
    assert (found["registry"], found["date"]) == ("General, Lab", "2023-04-11")
    assert [one["date"] for one in found["registries"]] == ["2023-04-11", "2023-11-14"]
    assert (found["packages"], found["dependents"]) == (5, 4)
    text = precompass("ecosystem", "Lake", "--depot", str(depot)).out
    assert "3 of the 4 non-JLL packages in General (2023-04-11) and Lab (2023-11-14)" in text


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["lake"], "error: no registry here has a package lake; did you mean Lake?\n"),
        (["Xyzzy"], "error: no registry here has a package Xyzzy\n"),
        ([LAB], f"error: no registry here has a package {LAB}\n"),
        (["Printf"], "error: no registry here has a package Printf\n"),
    ],
)
def test_a_package_that_nobody_knows(
    precompass: Command, depot: Path, arguments: list[str], error: str
) -> None:
    assert precompass("ecosystem", *arguments, "--depot", str(depot)) == (2, "", error)


def test_a_name_that_several_packages_have(precompass: Command, depot: Path) -> None:
    write_registry(depot, Package("Lake", LAB), name="Lab", uuid=LAB)
    outcome = precompass("ecosystem", "Lake", "--depot", str(depot))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: several packages are called Lake; name one by its UUID: "
        f"{LAKE} (General), {LAB} (Lab)\n"
    )


@pytest.mark.parametrize("arguments", [[], ["Lake", "--top", "3"], ["--top", "0"], ["--top", "x"]])
def test_wrong_arguments(precompass: Command, arguments: list[str]) -> None:
    assert precompass("ecosystem", *arguments).code == 2


def test_without_a_registry(precompass: Command, tmp_path: Path) -> None:
    error = (
        2,
        "",
        "error: there is no registry in any depot; name one by --depot, or run `pkg> registry add "
        "General`\n",
    )
    assert precompass("ecosystem", "Lake", "--depot", str(tmp_path / "nowhere")) == error
    assert precompass("ecosystem", "Lake", "--no-depot") == error


def test_a_damaged_registry_is_told_and_the_rest_works(precompass: Command, depot: Path) -> None:
    damaged = write_registry(depot, name="Lab", uuid=LAB)
    damaged.write_bytes(damaged.read_bytes()[:-30])
    outcome = precompass("ecosystem", "Lake", "--depot", str(depot))
    assert outcome.code == 0
    assert outcome.err.startswith(f"warning: {damaged}: ")
    checked = precompass("check", "--depot", str(depot), "--severity", "never")
    assert checked.code == 0
    assert checked.err.startswith(f"warning: {damaged}: ")


def test_progress_is_shown_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show = show_share("Reading")
    show(0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show(0.5)
    show(1.0)
    assert capsys.readouterr().err == "\r\x1b[KReading: 50%\r\x1b[K"


# A real General


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Path:
    registry = shared("registry")
    registries = tmp_path_factory.mktemp("depot") / "registries"
    registries.mkdir()
    for name in ("General.toml", "General.tar.gz"):
        (registries / name).symlink_to(registry / name)
    return registries.parent


@pytest.mark.parametrize(
    ("package", "weak", "direct", "dependents", "dependents_non_jll"),
    [
        ("SnoopPrecompile", "listed", 154, 4165, 4165),
        ("SnoopPrecompile", "excluded", None, 4161, 4161),
        ("SnoopPrecompile", "included", None, 4179, 4179),
        ("Preferences", "listed", 56, 6458, 5318),
    ],
)
def test_the_facts_about_general(
    general: Path,
    capsys: pytest.CaptureFixture[str],
    package: str,
    weak: str,
    direct: int | None,
    dependents: int,
    dependents_non_jll: int,
) -> None:
    arguments = ["ecosystem", package, "--weak", weak, "--format", "json", "--depot", str(general)]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["packages"], found["non_jll"], found["date"]) == (9238, 8004, "2023-04-11")
    assert found["direct"] == (direct or found["direct"])
    assert (found["dependents"], found["dependents_non_jll"]) == (dependents, dependents_non_jll)
