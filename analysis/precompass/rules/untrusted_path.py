r"""A path that is ignored because the folder is not trusted.

A file of a repository can name any place: depots in `precompass.toml`, packages at `path` in a
manifest or in `[sources]`, projects of a workspace. Precompass follows a path out of the repository
only in a trusted folder: your own folders, those that VS Code trusts, and those that you trust by a
setting or an option. On Windows, a path to another machine (`\\host\share`) is ignored unless you
opened it yourself. Answers are then less exact: packages at such paths count as not installed.

**Example**

```toml
# precompass.toml, in a folder that belongs to another user
depot = "/srv/depot"
```

**Use instead**

```sh
precompass check --depot /srv/depot
```

**Fix** If you trust the author, trust the folder: "Manage Workspace Trust" in VS Code, the setting
`precompass.trust` in other editors, `--trust` on the command line.

**Source** `safe.directory` in git's documentation, for whose folder is trusted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.documents.toml import Table, plain
from precompass.file_context import FileContext, string_items
from precompass.files import disk
from precompass.files.kinds import FileKind
from precompass.findings import Finding, Severity
from precompass.julia.manifest import parse_manifest
from precompass.julia.project import MOST_MEMBERS
from precompass.rules.rule import ALL_FILES, Resource
from precompass.wording import counted

CODE = "untrusted-path"
SEVERITY = Severity.INFORMATION
KINDS = ALL_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: FileContext) -> Iterator[Finding]:
    """Report, once a file, that paths out of the trusted places do not count."""
    ignored = list(_ignored(context))
    if not ignored:
        return
    are = "is" if len(ignored) == 1 else "are"
    message = (
        f"{counted(len(ignored), 'path')} of this file {are} ignored, because the folder is not "
        "trusted. Trust the folder in the editor, or pass `--trust`."
    )
    yield context.finding(CODE, SEVERITY, ignored[0], message)


def _ignored(context: FileContext) -> Iterator[Span]:
    """Yield where a file names a place that does not count."""
    root = context.document.root
    if context.kind is FileKind.CONFIGURATION:
        depot = root.get("depot")
        if depot is not None and not context.session.settings.is_trusted:
            yield depot.node.span
    elif context.kind is FileKind.MANIFEST:
        manifest = parse_manifest(context.path, context.text)
        for package in manifest.packages.values():
            if package.path is not None and not _counts(context, package.path):
                yield manifest.span(package.name, package.index, "path")
    elif context.kind is FileKind.PROJECT:
        sources = root.table("sources")
        for source in sources.entries.values() if sources is not None else ():
            entry = source.node.get("path") if isinstance(source.node, Table) else None
            path = plain(entry.node) if entry is not None else None
            if entry is not None and isinstance(path, str) and not _counts(context, path):
                yield entry.node.span
        projects = root.get("workspace", "projects")
        members = string_items(projects.node) if projects is not None else ()
        for name, span in members[:MOST_MEMBERS]:
            if not _counts(context, name):
                yield span


def _counts(context: FileContext, path: str) -> bool:
    return disk.is_allowed(os.path.normpath(context.path.parent / path))
