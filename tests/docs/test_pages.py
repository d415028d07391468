"""The pages of the documentation: what is made from code is up to date, links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from precompass.cli import COMMANDS
from precompass.rules import RULES
from support.documentation import CODE, PAGES, module, prose
from support.shared_data import ROOT

DOCS = ROOT / "docs"
_LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^]\n]+\]: (\S+)$", re.MULTILINE)


def links(page: Path) -> list[str]:
    return [inline or defined for inline, defined in _LINK.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and Python-Markdown both make them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings]
    return {re.sub(r"\s", "-", heading) for heading in plain}


def test_what_is_made_from_the_code_is_what_the_code_says() -> None:
    made = module("docs/generate.py").texts()
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, "run `python docs/generate.py`"
    assert {*DOCS.glob("rules/*.md")} == {DOCS / "rules" / f"{code}.md" for code in RULES}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            assert re.fullmatch(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s()]*)?", link), link
            continue
        target, _, anchor = link.partition("#")
        file = page.parent / target if target else page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


ABOUT_THE_TREE = [DOCS / "architecture.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("decisions/*.md")]
_ELSEWHERE = re.compile(r"(base|build)/.*|.*\b(your_\w+\.py|NAME)\b.*")  # Julia's, made, to come


@pytest.mark.parametrize("page", ABOUT_THE_TREE, ids=lambda path: path.stem)
def test_pages_about_the_tree_name_what_is_there(page: Path) -> None:
    roots = [ROOT, ROOT / "analysis" / "precompass", DOCS, ROOT / "tests"]
    named = re.findall(r"`([\w.-]*(?:/[\w.-]+)+/?|\w+\.py)`", prose(page))
    folders = ("analysis", "server", "docs", "tests")
    modules = {path.name for root in folders for path in (ROOT / root).rglob("*.py")}
    for name in named:
        is_there = name in modules or any((root / name).exists() for root in roots)
        assert is_there or _ELSEWHERE.fullmatch(name), name


def test_every_page_stands_in_the_navigation_once(tmp_path: Path) -> None:
    site = module("docs/site/assemble.py")
    site.assemble(tmp_path)
    configuration = tomllib.loads((tmp_path / "zensical.toml").read_text(encoding="utf-8"))
    listed = [
        page
        for section in configuration["project"]["nav"]
        for pages in section.values()
        for page in pages
    ]
    assert sorted(listed) == sorted(site.pages())


def test_every_command_and_option_is_documented() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    for name in COMMANDS:
        (section,) = [part for part in sections if part.startswith(f"precompass {name}\n")]
        help_text = module(f"analysis/precompass/cli/{name}.py").parser().format_help()
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text)):
            assert option in section or option in sections[0], (name, option)


def test_code_blocks_say_their_language() -> None:
    for page in PAGES:
        for language, _ in CODE.findall(page.read_text(encoding="utf-8")):
            assert language or page.name in ("README.md", "architecture.md"), page


def test_the_architecture_maps_every_folder_and_every_file_that_ties_them_together() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    _, _, code_map = page.partition("## Code map\n")
    rows = re.findall(r"^\| (`.*?) \| ", code_map, re.MULTILINE)
    named = [name for row in rows for name in re.findall("`([^`]+)`", row)]
    assert len(named) == len(set(named))
    assert all((ROOT / name).exists() for name in named)
    package = ROOT / "analysis" / "precompass"
    files = {path for path in package.glob("*.py") if path.name != "__init__.py"}
    rooms = {path.parent for path in package.glob("*/__init__.py")}
    below = {ROOT / name for name in named if name.startswith("analysis/precompass/")}
    assert below == files | rooms


def test_the_code_map_is_in_the_order_of_the_floors() -> None:
    """As import-linter holds it: a floor of the contract comes after those above it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (floors,) = (one["layers"] for one in contracts["contracts"] if one["id"] == "floors")
    order = {name.strip(): at for at, floor in enumerate(floors) for name in floor.split("|")}
    page = (DOCS / "architecture.md").read_text("utf-8")
    rows = re.findall(r"`analysis/precompass/(\w+)(?:/|\.py)`", page)
    assert [order[row] for row in rows] == sorted(order.values())


def test_the_readme_sums_up_how_right_the_answers_are() -> None:
    number = r"(\d+) of (\d+)"
    row = rf"^\| 1\.\S+ \| {number} \| {number} \| {number} \|$"
    rows = re.findall(row, (DOCS / "accuracy.md").read_text("utf-8"), flags=re.MULTILINE)
    cached, of, from_sources, _, from_manifest, _ = (
        sum(map(int, column)) for column in zip(*rows, strict=True)
    )
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"in {of} measured changes of small environments" in readme
    assert (
        f"from caches are right in {cached}, from sources alone in {from_sources}, and from the "
        f"manifest alone in {from_manifest}"
    ) in readme
