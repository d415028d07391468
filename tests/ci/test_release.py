"""What is released: one version, one address, a lock that fits, archives with all that belongs."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

import precompass
import precompass_lsp
from precompass import REPOSITORY, SITE, __version__
from support.shared_data import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SKIPPED = {"__pycache__", "build", "dist", "node_modules", "target"}
PLACEHOLDER = "0.0.0"  # in the extension's package.json: packaging it writes the version


def release_check() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "release_check", ROOT / ".ci" / "release_check.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestVersion:
    def test_every_file_that_names_it_agrees(self) -> None:
        zed = ROOT / "editors" / "zed"
        assert tomllib.loads((zed / "extension.toml").read_text())["version"] == __version__
        assert tomllib.loads((zed / "Cargo.toml").read_text())["package"]["version"] == __version__

    def test_the_extension_of_vs_code_gets_it_when_it_is_packaged(self) -> None:
        file = ROOT / "editors" / "vscode" / "package.json"
        if not file.exists():
            pytest.skip("there is no extension for VS Code here")
        assert json.loads(file.read_text())["version"] in (PLACEHOLDER, __version__)

    def test_both_packages_have_it_from_one_place(self) -> None:
        assert PROJECT["dynamic"] == ["version"]
        source = Path(precompass_lsp.__file__).parent
        assert not any("__version__ =" in path.read_text() for path in source.glob("*.py"))

    def test_the_changelog_begins_with_it(self) -> None:
        entries = re.findall(r"^## \[(.+?)\](?: - (.+))?$", CHANGELOG, flags=re.MULTILINE)
        versions = [version for version, _ in entries if version != "Unreleased"]
        assert versions[0] == __version__
        assert all(
            re.fullmatch(r"\d{4}-\d{2}-\d{2}|unreleased", date) for _, date in entries if date
        )
        kinds = re.findall(r"^### (.+)$", CHANGELOG, flags=re.MULTILINE)
        assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

    def test_a_release_needs_its_tag_and_a_dated_entry(self) -> None:
        objections = release_check().objections
        dated = f"# Changelog\n\n## [{__version__}] - 2026-12-01\n"
        assert objections(f"v{__version__}", dated) == []
        assert objections("v9.9.9", dated) == [
            f"The tag is 'v9.9.9', and the version is {__version__}."
        ]
        assert objections(f"v{__version__}", dated.replace("2026-12-01", "unreleased")) == [
            f"The changelog's entry for {__version__} has no date: 'unreleased'."
        ]
        assert objections(f"v{__version__}", "# Changelog\n") == [
            f"The changelog has no entry for {__version__}."
        ]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the files of the project in which an address may stand, and their texts."""
    folders = ["analysis", "docs", "editors", "examples", "server", ".github"]
    files = [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.y*ml"), ROOT / "Makefile"]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*")]
    for path in files:
        inside = path.relative_to(ROOT).parts
        if path.is_file() and not SKIPPED.intersection(inside):
            yield path, path.read_bytes().decode("utf-8", "replace")


class TestAddress:
    NAME = REPOSITORY.removeprefix("https://github.com/")

    def test_the_project_s_own_table_names_it(self) -> None:
        urls = PROJECT["urls"]
        assert urls["Repository"] == REPOSITORY
        assert urls["Documentation"] == SITE
        assert all(urls[name].startswith(f"{REPOSITORY}/") for name in ("Issues", "Changelog"))

    def test_wherever_it_stands_it_is_the_same(self) -> None:
        repository = re.compile(
            r"(?:github\.com[/:]|githubusercontent\.com/)([\w.-]+/precompass)(?![\w-])"
        )
        site = re.compile(r"https://[\w.-]+\.github\.io/[\w.-]+/")
        named = [(path, name) for path, text in texts() for name in repository.findall(text)]
        sites = [(path, name) for path, text in texts() for name in site.findall(text)]
        assert {path.name for path, _ in named} >= {"README.md", "extension.toml", "ci.md"}
        assert {path.name for path, _ in sites} >= {"pyproject.toml", "zensical.toml"}
        assert [found for found in named if found[1] != self.NAME] == []
        assert [found for found in sites if "precompass" in found[1] and found[1] != SITE] == []


def locked(name: str) -> Mapping[NormalizedName, Sequence[tuple[Requirement, int]]]:
    """Return the packages of a lock, by canonical name.

    Each has its version, or one for each range of Pythons, with the number of its hashes.
    """
    found: dict[NormalizedName, list[tuple[Requirement, int]]] = {}
    text = (ROOT / ".ci" / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith("#"):
            requirement = Requirement(line.partition("--hash")[0].strip())
            versions = found.setdefault(canonicalize_name(requirement.name), [])
            versions.append((requirement, line.count("--hash=sha256:")))
    return found


class TestLock:
    @pytest.mark.parametrize(
        ("name", "groups"),
        [
            ("requirements.lock", []),
            ("requirements-dev.lock", ["dev"]),
            ("requirements-binary.lock", ["binary"]),
        ],
        ids=["runtime", "development", "binary"],
    )
    def test_it_has_what_pyproject_asks_for(self, name: str, groups: list[str]) -> None:
        """If this fails, a dependency was added or changed: ``make lock`` renews the locks."""
        lock = locked(name)
        asked = [*PROJECT["dependencies"]]
        asked += [one for group in groups for one in PROJECT["optional-dependencies"][group]]
        for text in asked:
            requirement = Requirement(text)
            assert canonicalize_name(requirement.name) in lock, text
            for found, _ in lock[canonicalize_name(requirement.name)]:
                (exactly,) = found.specifier
                assert exactly.operator == "=="
                assert requirement.specifier.contains(exactly.version), text

    @pytest.mark.parametrize(
        "name", ["requirements.lock", "requirements-dev.lock", "requirements-binary.lock"]
    )
    def test_every_package_has_hashes(self, name: str) -> None:
        assert all(hashes for versions in locked(name).values() for _, hashes in versions)

    def test_all_name_the_same_versions(self) -> None:
        runtime = locked("requirements.lock")
        for other in ("requirements-dev.lock", "requirements-binary.lock"):
            assert {name: locked(other)[name] for name in runtime} == runtime

    @pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
    def test_it_is_for_every_python(self, python: str) -> None:
        assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
        environment = {"python_version": python, "python_full_version": f"{python}.0"}
        ((found, _),) = locked("requirements.lock")[canonicalize_name("backports-zstd")]
        assert found.marker is not None
        assert found.marker.evaluate(environment) is (python != "3.14")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the source archive, as ``make dist`` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return folder


class TestArchives:
    def test_the_wheel_has_both_packages_and_nothing_else(self, archives: Path) -> None:
        (wheel,) = archives.glob("*.whl")
        assert wheel.name == f"precompass-{__version__}-py3-none-any.whl"
        names = zipfile.ZipFile(wheel).namelist()
        assert {name.split("/")[0] for name in names} == {
            "precompass",
            "precompass_lsp",
            f"precompass-{__version__}.dist-info",
        }
        source = Path(precompass.__file__).parent
        written = {
            f"precompass/{path.relative_to(source).as_posix()}" for path in source.rglob("*.py")
        }
        assert written <= set(names)
        assert not [name for name in names if "__pycache__" in name]

    def test_the_source_archive_has_what_the_tests_need_and_no_more(self, archives: Path) -> None:
        (archive,) = archives.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            names = {member.name.partition("/")[2] for member in opened if member.isfile()}
        needed = ["Makefile", "action.yml", ".pre-commit-hooks.yaml", ".ci/requirements-dev.lock"]
        needed += [
            "tests/support/command_line.py",
            "tests/ci/test_release.py",
            "docs/ci.md",
            "CHANGELOG.md",
        ]
        needed += [".github/workflows/ci.yml", "examples/demo.py", "editors/zed/extension.toml"]
        assert set(needed) <= names
        strange = [name for name in names if SKIPPED.intersection(name.split("/"))]
        assert strange == []
        assert [name for name in names if name.endswith((".whl", ".vsix", ".wasm"))] == []
        assert archive.stat().st_size < 5 * 2**20

    def test_they_say_of_themselves_what_pypi_takes(self, archives: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "twine", "check", "--strict", *archives.iterdir()],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert done.stdout.count("PASSED") == 2
