"""The files that a package includes and that are not there: it cannot be compiled."""

from __future__ import annotations

from pathlib import Path

from precompass.source.package_code import PackageCode
from precompass.source.package_files import Limits, PackageFiles


def missing_includes(name: str, folder: Path, entry: Path) -> tuple[Path, ...]:
    """Return the files that a package includes on no condition and that do not exist.

    Args:
        name: of the package.
        folder: of the package.
        entry: its entry file.
    """
    code = PackageCode(name, PackageFiles(folder, Limits()), ())
    code.read(entry)
    return tuple(dict.fromkeys(code.missing))
