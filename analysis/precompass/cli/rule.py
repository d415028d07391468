"""``precompass rule``: the documentation of the rules."""

from __future__ import annotations

import argparse

from precompass.cli.failure import CannotRun, did_you_mean
from precompass.cli.options import make_parser
from precompass.report.console import make_console
from precompass.report.rule_text import print_rule, print_rules
from precompass.rules import RULES

_EPILOG = """exit codes:
  0  here it is
  2  there is no such rule

examples:
  precompass rule                        all rules, a line each
  precompass rule global-skip-list
"""


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    result = make_parser(
        "rule", "Print what a rule checks, why it matters, an example and its fix.", _EPILOG
    )
    result.add_argument("code", nargs="?", metavar="CODE", help="the rule (default: list them all)")
    return result


def run(arguments: argparse.Namespace) -> int:
    """Print the documentation and return the exit code."""
    console = make_console(arguments.color)
    if arguments.code is None:
        print_rules(RULES.values(), console=console)
        return 0
    rule = RULES.get(arguments.code)
    if rule is None:
        near = did_you_mean(arguments.code, RULES)
        raise CannotRun(f"there is no rule {arguments.code}{near}")
    print_rule(rule, console=console)
    return 0
