"""Write ``rules.md`` from the documentation that the rules themselves hold."""

from __future__ import annotations

from pathlib import Path

from precompass.rules import RULES

PAGE = Path(__file__).with_name("rules.md")

_START = """\
# Rules

This page is made from the rules' own documentation by `python docs/generate.py`. In a terminal,
`precompass rule CODE` shows the same.

| rule | severity | |
| --- | --- | --- |
"""


def page() -> str:
    """Return the text of the page."""
    rows = [
        f"| [`{rule.code}`](#{rule.code}) | {rule.default_severity.value} | {rule.summary} |\n"
        for rule in RULES.values()
    ]
    parts = [f"\n## {rule.code}\n\n{rule.documentation.strip()}\n" for rule in RULES.values()]
    return _START + "".join(rows) + "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
