"""``# precompass: ignore``: which findings a comment silences, and when it silences nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.answers.code_actions import fix_all
from precompass.documents.toml import parse_toml
from precompass.findings import Finding, Severity
from precompass.rules import RULES, check
from precompass.settings.ignoring import MAX_CODES, ignores_in
from support.command_line import MANIFEST, PROJECT
from support.environments import session

HERE = Path("/nowhere/App")
PREFERENCES = HERE / "LocalPreferences.toml"
CODES = {"global-skip-list", "ignored-preferences", "unused-ignore", "toml-syntax"}
LIST = 'skip_precompile = ["Splines", "Meshes"]'


def found_in(text: str) -> tuple[Finding, ...]:
    files = {
        "Project.toml": PROJECT,
        "Manifest.toml": MANIFEST,
        "LocalPreferences.toml": text,
    }
    found = check(session(HERE, files), PREFERENCES)
    return tuple(finding for finding in found if finding.code in CODES)


def codes(text: str) -> list[str]:
    return [finding.code for finding in found_in(text)]


def test_without_a_comment_two_things_are_found() -> None:
    assert codes(f"[SnoopPrecompile]\n{LIST}\n[Lake]\ndepth = 3\n") == [
        "global-skip-list",
        "ignored-preferences",
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "# precompass: ignore[global-skip-list]",
        "#precompass:ignore[global-skip-list]",
        "# precompass: ignore [ global-skip-list ]",
        "# precompass: ignore[global-skip-list] until Splines 3 is out",
        "# until Splines 3 is out # precompass: ignore[global-skip-list]",
        "# precompass: ignore",
        "# precompass: ignore until Splines 3 is out",
    ],
)
def test_a_comment_silences_its_line(comment: str) -> None:
    assert codes(f"[SnoopPrecompile]\n{LIST}  {comment}\n[Lake]\ndepth = 3\n") == [
        "ignored-preferences"
    ]
    assert codes(f"[SnoopPrecompile]\n{comment}\n{LIST}\n[Lake]\ndepth = 3\n") == [
        "ignored-preferences"
    ]
    assert codes(f"[SnoopPrecompile]\r\n  {comment}\r\n{LIST}\r\n[Lake]\r\ndepth = 3") == [
        "ignored-preferences"
    ]


def test_a_comment_behind_something_does_not_count_for_the_line_below() -> None:
    text = f"[SnoopPrecompile]  # precompass: ignore\n{LIST}\n"
    assert codes(text) == ["unused-ignore", "global-skip-list"]


def test_a_line_between_takes_its_effect() -> None:
    text = f"[SnoopPrecompile]\n# precompass: ignore\n\n{LIST}\n"
    assert codes(text) == ["unused-ignore", "global-skip-list"]


def test_lines_of_comments_count_together() -> None:
    above = "# precompass: ignore[global-skip-list]\n# precompass: ignore[toml-syntax]\n"
    text = f"[SnoopPrecompile]\n{above}{LIST}\n"
    (finding,) = found_in(text)
    assert finding.code == "unused-ignore"
    assert text[finding.span.start : finding.span.end] == "toml-syntax"


def test_one_comment_may_name_several_rules() -> None:
    text = "# precompass: ignore[ignored-preferences, invalid-clear-list]\n[Lake]\ndepth = 3\n"
    (finding,) = found_in(text)
    assert finding.code == "unused-ignore"
    assert text[finding.span.start : finding.span.end] == "invalid-clear-list"
    assert (finding.severity, finding.is_unnecessary) == (Severity.HINT, True)


def test_words_in_a_string_are_no_comment() -> None:
    assert "global-skip-list" in codes(
        f'[SnoopPrecompile]\n{LIST[:-1]}, "# precompass: ignore[global-skip-list]"]\n'
    )


@pytest.mark.parametrize(
    ("comment", "at", "said"),
    [
        ("# precompass: ignore[global-skiplist]", "global-skiplist", "mean `global-skip-list`?"),
        ("# precompass: ignore[all]", "all", "There is no rule `all`"),
        ("# precompass: ignore[]", "# precompass: ignore[]", "malformed"),
        ("# precompass: ignore[global-skip-list", None, "malformed"),
        ("# precompass: ignored", None, "malformed"),
        ("# precompass: disable", None, "malformed"),
    ],
)
def test_what_is_misspelt_silences_nothing(comment: str, at: str | None, said: str) -> None:
    text = f"[SnoopPrecompile]\n{LIST}  {comment}\n"
    _, finding = found_in(text)
    assert finding.code == "unused-ignore"
    assert text[finding.span.start : finding.span.end] == (at or comment)
    assert said in finding.message


@pytest.mark.parametrize("comment", ["# precompass: ignore", "# precompass: ignore[toml-syntax]"])
def test_a_comment_that_silences_nothing_is_said(comment: str) -> None:
    (finding,) = found_in(f"{comment}\n")
    assert (finding.code, finding.severity) == ("unused-ignore", Severity.HINT)


def test_nothing_is_said_of_what_another_machine_may_find() -> None:
    assert codes("[Fields]\norder = 1 # precompass: ignore[wide-invalidation]\n") == []


def test_nothing_is_said_in_a_file_that_is_not_valid() -> None:
    text = "# precompass: ignore[ignored-preferences]\nx =\n"
    assert set(codes(text)) == {"toml-syntax"}


def test_a_silenced_list_is_not_moved_on_save() -> None:
    text = f"[SnoopPrecompile]\n{LIST}  # precompass: ignore[global-skip-list]\n"
    files = {"Project.toml": PROJECT, "Manifest.toml": MANIFEST, "LocalPreferences.toml": text}
    assert fix_all(session(HERE, files), PREFERENCES) is None


def test_a_comment_names_no_more_rules_than_there_can_be() -> None:
    """One comment of 40 kB took 13 seconds when each of its codes was compared with all."""
    codes = ", ".join(f"rule-{number}" for number in range(4_000))
    (ignore,) = ignores_in(parse_toml(f"# precompass: ignore[{codes}]\n"))
    assert len(ignore.codes or ()) == MAX_CODES
    assert len(RULES) < MAX_CODES


def test_many_comments_take_little() -> None:
    ignores = ignores_in(parse_toml("# precompass: ignore\n" * 5000))
    assert len(ignores) == 5000
    assert {ignore.lines[1] for ignore in ignores} == {5000}
