"""What a file is to Julia, by its name: a project file, a manifest or a preferences file."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from precompass.julia.preferences import PREFERENCES_NAMES
from precompass.julia.project import PROJECT_NAMES

CONFIGURATION_NAME = "precompass.toml"
"""The file of our own, in which a team chooses settings."""
_MANIFEST_NAME = re.compile(r"(?:Julia)?Manifest(?:-v[0-9]+\.[0-9]+)?\.toml")


class FileKind(Enum):
    """The kinds of files that Precompass understands."""

    PROJECT = "project file"
    MANIFEST = "manifest"
    PREFERENCES = "preferences file"
    CONFIGURATION = "settings of Precompass"

    __hash__ = object.__hash__  # every rule asks for it; that of Enum is computed from the name


def file_kind(path: Path) -> FileKind | None:
    """Return what a file is, by its name; None if it is not one of Julia's files, nor our own."""
    if path.name in PROJECT_NAMES:
        return FileKind.PROJECT
    if path.name in PREFERENCES_NAMES:
        return FileKind.PREFERENCES
    if _MANIFEST_NAME.fullmatch(path.name):
        return FileKind.MANIFEST
    return FileKind.CONFIGURATION if path.name == CONFIGURATION_NAME else None
