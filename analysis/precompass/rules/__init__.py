"""The rules: a file each, which also holds the rule's own documentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from precompass.documents.text import Span
from precompass.findings import Finding
from precompass.rules import (
    deprecated_package,
    global_skip_list,
    global_workload_switch,
    ignored_preferences,
    invalid_clear_list,
    missing_manifest,
    name_uuid_mismatch,
    pending_recompilation,
    preferences_not_a_table,
    shadowed_preference,
    stale_skip_list,
    toml_syntax,
    unknown_preference,
    unknown_skipped_package,
    unnoticed_change,
    uuid_not_in_registry,
    wide_invalidation,
    workload_flag_without_workload,
    wrong_preference_type,
    yanked_version,
)
from precompass.rules.rule import Rule, context_of
from precompass.session import Session, file_kind


def _rule(module: ModuleType) -> Rule:
    return Rule(module.CODE, module.SEVERITY, module.__doc__ or "", module.check)


RULES: Mapping[str, Rule] = {
    module.CODE: _rule(module)
    for module in (
        toml_syntax,
        global_skip_list,
        global_workload_switch,
        wide_invalidation,
        ignored_preferences,
        shadowed_preference,
        wrong_preference_type,
        workload_flag_without_workload,
        unknown_skipped_package,
        stale_skip_list,
        unnoticed_change,
        preferences_not_a_table,
        invalid_clear_list,
        pending_recompilation,
        unknown_preference,
        missing_manifest,
        name_uuid_mismatch,
        uuid_not_in_registry,
        yanked_version,
        deprecated_package,
    )
}
"""All rules, by code."""


def check(session: Session, path: Path) -> tuple[Finding, ...]:
    """Return the findings of all rules in one file, in the order of the text.

    A file that is none of Julia's, or is not there, has none. One that cannot be read has one
    that says why.
    """
    context = context_of(session, path)
    if context is None:
        reason = session.snapshot.unreadable(path) if file_kind(path) is not None else ""
        if not reason:
            return ()
        message = f"This file cannot be read: {reason}."
        return (Finding(toml_syntax.CODE, toml_syntax.SEVERITY, path, Span(0, 0), message),)
    findings = [finding for rule in RULES.values() for finding in rule.check(context)]
    return tuple(sorted(findings, key=lambda finding: finding.span))
