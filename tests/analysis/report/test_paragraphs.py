"""What a hover says, in its two renderings."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.hover import hover
from precompass.findings import Code, Paragraph, Strong
from precompass.report.paragraphs import as_markdown, as_plain_text
from support.environments import manifest, project, session

FOLDER = Path("/paragraphs")
IMAGE = "![](https://example.org/k.png)"


def said(preferences: str, place: str) -> tuple[Paragraph, ...]:
    files = {
        "Project.toml": project(deps="CSV"),
        "Manifest.toml": manifest({"CSV": "Preferences", "Preferences": ""}),
        "LocalPreferences.toml": preferences,
    }
    opened = session(FOLDER, files)
    found = hover(opened, FOLDER / "LocalPreferences.toml", preferences.index(place))
    assert found is not None
    return found.paragraphs


@pytest.mark.parametrize(
    ("paragraph", "markdown", "plain"),
    [
        (("A change of `a` counts.",), "A change of `a` counts.", "A change of `a` counts."),
        ((Strong("CSV.skip_list"), " · set"), "**CSV.skip_list** · set", "CSV.skip_list · set"),
        ((Strong(IMAGE),), r"**!\[\](https\://example.org/k.png)**", IMAGE),
        ((IMAGE,), r"!\[\](https\://example.org/k.png)", IMAGE),
        ((Code("a`b"), "."), "`` a`b ``.", "a`b."),
        ((Strong("__clear__"),), r"**\_\_clear\_\_**", "__clear__"),
    ],
)
def test_a_paragraph_is_markdown_or_plain(paragraph: Paragraph, markdown: str, plain: str) -> None:
    assert as_markdown([paragraph]) == markdown
    assert as_plain_text([paragraph]) == plain


def test_paragraphs_are_apart() -> None:
    assert as_markdown([("One.",), ("Two.",)]) == "One.\n\nTwo."
    assert as_plain_text([("One.",), ("Two.",)]) == "One.\n\nTwo."


def test_a_key_of_a_stranger_is_no_image() -> None:
    paragraphs = said(f'[CSV]\n"{IMAGE}" = 1\n', IMAGE)
    assert IMAGE not in as_markdown(paragraphs)
    assert f"CSV.{IMAGE}" in as_plain_text(paragraphs)


def test_a_table_of_a_stranger_is_no_link() -> None:
    paragraphs = said('["[x](https://example.org)"]\na = 1\n', "[x]")
    assert "[x](https" not in as_markdown(paragraphs).replace("`[x](https://example.org)`", "")
