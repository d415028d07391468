"""What ``config/startup.jl`` costs where it loads other versions than a project has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.startup_imports import startup_imports
from support.environments import manifest, project, uuid, write
from support.reasons_oracle import JULIA, ReasonsScenario, scenarios

STARTUP = """\
try
    using Tool
catch error
    @warn "Tool is not there" error
end
"""


def _world(name: str, folder: Path, startup: str = STARTUP) -> ReasonsScenario:
    scenario = ReasonsScenario(next(one for one in scenarios() if one["name"] == name), folder)
    (scenario.depot / "config").mkdir()
    (scenario.depot / "config" / "startup.jl").write_text(startup)
    return scenario


def _messages(scenario: ReasonsScenario, environment: str) -> dict[str, str]:
    project = scenario.world / "envs" / environment / "Project.toml"
    settings = Settings(
        julia=JULIA, depots=str(scenario.depot), variables={"HOME": str(scenario.world)}
    )
    text = project.read_text()
    return {
        text[finding.span.start : finding.span.end]: finding.message
        for finding in check(Session(Snapshot(Disk()), settings), project)
        if finding.code == "startup-version-clash"
    }


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("using Revise", ["Revise"]),
        ("using Revise, OhMyREPL: colorscheme!", ["Revise", "OhMyREPL"]),
        ("import Pkg.Types", ["Pkg"]),
        ("try; using Revise; catch; end", ["Revise"]),
        ("if isinteractive()\n    using Revise\nend", ["Revise"]),
        ("@async using Revise", ["Revise"]),
        ("@async begin\n    using Revise\nend", ["Revise"]),
        ("atreplinit() do repl\n    using OhMyREPL\nend", ["OhMyREPL"]),
        ("atreplinit(repl -> @eval using OhMyREPL)", ["OhMyREPL"]),
        ("atreplinit() do repl\n    try\n        @eval using A\n    catch\n    end\nend", ["A"]),
        ("function tools()\n    @eval using BenchmarkTools\nend", []),
        ("# using Revise", []),
        ('const HELP = "using Revise"', []),
        ("using .Mine", []),
    ],
)
def test_what_a_startup_file_loads(code: str, names: list[str], tmp_path: Path) -> None:
    file = tmp_path / "startup.jl"
    file.write_text(code)
    assert [one.name for one in startup_imports(file)] == names


def test_a_rule_says_so_at_the_package_with_versions_counts_and_what_helps(tmp_path: Path) -> None:
    scenario = _world("preload-tool-then-global", tmp_path)
    found = _messages(scenario, "app")
    assert list(found) == ["[deps]"], "the project does not list Ground itself"
    (message,) = found.values()
    assert "loads Tool from " in message
    assert "Ground 0.2.0 in place of 0.1.0." in message
    assert "With `--project`, Julia recompiles 1 package of the shared environment" in message
    assert "Julia recompiles 2 packages of it at every switch." in message
    assert "`--startup-file=no`" in message
    assert list(_messages(scenario, "plain")) == ["Ground"]


def test_nothing_is_said_where_versions_are_the_same_or_nothing_is_loaded(tmp_path: Path) -> None:
    scenario = _world("preload-tool-then-global", tmp_path)
    assert _messages(scenario, "newer") == {}
    (scenario.depot / "config" / "startup.jl").write_text("using Nowhere\n")
    assert _messages(scenario, "app") == {}


@pytest.mark.parametrize("first", ["Nowhere", "Mid"])
def test_what_is_loaded_from_elsewhere_hides_nothing_that_follows(
    first: str, tmp_path: Path
) -> None:
    """Julia goes on after a name that is nowhere; a package of the project changes nothing."""
    startup = f"try\n    using {first}\ncatch\nend\nusing Tool\n"
    scenario = _world("preload-tool-then-global", tmp_path, startup)
    (message,) = _messages(scenario, "app").values()
    assert "Ground 0.2.0 in place of 0.1.0." in message


def test_why_counts_what_caches_make_of_it(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = _world("activate-after-tool", tmp_path)
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(scenario.depot))
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    arguments = ["why", "--startup", "--project", "envs/app", "--julia", str(JULIA)]
    assert main([*arguments, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["loads"] == ["Tool"]
    assert answer["clashes"] == [{"package": "Ground", "project": "0.1.0", "shared": "0.2.0"}]
    assert answer["recompiled_with_project"] == ["Tool"]
    assert answer["recompiled_with_activate"] == ["Roof", "Wall"]
    assert main(arguments) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "--project now Tool" in text
    assert "activate now Roof, Wall" in text


def test_the_startup_file_of_the_installation_runs_first(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """``etc/julia/startup.jl`` is for all users of an installed Julia."""
    scenario = _world("activate-after-tool", tmp_path, "using Revise\n")
    installed = tmp_path / "juliaup" / "julia-1.12.2+0.x64.linux.gnu"
    (installed / "share" / "julia" / "stdlib" / "v1.12").mkdir(parents=True)
    (installed / "bin").mkdir()
    site_wide = installed / "etc" / "julia" / "startup.jl"
    site_wide.parent.mkdir(parents=True)
    site_wide.write_text("using Tool\n")
    monkeypatch.setenv("JULIAUP_DEPOT_PATH", str(tmp_path))
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(scenario.depot))
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    monkeypatch.chdir(scenario.world)
    arguments = ["why", "--startup", "--project", "envs/app", "--julia", str(JULIA)]
    assert main([*arguments, "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["startup"], answer["loads"]) == ([str(site_wide)], ["Tool"])
    site_wide.unlink()
    assert main([*arguments, "--format", "json"]) == 0


def test_a_shared_environment_may_itself_be_the_package_that_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = f'name = "Tool"\nuuid = "{uuid("Tool")}"\n' + project(deps="A")
    write(
        tmp_path,
        {
            "depot/config/startup.jl": "using Tool\n",
            "depot/environments/v1.10/Project.toml": shared,
            "depot/environments/v1.10/Manifest.toml": manifest({"A": ""}),
            "own/Project.toml": project(deps="A"),
            "own/Manifest.toml": manifest({"A": ""}),
        },
    )
    depot = str(tmp_path / "depot")
    arguments = ["--project", str(tmp_path / "own"), "--depot", depot, "--format", "json"]
    assert main(["why", "--startup", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["loads"], found["clashes"]) == (["Tool"], [])
