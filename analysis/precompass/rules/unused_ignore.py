"""A comment `# precompass: ignore` that silences nothing.

`# precompass: ignore[code]` silences the findings of one rule, `ignore[code-a, code-b]` of several
rules, and `ignore` without brackets of all rules. The comment applies to its line; a comment on a
separate line also applies to the next line. A leftover comment hides the next finding of its rule,
which may be another one. A misspelt comment hides nothing.

An ignore of a rule that reads manifests, compile caches, sources or registries is not reported,
since another machine may have others.

**Example**

```toml
# LocalPreferences.toml
[CSV]
chunk_size = 4096   # precompass: ignore[wide-invalidations]
```

**Use instead**

```toml
# LocalPreferences.toml
[CSV]
chunk_size = 4096   # precompass: ignore[wide-invalidation]
```

**Fix** Delete the comment, or the code that nothing needs.

**Source** The comments are Precompass's own: `docs/settings.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from precompass.file_context import FileContext
from precompass.findings import Finding, Severity
from precompass.fixes import unused_comment
from precompass.rules.configuration import no_such_rule
from precompass.rules.rule import ALL_FILES, Resource, Rule
from precompass.settings.ignoring import Ignore, Used, ignores_in

CODE = "unused-ignore"
SEVERITY = Severity.HINT
KINDS = ALL_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report comments that are not understood."""
    for ignore in ignores_in(context.document):
        if not ignore.is_understood:
            message = (
                "This comment is malformed, so it silences nothing. Write "
                "`# precompass: ignore[code]` with the code of a rule."
            )
            yield context.finding(CODE, SEVERITY, ignore.span, message)


def unknown_rules(
    context: FileContext, ignores: Iterable[Ignore], rules: Mapping[str, object]
) -> Iterator[Finding]:
    """Report ignores of rules that do not exist, given all *rules* by code."""
    for ignore in ignores:
        for code, span in ignore.codes or ():
            if code not in rules:
                message, _ = no_such_rule(code, rules)
                yield context.finding(CODE, SEVERITY, span, message)


def silencing_nothing(
    context: FileContext,
    ignores: Iterable[Ignore],
    used: Used,
    rules: Mapping[str, Rule],
) -> Iterator[Finding]:
    """Report what has silenced nothing, given what was *used*: comments, and rules by each.

    Of a file that is not valid TOML nothing is said: much that could be found in it is not.
    """
    if context.document.faults:
        return
    using = {place for place, _ in used}
    for ignore in ignores:
        if ignore.codes is None and ignore.is_understood and ignore.span.start not in using:
            yield context.finding(
                CODE,
                SEVERITY,
                ignore.span,
                "This comment silences nothing. Delete it.",
                fixes=unused_comment.offer(context, ignore.span),
                is_unnecessary=True,
            )
        for code, span in ignore.codes or ():
            is_used = (ignore.span.start, code) in used
            if code in rules and not rules[code].looks_into and not is_used:
                is_only_one = len(ignore.codes or ()) == 1
                yield context.finding(
                    CODE,
                    SEVERITY,
                    span,
                    f"`{code}` reports nothing here. Delete "
                    + ("the comment." if is_only_one else "the code."),
                    fixes=unused_comment.offer(context, ignore.span) if is_only_one else (),
                    is_unnecessary=True,
                    reach=ignore.span,
                )
