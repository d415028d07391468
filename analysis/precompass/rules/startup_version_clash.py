"""Packages that `config/startup.jl` loads in other versions than the project has.

Julia keeps the first version of a package that a session loads. If `startup.jl` loads a tool from
the shared environment, the tool and the project may need different versions of a package. Started
with `--project`, Julia recompiles the tool once for each project. If the project is activated
later, Julia recompiles the project's packages, at every switch. `precompass why --startup` counts
what the caches on this machine make of it.

**Example**

```toml
# Project.toml
[deps]
Ground = "a0000000-0000-4000-8000-000000000001"   # Tool of startup.jl uses another version
```

**Fix** Use the same version in both environments, add the tool to the project, or start Julia with
`--startup-file=no`.

**Source** `load_julia_startup` in `base/client.jl`; `locate_package` in `base/loading.jl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.text import Span
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "startup-version-clash"
SEVERITY = Severity.INFORMATION
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report that the startup file meets other versions, at the first package concerned."""
    startup = context.session.saved_startup(context.project.path)
    if startup is None or not startup.clashes:
        return
    place = Span(0, len(context.text.partition("\n")[0]))
    for name, uuid in context.project.deps.items():
        if any(clash.unit.uuid == uuid for clash in startup.clashes):
            entry = context.document.root.get("deps", name)
            if entry is not None:
                place = entry.key.span
                break
    from precompass.wording.startup import startup_sentences

    message = " ".join(startup_sentences(startup, context.path.parent))
    yield context.finding(CODE, SEVERITY, place, message)
