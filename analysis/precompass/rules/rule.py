"""What a rule is, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Protocol

import msgspec

from precompass import SITE
from precompass.file_context import EnvironmentContext, FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity

PROJECT_FILES = frozenset({FileKind.PROJECT})
MANIFESTS = frozenset({FileKind.MANIFEST})
CONFIGURATION_FILES = frozenset({FileKind.CONFIGURATION})
FILES_WITH_PREFERENCES = frozenset({FileKind.PROJECT, FileKind.PREFERENCES})
ALL_FILES = frozenset(FileKind)


class Resource(Enum):
    """What a rule looks into beside the project files and preferences files of a repository.

    Each can differ between two machines with the same repository: a manifest is often not
    shared, and the others are what is installed. The version of Julia is no resource, although
    it may come from a manifest. What only a fix needs does not count.
    """

    MANIFEST = "manifest"
    CACHES = "compile caches"
    SOURCES = "sources"
    REGISTRY = "registries"


class RuleFile(Protocol):
    """What every module with a rule declares; the docstring is the rule's documentation.

    Attributes:
        CODE: kebab-case, stable.
        SEVERITY: of its findings, unless the user has it otherwise.
        KINDS: the files that it checks.
        LOOKS_INTO: what it looks into beside the files of a repository.
    """

    __doc__: str | None
    CODE: str
    SEVERITY: Severity
    KINDS: frozenset[FileKind]
    LOOKS_INTO: frozenset[Resource]


class FileRule(RuleFile, Protocol):
    """A rule that also checks files that belong to no environment."""

    def check(self, context: FileContext) -> Iterator[Finding]:
        """Yield the findings in a file."""


class EnvironmentRule(RuleFile, Protocol):
    """A rule that checks only files that belong to an environment."""

    def check(self, context: EnvironmentContext) -> Iterator[Finding]:
        """Yield the findings in a file."""


class Rule(msgspec.Struct, frozen=True):
    """A rule: what it is called, what it says of itself, and how it checks a file.

    Attributes:
        code: kebab-case, stable.
        default_severity: of its findings.
        documentation: Markdown: what it checks, why it matters, an example, its fix.
        kinds: the files that it checks.
        looks_into: what it looks into beside the files of a repository.
        needs_environment: whether it checks only files that belong to an environment.
        check: yields the findings in a file; of a file that is not for this rule, none.
    """

    code: str
    default_severity: Severity
    documentation: str
    kinds: frozenset[FileKind]
    looks_into: frozenset[Resource]
    needs_environment: bool
    check: Callable[[FileContext], Iterator[Finding]]

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.strip().splitlines()[0]

    @property
    def documentation_url(self) -> str:
        """The address of the rule's own page."""
        return f"{SITE}rules/{self.code}/"


def for_files(module: FileRule) -> Rule:
    """Return the rule of a module that needs no environment."""

    def check(context: FileContext) -> Iterator[Finding]:
        return module.check(context) if context.kind in module.KINDS else iter(())

    return _rule(module, check, needs_environment=False)


def for_environments(module: EnvironmentRule) -> Rule:
    """Return the rule of a module that needs an environment."""

    def check(context: FileContext) -> Iterator[Finding]:
        if context.kind in module.KINDS and isinstance(context, EnvironmentContext):
            return module.check(context)
        return iter(())

    return _rule(module, check, needs_environment=True)


def _rule(
    module: RuleFile, check: Callable[[FileContext], Iterator[Finding]], *, needs_environment: bool
) -> Rule:
    return Rule(
        module.CODE,
        module.SEVERITY,
        module.__doc__ or "",
        module.KINDS,
        module.LOOKS_INTO,
        needs_environment,
        check,
    )
