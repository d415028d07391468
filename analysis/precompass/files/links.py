"""Links that lead out of the folder that they are in: their content is not the folder's."""

from __future__ import annotations

import os
from pathlib import Path

from precompass.files import disk


def leads_out(path: Path, folder: Path) -> bool:
    """Tell whether a link leads from a folder, or one below it, to a file elsewhere.

    Args:
        path: a file. If it is not below *folder*, its own folder counts instead.
        folder: the tree that was asked about, such as the working directory.
    """
    real = disk.real_path(path)
    if real == os.fspath(path):
        return False
    tree = folder if path.is_relative_to(folder) else path.parent
    return not Path(real).is_relative_to(disk.real_path(tree))
