"""The places of a file that name a folder or a file of the user's, and what is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from precompass.answers.mentions import strings
from precompass.documents.text import Span
from precompass.documents.toml import Node, Scalar, Table
from precompass.file_context import FileContext
from precompass.files.kinds import FileKind
from precompass.julia.load_path import project_in
from precompass.julia.manifest import parse_manifest


class NamedPath(msgspec.Struct, frozen=True):
    """A path in a file.

    Attributes:
        span: the path as it is written, with its quotes.
        target: the file that it leads to; of a folder, its project file.
    """

    span: Span
    target: Path


def named_paths(context: FileContext) -> Iterator[NamedPath]:
    """Yield the paths of a file that lead to something.

    These are, relative to the folder of the file, ``path`` in ``[sources]`` and in the entries
    of a manifest, the projects of a workspace, and the keys ``manifest`` and ``entryfile``.
    """
    for span, text in written_paths(context):
        target = _target(context, text)
        if target is not None:
            yield NamedPath(span, target)


def extension_files(context: FileContext) -> Iterator[tuple[Span, Path]]:
    """Yield the names of a project's extensions, with the file of each that is there.

    Julia looks for ``ext/Name.jl`` and ``ext/Name/Name.jl`` (``base/loading.jl``).
    """
    table = context.document.root.table("extensions")
    if context.kind is not FileKind.PROJECT or table is None:
        return
    folder, files = context.path.parent / "ext", context.session.snapshot
    for name, entry in table.entries.items():
        for path in (folder / f"{name}.jl", folder / name / f"{name}.jl"):
            if files.is_file(path):
                yield entry.key.span, path
                break


def written_paths(context: FileContext) -> Iterator[tuple[Span, str]]:
    """Yield the same paths as they are written, whether they lead to something or not."""
    root = context.document.root
    if context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        for package in manifest.packages.values():
            table = manifest.table(package) if package.path is not None else None
            yield from _string(table, "path")
    if context.kind is not FileKind.PROJECT:
        return
    yield from _string(root, "manifest")
    yield from _string(root, "entryfile")
    sources = root.table("sources")
    for source in sources.entries.values() if sources is not None else ():
        yield from _string(source.node, "path")
    projects = root.get("workspace", "projects")
    for folder, span in strings(projects.node) if projects is not None else ():
        yield span, folder


def _string(node: Node | None, key: str) -> Iterator[tuple[Span, str]]:
    entry = node.get(key) if isinstance(node, Table) else None
    if entry is not None and isinstance(entry.node, Scalar) and isinstance(entry.node.value, str):
        yield entry.node.span, entry.node.value


def _target(context: FileContext, text: str) -> Path | None:
    files = context.session.snapshot
    place = Path(os.path.normpath(context.path.parent / text))
    return place if files.is_file(place) else project_in(place, files)
