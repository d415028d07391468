"""What a program asks of the system, as ``strace`` sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

OPENS = re.compile(r'\b(?:open|openat|openat2|creat|execve)\((?:\w+, )?"((?:[^"\\]|\\.)*)"')
"""The path of a call that opens or runs a file."""
NAMED = re.compile(r'\b\w+\((?:\w+, )?"((?:[^"\\]|\\.)*)"')
"""The path of any call."""
FOLLOWED = re.compile(
    r'\b(?!readlink|lstat|unlink)\w+\((?:\w+, )?"((?:[^"\\]|\\.)*)"(?!.*NOFOLLOW)', re.MULTILINE
)
"""The path of a call that follows a link at its end."""


def strace() -> str | None:
    """Return the program ``strace``, if it is here and may watch."""
    found = shutil.which("strace")
    if found is None:
        return None
    tried = subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False)
    return found if tried.returncode == 0 else None


def paths_in(log: Path, pattern: re.Pattern[str], folder: Path) -> set[Path]:
    """Return the paths that a log names, absolute and plain."""
    found = pattern.findall(log.read_text(encoding="utf-8", errors="surrogateescape"))
    return {Path(os.path.normpath(folder / path)) for path in found if path}
