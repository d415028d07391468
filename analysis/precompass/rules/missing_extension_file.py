"""An extension without the file that Julia loads.

Julia loads an extension from `ext/Name.jl` or `ext/Name/Name.jl`, as soon as its triggers are
loaded. If neither file exists, the package works, but Julia prints an error whenever the triggers
are loaded together, and the extension's features are missing.

**Example**

```toml
# Project.toml, and the file is ext/CUDAExt.jl
[weakdeps]
CUDA = "052768ef-5323-5732-b1bb-66c8b64840ba"

[extensions]
SurveyCUDAExt = "CUDA"
```

**Fix** Rename the file or the extension.

**Source** `find_ext_path` and `run_extension_callbacks` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.julia.project import entry_file
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "missing-extension-file"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO: frozenset[Resource] = frozenset()


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every extension whose file is not there, where the package's own file is."""
    project, invalidations = context.project, context.invalidations
    if not project.is_package or not invalidations.environment.julia.has_extensions:
        return
    files = context.session.snapshot
    if not files.is_file(entry_file(project)):
        return  # missing-entry-file speaks of the whole package
    folder = project.path.parent / "ext"
    for name in project.extensions:
        entry = context.document.root.get("extensions", name)
        paths = (folder / f"{name}.jl", folder / name / f"{name}.jl")
        if entry is None or any(files.is_file(path) for path in paths):
            continue
        message = (
            f"Neither ext/{name}.jl nor ext/{name}/{name}.jl exists: when its triggers are "
            "loaded, Julia prints an error and continues without this extension. Rename the file "
            "or the extension."
        )
        yield context.finding(CODE, SEVERITY, entry.key.span, message)
