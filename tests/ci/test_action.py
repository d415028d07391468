"""The GitHub Action, its steps run with bash in a clone as GitHub's runner makes it.

What a runner does is followed as far as the action needs it: expressions in ``env``, the files
behind ``GITHUB_OUTPUT`` and ``GITHUB_STEP_SUMMARY``, outputs of earlier steps.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.shared_data import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BASH = shutil.which("bash")
GIT = shutil.which("git")
COMMAND = Path(sys.executable).with_name("precompass")

needs_git = pytest.mark.skipif(
    GIT is None or BASH is None or not COMMAND.exists(), reason="needs git, bash and precompass"
)

CHANGED = '[SnoopPrecompile]\nskip_precompile = ["Meshes"]\n'


@dataclass(frozen=True)
class Run:
    """What running the action left behind.

    Attributes:
        code: of the first step that failed, else 0.
        log: what all steps wrote.
        summary: the step summary, in Markdown.
        outputs: of the action's steps, by the step's id.
    """

    code: int
    log: str
    summary: str
    outputs: Mapping[str, Mapping[str, str]]

    @property
    def annotations(self) -> list[str]:
        return [line for line in self.log.splitlines() if line.startswith("::")]


def evaluated(text: str, contexts: Mapping[str, Any]) -> str:
    """Return a text with its expressions replaced; they name values, and take the first of them."""

    def value(expression: re.Match[str]) -> str:
        for name in expression[1].split("||"):
            found: Any = contexts
            for key in name.strip().split("."):
                found = found.get(key, {}) if isinstance(found, Mapping) else {}
            if found:
                return str(found)
        return ""

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


class Runner:
    """Runs the action's steps in a folder.

    Args:
        folder: where the runner keeps its files.
        workspace: the checkout.
        event: what happened, as GitHub names it, and what it says of it.
    """

    def __init__(self, folder: Path, workspace: Path, event: str, payload: object) -> None:
        self._workspace = workspace
        self._payload = payload
        self._files = {
            name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_SHA": git(workspace, "rev-parse", "HEAD"),
            "RUNNER_TEMP": str(folder),
            **{name: str(path) for name, path in self._files.items()},
        }

    def run(self, **inputs: str) -> Run:
        """Run all steps but the installation, in place of which ours is used."""
        defaults = {name: given.get("default", "") for name, given in ACTION["inputs"].items()}
        outputs: dict[str, dict[str, str]] = {"install": {"precompass": str(COMMAND)}}
        contexts = {
            "inputs": {**defaults, **inputs},
            "github": {"event": self._payload},
            "steps": {"install": {"outputs": outputs["install"]}},
        }
        log, code = "", 0
        self._files["GITHUB_STEP_SUMMARY"].write_text("")
        for step in STEPS[1:]:
            self._files["GITHUB_OUTPUT"].write_text("")
            done = self._step(step, contexts)
            log += done.stdout
            lines = self._files["GITHUB_OUTPUT"].read_text().splitlines()
            outputs[step["id"]] = dict(line.split("=", 1) for line in lines)
            contexts["steps"][step["id"]] = {"outputs": outputs[step["id"]]}
            code = done.returncode
            if code:
                break
        return Run(code, log, self._files["GITHUB_STEP_SUMMARY"].read_text(), outputs)

    def _step(
        self, step: Mapping[str, Any], contexts: Mapping[str, Any]
    ) -> subprocess.CompletedProcess[str]:
        assert BASH is not None
        given = {name: evaluated(text, contexts) for name, text in step.get("env", {}).items()}
        return subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self._workspace,
            env={**self._environment, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def git(folder: Path, *arguments: str) -> str:
    assert GIT is not None
    identity = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    done = subprocess.run(
        [GIT, *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(repository: Path, files: Mapping[str, str | None]) -> str:
    """Write files, or delete those that are None, and commit that; return the commit."""
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "x")
    return git(repository, "rev-parse", "HEAD")


@dataclass(frozen=True)
class GitHub:
    """A repository with one commit on main, as GitHub would hold it."""

    folder: Path
    origin: Path

    def push(self) -> Runner:
        """Clone main as ``actions/checkout`` does after a push."""
        return self._checkout("main", "push", {"before": "0" * 40})

    def pull_request(self, files: Mapping[str, str | None], base: str = "") -> Runner:
        """Clone the merge of a pull request that changes some files.

        Args:
            files: as :func:`commit` takes them.
            base: what the event says that the base is, by default the newest commit of main.
        """
        main = git(self.origin, "rev-parse", "main")
        git(self.origin, "checkout", "--quiet", "-b", "feature")
        commit(self.origin, files)
        git(self.origin, "checkout", "--quiet", "--detach", "main")
        git(self.origin, "merge", "--quiet", "--no-ff", "--message", "merge", "feature")
        git(self.origin, "update-ref", "refs/pull/1/merge", "HEAD")
        payload = {"pull_request": {"base": {"sha": base or main}}}
        return self._checkout("refs/pull/1/merge", "pull_request", payload)

    def _checkout(self, ref: str, event: str, payload: object) -> Runner:
        workspace = self.folder / "workspace"
        workspace.mkdir()
        git(workspace, "init", "--quiet")
        git(workspace, "remote", "add", "origin", self.origin.as_uri())
        git(workspace, "fetch", "--quiet", "--depth=1", "origin", ref)
        git(workspace, "checkout", "--quiet", "FETCH_HEAD")
        return Runner(self.folder, workspace, event, payload)


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")  # as on github.com
    files = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST, "README.md": "An application.\n"}
    commit(origin, {**files, "LocalPreferences.toml": PREFERENCES})
    return GitHub(tmp_path, origin)


@needs_git
class TestPullRequest:
    def test_it_says_what_the_change_recompiles(self, github: GitHub) -> None:
        ran = github.pull_request({"LocalPreferences.toml": CHANGED}).run()
        assert ran.annotations[0] == (
            "::notice file=LocalPreferences.toml,line=2,title=This change recompiles 4 of 7 "
            "packages and 1 extension::In Project.toml: App, Fields, Meshes, SnoopPrecompile and "
            "Splines/SplinesMeshesExt (known)."
        )
        assert ran.annotations[1].startswith("::warning file=LocalPreferences.toml,line=2,col=1,")
        assert ran.code == 1  # the list itself is worth a warning
        compared, _, checked = ran.summary.partition("## Julia's project files")
        assert "### `Project.toml`: 4 of 7 packages and 1 extension (known)\n" in compared
        assert "1 warning in 3 files." in checked
        assert Path(ran.outputs["run"]["report"]).read_text() == compared

    def test_what_is_recompiled_is_no_failure(self, github: GitHub) -> None:
        ran = github.pull_request({"LocalPreferences.toml": CHANGED}).run(severity="error")
        assert ran.code == 0
        assert "This change recompiles 4 of 7 packages" in ran.log

    def test_a_change_of_other_files(self, github: GitHub) -> None:
        ran = github.pull_request({"README.md": "Another text.\n"}).run(severity="never")
        assert ran.code == 0
        assert not any(line.startswith("::notice") for line in ran.annotations)
        assert ran.summary.startswith("## Recompiled by Julia\n\nNo environment differs.\n")

    def test_every_environment_that_changed(self, github: GitHub) -> None:
        commit(github.origin, {"docs/Project.toml": PROJECT, "docs/Manifest.toml": MANIFEST})
        ran = github.pull_request(
            {
                "docs/LocalPreferences.toml": "[Fields]\nsize = 3\n",
                "LocalPreferences.toml": "[Splines]\norder = 3\n",
            }
        ).run()
        assert [line.partition("title=")[2] for line in ran.annotations] == [
            "This change recompiles 5 of 7 packages and 1 extension::In Project.toml: App, Fields, "
            "Meshes, SnoopPrecompile, Splines and Splines/SplinesMeshesExt (assumed).",
            "This change recompiles 2 of 7 packages::In docs/Project.toml: App and Fields "
            "(assumed).",
        ]
        assert ran.code == 0
        assert "### `docs/Project.toml`: 2 of 7 packages (assumed)\n" in ran.summary

    def test_only_the_paths_that_are_named(self, github: GitHub) -> None:
        commit(github.origin, {"a b/Project.toml": PROJECT, "a b/Manifest.toml": MANIFEST})
        runner = github.pull_request(
            {"LocalPreferences.toml": CHANGED, "a b/LocalPreferences.toml": "[Fields]\nsize = 3\n"}
        )
        ran = runner.run(paths="a b\n\n")
        assert ran.code == 0
        assert [line.partition("::In ")[2].partition(":")[0] for line in ran.annotations] == [
            "a b/Project.toml"
        ]

    def test_a_broken_file(self, github: GitHub) -> None:
        ran = github.pull_request({"LocalPreferences.toml": "[Splines\n"}).run()
        assert ran.code == 1
        assert ran.annotations[0].startswith(
            "::error file=Project.toml,title=Precompass::Julia throws: "
        )
        assert any("title=toml-syntax" in line for line in ran.annotations)
        assert "**error** `toml-syntax`" in ran.summary

    def test_a_package_without_a_manifest(self, github: GitHub) -> None:
        commit(github.origin, {"Manifest.toml": None})
        ran = github.pull_request({"LocalPreferences.toml": CHANGED}).run(severity="error")
        assert ran.code == 0
        assert "title=This change recompiles at least 3 packages::" in ran.annotations[0]
        assert "`Pkg.instantiate()` writes one" in ran.summary

    def test_the_base_is_the_one_that_was_merged_into(self, github: GitHub) -> None:
        """What others brought to main since the event is no part of the change."""
        old = git(github.origin, "rev-parse", "main")
        commit(github.origin, {"LocalPreferences.toml": "[Splines]\norder = 3\n"})
        ran = github.pull_request({"README.md": "Another text.\n"}, base=old).run()
        assert "No environment differs." in ran.summary

    def test_a_base_can_be_named(self, github: GitHub) -> None:
        git(github.origin, "branch", "release")
        commit(github.origin, {"LocalPreferences.toml": "[Splines]\norder = 3\n"})
        runner = github.pull_request({"README.md": "Another text.\n"})
        assert "This change recompiles 5 of 7 packages" in runner.run(base="release").log

    def test_a_base_that_cannot_be_had(self, github: GitHub) -> None:
        ran = github.pull_request({"LocalPreferences.toml": CHANGED}).run(
            base="nowhere", severity="never"
        )
        assert ran.code == 2
        assert "error: there is no commit nowhere in " in ran.log
        assert "which has the newest commits only: fetch it, with `git fetch" in ran.log
        assert ran.annotations[0].startswith("::error title=Precompass::")
        assert any(
            line.startswith("::warning") for line in ran.annotations
        )  # it checks all the same


@needs_git
class TestOtherwise:
    def test_after_a_push_it_checks_only(self, github: GitHub) -> None:
        ran = github.push().run()
        assert ran.code == 1
        assert not any(line.startswith("::notice") for line in ran.annotations)
        assert ran.summary.startswith("## Julia's project files\n\n")
        assert "report" not in ran.outputs["run"]

    def test_findings_for_code_scanning(self, github: GitHub) -> None:
        runner = github.push()
        assert runner.run(sarif="precompass.sarif").code == 1
        log = json.loads((github.folder / "workspace" / "precompass.sarif").read_text())
        assert log["runs"][0]["results"][0]["ruleId"] == "global-skip-list"

    @pytest.mark.parametrize("name", ["precompass.sarif", "out/precompass.sarif"])
    def test_a_link_of_the_change_is_not_followed(self, github: GitHub, name: str) -> None:
        runner = github.push()
        secret = github.folder / "secret"
        secret.mkdir()
        (secret / "precompass.sarif").write_text("kept")
        link = github.folder / "workspace" / name.partition("/")[0]
        link.symlink_to(secret / ("precompass.sarif" if link.suffix else ""))
        run = runner.run(sarif=name)
        assert run.code == 2
        assert run.annotations[-1].endswith("is a link, or in a folder that is one")
        assert (secret / "precompass.sarif").read_text() == "kept"

    def test_it_stops_at_its_deadline_and_says_what_it_did(self, github: GitHub) -> None:
        run = github.push().run(timeout="0")
        assert run.code == 2
        (told,) = run.annotations
        assert told.endswith(
            "Stopped after 0 minutes, before it had checked the files (github). Done: nothing. The "
            "input timeout allows more."
        )

    @pytest.mark.parametrize("minutes", ["", "ten", "-1", "1; exit"])
    def test_a_deadline_is_a_number(self, github: GitHub, minutes: str) -> None:
        run = github.push().run(timeout=minutes)
        assert run.code == 2
        assert run.annotations == ["::error title=Precompass::timeout is not a number of minutes"]

    def test_the_julia_that_is_named(self, github: GitHub) -> None:
        runner = github.pull_request({"LocalPreferences.toml": CHANGED})
        assert "Julia version 1.10.2 (from the settings)." in runner.run(julia="1.10.2").summary

    @pytest.mark.parametrize("name", ["paths", "severity", "julia", "base", "sarif"])
    def test_an_input_is_never_run(self, github: GitHub, name: str) -> None:
        runner = github.push()
        runner.run(**{name: '"; touch owned; $(touch owned) `touch owned` --help\n--help'})
        assert not list(github.folder.rglob("owned"))

    def test_a_python_that_is_too_old_is_told(self, tmp_path: Path) -> None:
        assert BASH is not None
        old = tmp_path / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        done = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[0]["run"]],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stdout.startswith("::error title=Precompass::It needs Python 3.11 or later")


def test_expressions_are_in_the_environment_and_never_in_a_script() -> None:
    assert all("${{" not in step["run"] for step in STEPS)
    assert all(step["shell"] == "bash" for step in STEPS)


def test_every_input_is_used_and_every_one_that_is_used_is_there() -> None:
    used = re.findall(r"\$\{\{ inputs\.([a-z]+) \}\}", (ROOT / "action.yml").read_text())
    assert sorted(used) == sorted(ACTION["inputs"])
