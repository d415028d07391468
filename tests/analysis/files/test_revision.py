"""A commit in place of the working tree."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.objectspec import parse_tree
from dulwich.repo import Repo

from precompass.files import disk
from precompass.files.reach import Reach, reach_of
from precompass.files.revision import NoRevision, Revision, open_revision
from precompass.files.snapshot import Disk
from support.special_files import make_pipe

IDENTITY = b"A <a@b>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit, whose working tree has moved on."""
    root = tmp_path / "App"
    (root / "docs").mkdir(parents=True)
    (root / "Project.toml").write_bytes(b'\xef\xbb\xbfname = "Before"\r\n')
    (root / "docs" / "Project.toml").write_text("[deps]\n")
    (root / "link.toml").symlink_to("docs/Project.toml")
    (root / "outward.toml").symlink_to("../outside.toml")
    (root / "circle.toml").symlink_to("circle.toml")
    (root / ".gitignore").write_text("Local*.toml\nbuild/\n!docs/LocalPreferences.toml\n")
    porcelain.init(str(root)).close()
    add(root, "Project.toml", "docs/Project.toml", ".gitignore")
    add(root, "link.toml", "outward.toml", "circle.toml")
    commit(root)
    (root / "Project.toml").write_text('name = "After"\n')
    (root / "New.toml").write_text("x = 1\n")
    (root / "LocalPreferences.toml").write_text("mine = 1\n")
    (root / "build").mkdir()
    (root / "build" / "Manifest.toml").write_text("built = 1\n")
    (root / "docs" / "LocalPreferences.toml").write_text("not = 'ignored'\n")
    (tmp_path / "outside.toml").write_text("outside = 1\n")
    return root


def add(root: Path, *names: str) -> None:
    porcelain.add(str(root), [str(root / name) for name in names])


def commit(root: Path) -> bytes:
    return porcelain.commit(
        str(root), message=b"x", author=IDENTITY, committer=IDENTITY, sign=False
    )


def opened(folder: Path, name: str = "HEAD") -> Revision:
    revision = open_revision(folder, name, Disk())
    assert isinstance(revision, Revision)
    return revision


def text(revision: Revision, path: Path) -> str | None:
    source = revision.read(path)
    assert (source is not None) == revision.is_file(path)
    return source.text if source else None


def test_a_file_is_as_it_was(root: Path) -> None:
    revision = opened(root)
    source = revision.read(root / "Project.toml")
    assert source is not None
    assert (source.text, source.has_bom) == ('name = "Before"\r\n', True)
    assert text(revision, root / "docs" / ".." / "docs" / "Project.toml") == "[deps]\n"


def test_a_file_that_came_later_is_not_there(root: Path) -> None:
    revision = opened(root)
    for name in ("New.toml", "docs/LocalPreferences.toml", "docs", "docs/Project.toml/x"):
        assert text(revision, root / name) is None
        assert revision.unreadable(root / name) == ""


def test_what_is_saved_is_the_working_tree(root: Path) -> None:
    source = opened(root).saved().read(root / "Project.toml")
    assert source is not None
    assert source.text == 'name = "After"\n'


def test_what_git_ignores_is_as_it_is(root: Path) -> None:
    revision = opened(root)
    assert text(revision, root / "LocalPreferences.toml") == "mine = 1\n"
    assert text(revision, root / "build" / "Manifest.toml") == "built = 1\n"
    assert text(revision, root / "docs" / "LocalMissing.toml") is None


def test_so_is_what_is_outside(root: Path) -> None:
    assert text(opened(root), root.parent / "outside.toml") == "outside = 1\n"
    assert text(opened(root), root / ".." / "outside.toml") == "outside = 1\n"


def test_links_are_followed_inside_and_outside_and_not_forever(root: Path) -> None:
    revision = opened(root)
    assert text(revision, root / "link.toml") == "[deps]\n"
    assert text(revision, root / "outward.toml") == "outside = 1\n"
    assert text(revision, root / "circle.toml") is None


def test_the_repository_is_found_from_a_folder_below(root: Path) -> None:
    assert text(opened(root / "docs"), root / "docs" / "Project.toml") == "[deps]\n"


def test_commits_have_many_names(root: Path) -> None:
    add(root, "New.toml")
    second = commit(root)
    porcelain.tag_create(str(root), b"v1.0", author=IDENTITY, message=b"", annotated=True)
    branch = porcelain.active_branch(str(root)).decode()
    for name in ("HEAD", branch, "v1.0", second.decode(), second.decode()[:8]):
        assert text(opened(root, name), root / "New.toml") == "x = 1\n", name
    for name in ("HEAD~1", "HEAD^", f"{branch}~1", f"{second.decode()[:8]}~1"):
        assert text(opened(root, name), root / "New.toml") is None, name


@pytest.mark.parametrize("name", ["nowhere", "HEAD~5", "", "HEAD:Project.toml", "\udcff", "0" * 40])
def test_a_name_of_no_commit(root: Path, name: str) -> None:
    found = open_revision(root, name, Disk())
    assert found == NoRevision(f"there is no commit {name} in {root}")


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    assert open_revision(tmp_path, "HEAD", Disk()) == NoRevision(
        f"{tmp_path} is in no git repository"
    )


def test_a_damaged_repository_is_no_exception(root: Path) -> None:
    revision = opened(root)
    with Repo(str(root)) as repository:
        tree = parse_tree(repository, "HEAD")
        entry = tree[b"Project.toml"][1].decode()
    (root / ".git" / "objects" / entry[:2] / entry[2:]).unlink()
    assert revision.read(root / "Project.toml") is None
    assert revision.is_file(root / "Project.toml")
    assert "cannot be read" in revision.unreadable(root / "Project.toml")
    (root / ".git" / "config").write_text("[core]\nrepositoryformatversion = 99\n")
    found = open_revision(root, "HEAD", Disk())
    assert isinstance(found, NoRevision)
    assert found.why.startswith(f"the git repository {root} cannot be read")


def test_the_same_folder_by_two_names(root: Path) -> None:
    revision = opened(root)
    assert revision.same_folder(root / "docs" / "..", root)
    assert not revision.same_folder(root / "docs", root)


@pytest.fixture
def untrusted(root: Path) -> Iterator[Path]:
    """The same repository, of a stranger."""
    disk.confine(reach_of([root], is_trusted=False))
    yield root
    disk.confine(Reach())


def test_a_plain_clone_of_a_stranger_is_read(untrusted: Path) -> None:
    assert text(opened(untrusted), untrusted / "docs" / "Project.toml") == "[deps]\n"


def _names_alternates(git: Path) -> None:
    (git / "objects" / "info").mkdir(exist_ok=True)
    (git / "objects" / "info" / "alternates").write_text("/srv/objects\n")


def _is_a_worktree(git: Path) -> None:
    git.rename(git.parent.parent / "elsewhere")
    git.write_text("gitdir: ../elsewhere\n")


def _is_a_link(git: Path) -> None:
    git.rename(git.parent.parent / "elsewhere")
    git.symlink_to("../elsewhere")


def _includes_settings(git: Path) -> None:
    with (git / "config").open("a") as file:
        file.write("[Include]\n\tpath = /etc/passwd\n")


def _has_a_linked_object(git: Path) -> None:
    folder = git / "objects" / "ab"
    folder.mkdir(exist_ok=True)
    (folder / ("c" * 38)).symlink_to("/etc/passwd")


def _has_a_pipe_for_a_branch(git: Path) -> None:
    make_pipe(git / "refs" / "heads" / "pipe")


def _has_a_linked_head(git: Path) -> None:
    (git / "HEAD").unlink()
    (git / "HEAD").symlink_to("/dev/zero")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize(
    "change",
    [
        _names_alternates,
        _is_a_worktree,
        _is_a_link,
        _includes_settings,
        _has_a_linked_object,
        _has_a_pipe_for_a_branch,
        _has_a_linked_head,
    ],
)
def test_a_strangers_repository_that_leads_elsewhere_is_not_read(
    untrusted: Path, change: Callable[[Path], None]
) -> None:
    change(untrusted / ".git")
    found = open_revision(untrusted, "HEAD", Disk())
    assert isinstance(found, NoRevision)
    if change is _is_a_link:  # which is not followed, not even to look whether something is there
        assert found.why.endswith("is in no git repository")
    else:
        assert found.why.endswith("names places elsewhere: trust it with `--trust`")


def test_names_of_a_folder_are_not_those_on_disk(root: Path) -> None:
    assert opened(root).toml_names_in(root) is None
