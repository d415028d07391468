"""The documentation of rules, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from precompass.report.console import print_hanging, prose
from precompass.rules.rule import Rule


def print_rule(rule: Rule, *, console: Console) -> None:
    """Print a rule: laid out on a terminal, as Markdown elsewhere."""
    markdown = f"# {rule.code}\n\n{rule.documentation.strip()}\n"
    if console.is_terminal:
        console.print(Markdown(markdown))
    else:
        console.print(Text(markdown.rstrip()), soft_wrap=True)


def print_rules(rules: Iterable[Rule], *, console: Console) -> None:
    """Print every rule on a line: its code, its severity, what it is about."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    width = max((len(rule.code) for rule in ordered), default=0)
    for rule in ordered:
        lead = Text.assemble(
            (f"{rule.code:{width}}  ", "bold"), f"{rule.default_severity.value:11}  "
        )
        print_hanging(console, lead, prose(rule.summary))
