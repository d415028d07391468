from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from dulwich import porcelain

from command_line import Command

TEXT = """\
2 preferences differ; Julia compiles 5 of 7 packages and 1 extension again (assumed).

  SnoopPrecompile.skip_precompile: ["Splines", "Meshes"] → ["Meshes"]
  bound to it   SnoopPrecompile

  Splines.precompile_workload: not set → false
  bound to it   Splines

  recompiled    App, Fields, Meshes, SnoopPrecompile, Splines
  extensions    Splines/SplinesMeshesExt
  rules of      Julia 1.11.2, which wrote the manifest
"""

MOVED = """\
[SnoopPrecompile]
skip_precompile = ["Meshes"]

[Splines]
precompile_workload = false
"""


@pytest.fixture
def moved(app: Path) -> Path:
    """The same application, in which a name has moved from the list to a flag."""
    folder = app.parent / "moved"
    shutil.copytree(app, folder)
    (folder / "LocalPreferences.toml").write_text(MOVED)
    return folder


class TestFolders:
    @pytest.mark.usefixtures("moved")
    def test_in_words(self, precompass: Command) -> None:
        assert precompass("diff", ".", "../moved") == (1, TEXT, "")

    @pytest.mark.usefixtures("moved")
    def test_for_programs(self, precompass: Command) -> None:
        outcome = precompass("diff", ".", "../moved", "--format", "json")
        assert outcome.code == 1
        assert json.loads(outcome.out) == {
            "schema": 1,
            "recompiled": ["App", "Fields", "Meshes", "SnoopPrecompile", "Splines"],
            "extensions": ["Splines/SplinesMeshesExt"],
            "stale": None,
            "count": 5,
            "of": 7,
            "changes": [
                {
                    "package": "SnoopPrecompile",
                    "key": "skip_precompile",
                    "before": ["Splines", "Meshes"],
                    "after": ["Meshes"],
                    "noticed": True,
                    "observers": ["SnoopPrecompile"],
                },
                {
                    "package": "Splines",
                    "key": "precompile_workload",
                    "before": None,
                    "after": False,
                    "noticed": True,
                    "observers": ["Splines"],
                },
            ],
            "evidence": "assumed",
            "failed": [],
            "errors": [],
        }

    @pytest.mark.usefixtures("moved")
    def test_a_file_stands_for_its_folder(self, precompass: Command) -> None:
        outcome = precompass("diff", "LocalPreferences.toml", "../moved/LocalPreferences.toml")
        assert outcome.out == TEXT

    def test_no_difference_gives_0(self, precompass: Command) -> None:
        outcome = precompass("diff", ".", ".")
        assert outcome.code == 0
        assert outcome.out.startswith("0 preferences differ; Julia compiles nothing again.\n")

    def test_a_change_that_julia_does_not_notice_gives_0_and_says_why(
        self, precompass: Command, moved: Path
    ) -> None:
        (moved / "LocalPreferences.toml").write_text(
            '[SnoopPrecompile]\nskip_precompile = ["Splines", "Meshes"]\nother = 1\n'
        )
        outcome = precompass("diff", ".", "../moved")
        assert outcome.code == 0
        assert "  SnoopPrecompile.other: not set → 1\n" in outcome.out
        assert (
            "  not noticed   SnoopPrecompile 1.0.3 reads `skip_precompile` and nothing else\n"
            in (outcome.out)
        )

    def test_values_that_julia_takes_for_the_same(
        self, precompass: Command, app: Path, moved: Path
    ) -> None:
        (app / "LocalPreferences.toml").write_text("[Splines]\norder = 1\n")
        (moved / "LocalPreferences.toml").write_text("[Splines]\norder = 1.0\n")
        outcome = precompass("diff", ".", "../moved")
        assert outcome.code == 0
        assert "  not noticed   the caches fit both values\n" in outcome.out

    def test_what_makes_julia_throw_is_told(self, precompass: Command, moved: Path) -> None:
        (moved / "LocalPreferences.toml").write_text("[Splines]\norder = \n")
        answer = json.loads(precompass("diff", ".", "../moved", "--format", "json").out)
        assert answer["errors"]
        assert "  Julia throws  " in precompass("diff", ".", "../moved").out

    def test_manifests_of_several_julias(self, precompass: Command, moved: Path) -> None:
        manifest = moved / "Manifest.toml"
        manifest.write_text(manifest.read_text().replace("1.11.2", "1.12.0"))
        outcome = precompass("diff", ".", "../moved")
        assert outcome.err == (
            "warning: the manifests are of Julia 1.11 and 1.12, which share no caches: what Julia "
            "1.12 has not compiled yet, it compiles in any case\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ([], "name two folders, or --git REF"),
            (["."], "name two folders, or --git REF"),
            ([".", "..", "--git", "HEAD"], "name two folders, or --git REF, but not both"),
            ([".", ".", "--project", "."], "with two folders, --project has no meaning"),
            ([".", "nowhere"], "there is no file or folder nowhere"),
        ],
    )
    def test_what_cannot_be_compared(
        self, precompass: Command, arguments: list[str], error: str
    ) -> None:
        assert precompass("diff", *arguments) == (2, "", f"error: {error}\n")

    def test_a_folder_without_a_project(self, precompass: Command, app: Path) -> None:
        assert precompass("diff", ".", "..").err == (
            f"error: there is no project file in {app.parent}\n"
        )


def commit(repository: Path, *names: str) -> None:
    porcelain.add(str(repository), [str(repository / name) for name in names])
    porcelain.commit(
        str(repository), message=b"x", author=b"A <a@b>", committer=b"A <a@b>", sign=False
    )


class TestCommit:
    @pytest.fixture
    def repository(self, app: Path) -> Path:
        """The application in git, with a commit before the move and the move not committed."""
        porcelain.init(str(app)).close()
        commit(app, "Project.toml", "Manifest.toml", "LocalPreferences.toml")
        (app / "LocalPreferences.toml").write_text(MOVED)
        return app

    def test_the_working_tree_is_compared_with_a_commit(
        self, precompass: Command, repository: Path
    ) -> None:
        assert precompass("diff", "--git", "HEAD") == (1, TEXT, "")
        commit(repository, "LocalPreferences.toml")
        assert precompass("diff", "--git", "HEAD").code == 0
        assert precompass("diff", "--git", "HEAD~1") == (1, TEXT, "")

    def test_from_a_folder_below(
        self, precompass: Command, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(repository / "src")
        assert precompass("diff", "--git", "HEAD").out == TEXT
        monkeypatch.chdir(repository.parent)
        assert precompass("diff", "--git", "HEAD", "--project", "App").out == TEXT

    def test_a_file_that_the_commit_has_not_is_missing(
        self, precompass: Command, app: Path
    ) -> None:
        porcelain.init(str(app)).close()
        commit(app, "Project.toml", "Manifest.toml")
        outcome = precompass("diff", "--git", "HEAD")
        assert outcome.code == 1
        assert '  SnoopPrecompile.skip_precompile: not set → ["Splines", "Meshes"]\n' in outcome.out

    def test_a_file_that_git_ignores_is_the_same_in_every_commit(
        self, precompass: Command, app: Path
    ) -> None:
        (app / ".gitignore").write_text("Manifest*.toml\nLocalPreferences.toml\n")
        porcelain.init(str(app)).close()
        commit(app, "Project.toml", ".gitignore")
        assert precompass("diff", "--git", "HEAD").code == 0

    def test_nothing_to_compare_with(self, precompass: Command, repository: Path) -> None:
        other = repository / "docs"
        other.mkdir()
        (other / "Project.toml").write_text("")
        outcome = precompass("diff", "--git", "HEAD", "--project", "docs")
        assert (outcome.code, outcome.err) == (
            2,
            "error: there is no docs/Project.toml in HEAD to compare with\n",
        )

    def test_no_such_commit(self, precompass: Command, repository: Path) -> None:
        assert precompass("diff", "--git", "nowhere") == (
            2,
            "",
            f"error: there is no commit nowhere in {repository}\n",
        )

    def test_no_repository(self, precompass: Command, app: Path) -> None:
        outcome = precompass("diff", "--git", "HEAD")
        assert (outcome.code, outcome.err) == (2, f"error: {app} is in no git repository\n")
