"""Text that someone else chose stays text in Markdown."""

from __future__ import annotations

import pytest

from precompass.report.markdown import code, escaped, markdown


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("CSV.precompile_workload", "`CSV.precompile_workload`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("", "` `"),
        ("one\ntwo", "`one␊two`"),
        ("<b>|[x](y)", "`<b>|[x](y)`"),
    ],
)
def test_a_code_span_holds_its_text_to_the_end(text: str, span: str) -> None:
    assert code(text) == span


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 100 %", "plain words, 100 %"),
        ("a_b*c", r"a\_b\*c"),
        ("[x](https://example.org)", r"\[x\](https\://example.org)"),
        ("<!-- gone\n\n-->", r"\<!-- gone --\>"),
        ("@someone | $x$", r"\@<!-- -->someone \| \$x\$"),
        ("back\\slash", r"back\\slash"),
        ("\x1b[2J", "␛\\[2J"),
    ],
)
def test_nothing_in_a_text_is_markup(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_what_a_message_marks_as_code_is_code_and_the_rest_is_text() -> None:
    assert markdown("Delete `[a_b]`, or *c*.") == r"Delete `[a_b]`, or \*c\*."
    assert markdown("An odd ` one") == r"An odd \` one"
