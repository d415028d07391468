"""Findings in the client's terms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import plain_line

if TYPE_CHECKING:
    from precompass.documents.text import Span
    from precompass.findings import Finding, Severity

SOURCE = "precompass"
"""What an editor shows beside a finding, and the name of the diagnostics that a client pulls."""


def diagnostic(moment: Moment, finding: Finding) -> types.Diagnostic:
    """Return a finding in the client's terms."""
    from precompass.rules import RULES

    client = moment.client
    rule = RULES.get(finding.code)
    message = finding.message
    if finding.beside_count is not None and _has_lens(moment, finding.file):
        message = finding.beside_count
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(moment.uri(place.file), moment.positions.range(place.file, place.span)),
            plain_line(place.message),
        )
        for place in finding.related
    ]
    return types.Diagnostic(
        range=moment.positions.range(finding.file, finding.span),
        severity=_severity(finding.severity),
        code=finding.code,
        code_description=types.CodeDescription(rule.documentation_url)
        if rule is not None and client.code_description
        else None,
        source=SOURCE,
        message=plain_line(message),
        tags=[types.DiagnosticTag.Unnecessary]
        if finding.is_unnecessary and client.unnecessary_tag
        else None,
        related_information=related if related and client.related_information else None,
    )


def _severity(severity: Severity) -> types.DiagnosticSeverity:
    return types.DiagnosticSeverity[severity.value.capitalize()]


def diagnostics_of(moment: Moment, path: Path) -> list[types.Diagnostic] | None:
    """Return the diagnostics of a file, or None if it is not one of Julia's."""
    from precompass.files.kinds import file_kind
    from precompass.rules import check

    if file_kind(path) is None:
        return None
    is_shown = _shown_elsewhere(moment, path)
    at: dict[Span, list[Finding]] = {}
    for finding in check(moment.session, path):
        if finding.code not in is_shown:
            at.setdefault(finding.span, []).append(finding)
    text = source.text if (source := moment.snapshot.read(path)) is not None else ""
    shown = []
    for span, findings in at.items():
        if span.start and text[span.start - 1] == "[":  # of a table: about different things in it
            shown += [diagnostic(moment, finding) for finding in findings]
        else:
            shown.append(_of_one_name(moment, findings))
    return shown


def _of_one_name(moment: Moment, findings: list[Finding]) -> types.Diagnostic:
    """Return the findings about one name as one diagnostic, that of the most severe.

    Some editors show only the last of several in a line.
    """
    findings = sorted(findings, key=lambda finding: finding.severity.rank)
    first, *others = [diagnostic(moment, finding) for finding in findings]
    if not others:
        return first
    each = (first, *others)
    first.message = "\n".join(dict.fromkeys(one.message for one in each))
    first.related_information = [
        related for one in each for related in one.related_information or ()
    ] or None
    first.tags = first.tags if all(one.tags == first.tags for one in others) else None
    return first


def _shown_elsewhere(moment: Moment, path: Path) -> frozenset[str]:
    """Return the rules whose findings say only what hints or lenses show in this client.

    A severity or a threshold that the user has chosen for such a rule brings its findings back.
    """
    from precompass.rules import wide_invalidation

    settings = moment.session.configured_for(path).settings
    is_wanted = settings.wide_threshold is not None
    if is_wanted or not _shows_counts(moment, path):
        return frozenset()
    return frozenset({wide_invalidation.CODE}) - settings.severities.keys()


def _has_lens(moment: Moment, path: Path) -> bool:
    """Tell whether the count of a table is on the screen above it."""
    settings = moment.session.configured_for(path).settings
    return moment.client.has_lenses_on and settings.code_lenses is not False


def _shows_counts(moment: Moment, path: Path) -> bool:
    """Tell whether the client shows counts in the text of a file, by hints or by lenses."""
    client, settings = moment.client, moment.session.configured_for(path).settings
    return (client.shows_hints and settings.inlay_hints is not False) or (
        client.shows_lenses and settings.code_lenses is not False
    )


def result_id_of(found: list[types.Diagnostic] | None) -> str:
    """Return the name of a result, the same for the same diagnostics while this server runs."""
    return f"{hash(repr(found)):x}"
