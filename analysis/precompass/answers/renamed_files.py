"""What changes in Julia's files when folders or files get other names: the paths to them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from precompass.answers.named_paths import written_paths
from precompass.documents.editing import string_in_place_of
from precompass.documents.text import TextEdit, apply_edits
from precompass.documents.toml import parse_toml
from precompass.file_context import FileContext, context_of
from precompass.findings import FileEdit
from precompass.session import Session


def path_edits(
    session: Session, files: Iterable[Path], renamed: Mapping[Path, Path]
) -> tuple[FileEdit, ...]:
    """Return the edits that keep every path leading to where it leads, before the files move.

    These are the paths in ``[sources]``, in the entries of manifests and in workspaces, and the
    keys ``manifest`` and ``entryfile``. A file that moves itself keeps its paths to what moves
    along; those to what stays are written anew. Each edited text is read back: if it has another
    fault than before, its file is left as it is.

    Args:
        session: the user's files.
        files: where to look for paths.
        renamed: folders and files, with the paths that they get.
    """
    found = []
    for file in dict.fromkeys(files):
        context = context_of(session, file)
        edits = tuple(_edits(context, renamed)) if context is not None else ()
        if context is not None and edits and _is_sound(context.text, edits):
            found.append(FileEdit(file, context.text, edits))
    return tuple(found)


def _edits(context: FileContext, renamed: Mapping[Path, Path]) -> Iterator[TextEdit]:
    folder = context.path.parent
    new_folder = _moved(context.path, renamed).parent
    for span, text in sorted(written_paths(context)):
        target = _moved(_joined(folder, text), renamed)
        if text and _joined(new_folder, text) != target:
            literal = context.text[span.start : span.end]
            new = _written_like(text, target, new_folder)
            yield TextEdit(span, string_in_place_of(literal, new))


def _joined(folder: Path, text: str) -> Path:
    return Path(os.path.normpath(folder / text))


def _moved(path: Path, renamed: Mapping[Path, Path]) -> Path:
    """Return where a file will be; of several renamed folders around it, the innermost counts."""
    for folder in (path, *path.parents):
        if folder in renamed:
            return renamed[folder] / path.relative_to(folder)
    return path


def _written_like(text: str, target: Path, folder: Path) -> str:
    """Return a path in the format of another one: absolute or not, ``./`` before, ``/`` behind."""
    if Path(text).is_absolute():
        new = str(target)
    else:
        try:
            new = os.path.relpath(target, folder)
        except ValueError:  # on another drive of Windows
            new = str(target)
    if "\\" not in text:
        new = new.replace(os.sep, "/")
    if text.startswith("./") and not new.startswith((".", "/")):
        new = f"./{new}"
    return f"{new}/" if text.endswith("/") and not new.endswith("/") else new


def _is_sound(before: str, edits: tuple[TextEdit, ...]) -> bool:
    """Tell whether the text has as many faults after the edits as before."""
    after = apply_edits(before, edits)
    return len(parse_toml(after).faults) == len(parse_toml(before).faults)
