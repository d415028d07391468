from __future__ import annotations

import pytest

from precompass.rules import RULES
from support.command_line import Command


def test_all_rules_a_line_each(precompass: Command) -> None:
    outcome = precompass("rule")
    assert outcome.code == 0
    codes = [line.split()[0] for line in outcome.out.splitlines() if not line.startswith(" ")]
    assert codes == sorted(RULES)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_as_markdown_where_no_terminal_is(precompass: Command, code: str) -> None:
    outcome = precompass("rule", code)
    assert outcome.out == f"# {code}\n\n{RULES[code].documentation.strip()}\n"


def test_a_rule_laid_out_on_a_terminal(precompass: Command) -> None:
    out = precompass("rule", "global-skip-list", "--color", "always").out
    assert "\x1b[" in out
    assert "```" not in out


def test_a_rule_that_is_none(precompass: Command) -> None:
    assert precompass("rule", "global-skiplist") == (
        2,
        "",
        "error: there is no rule global-skiplist; did you mean global-skip-list?\n",
    )
    assert precompass("rule", "xyz").err == "error: there is no rule xyz\n"
