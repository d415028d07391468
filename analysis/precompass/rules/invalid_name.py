"""A name that no package can have, or that General would not accept.

The name of a project must be a string, or Julia cannot read the file. `using Name` loads a package,
so a name that is not a Julia identifier, or a reserved word such as `end`, belongs to a
package that nobody can load. The same applies to the names in `[deps]`. Pkg reports neither when it
reads the file.

General's AutoMerge requires more of new packages: at least five characters, all of them ASCII
letters and digits, an upper-case letter first and a lower-case letter somewhere; no "julia" in the
name, no "Ju" at its beginning and no "jl" at its end. This is a hint here, for packages that no
registry has yet. Without a registry, the rule is silent about it.

**Example**

```toml
# Project.toml
name = "my-package"    # `using my-package` is no Julia
```

**Use instead**

```toml
# Project.toml
name = "MyPackage"
```

**Fix** Choose another name, and rename `src/Name.jl` and its module along.

**Source** `Base.isidentifier`; `reserved-words` in `src/julia-parser.scm`; `Project` in
`src/project.jl` of Pkg; the guidelines of AutoMerge in RegistryCI.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.documents.toml import Table, plain
from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Severity
from precompass.fixes import renaming
from precompass.julia.identifiers import RESERVED, can_be_module
from precompass.julia.project import ProjectFile
from precompass.rules.registry_age import is_older
from precompass.rules.rule import PROJECT_FILES, Resource

CODE = "invalid-name"
SEVERITY = Severity.WARNING
KINDS = PROJECT_FILES
LOOKS_INTO = frozenset({Resource.REGISTRY})

_ANOTHER = "Choose another name."
_MIN_LENGTH = 5


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report the project's name, and those in [deps]."""
    project = context.project
    entry = context.document.root.get("name")
    if entry is not None:
        name = plain(entry.node)
        if not isinstance(name, str):
            message = "Julia cannot read this file: the name of a project has to be a string."
            yield context.finding(CODE, Severity.ERROR, entry.node.span, message)
        elif not can_be_module(name):
            advice = "Use letters, digits and `_`, and a letter first."
            message = f"{_no_name(name)} {_ANOTHER if name in RESERVED else advice}"
            yield context.finding(CODE, SEVERITY, entry.node.span, message)
        elif project.version is not None and _is_new(context, project):
            reason = _refused_by_general(name) if project.is_package else ""
            if reason:
                message = f"General's AutoMerge accepts no new package with this name: {reason}."
                yield context.finding(CODE, Severity.HINT, entry.node.span, message)
    yield from _check_deps(context)


def _check_deps(context: EnvironmentContext) -> Iterator[Finding]:
    deps = context.document.root.table("deps")
    for name, entry in deps.entries.items() if deps is not None else ():
        if can_be_module(name) or isinstance(entry.node, Table):
            continue
        advice = "Write the package's own name, without `.jl`."
        message = f"{_no_name(name)} {_ANOTHER if name in RESERVED else advice}"
        plain_name = name.removesuffix(".jl")
        rename = renaming.offer(context, ("deps", name), plain_name)
        is_helpful = rename is not None and can_be_module(plain_name)
        yield context.finding(
            CODE,
            SEVERITY,
            entry.key.span,
            message,
            fixes=(rename,) if rename is not None and is_helpful else (),
        )


def _no_name(name: str) -> str:
    """Say why no package can have a name."""
    is_what = "a reserved word" if name in RESERVED else "not an identifier"
    return (
        f"No package can be called `{name}`: that is {is_what}, so `using {name}` cannot be "
        "written."
    )


def _is_new(context: EnvironmentContext, project: ProjectFile) -> bool:
    """Tell whether there are registries as new as the project, and none of them has the package."""
    registries = context.session.registries
    if registries is None or project.uuid is None or context.is_never_registered:
        return False
    if registries.summaries(project.uuid):
        return False
    return not is_older(context, registries)


def _refused_by_general(name: str) -> str:
    """Return why AutoMerge takes no new package of a name (``guidelines.jl``, 2026)."""
    if len(name) < _MIN_LENGTH:
        return f"it has fewer than {_MIN_LENGTH} characters"
    if not name.isascii():
        return "it is not all ASCII"
    if not name[0].isupper():
        return "it does not begin with an upper-case letter"
    if not name.isalnum():
        return "it has other characters than letters and digits"
    if not any(character.islower() for character in name):
        return "it has no lower-case letter"
    if "julia" in name.lower():
        return 'it has "julia" in it'
    if name.startswith("Ju"):
        return 'it begins with "Ju"'
    return 'it ends with "jl"' if name.lower().endswith("jl") else ""
