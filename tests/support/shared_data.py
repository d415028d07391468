"""Data that the project's tests use when it is there: real environments, real answers of Julia.

The project does not ship it. The folder is named by the environment variable
``PRECOMPASS_TEST_DATA``; without it, a folder ``shared`` beside the checkout is used.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("PRECOMPASS_TEST_DATA", ROOT.parent / "shared"))


def shared(*parts: str) -> Path:
    """Return the path of a shared file or folder; skip the test where it is not there."""
    path = FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the test data {'/'.join(parts)}, which is not on this machine")
    return path
