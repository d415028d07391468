"""A line of `precompass.toml` that has no effect.

Precompass ignores unknown settings, unknown rules and values that a setting cannot have. The rest
of the file applies. Without this finding, a misspelt code would silently leave a rule unchanged.

**Example**

```toml
# precompass.toml
[severity]
wide-invalidations = "off"   # the rule is called wide-invalidation
missing-compat = "info"      # the word is information
```

**Use instead**

```toml
# precompass.toml
[severity]
wide-invalidation = "off"
missing-compat = "information"
```

**Fix** Rename the key, or write what the message says.

**Source** The settings of Precompass: `docs/settings.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from precompass.documents.text import Span
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.fixes import renaming
from precompass.rules.rule import CONFIGURATION_FILES, Resource
from precompass.settings.configuration import nearest

CODE = "configuration"
SEVERITY = Severity.WARNING
KINDS = CONFIGURATION_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()

_MAX_FINDINGS = 100


def check(context: FileContext) -> Iterator[Finding]:
    """Report what has no effect."""
    configuration = context.session.configuration(context.path)
    if context.kind is not FileKind.CONFIGURATION or configuration is None:
        return
    for problem in configuration.problems:
        yield _finding(context, problem.path, problem.span, problem.message, problem.meant)


def unknown_rules(context: FileContext, rules: Mapping[str, object]) -> Iterator[Finding]:
    """Report the severities of rules that do not exist, given all *rules* by code."""
    if context.kind is not FileKind.CONFIGURATION:
        return
    table = context.document.root.table("severity")
    unknown = [code for code in (table.entries if table is not None else ()) if code not in rules]
    for code in unknown[:_MAX_FINDINGS]:
        entry = context.document.root.get("severity", code)
        assert entry is not None  # noqa: S101 - it is one of the table's
        message, meant = no_such_rule(code, rules)
        path = ("severity", code)
        yield _finding(context, path, entry.key.span, message, meant)


def no_such_rule(code: str, rules: Mapping[str, object]) -> tuple[str, str | None]:
    """Return what is said of a code that no rule has, and the code that is most likely meant."""
    meant = nearest(code, rules)
    hint = f" Did you mean `{meant}`?" if meant else " `precompass rule` lists all rules."
    return f"There is no rule `{code}`, so it has no effect.{hint}", meant


def _finding(
    context: FileContext, path: tuple[str, ...], span: Span, message: str, meant: str | None
) -> Finding:
    rename = renaming.offer(context, path, meant) if meant is not None else None
    fixes = (rename,) if rename is not None else ()
    return context.finding(CODE, SEVERITY, span, message, fixes=fixes)
