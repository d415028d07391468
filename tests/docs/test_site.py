"""The documentation site: it builds without a complaint, holds together, and asks no other host."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from precompass import SITE
from precompass.rules import RULES
from support.documentation import module
from support.shared_data import ROOT

_LOADED = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
}


class _Page(HTMLParser):
    """The ids of a page, where its links lead, and what a browser loads with it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id":
                self.ids.add(value)
            elif tag == "a" and name == "href":
                self.links.append(value)
            elif (tag, name) in _LOADED and ("rel", "canonical") not in attrs:
                self.loaded.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    module("docs/site/assemble.py").assemble(folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file"]
    done = subprocess.run(
        [*command, str(folder / "zensical.toml")], capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, _Page]:
    return {file: _Page(file) for file in site.rglob("*.html")}


def test_every_link_within_the_site_leads_to_a_page_and_a_place_on_it(
    site: Path, pages: dict[Path, _Page]
) -> None:
    followed = 0
    for file, page in pages.items():
        if file.name == "404.html":
            continue  # served for any address, so its links begin at the site's own
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{file.relative_to(site)}: {link}"
            if parts.fragment and target in pages:
                assert parts.fragment in pages[target].ids, f"{file.relative_to(site)}: {link}"
            followed += 1
    assert followed > 1000


def test_a_browser_loads_nothing_from_another_host(site: Path, pages: dict[Path, _Page]) -> None:
    for file, page in pages.items():
        assert page.loaded, file
        for address in page.loaded:
            assert not urlsplit(address).netloc, f"{file.relative_to(site)}: {address}"
        text = file.read_text(encoding="utf-8")
        assert 'data-md-component="source"' not in text  # would ask the forge for numbers
        assert 'class="mermaid"' not in text  # would load a library from a CDN
    for sheet in site.rglob("*.css"):
        for address in re.findall(r"(?:url\(|@import )['\"]?([^)'\"]+)", sheet.read_text("utf-8")):
            assert address.startswith(("data:", "#", "../", "./")), f"{sheet.name}: {address}"


def test_a_code_leads_to_the_page_of_its_rule(pages: dict[Path, _Page], site: Path) -> None:
    configuration = tomllib.loads((ROOT / "docs/site/zensical.toml").read_text(encoding="utf-8"))
    assert configuration["project"]["site_url"] == SITE
    for rule in RULES.values():
        page = rule.documentation_url.removeprefix(SITE)
        assert site / page / "index.html" in pages


def test_pages_can_be_found(site: Path) -> None:
    index = (site / "search.json").read_text(encoding="utf-8")
    for wanted in ("rules/global-skip-list/", "settings/", "editors/neovim/", "how-julia-decides/"):
        assert wanted in index
