"""A rule that fails takes nothing away from the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

import precompass.rules
from precompass.file_context import FileContext
from precompass.findings import Finding, Severity
from precompass.rules import RULES, check
from support.environments import session

HERE = Path("/nowhere/Survey")
FILES = {"Project.toml": '[deps]\nCSV = "not a UUID"\n[dep]\n'}


def failing(context: FileContext) -> Iterator[Finding]:
    yield context.finding("unknown-key", Severity.WARNING, context.document.root.span, "Found.")
    raise TypeError("unhashable type: 'list'")


@pytest.fixture(autouse=True)
def one_rule_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("precompass.rules")
    monkeypatch.setattr(logger, "handlers", [])
    rules = {**RULES, "unknown-key": replace(RULES["unknown-key"], check=failing)}
    monkeypatch.setattr(precompass.rules, "RULES", rules)
    precompass.rules._log_failure.cache_clear()


def test_the_findings_of_the_others_stand(caplog: pytest.LogCaptureFixture) -> None:
    found = {(one.code, one.severity) for one in check(session(HERE, FILES), HERE / "Project.toml")}
    assert ("invalid-uuid", Severity.ERROR) in found
    assert ("unknown-key", Severity.WARNING) in found
    assert ("unknown-key", Severity.INFORMATION) in found
    check(session(HERE, FILES), HERE / "Project.toml")
    (record,) = [one for one in caplog.records if one.name == "precompass.rules"]
    assert record.exc_info is not None


def test_the_user_is_told_in_a_sentence() -> None:
    found = check(session(HERE, FILES), HERE / "Project.toml")
    (told,) = [one for one in found if one.severity is Severity.INFORMATION]
    assert told.message.startswith("The rule `unknown-key` failed on this file, so some of its")
