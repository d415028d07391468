"""Tell whether this checkout may be released: ``python .ci/release_check.py v0.1.0``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from precompass import __version__

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def objections(tag: str, changelog: str) -> list[str]:
    """Return what speaks against a release.

    Args:
        tag: what git calls it.
        changelog: the text of the changelog.
    """
    found = []
    if tag != f"v{__version__}":
        found.append(f"The tag is {tag!r}, and the version is {__version__}.")
    heading = re.search(rf"^## \[{re.escape(__version__)}\] - (.*)$", changelog, re.MULTILINE)
    if heading is None:
        found.append(f"The changelog has no entry for {__version__}.")
    elif not re.fullmatch(r"\d{4}-\d{2}-\d{2}", heading[1]):
        found.append(f"The changelog's entry for {__version__} has no date: {heading[1]!r}.")
    return found


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    against = objections(given, CHANGELOG.read_text(encoding="utf-8"))
    print("\n".join(against) or f"{given} can be released.")
    sys.exit(bool(against))
