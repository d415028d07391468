"""What a rule says of a few files, as tests write it down.

The files are given with marks: ``⟦`` and ``⟧`` enclose the places where the rule is expected to
report something, in the file that is checked::

    expect(tmp_path, "unknown-compat", '[compat]\n⟦CVS⟧ = "1"\n', Severity.ERROR)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompass.findings import Finding, Severity
from precompass.fixes import edits_of
from precompass.rules import check
from support.environments import after, marked, session


def findings(
    folder: Path,
    code: str,
    files: str | Mapping[str, str],
    *,
    of: str = "Project.toml",
    julia: str | None = None,
) -> list[Finding]:
    """Return the findings of one rule in a file; a single text is that of the project file."""
    texts = {"Project.toml": files} if isinstance(files, str) else dict(files)
    opened = session(folder, texts, julia=julia)
    return [found for found in check(opened, folder / of) if found.code == code]


def expect(
    folder: Path,
    code: str,
    files: str | Mapping[str, str],
    severity: Severity | None = None,
    *,
    of: str = "Project.toml",
    julia: str | None = None,
) -> list[Finding]:
    """Hold the findings of one rule to the marks, and to a severity; return them."""
    texts = {"Project.toml": files} if isinstance(files, str) else dict(files)
    texts[of], spans = marked(texts[of])
    found = findings(folder, code, texts, of=of, julia=julia)
    assert [finding.span for finding in found] == spans, [finding.message for finding in found]
    if severity is not None:
        assert {finding.severity for finding in found} <= {severity}
    for finding in found:
        assert finding.message.endswith((".", "?", ")")), finding.message
        for related in finding.related:
            assert related.span.start < related.span.end
    return found


def titles(found: list[Finding]) -> list[str]:
    """Return the titles of the fixes of all findings."""
    return [fix.title for finding in found for fix in finding.fixes]


def fixed(
    folder: Path,
    code: str,
    files: str | Mapping[str, str],
    title: str,
    *,
    of: str = "Project.toml",
    julia: str | None = None,
) -> str:
    """Return the file after the fix whose title begins so; the fix has to end the finding."""
    texts = {"Project.toml": files} if isinstance(files, str) else dict(files)
    texts[of], _ = marked(texts[of])
    found = findings(folder, code, texts, of=of, julia=julia)
    fixes = [fix for finding in found for fix in finding.fixes if fix.title.startswith(title)]
    assert fixes, titles(found)
    changed = after(folder, texts, edits_of(session(folder, texts, julia=julia), fixes[0].id))
    again = findings(folder, code, changed, of=of, julia=julia)
    assert len(again) < len(found)
    return changed[of]
