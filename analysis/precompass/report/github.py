"""Annotations of a GitHub workflow.

Source: GitHub's documentation, "Workflow commands for GitHub Actions", and
``actions/toolkit``, ``packages/core/src/command.ts``, for what has to be escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from precompass.report.visible import visible_lines

Level: TypeAlias = Literal["error", "warning", "notice"]


def annotation(level: Level, properties: Mapping[str, str], message: str) -> str:
    """Return the line that makes an annotation.

    Args:
        level: how it is marked.
        properties: ``file``, ``line``, ``title`` and the like.
        message: its text; lines may break.
    """
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return visible_lines(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
