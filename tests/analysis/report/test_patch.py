from __future__ import annotations

import io

from precompass.report.console import make_console
from precompass.report.patch import print_patch, unified_diff


def test_an_old_and_a_new_file() -> None:
    assert list(unified_diff("a/x.toml", "a = 1\nb = 2\n", "a = 1\nb = 3\n")) == [
        "--- a/a/x.toml",
        "+++ b/a/x.toml",
        "@@ -1,2 +1,2 @@",
        " a = 1",
        "-b = 2",
        "+b = 3",
    ]
    assert list(unified_diff("x.toml", None, "a = 1\n"))[:2] == ["--- /dev/null", "+++ b/x.toml"]


def test_a_last_line_without_its_end_is_marked() -> None:
    assert list(unified_diff("x", "a = 1", "a = 1\nb = 2"))[3:] == [
        "-a = 1",
        "\\ No newline at end of file",
        "+a = 1",
        "+b = 2",
        "\\ No newline at end of file",
    ]


def test_only_line_feeds_end_lines_and_carriage_returns_stay() -> None:
    assert list(unified_diff("x", "a\r\nb\x0b\u2028\r\n", "a\r\nc\r\n"))[3:] == [
        " a\r",
        "-b\x0b\u2028\r",
        "+c\r",
    ]


def test_a_terminal_sees_what_it_would_obey() -> None:
    console = make_console("always", io.StringIO())
    print_patch("x", "a\r\n", "\x1b[2J\r\n", console=console)
    assert isinstance(console.file, io.StringIO)
    assert "+␛[2J␍" in console.file.getvalue()
