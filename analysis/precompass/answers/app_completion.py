"""Completion of the apps of a package (Pkg 1.12 and later, "Apps" in its manual)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from precompass.answers.candidates import Candidates, Completion, CompletionKind, other_keys
from precompass.documents.toml import Array
from precompass.file_context import FileContext, string_items
from precompass.julia.project import entry_file

_KEYS: Mapping[str, tuple[str, str]] = {
    "submodule": ('""', "whose `@main` runs, in place of the package's"),
    "julia_flags": ("[]", "with which Julia is started"),
}
_FLAGS: Mapping[str, str] = {
    "--threads=auto": "as many threads as there are processors",
    "--startup-file=yes": "run startup.jl, which apps do not",
    "--optimize=2": "the optimization level, 0 to 3",
    "--check-bounds=no": "no bounds checks; wrong indices are undefined behaviour",
    "--depwarn=no": "no warnings about deprecated functions",
    "--compile=min": "start fast, run slowly",
}
_SUBMODULE = re.compile(r"^[ \t]*(?:bare)?module[ \t]+(\w+)", re.MULTILINE)
_INCLUDE = re.compile(r'\binclude\("([^"\n]+\.jl)"\)')
_MOST = 100  # included files, and names of submodules


def apps(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the name that an app of a package most likely has, if the file has none yet."""
    project = context.project
    if project is None or project.name is None:
        return
    name = project.name.casefold()
    if candidates.matches(name) and not other_keys(
        context.document.root.table(*path), candidates.cursor
    ):
        yield candidates.entry(name, "{}", CompletionKind.KEY, f"runs {project.name}")


def keys(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the keys that Pkg reads of an app (``read_project_apps`` in ``src/project.jl``)."""
    taken = other_keys(context.document.root.table(*path), candidates.cursor)
    for key, (value, detail) in _KEYS.items():
        if key not in taken:
            yield candidates.entry(key, value, CompletionKind.KEY, detail)


def values(
    context: FileContext, candidates: Candidates, path: tuple[str, ...]
) -> Iterator[Completion]:
    """Yield the submodules of a package, or options of Julia that are not there yet."""
    if path[-1] == "submodule":
        for name in _submodules(context):
            yield candidates.string(name, CompletionKind.PACKAGE)
    elif path[-1] == "julia_flags":
        entry = context.document.root.get(*path)
        written = string_items(entry.node) if entry and isinstance(entry.node, Array) else ()
        taken = {text.partition("=")[0] for text, _ in written}
        for flag, detail in _FLAGS.items():
            if flag.partition("=")[0] not in taken:
                yield candidates.item(flag, CompletionKind.VALUE, detail)


def _submodules(context: FileContext) -> list[str]:
    """Return the modules in the entry file of a package, and in the files that it includes."""
    project, files = context.project, context.session.snapshot
    if project is None or project.name is None:
        return []
    entry = entry_file(project)
    source = files.read(entry)
    texts = [source.text] if source is not None else []
    for name in islice(_INCLUDE.findall("".join(texts)), _MOST):
        included = files.read(Path(os.path.normpath(entry.parent / name)))
        texts += [included.text] if included is not None else []
    found = dict.fromkeys(name for text in texts for name in _SUBMODULE.findall(text))
    return [name for name in found if name != project.name][:_MOST]
