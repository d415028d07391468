from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo
from msgspec.structs import replace

from precompass.answers.comparison import compare
from precompass.files.snapshot import Disk, Snapshot
from precompass.report.comparison_wording import headline, written
from precompass.session import Session
from precompass.settings.settings import Settings
from support.command_line import Command
from support.registry_files import Package, write_registry
from support.special_files import make_pipe

TEXT = """\
2 preferences changed: 5 of 7 packages and 1 extension are recompiled (assumed).

  SnoopPrecompile.skip_precompile: ["Splines", "Meshes"] → ["Meshes"]
  read by       SnoopPrecompile

  Splines.precompile_workload: not set → false
  read by       Splines

  recompiled    App, Fields, Meshes, SnoopPrecompile, Splines
  extensions    Splines/SplinesMeshesExt
  Julia version 1.11.2 (from the manifest)
"""

PREFERENCES_JL = "21216c6a-2e73-6563-6e65-726566657250"

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
            "compiled_bytes": None,
            "of_bytes": None,
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
            "complete": True,
            "between": [],
            "everything": False,
            "in_any_case": [],
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
        assert outcome.out.startswith("No preference changed: nothing is recompiled.\n")

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

    def test_where_the_newer_julia_has_compiled_some_the_count_is_of_the_others(
        self, app: Path, moved: Path
    ) -> None:
        manifest = moved / "Manifest.toml"
        manifest.write_text(manifest.read_text().replace("1.11.2", "1.12.0"))
        opened = Session(Snapshot(Disk()), Settings())
        found = compare(opened, app / "Project.toml", opened, moved / "Project.toml").difference
        assert found is not None
        assert found.is_everything
        two = [unit.id for unit in found.recompilation.packages[:2]]
        some = replace(found.recompilation, compiled=found.recompilation.compiled.graph.subset(two))
        assert headline(replace(found, is_everything=False, recompilation=some)) == (
            "Julia 1.11 and 1.12 share no caches: 2 of 7 packages are recompiled. Julia 1.12 has "
            "already compiled the rest."
        )

    def test_manifests_of_several_julias(self, precompass: Command, moved: Path) -> None:
        manifest = moved / "Manifest.toml"
        manifest.write_text(manifest.read_text().replace("1.11.2", "1.12.0"))
        outcome = precompass("diff", ".", "../moved")
        assert outcome.code == 1
        headline = "Julia 1.11 and 1.12 share no caches: everything is recompiled.\n"
        assert outcome.out.startswith(headline)
        answer = json.loads(precompass("diff", ".", "../moved", "--format", "json").out)
        assert answer["between"] == ["1.11", "1.12"]
        assert answer["everything"] is True
        assert answer["count"] == answer["of"] > 0
        assert answer["evidence"] == "known"
        for form in ("markdown", "github"):
            shown = precompass("diff", ".", "../moved", "--format", form).out
            assert "Julia 1.11 and 1.12 share no caches" in shown, form
            assert "everything: caches are not shared" in shown.replace("%3A", ":"), form

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ([], "name two folders, or --git REF"),
            (["."], "name two folders, or --git REF"),
            ([".", ".", "--project", "."], "with folders, --project has no meaning"),
            ([".", "--git", "HEAD", "--project", "."], "with folders, --project has no meaning"),
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

    def test_no_such_commit_in_a_clone_of_the_newest_commits_only(
        self, precompass: Command, repository: Path
    ) -> None:
        with Repo(str(repository)) as repo:
            head = repo.head()
            repo.update_shallow({head}, set())
        assert precompass("diff", "--git", "nowhere").err == (
            f"error: there is no commit nowhere in {repository}, which has the newest commits "
            "only: fetch it, with `git fetch --depth=1 origin nowhere`, or clone the whole "
            "history\n"
        )


class TestEnvironments:
    """All environments of a repository at once, as CI asks for them."""

    @pytest.fixture
    def monorepo(self, app: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A repository of three environments; two have changed since its only commit."""
        root = app.parent
        for name in ("docs", "tools"):
            shutil.copytree(app, root / name)
        porcelain.init(str(root)).close()
        (root / "docs" / "LocalPreferences.toml").unlink()
        commit(root, "App", "docs", "tools")
        (app / "LocalPreferences.toml").write_text(MOVED)
        (root / "docs" / "LocalPreferences.toml").write_text("[Fields]\nsize = 3\n")
        monkeypatch.chdir(root)
        return root

    def test_those_that_differ_are_shown_each_below_its_name(
        self, precompass: Command, monorepo: Path
    ) -> None:
        assert monorepo.is_dir()
        outcome = precompass("diff", "--git", "HEAD", ".")
        assert (outcome.code, outcome.err) == (1, "")
        first, second = outcome.out.split("\n\ndocs/Project.toml\n")
        assert first + "\n" == "App/Project.toml\n" + TEXT
        assert second.startswith("1 preference changed: 2 of 7 packages are recompiled")
        assert second.endswith("\n\n1 environment does not differ.\n")
        assert "tools" not in outcome.out

    def test_paths_narrow_it_down(self, precompass: Command, monorepo: Path) -> None:
        assert monorepo.is_dir()
        outcome = precompass("diff", "--git", "HEAD", "tools", "docs/LocalPreferences.toml")
        assert outcome.out.startswith("docs/Project.toml\n1 preference changed:")
        assert precompass("diff", "--git", "HEAD", "tools") == (0, "No environment differs.\n", "")
        (monorepo / "empty").mkdir()
        assert precompass("diff", "--git", "HEAD", "empty") == (
            0,
            "No environment differs.\n",
            "warning: there are no project files of Julia in empty\n",
        )

    def test_for_programs(self, precompass: Command, monorepo: Path) -> None:
        assert monorepo.is_dir()
        answer = json.loads(precompass("diff", "--git", "HEAD", ".", "--format", "json").out)
        assert answer["schema"] == 1
        first, second = answer["environments"]
        assert first["project"] == "App/Project.toml"
        assert (first["count"], first["of"], first["is_new"]) == (5, 7, False)
        assert (first["unreadable"], first["notes"]) == (None, [])
        assert second["recompiled"] == ["App", "Fields"]

    def test_github_shows_the_costliest_first_at_the_line_that_changed(
        self, precompass: Command, monorepo: Path
    ) -> None:
        assert monorepo.is_dir()
        outcome = precompass("diff", "--git", "HEAD", ".", "--format", "github")
        assert outcome.out.splitlines() == [
            "::notice file=App/LocalPreferences.toml,line=2,title=This change recompiles 5 of 7 "
            "packages and 1 extension::In App/Project.toml: App, Fields, Meshes, SnoopPrecompile, "
            "Splines and Splines/SplinesMeshesExt (assumed).",
            "::notice file=docs/LocalPreferences.toml,line=2,title=This change recompiles 2 of 7 "
            "packages::In docs/Project.toml: App and Fields (assumed).",
        ]

    def test_markdown(self, precompass: Command, monorepo: Path) -> None:
        assert monorepo.is_dir()
        assert precompass("diff", "--git", "HEAD", ".", "--format", "markdown").out == (
            "## Recompiled by Julia\n"
            "\n"
            "### `App/Project.toml`: 5 of 7 packages and 1 extension (assumed)\n"
            "\n"
            '- `SnoopPrecompile.skip_precompile`: `["Splines", "Meshes"]` → `["Meshes"]`; read by '
            "SnoopPrecompile\n"
            "- `Splines.precompile_workload`: `not set` → `false`; read by Splines\n"
            "\n"
            "<details><summary>5 packages and 1 extension</summary>\n"
            "\n"
            "App, Fields, Meshes, SnoopPrecompile, Splines and Splines/SplinesMeshesExt\n"
            "\n"
            "</details>\n"
            "\n"
            "Julia version 1.11.2 (from the manifest).\n"
            "\n"
            "### `docs/Project.toml`: 2 of 7 packages (assumed)\n"
            "\n"
            "- `Fields.size`: `not set` → `3`; read by Fields\n"
            "\n"
            "<details><summary>2 packages</summary>\n"
            "\n"
            "App and Fields\n"
            "\n"
            "</details>\n"
            "\n"
            "Julia version 1.11.2 (from the manifest).\n"
            "\n"
            "1 environment does not differ.\n"
        )

    def test_of_many_those_that_recompile_something_are_shown_and_the_others_summed_up(
        self, precompass: Command, monorepo: Path
    ) -> None:
        for number in range(8):
            copied = shutil.copytree(monorepo / "tools", monorepo / f"lib{number}")
            commit(monorepo, copied.name)
        for number in range(6):
            local = monorepo / f"lib{number}" / "LocalPreferences.toml"
            local.write_text(local.read_text() + "# a comment\n")
        bare = monorepo / "lib5"
        (bare / "Manifest.toml").unlink()
        (bare / "LocalPreferences.toml").unlink()
        porcelain.remove(str(monorepo), [str(bare / "Manifest.toml")])
        porcelain.remove(str(monorepo), [str(bare / "LocalPreferences.toml")])
        commit(monorepo, "lib5/Project.toml")
        project = bare / "Project.toml"
        project.write_text(project.read_text() + "\n# a comment\n")
        sentence = (
            "6 more environments differ: nothing is recompiled in 5; the effect is unknown in 1 "
            "without a complete manifest."
        )
        same = "3 environments do not differ."
        shown = precompass("diff", "--git", "HEAD", ".").out
        assert shown.endswith(f"\n\n{sentence} {same}\n")
        assert shown.count("Project.toml\n") == 2
        assert "lib" not in shown
        shown = precompass("diff", "--git", "HEAD", ".", "--format", "markdown").out
        assert shown.endswith(f"\n\n{sentence} {same}\n")
        assert shown.count("###") == 2
        notices = precompass("diff", "--git", "HEAD", ".", "--format", "github").out.splitlines()
        assert len(notices) == 3
        assert notices[-1] == f"::notice title=Precompass::{sentence}"
        answer = json.loads(precompass("diff", "--git", "HEAD", ".", "--format", "json").out)
        assert len(answer["environments"]) == 8

    def test_where_none_recompiles_anything_one_sentence_says_so(
        self, precompass: Command, monorepo: Path
    ) -> None:
        commit(monorepo, "App", "docs")
        for name in ("App", "docs"):
            local = monorepo / name / "LocalPreferences.toml"
            local.write_text(local.read_text() + "# a comment\n")
        assert precompass("diff", "--git", "HEAD", ".") == (
            0,
            "2 environments differ: nothing is recompiled. 1 environment does not differ.\n",
            "",
        )

    def test_nothing_differs(self, precompass: Command, monorepo: Path) -> None:
        commit(monorepo, "App", "docs")
        assert precompass("diff", "--git", "HEAD", ".", "--format", "github") == (0, "", "")
        assert precompass("diff", "--git", "HEAD", ".", "--format", "markdown").out == (
            "## Recompiled by Julia\n\nNo environment differs.\n"
        )

    def test_a_change_that_julia_does_not_notice(self, precompass: Command, monorepo: Path) -> None:
        commit(monorepo, "App", "docs")
        (monorepo / "App" / "LocalPreferences.toml").write_text(MOVED + "# a comment\n")
        outcome = precompass("diff", "--git", "HEAD", ".", "--format", "github")
        assert outcome == (
            0,
            "::notice file=App/Project.toml,title=This change recompiles nothing::In "
            "App/Project.toml: No preference changed: nothing is recompiled.\n",
            "",
        )

    def test_an_environment_that_is_new(self, precompass: Command, monorepo: Path) -> None:
        commit(monorepo, "App", "docs")
        shutil.copytree(monorepo / "App", monorepo / "new")
        outcome = precompass("diff", "--git", "HEAD", ".", "--format", "github")
        assert outcome == (
            0,
            "::notice file=new/Project.toml,title=A new environment::This environment is new: "
            "Julia compiles its 7 packages anyway.\n",
            "",
        )
        answer = json.loads(precompass("diff", "--git", "HEAD", ".", "--format", "json").out)
        assert answer["environments"] == [
            {"project": "new/Project.toml", "is_new": True, "unreadable": None, "notes": []}
        ]

    def test_one_that_cannot_be_read_does_not_hide_the_others(
        self, precompass: Command, monorepo: Path
    ) -> None:
        broken = monorepo / "docs" / "Manifest.toml"
        broken.unlink()
        make_pipe(broken)
        outcome = precompass("diff", "--git", "HEAD", ".", "--format", "github")
        assert outcome.code == 2
        reason = f"{broken} cannot be read: it is not a regular file"
        assert outcome.err == f"error: {reason}\n"
        error, notice = outcome.out.splitlines()
        assert error == (
            f"::error file=docs/Project.toml,title=Precompass::Cannot be compared: {reason}."
        )
        assert notice.startswith("::notice file=App/LocalPreferences.toml,")
        for form in ("text", "markdown"):
            assert (
                "Cannot be compared:"
                in precompass("diff", "--git", "HEAD", ".", "--format", form).out
            )

    def test_what_makes_julia_throw_is_an_error(self, precompass: Command, monorepo: Path) -> None:
        (monorepo / "App" / "LocalPreferences.toml").write_text("[Splines]\norder = \n")
        out = precompass("diff", "--git", "HEAD", "App", "--format", "github").out
        assert out.startswith("::error file=App/Project.toml,title=Precompass::Julia throws: ")

    def test_without_a_manifest_a_count_is_a_lower_bound(
        self, precompass: Command, monorepo: Path
    ) -> None:
        for name in ("App", "docs", "tools"):
            (monorepo / name / "Manifest.toml").unlink()
        porcelain.remove(str(monorepo), [str(monorepo / "App" / "Manifest.toml")])
        (monorepo / "App" / "LocalPreferences.toml").unlink()
        commit(monorepo, "App/Project.toml")
        (monorepo / "App" / "LocalPreferences.toml").write_text("[Splines]\norder = 1\n")
        outcome = precompass("diff", "--git", "HEAD", "App", "--format", "github")
        project = monorepo / "App" / "Project.toml"
        note = f"{project} has no manifest; `Pkg.instantiate()` writes one"
        assert outcome.err == f"warning: {note}\n"
        assert outcome.out == (
            "::notice file=App/LocalPreferences.toml,line=2,title=This change recompiles at least "
            "3 packages::In App/Project.toml: 2 preferences changed: at least 3 packages are "
            "recompiled (assumed). There is no manifest, so its dependents are unknown. App, "
            f"SnoopPrecompile and Splines (assumed).%0A{note}.\n"
        )
        markdown = precompass("diff", "--git", "HEAD", "App", "--format", "markdown").out
        assert "### `App/Project.toml`: at least 3 packages (assumed)\n" in markdown

    def test_without_a_manifest_a_registry_tells_about_how_much(
        self, precompass: Command, monorepo: Path
    ) -> None:
        tools = monorepo / "tools"
        (tools / "Manifest.toml").unlink()
        (tools / "LocalPreferences.toml").unlink()
        commit(monorepo, "App", "docs")
        porcelain.remove(str(monorepo), [str(tools / "Manifest.toml")])
        porcelain.remove(str(monorepo), [str(tools / "LocalPreferences.toml")])
        commit(monorepo, "App")
        (tools / "LocalPreferences.toml").write_text("[Splines]\norder = 1\n")
        uuids = tomllib.loads((tools / "Project.toml").read_text())["deps"]
        depot = monorepo / "depot"
        write_registry(
            depot,
            Package("Fields", uuids["Fields"], {"1.0.0": {"Splines": uuids["Splines"]}}),
            Package("Splines", uuids["Splines"], {"1.0.0": {"Preferences": PREFERENCES_JL}}),
            Package("Preferences", PREFERENCES_JL),
        )
        options = ["--git", "HEAD", "tools", "--depot", str(depot), "--format"]
        about = (
            "With the newest compatible versions in General (2023-04-11), it would be about 3 of 6 "
            "packages"
        )
        out = precompass("diff", *options, "github").out
        assert "title=This change recompiles at least 2 packages::In tools/Project.toml: " in out
        assert about in out
        assert about in precompass("diff", *options, "markdown").out.replace("\n", " ")
        assert about in " ".join(precompass("diff", *options, "text").out.split())
        (one,) = json.loads(precompass("diff", *options, "json").out)["environments"]
        assert (one["approximate"]["count"], one["approximate"]["of"]) == (3, 6)
        without = precompass("diff", *options, "json", "--no-registry").out
        assert "approximate" not in json.loads(without)["environments"][0]

    def test_a_manifest_that_came_is_no_change_of_everything_in_it(
        self, precompass: Command, monorepo: Path
    ) -> None:
        porcelain.remove(str(monorepo), [str(monorepo / "tools" / "Manifest.toml")])
        commit(monorepo, "App", "docs")
        shutil.copy(monorepo / "App" / "Manifest.toml", monorepo / "tools")
        outcome = precompass("diff", "--git", "HEAD", ".")
        came = monorepo / "tools" / "Manifest.toml"
        assert outcome.err == (
            f"warning: {came} did not exist before, so every package in it counts as new\n"
        )

    def test_a_manifest_that_was_mended_is_not_called_broken_now(
        self, precompass: Command, monorepo: Path
    ) -> None:
        manifest = monorepo / "tools" / "Manifest.toml"
        text = manifest.read_text()
        manifest.write_text(f"{text}\n[[deps.Splines\n")
        commit(monorepo, "App", "docs", "tools")
        manifest.write_text(text)
        outcome = precompass("diff", "--git", "HEAD", "tools")
        assert outcome.err == (
            f"warning: {manifest} was not valid TOML before: Julia could not read it\n"
        )


def test_long_values_that_differ_at_their_end_are_shown_whole() -> None:
    names = [f"Package{number}" for number in range(30)]
    before, now = written(names, [*names[:-1], "Meadow"])
    assert before.endswith('"Package29"]')
    assert now.endswith('"Meadow"]')
