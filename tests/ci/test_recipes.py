"""What ``docs/ci.md`` tells to copy is valid, is what we ship, and works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from precompass import REPOSITORY, __version__
from precompass.cli.check import parser as check_parser
from support.command_line import MANIFEST, PREFERENCES, PROJECT
from support.shared_data import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
PRE_COMMIT, PULL_REQUEST, CODE_SCANNING, GITLAB = re.findall(
    r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL
)
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
OURS = REPOSITORY.removeprefix("https://github.com/")
COMMAND = Path(sys.executable).with_name("precompass")
SHELL = shutil.which("bash")
GIT = shutil.which("git")


def is_valid(schema: str, file: Path) -> bool:
    """Tell whether a file follows a schema that check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    transform = ["--data-transform", schema] if schema == "gitlab-ci" else []
    done = subprocess.run([*command, *transform, str(file)], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("github-workflows", PULL_REQUEST),
        ("github-workflows", CODE_SCANNING),
        ("gitlab-ci", GITLAB),
    ],
    ids=["pull request", "code scanning", "GitLab"],
)
def test_what_is_to_be_copied_is_valid(schema: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text)
    assert is_valid(schema, file)
    file.write_text(text.replace("steps:", "stepps:").replace("script:", "scripts:"))
    assert not is_valid(schema, file)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", "action.yml"),
        *(
            ("github-workflows", path.relative_to(ROOT).as_posix())
            for path in sorted(ROOT.glob(".github/workflows/*.yml"))
        ),
    ],
)
def test_what_github_runs_is_valid(schema: str, file: str) -> None:
    assert is_valid(schema, ROOT / file)


def test_what_github_runs_opens_no_hole() -> None:
    program = Path(sys.executable).with_name("zizmor")
    if not program.exists():
        pytest.skip("needs zizmor")
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    files = [ROOT / "action.yml", ROOT / ".github" / "dependabot.yml", *workflows]
    done = subprocess.run(
        [program, "--offline", "--pedantic", "--quiet", *files], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def test_the_hook_is_the_one_that_we_have() -> None:
    (repository,) = yaml.safe_load(PRE_COMMIT)["repos"]
    assert repository["repo"] == REPOSITORY
    ours = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in ours]


def test_the_version_is_ours() -> None:
    named = re.findall(rf"(?:{OURS}@|rev: )v([\w.]+)", PAGE)
    assert named == [__version__] * 4


def test_the_inputs_are_those_of_the_action() -> None:
    _, _, table = PAGE.partition("| input | meaning | default |\n| --- | --- | --- |\n")
    rows = re.findall(r"^\| `(\w+)`.*\|$", table.partition("\n\n")[0], flags=re.MULTILINE)
    assert rows == list(ACTION["inputs"])
    for text in (PULL_REQUEST, CODE_SCANNING):
        (job,) = yaml.safe_load(text)["jobs"].values()
        (step,) = (step for step in job["steps"] if step["uses"].startswith(f"{OURS}@"))
        assert set(step.get("with", {})) <= set(ACTION["inputs"])
    (output,) = re.findall(r"The output `(\w+)`", PAGE)
    assert output in ACTION["outputs"]


def test_the_severity_of_the_action_is_the_one_of_the_command() -> None:
    (option,) = (one for one in check_parser()._actions if one.dest == "severity")
    assert ACTION["inputs"]["severity"]["default"] == option.default
    assert option.choices is not None
    for word in option.choices:
        assert word in ACTION["inputs"]["severity"]["description"]


@pytest.mark.skipif(
    SHELL is None or GIT is None or not COMMAND.exists(), reason="needs git, bash and precompass"
)
def test_gitlab_s_job_reports_a_merge_request(tmp_path: Path) -> None:
    """Its script runs line by line in one shell, as GitLab's runner does, but for the install."""
    assert SHELL is not None
    assert GIT is not None
    origin, work = tmp_path / "origin", tmp_path / "work"

    def git(folder: Path, *arguments: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            [GIT, *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    origin.mkdir()
    git(origin, "init", "--quiet")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    for name, text in (("Project.toml", PROJECT), ("Manifest.toml", MANIFEST)):
        (origin / name).write_text(text)
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "base")
    base = git(origin, "rev-parse", "HEAD")
    (origin / "LocalPreferences.toml").write_text(PREFERENCES)
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "change")
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), str(work))
    (work / ".precompass" / "bin").mkdir(parents=True)
    (work / ".precompass" / "bin" / "precompass").symlink_to(COMMAND)
    (job,) = yaml.safe_load(GITLAB).values()
    script = [line for line in job["script"] if "venv" not in line and "pip install" not in line]
    assert len(script) == len(job["script"]) - 2
    done = subprocess.run(
        [SHELL, "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=work,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # there are warnings
    (listed,) = job["artifacts"]["paths"]
    assert (work / listed).read_text().splitlines()[:2] == [
        "Project.toml",
        "1 preference changed: 4 of 7 packages and 1 extension are recompiled (known).",
    ]
    report = json.loads((work / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [one["check_name"] for one in report] == ["global-skip-list", "unknown-skipped-package"]
    assert "global-skip-list" in done.stdout
