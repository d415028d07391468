"""Errors that the analysis logs and goes on from: in a test they are failures."""

from __future__ import annotations

import logging
import sys


class _Raising(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        raise AssertionError(record.getMessage()) from error


def raise_logged_errors() -> None:
    """Let an error raise that a rule logs, so that no test passes over it."""
    logger = logging.getLogger("precompass.rules")
    if not any(isinstance(handler, _Raising) for handler in logger.handlers):
        logger.addHandler(_Raising(logging.ERROR))
