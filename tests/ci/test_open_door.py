"""What newcomers and forges read beside the code is valid, and names what is there."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

from precompass import REPOSITORY, SITE
from support.documentation import CODE
from support.measured import MEASUREMENTS
from support.shared_data import ROOT

GITHUB = ROOT / ".github"
FORMS = sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yml"))
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def faults(schema: str, file: Path) -> str:
    """Return what is wrong with a file by a schema that check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.name)
def test_issue_forms_are_valid(form: Path, tmp_path: Path) -> None:
    schema = "github-issue-config" if form.name == "config.yml" else "github-issue-forms"
    assert not faults(schema, form)
    broken = tmp_path / form.name
    broken.write_text(form.read_text(encoding="utf-8").replace("about:", "abuot:") + "bodi: []\n")
    assert faults(schema, broken)


def test_links_of_the_issue_forms_are_ours() -> None:
    configuration: dict[str, Any] = yaml.safe_load(
        (GITHUB / "ISSUE_TEMPLATE" / "config.yml").read_text(encoding="utf-8")
    )
    advisories, page = (link["url"] for link in configuration["contact_links"])
    assert advisories == f"{REPOSITORY}/security/advisories/new"
    assert (ROOT / "docs" / f"{page.removeprefix(SITE).strip('/')}.md").is_file()


def test_dependency_updates_are_valid_and_cover_every_manifest() -> None:
    file = GITHUB / "dependabot.yml"
    assert not faults("dependabot", file)
    updates = yaml.safe_load(file.read_text(encoding="utf-8"))["updates"]
    folders = {
        (update["package-ecosystem"], folder.strip("/"))
        for update in updates
        for folder in update.get("directories", [update.get("directory")])
    }
    tracked = subprocess.run(
        ["git", "ls-files", "*package.json", "*Cargo.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not tracked:
        pytest.skip("needs a checkout by git")
    kinds = {"package.json": "npm", "Cargo.toml": "cargo"}
    manifests = {
        (kinds[Path(name).name], Path(name).parent.as_posix())
        for name in tracked
        if not name.startswith("tests/")
    }
    assert manifests == folders - {("github-actions", "")}


@pytest.mark.skipif(find_spec("pre_commit") is None, reason="needs pre-commit")
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("validate-config", ".pre-commit-config.yaml"),
        ("validate-manifest", ".pre-commit-hooks.yaml"),
    ],
)
def test_pre_commit_accepts_our_files(command: str, name: str, tmp_path: Path) -> None:
    def accepts(file: Path) -> bool:
        program = [sys.executable, "-m", "pre_commit", command, str(file)]
        return subprocess.run(program, capture_output=True, check=False).returncode == 0

    assert accepts(ROOT / name)
    broken = tmp_path / name
    broken.write_text((ROOT / name).read_text(encoding="utf-8").replace("id:", "idd:"))
    assert not accepts(broken)


def test_every_make_target_that_is_told_is_there() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    told = re.findall(r"(?:`|^|entry: )make ((?:[a-z][a-z-]* ?)+)", CONTRIBUTING + hooks, re.M)
    targets = {target for targets in told for target in targets.split()}
    assert {"lint", "test", "generated"} <= targets
    assert targets <= set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def test_every_path_that_is_told_is_there() -> None:
    told = re.findall(r"`((?:\.ci|analysis|docs|editors|server|tests)/[^`]*)`", CONTRIBUTING)
    paths = [path for path in told if not re.search(r"your_|NAME|\*", path)]
    assert len(paths) > 5
    for path in paths:
        assert (ROOT / path).exists(), path


def test_recipes_name_their_order_and_stop() -> None:
    prose = CODE.sub("", CONTRIBUTING)
    recipes = re.split(r"^### … ", prose.partition("## How to …")[2], flags=re.MULTILINE)[1:]
    assert [recipe.splitlines()[0] for recipe in recipes] == [
        "add a rule",
        "add a fix",
        "add an editor",
        "add a version of Julia",
        "add a version of a workload tool",
        "add a published preference",
    ]
    for recipe in recipes:
        steps = re.findall(r"^(\d+)\. ", recipe, re.MULTILINE)
        assert steps[:2] == ["1", "2"], recipe
        assert steps == [str(number + 1) for number in range(len(steps))]


def test_each_decision_says_when_it_would_fall() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    decisions = [page for page in pages if page.name != "README.md"]
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == {page.name for page in decisions}
    for page in decisions:
        headings = re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "What would change our mind"]


def test_editors_are_told_the_layout_that_the_formatters_hold() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string("[root]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    assert parser["root"]["root"] == "true"
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (length,) = re.findall(r"^line-length = (\d+)", pyproject, re.MULTILINE)
    assert parser["{*.py,*.md}"]["max_line_length"] == length
    (fixtures,) = (name for name in parser.sections() if name.startswith("tests/"))
    assert parser[fixtures]["trim_trailing_whitespace"] == "unset"
    assert parser["Makefile"]["indent_style"] == "tab"


def test_a_busy_machine_fails_no_generated_example() -> None:
    assert hypothesis.settings.default is not None
    assert hypothesis.settings.default.deadline is None


def test_the_measurements_are_all_there() -> None:
    """A file that git ignores by its name would be missing in a checkout and in the archive."""
    scenarios = [*MEASUREMENTS.glob("*/scenarios*.toml")]
    numbers = [len(tomllib.loads(path.read_text("utf-8"))["scenario"]) for path in scenarios]
    assert sum(numbers) >= 432
    page = (MEASUREMENTS / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in MEASUREMENTS.iterdir() if path.is_dir()}
    assert folders == set(re.findall(r"^\| \[?`([^`]+)`", page, re.MULTILINE))
    for link in re.findall(r"\]\(([^)]+\.md)\)", page):
        assert (MEASUREMENTS / link).is_file(), link
