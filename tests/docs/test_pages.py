"""The documentation says what is true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from shared_data import ROOT

DOCS = ROOT / "docs"


def test_the_page_of_rules_is_what_the_rules_say() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == module.page()


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*DOCS.glob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("editors/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / Path(target)).exists(), f"{page.name}: {target}"


def test_every_folder_and_file_that_the_architecture_names_is_there() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for folder in re.findall(r"^\| `([a-z_/]+/)`", text, flags=re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
    for row in re.findall(r"^\| (`[a-z_]+\.py`.*?) \|", text, flags=re.MULTILINE):
        for name in re.findall(r"`([a-z_]+\.py)`", row):
            assert (ROOT / "analysis" / "precompass" / name).is_file(), name
