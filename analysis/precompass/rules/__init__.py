"""The rules: a file each, which also holds the rule's own documentation."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from precompass import REPOSITORY
from precompass.documents.text import Span
from precompass.file_context import MOST_PREFERENCES, FileContext, context_of
from precompass.files.kinds import file_kind
from precompass.findings import Finding, Severity
from precompass.rules import (
    compat_excludes_resolved,
    configuration,
    dep_and_weakdep,
    deprecated_package,
    duplicate_uuid,
    global_skip_list,
    global_workload_switch,
    held_back,
    ignored_manifest,
    ignored_preferences,
    ignored_project,
    incompatible_versions,
    invalid_app,
    invalid_clear_list,
    invalid_compat,
    invalid_name,
    invalid_source,
    invalid_uuid,
    invalid_version,
    julia_compat_excludes_manifest,
    malformed_manifest,
    manifest_of_another_julia,
    missing_compat,
    missing_entry_file,
    missing_extension_file,
    missing_from_manifest,
    missing_julia_compat,
    missing_manifest,
    missing_preference_path,
    missing_source_path,
    missing_workspace_project,
    name_uuid_mismatch,
    not_on_load_path,
    outdated_developed_package,
    pending_recompilation,
    preferences_in_git,
    preferences_not_a_table,
    preferences_not_in_tests,
    preferences_of_dependency,
    self_dependency,
    shadowed_preference,
    sources_of_package,
    stale_manifest,
    stale_skip_list,
    startup_version_clash,
    stdlib_compat,
    taken_in_registry,
    toml_syntax,
    unfulfillable_compat,
    unknown_compat,
    unknown_extension_trigger,
    unknown_key,
    unknown_preference,
    unknown_preference_value,
    unknown_skipped_package,
    unknown_target,
    unnoticed_change,
    untidy_dependencies,
    untrusted_path,
    unused_ignore,
    uuid_mismatch,
    uuid_not_in_registry,
    wide_invalidation,
    workload_flag_without_workload,
    workspace_compat,
    workspace_sources,
    wrong_preference_type,
    wrong_type,
    yanked_version,
)
from precompass.rules.rule import Rule, for_environments, for_files
from precompass.session import Session
from precompass.settings.exclusion import is_left_out, severities_for
from precompass.settings.ignoring import ignores_in, silence
from precompass.wording.shortening import MOST_OF_A_WORD, brief

logger = logging.getLogger(__name__)

RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in (
        for_files(toml_syntax),
        for_files(configuration),
        for_files(unused_ignore),
        for_files(untrusted_path),
        for_environments(global_skip_list),
        for_environments(global_workload_switch),
        for_environments(wide_invalidation),
        for_files(ignored_preferences),
        for_files(shadowed_preference),
        for_environments(wrong_preference_type),
        for_environments(workload_flag_without_workload),
        for_environments(unknown_skipped_package),
        for_environments(stale_skip_list),
        for_environments(unnoticed_change),
        for_environments(preferences_not_in_tests),
        for_environments(preferences_of_dependency),
        for_environments(preferences_in_git),
        for_files(preferences_not_a_table),
        for_environments(invalid_clear_list),
        for_environments(pending_recompilation),
        for_environments(startup_version_clash),
        for_environments(unknown_preference),
        for_environments(unknown_preference_value),
        for_environments(missing_preference_path),
        for_environments(missing_manifest),
        for_environments(not_on_load_path),
        for_environments(name_uuid_mismatch),
        for_environments(uuid_not_in_registry),
        for_files(yanked_version),
        for_environments(deprecated_package),
        for_environments(taken_in_registry),
        for_environments(held_back),
        for_environments(unfulfillable_compat),
        for_files(incompatible_versions),
        for_environments(unknown_key),
        for_environments(wrong_type),
        for_files(invalid_uuid),
        for_files(invalid_version),
        for_environments(invalid_compat),
        for_environments(invalid_name),
        for_environments(invalid_source),
        for_environments(invalid_app),
        for_environments(missing_julia_compat),
        for_environments(missing_compat),
        for_environments(unknown_compat),
        for_environments(compat_excludes_resolved),
        for_environments(stdlib_compat),
        for_environments(workspace_compat),
        for_environments(workspace_sources),
        for_environments(sources_of_package),
        for_environments(julia_compat_excludes_manifest),
        for_files(missing_from_manifest),
        for_files(malformed_manifest),
        for_files(ignored_manifest),
        for_files(ignored_project),
        for_files(manifest_of_another_julia),
        for_environments(stale_manifest),
        for_files(outdated_developed_package),
        for_environments(uuid_mismatch),
        for_environments(dep_and_weakdep),
        for_environments(self_dependency),
        for_environments(duplicate_uuid),
        for_environments(untidy_dependencies),
        for_environments(missing_entry_file),
        for_environments(missing_extension_file),
        for_environments(unknown_extension_trigger),
        for_environments(unknown_target),
        for_files(missing_source_path),
        for_environments(missing_workspace_project),
    )
}
"""All rules, by code."""


def check(session: Session, path: Path) -> tuple[Finding, ...]:
    """Return the findings of all rules in one file, in the order of the text.

    They are those that no comment silences, with the severities that count for the file. A
    file of a kind that we do not know, or that is not there, has none. One that cannot be
    read has one that says why. For one session a file is checked once.
    """
    return session.once(_check, path)


def _check(session: Session, path: Path) -> tuple[Finding, ...]:
    context = context_of(session, path)
    if context is None:
        reason = session.snapshot.unreadable(path) if file_kind(path) is not None else ""
        if not reason:
            return ()
        severity, message = toml_syntax.SEVERITY, f"This file cannot be read: {reason}."
        if session.snapshot.is_too_large(path):
            severity = Severity.INFORMATION
            message = f"Precompass ignores this file: {reason}."
        return (Finding(toml_syntax.CODE, severity, path, Span(0, 0), message),)
    if is_left_out(context.session.settings, path):
        return ()
    rules = [rule for rule in RULES.values() if context.kind in rule.kinds]
    for ignored in (ignored_manifest, ignored_project, shadowed_preference):
        if ignored.is_ignored(context):
            rules = [rule for rule in rules if rule.code in ignored.STILL_CHECKED]
    findings = [finding for rule in rules for finding in _findings_of(rule, context)]
    findings += configuration.unknown_rules(context, RULES)
    findings = [
        found
        for found in findings
        if found.code == toml_syntax.CODE or not toml_syntax.is_inside_conflict(context, found.span)
    ]
    left_out = context.first_left_out
    if left_out is not None:
        message = (
            f"Precompass checks the first {MOST_PREFERENCES:,} tables of preferences in a file, "
            f"and the first {MOST_PREFERENCES:,} preferences. It ignores this one and all after it."
        )
        severity = Severity.INFORMATION
        findings.append(context.finding(toml_syntax.CODE, severity, left_out.key.span, message))
    ignores = ignores_in(context.document)
    if ignores:
        findings += unused_ignore.unknown_rules(context, ignores, RULES)
        findings, used = silence(context.document, ignores, findings)
        findings += unused_ignore.silencing_nothing(context, ignores, used, RULES)
    severities = severities_for(context.session.settings, path)
    if severities:
        findings = _with_severities(findings, severities)
    return tuple(sorted(map(_brief, findings), key=lambda finding: finding.span))


def _brief(finding: Finding) -> Finding:
    """Return a finding whose sentences repeat no name and no value at great length."""
    beside = finding.beside_count
    is_plain = not finding.related and not finding.fixes and beside is None
    if is_plain and len(finding.message) <= MOST_OF_A_WORD:
        return finding
    return replace(
        finding,
        message=brief(finding.message),
        related=tuple(replace(one, message=brief(one.message)) for one in finding.related),
        fixes=tuple(replace(one, title=brief(one.title)) for one in finding.fixes),
        beside_count=brief(beside) if beside is not None else None,
    )


def _findings_of(rule: Rule, context: FileContext) -> Iterator[Finding]:
    """Yield the findings of a rule; if it fails, those until then, and one that says so."""
    try:
        yield from rule.check(context)
    except Exception:
        _log_failure(rule.code, context.path)
        message = (
            f"The rule `{rule.code}` failed on this file, so some of its findings are missing. "
            f"Please report it: {REPOSITORY}/issues"
        )
        yield Finding(rule.code, Severity.INFORMATION, context.path, Span(0, 0), message)


@lru_cache(maxsize=1_000)
def _log_failure(code: str, path: Path) -> None:
    """Log the error that is being handled, once for a rule and a file."""
    logger.exception("The rule %s failed on %s.", code, ascii(str(path))[1:-1])


def _with_severities(
    findings: list[Finding], severities: Mapping[str, Severity | None]
) -> list[Finding]:
    """Return findings as severe as the user has it, without those of rules that are off."""
    chosen = ((found, severities.get(found.code, found.severity)) for found in findings)
    return [replace(found, severity=severity) for found, severity in chosen if severity is not None]
