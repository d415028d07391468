"""Where a stranger's folder may lead, by the names that each system tells apart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from precompass.files import disk
from precompass.files.reach import Reach, is_device, is_remote, reach_of
from precompass.files.snapshot import Disk, Snapshot
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.trust import reach_for, trusts
from support.hostile_folder import SECRET, write_hostile_folder
from support.patience import PATIENCE
from support.system_calls import FOLLOWED, paths_in, strace


@pytest.fixture
def confined() -> Iterator[None]:
    """What a test confines is free again after it."""
    yield
    disk.confine(Reach())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"\\host\share\Foo", True),
        ("//host/share/Foo", True),
        (r"\\?\UNC\host\share", True),
        (r"\\.\pipe\julia", True),
        (r"\\.\UNC\host\share", True),
        (r"\\?\GLOBALROOT\Device\Mup\host\share", True),
        (r"\??\UNC\host\share", True),
        ("/??/UNC/host/share", True),
        ("//?/unc/host/share", True),
        (r"/\host\share", True),
        (r"\\host@SSL\DavWWWRoot\Foo", True),
        (r"\\localhost\c$\Foo", True),
        (r"\\?\Volume{0}\Foo", True),
        ("//?/C:/Foo", False),
        (r"C:Foo", False),
        (r"C:\??\UNC\host", False),
        (r"C:\Foo\a:stream", False),
        (r"\\?\C:\Foo", False),
        (r"C:\Foo", False),
        (r"\Foo", False),
        ("Foo", False),
    ],
)
def test_a_share_of_another_machine_is_told_by_its_name(path: str, expected: bool) -> None:
    assert is_remote(path) is expected


@pytest.mark.parametrize("name", ["NUL", "nul.toml", "Com1", "LPT9.jl", "CON ", "CONOUT$"])
def test_names_of_devices_are_no_files_on_windows(name: str) -> None:
    assert is_device(rf"C:\Foo\{name}")
    assert not Reach(platform="win32").allows(rf"C:\Foo\{name}\Project.toml")


@pytest.mark.parametrize("name", ["NULL", "console.toml", "COM10", "LPT", "Project.toml"])
def test_names_like_those_of_devices_are_files(name: str) -> None:
    assert not is_device(rf"C:\Foo\{name}")


def test_a_trusted_folder_leads_everywhere_but_to_other_machines() -> None:
    trusted = reach_of([r"C:\Work"], is_trusted=True, platform="win32")
    assert trusted.allows(r"D:\Elsewhere\Project.toml")
    assert not trusted.allows(r"\\host\share\Foo\Project.toml")
    asked = reach_of([r"\\host\share\Work"], is_trusted=True, platform="win32")
    assert asked.allows("//HOST/share/work/Project.toml")
    assert not asked.allows(r"\\host\share\Other\Project.toml")


def test_an_untrusted_folder_leads_nowhere_else() -> None:
    posix = reach_of(["/home/me/clone"], is_trusted=False, platform="linux")
    assert posix.allows("/home/me/clone/sub/../Project.toml")
    assert not posix.allows("/home/me/clone/../other/Project.toml")
    assert not posix.allows("/home/me/cloned/Project.toml")
    assert not posix.allows("/home/me/Clone/Project.toml")
    windows = reach_of([r"C:\Clone"], is_trusted=False, platform="win32")
    assert windows.allows("c:/clone/Project.toml")
    assert not windows.allows(r"C:\Clone\..\Other\Project.toml")
    assert not windows.allows(r"D:\Clone\Project.toml")


def test_macos_takes_names_for_the_same_that_differ_in_case_or_composition() -> None:
    reach = reach_of(["/Users/me/Über"], is_trusted=False, platform="darwin")
    assert reach.allows("/Users/me/u\u0308ber/Project.toml")
    assert not reach.allows("/Users/me/uber/Project.toml")


LINKS = {
    r"C:\Clone\share": r"\\host\share\Foo",
    r"C:\Clone\long": r"\\?\UNC\host\share",
    r"C:\Clone\device": r"C:\Clone\NUL",
    r"C:\Clone\other": r"D:\Other",
    r"C:\Clone\own": r"src\Foo.jl",
    r"C:\Clone\full": r"\\?\C:\Clone\src",
    r"C:\Clone\up": r"..\Other",
    r"C:\Clone\circle": "circle",
    r"C:\Clone\chain": "share",
}


def read_link_of(links: dict[str, str], asked: list[str]) -> Callable[[str], str | None]:
    def read_link(path: str) -> str | None:
        asked.append(path)
        return links.get(path)

    return read_link


@pytest.mark.parametrize(
    ("name", "untrusted", "trusted"),
    [
        ("share", False, False),
        (r"share\Project.toml", False, False),
        ("long", False, False),
        ("chain", False, False),
        ("device", False, False),
        ("circle", False, False),
        ("other", False, True),
        (r"up\Project.toml", False, True),
        ("own", True, True),
        (r"full\Foo.jl", True, True),
        (r"src\Foo.jl", True, True),
    ],
)
def test_links_of_windows_are_followed_before_windows_does(
    name: str, untrusted: bool, trusted: bool
) -> None:
    r"""To look at a link to a share sends that machine the user's credentials."""
    for is_trusted, expected in ((False, untrusted), (True, trusted)):
        asked: list[str] = []
        reach = reach_of([r"C:\Clone"], is_trusted=is_trusted, platform="win32")
        path = rf"C:\Clone\{name}"
        assert reach.leads_within(path, read_link_of(LINKS, asked)) is expected
        assert not [one for one in asked if is_remote(one)]


def test_a_share_that_the_user_opened_has_links_of_its_own() -> None:
    reach = reach_of([r"\\host\share\Clone"], is_trusted=False, platform="win32")
    links = {r"\\host\share\Clone\a": "b", r"\\host\share\Clone\c": r"\\host\other\c"}
    read_link = read_link_of(links, [])
    assert reach.leads_within(r"\\host\share\Clone\a", read_link)
    assert not reach.leads_within(r"\\host\share\Clone\c", read_link)
    assert not reach.leads_within(r"\\host\share\Clone\..\Other", read_link)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/me/clone/src/Foo.jl", True),
        ("/home/me/clone/up/clone/src", True),
        ("/home/me/clone/up/other", False),
        ("/home/me/clone/deep/../a", False),
        ("/home/me/clone/deep/..", False),
        ("/home/me", False),
        ("/", False),
    ],
)
def test_dots_behind_a_link_are_those_of_the_place_that_it_leads_to(
    path: str, expected: bool
) -> None:
    links = {"/home/me/clone/up": "..", "/home/me/clone/deep": "/home/me/.julia/packages"}
    reach = reach_of(
        ["/home/me/clone", "/home/me/.julia/packages"], is_trusted=False, platform="linux"
    )
    # The place above the clone is no place that was asked for, but the way to it is the user's.
    assert reach.leads_within(path, read_link_of(links, [])) is expected


@pytest.mark.usefixtures("confined")
def test_a_link_out_of_reach_is_not_there_for_any_question(tmp_path: Path) -> None:
    clone, secret = tmp_path / "clone", tmp_path / "secret"
    (clone / "src").mkdir(parents=True)
    (secret / "src").mkdir(parents=True)
    for name, target in (("away", secret), ("own", clone / "src"), ("round", clone / "round")):
        (clone / name).symlink_to(target)
    disk.confine(reach_of([clone], is_trusted=False))
    assert not disk.is_folder(clone / "away")
    assert not disk.is_there(clone / "away" / "src")
    assert disk.real_path(clone / "away") == str(clone / "away")
    assert disk.link_status(clone / "away") is not None
    assert disk.link_status(clone / "away" / "src") is None
    assert disk.is_folder(clone / "own")
    found = {entry.name: (entry.is_folder, entry.is_link) for entry in disk.entries(clone)}
    assert found == {
        "away": (False, True),
        "own": (True, True),
        "round": (False, True),
        "src": (True, False),
    }


@pytest.mark.usefixtures("confined")
def test_what_is_out_of_reach_is_not_there_and_not_opened(tmp_path: Path) -> None:
    clone, secret = tmp_path / "clone", tmp_path / "secret"
    clone.mkdir()
    secret.mkdir()
    (secret / "Project.toml").write_text('name = "Secret"\n')
    (clone / "Project.toml").symlink_to(secret / "Project.toml")
    (clone / "own.toml").write_text("a = 1\n")
    disk.confine(reach_of([clone], is_trusted=False))
    assert not disk.is_file(secret / "Project.toml")
    assert disk.names(secret) == ()
    assert disk.entries(secret) == ()
    assert disk.read_file(clone / "own.toml", 10) == b"a = 1\n"
    for path in (secret / "Project.toml", clone / "Project.toml"):
        with pytest.raises(disk.OutOfReachError):
            disk.open_file(path)


@pytest.mark.usefixtures("confined")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say where an open file is")
def test_a_file_that_is_exchanged_for_a_link_while_it_is_opened_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (tmp_path / "secret.toml").write_text("a = 1\n")
    (clone / "own.toml").write_text("a = 1\n")
    (clone / "link.toml").symlink_to(tmp_path / "secret.toml")
    disk.confine(reach_of([clone, os.path.realpath(clone)], is_trusted=False))
    monkeypatch.setattr(disk, "is_allowed", lambda _: True)  # as it was before the exchange
    assert disk.read_file(clone / "own.toml", 10) == b"a = 1\n"
    with pytest.raises(disk.OutOfReachError):
        disk.open_file(clone / "link.toml")


PROJECT = """\
name = "Clone"
uuid = "1b1cb98e-7a93-4d4e-9d5a-5a3f0b0e6a01"

[deps]
Foo = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"

[sources]
Foo = {path = "../Foo"}

[workspace]
projects = ["test", "../Foo"]
"""
MANIFEST = """\
julia_version = "1.12.2"
manifest_format = "2.0"

[[deps.Foo]]
path = "../Foo"
uuid = "6d1f5c9b-25ac-4b1c-8a7e-0f55c1f0a702"
version = "0.3.1"
"""


def clone_in(folder: Path) -> Path:
    for name, project in (("Foo", 'name = "Foo"\n'), ("Clone", PROJECT), ("Clone/test", "")):
        (folder / name).mkdir()
        (folder / name / "Project.toml").write_text(project)
    (folder / "Clone" / "Manifest.toml").write_text(MANIFEST)
    (folder / "Clone" / "precompass.toml").write_text('depot = "/srv/depot"\n')
    return folder / "Clone"


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_trusted: bool) -> set[str]:
    """Check all files of a folder, and return the files and folders that were looked at."""
    looked: set[str] = set()
    for name in ("open", "scandir", "stat"):
        original = getattr(os, name)

        def observed(path: object, *args: object, _do: object = original, **kw: object) -> object:
            if isinstance(path, str | os.PathLike):
                looked.add(os.fspath(path))
            return _do(path, *args, **kw)  # type: ignore[operator]

        monkeypatch.setattr(os, name, observed)
    variables = {"JULIA_DEPOT_PATH": str(folder.parent / "depot"), "JULIA_LOAD_PATH": "@"}
    disk.confine(reach_for([folder], None, variables, is_trusted=is_trusted))
    looked.clear()
    session = Session(Snapshot(Disk()), Settings(is_trusted=is_trusted, variables=variables))
    found = {
        finding.code
        for name in ("Project.toml", "Manifest.toml", "precompass.toml")
        for finding in check(session.configured_for(folder / name), folder / name)
    }
    monkeypatch.undo()
    assert ("untrusted-path" in found) is not is_trusted
    assert not found & {"missing-source-path", "missing-workspace-project"}
    return looked


@pytest.mark.usefixtures("confined")
def test_the_files_of_a_stranger_lead_to_no_place_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = clone_in(tmp_path)
    elsewhere = (str(tmp_path / "Foo"), "/srv/depot")
    looked = opened(clone, monkeypatch, is_trusted=True)
    assert all(any(path.startswith(one) for path in looked) for one in elsewhere)
    looked = opened(clone, monkeypatch, is_trusted=False)
    assert not [path for path in map(os.path.normpath, looked) if path.startswith(elsewhere)]


def test_the_users_own_folders_are_trusted_and_the_choice_goes_first(tmp_path: Path) -> None:
    assert trusts(None, [tmp_path])
    assert trusts(True, [tmp_path])
    assert not trusts(False, [tmp_path])


def test_a_folder_of_somebody_else_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(os, "geteuid"):
        pytest.skip("Windows does not say whose a folder is")
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    status = tmp_path.stat()
    monkeypatch.setattr(
        disk, "status", lambda _: os.stat_result((*status[:4], 4_000_001, *status[5:]))
    )
    assert not trusts(None, [tmp_path])


AUDITED = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: event == "open" and opened.append(arguments[0]))
from precompass.files import disk
import precompass.trust
precompass.trust.is_own = lambda folder: False
from precompass.cli import main
main(sys.argv[1:])
print("\\n".join(str(path) for path in opened if isinstance(path, str)), file=sys.stderr)
"""


COMMANDS = ("check", "status", "why", "caches", "graph", "explain", "diff", "fix", "git")


def arguments_of(command: str, clone: Path) -> list[str]:
    """Return a command line about a folder."""
    return {
        "check": ["check", str(clone)],
        "status": ["status", "--project", str(clone)],
        "why": ["why", "--project", str(clone)],
        "caches": ["caches", "--project", str(clone)],
        "graph": ["graph", "Foo", "--project", str(clone), "--format", "json"],
        "explain": ["explain", "Foo", "--project", str(clone)],
        "diff": ["diff", str(clone), str(clone)],
        "fix": ["fix", str(clone)],
        "git": ["diff", "--git", "HEAD", str(clone)],
    }[command]


def run(place: Path, clone: Path, command: str, *watcher: str) -> str:
    """Run a command in a stranger's folder; return what Python tells of each file it opens."""
    environment = {
        **os.environ,
        "JULIA_DEPOT_PATH": str(place / "depot"),
        "PRECOMPASS_CACHE": str(place / "cache"),
    }
    ran = subprocess.run(
        [*watcher, sys.executable, "-c", AUDITED, *arguments_of(command, clone)],
        env=environment,
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert "Traceback" not in ran.stderr
    return ran.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_opens_a_file_elsewhere_for_a_stranger(tmp_path: Path, command: str) -> None:
    """Python itself tells of each file that it opens, whatever opens it."""
    clone = write_hostile_folder(tmp_path)
    told = run(tmp_path, clone, command).splitlines()
    opened = [Path(line) for line in told if line.startswith(str(tmp_path))]
    assert clone / "Project.toml" in opened or command == "git"
    places = (clone, tmp_path / "depot", tmp_path / "cache")
    assert not [path for path in opened if not any(map(path.is_relative_to, places))]
    assert not [path for path in opened if path.is_symlink()]


@pytest.mark.skipif(strace() is None, reason="strace is not here, or may not watch")
@pytest.mark.parametrize("is_linked", [False, True], ids=["file", "link"])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_looks_where_a_link_leads_for_a_stranger(
    tmp_path: Path, command: str, is_linked: bool
) -> None:
    clone, log = write_hostile_folder(tmp_path), tmp_path / "log"
    if is_linked:
        (clone / ".git").unlink()
        (clone / ".git").symlink_to(tmp_path / SECRET / "git")
    run(
        tmp_path,
        clone,
        command,
        str(strace()),
        "-f",
        "-qq",
        "-s",
        "4096",
        "-e",
        "%file",
        "-o",
        str(log),
    )
    links = {path for path in clone.rglob("*") if path.is_symlink()}
    elsewhere = {path for path in links if not path.resolve().is_relative_to(clone)}
    assert clone / ".git" in elsewhere or not is_linked
    followed = paths_in(log, FOLLOWED, clone)
    assert not followed & elsewhere
    assert not [path for path in followed if path.is_relative_to(tmp_path / SECRET)]
