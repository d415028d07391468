"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from precompass import SITE
from precompass.file_context import FileContext
from precompass.findings import Finding, Severity


@dataclass(frozen=True)
class Rule:
    """A rule: what it is called, what it says of itself, and how it checks a file.

    Attributes:
        code: kebab-case, stable.
        default_severity: of its findings.
        documentation: Markdown: what it checks, why it matters, an example, its fix.
    """

    code: str
    default_severity: Severity
    documentation: str
    check: Callable[[FileContext], Iterator[Finding]]

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.strip().splitlines()[0]

    @property
    def documentation_url(self) -> str:
        """The address of the rule's own page."""
        return f"{SITE}rules/{self.code}/"
