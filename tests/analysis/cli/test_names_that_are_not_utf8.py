"""A name that is not UTF-8 (Linux allows any bytes) is a name like another, wherever it stands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from dulwich import porcelain

from precompass.cli import main
from precompass.files.snapshot import Disk, Snapshot
from precompass.recompilation.invalidation import Invalidations
from precompass.session import Session
from precompass.settings.settings import Settings
from support.registry_files import Package, write_registry
from support.simulated_depot import SimulatedDepot

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")

NAME = os.fsdecode(b"caf\xe9")
SHOWN = "caf\\xE9"
APP = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"
FOO = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
PREFERENCES = "21216c6a-2e73-6563-6e65-726566657250"
PROJECT = f'name = "App"\nuuid = "{APP}"\nversion = "0.1.0"\n\n[deps]\nFoo = "{FOO}"\n'
MANIFEST = f"""\
julia_version = "1.11.2"
manifest_format = "2.0"

[[deps.Foo]]
deps = ["Preferences"]
path = "dev/Foo"
uuid = "{FOO}"
version = "1.0.0"

[[deps.Preferences]]
git-tree-sha1 = "9306f6085165d270f7e3db02af26a400d580f5c6"
uuid = "{PREFERENCES}"
version = "1.4.3"
"""
SOURCE = 'module Foo\nusing Preferences\nconst MODE = @load_preference("mode")\nend\n'


class World:
    """A project, a package it develops, a depot with caches of both, and a registry."""

    def __init__(self, folder: Path, app: str = "App", depot: str = "depot") -> None:
        self.app, self.depot = folder / app, folder / depot
        self.foo = self.app / "dev" / "Foo"
        for path, text in {
            self.app / "Project.toml": PROJECT,
            self.app / "Manifest.toml": MANIFEST,
            self.app / "LocalPreferences.toml": '[Foo]\nmode = "fast"\n',
            self.app / "src" / "App.jl": "module App\nusing Foo\nend\n",
            self.foo / "Project.toml": f'name = "Foo"\nuuid = "{FOO}"\nversion = "1.0.0"\n'
            f'\n[deps]\nPreferences = "{PREFERENCES}"\n',
            self.foo / "src" / "Foo.jl": SOURCE,
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        write_registry(self.depot, Package("Foo", FOO))
        SimulatedDepot(
            self.depot,
            "1.11.2",
            lambda _: [],
            lambda unit: set(self.invalidations().graph.network.succ[unit.id]),
        ).precompile(self.invalidations, {"App", "Foo", "Preferences"})

    def invalidations(self) -> Invalidations:
        session = Session(Snapshot(Disk()), Settings(depots=str(self.depot), variables={}))
        found = session.invalidations(self.app / "Project.toml")
        assert found is not None
        return found


def odd_project(folder: Path) -> World:
    return World(folder, app=NAME)


def odd_depot(folder: Path) -> World:
    return World(folder, depot=NAME)


def odd_registry(folder: Path) -> World:
    world = World(folder)
    registry = world.depot / "registries" / NAME
    (registry / NAME).mkdir(parents=True)
    lines = (
        'name = "Odd"',
        f'uuid = "{APP}"',
        "[packages]",
        f'{FOO} = {{ name = "Foo", path = "F" }}',
    )
    (registry / "Registry.toml").write_text("\n".join(lines))
    return world


def odd_source(folder: Path) -> World:
    """The package lies in a folder of such a name, to which the path of the manifest links."""
    world = World(folder)
    world.foo.rename(folder / NAME)
    world.foo.symlink_to(folder / NAME)
    (folder / NAME / "src" / f"{NAME}.jl").write_text("x = 1\n")
    return world


def odd_cache(folder: Path) -> World:
    """Julia takes any name that begins with the slug of the package; others lie there unused."""
    world = World(folder)
    caches = [*world.depot.rglob("*.ji"), *world.depot.rglob("*.so")]
    for path in caches:
        path.rename(path.with_name(f"{path.stem}{NAME}{path.suffix}"))
    for path in caches:
        path.with_name(f"{path.stem}{NAME}0.ji").write_bytes(b"no cache")
    return world


def odd_branch(folder: Path) -> World:
    world = World(folder)
    porcelain.init(str(world.app)).close()
    porcelain.add(str(world.app), [str(world.app / "Project.toml")])
    who = b"A <a@b>"
    made = porcelain.commit(str(world.app), message=b"x", author=who, committer=who, sign=False)
    git = world.app / ".git"
    (git / "refs" / "heads" / NAME).write_bytes(made + b"\n")
    (git / "HEAD").write_bytes(b"ref: refs/heads/" + os.fsencode(NAME) + b"\n")
    return world


WORLDS = (odd_project, odd_depot, odd_registry, odd_source, odd_cache, odd_branch)
COMMANDS = ("check --verbose", "status", "why", "why Foo", "explain Foo.mode", "caches")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a file system that allows such names."""
    try:
        (tmp_path / f"{NAME}?").mkdir()
    except OSError:
        pytest.skip("the file system refuses such names")
    for name in ("JULIA_PROJECT", "JULIA_LOAD_PATH", "JULIA_DEPOT_PATH", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", "")
    return tmp_path


def answers(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """Return what each command writes, which must be text that can be encoded."""
    monkeypatch.chdir(world.app)
    formats = [f"{command} --format json" for command in COMMANDS if "verbose" not in command]
    formats += [f"check --format {name}" for name in ("json", "sarif", "github", "gitlab")]
    found = {}
    for command in (*COMMANDS, *formats):
        capsys.readouterr()
        code = main([*command.split(), "--depot", str(world.depot)])
        out, err = capsys.readouterr()
        assert code == 0, (command, err)
        assert "Traceback" not in err, command
        (out + err).encode()
        if command.endswith(("json", "sarif", "gitlab")):
            json.dumps(json.loads(out), ensure_ascii=False).encode()  # no half of a character
        found[command] = out + err
    return found


@pytest.mark.parametrize("made", WORLDS, ids=lambda made: made.__name__)
def test_it_is_answered_as_with_another_name(
    folder: Path,
    made: Callable[[Path], World],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = answers(World(folder / "plain"), monkeypatch, capsys)
    odd = answers(made(folder / "odd"), monkeypatch, capsys)
    same = ("why --format json", "explain Foo.mode --format json", "explain Foo.mode", "why")
    assert {command: odd[command] for command in same} == {
        command: plain[command] for command in same
    }


def test_a_project_without_a_uuid_is_one_among_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = odd_project(folder)
    (world.app / "Project.toml").write_text(f'[deps]\nFoo = "{FOO}"\n')
    monkeypatch.chdir(world.app)
    assert main(["check", "--verbose", "--depot", str(world.depot)]) in (0, 1)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "failed" not in captured.err


def test_it_is_shown_with_its_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"{SHOWN}0.ji" in answers(odd_cache(folder), monkeypatch, capsys)["why Foo"]


def test_a_branch_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = odd_branch(folder)
    monkeypatch.chdir(world.app)
    (world.app / "Project.toml").write_text(PROJECT.replace("0.1.0", "0.2.0"))
    assert main(["diff", "--git", NAME, "--depot", str(world.depot)]) in (0, 1)
    assert main(["diff", "--git", f"no{NAME}", "--depot", str(world.depot)]) == 2
    assert f"there is no commit no{SHOWN} in" in capsys.readouterr().err
