"""Preferences of a package that its tests do not get.

`Pkg.test` runs in a project of its own, with the preferences of the session beside it. There they
count for the packages that this project lists: the tested package, the packages of
`test/Project.toml`, or, without that file, `[deps]` and the packages of the target `test`. What
`[extras]` or `[weakdeps]` list besides is not taken over. So a preference that a project sets for
such a package is in effect in the project, and not in its tests: there the package is compiled
with its defaults, and everything above it is compiled for the tests separately.

Where the folder `test` is a project of the workspace (Julia 1.12), the preferences of the
workspace count in the tests as well.

**Example**

```toml
# Project.toml
[extras]
MPIPreferences = "3da0fdf6-3ccc-4f1b-acd9-58baa6c99267"
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[targets]
test = ["Test"]

# LocalPreferences.toml
[MPIPreferences]
binary = "system"
```

**Use instead**

```toml
# Project.toml
[extras]
MPIPreferences = "3da0fdf6-3ccc-4f1b-acd9-58baa6c99267"
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[targets]
test = ["Test", "MPIPreferences"]

# LocalPreferences.toml
[MPIPreferences]
binary = "system"
```

**Fix** Add the package to the target `test`, or to `test/Project.toml`.

**Source** `gen_target_project` and `sandbox` in `src/Operations.jl` of Pkg.
"""

from __future__ import annotations

from collections.abc import Iterator

from precompass.file_context import EnvironmentContext
from precompass.findings import Finding, Fix, Severity
from precompass.fixes import listing, target
from precompass.julia.sandbox import TestStyle
from precompass.julia.uuids import UUID
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource
from precompass.session import Tests

CODE = "preferences-not-in-tests"
SEVERITY = Severity.INFORMATION
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every table in effect for a package that the tests use and do not list."""
    tests = context.tests
    if tests is None:
        return
    is_own = context.project.path == tests.environment.package.path
    if not is_own or tests.environment.style is TestStyle.WORKSPACE:
        return
    if not tests.environment.environment.julia.copies_preferences_to_tests:
        return
    for table in context.tables:
        uuid = table.uuid
        if uuid is None or not table.table or tests.invalidations.is_listed(uuid):
            continue
        if tests.invalidations.graph.unit_of(uuid) is None or not table.table.entries:
            continue
        yield context.finding(
            CODE,
            SEVERITY,
            table.header,
            f"`Pkg.test` ignores these preferences: {_where(tests)} does not list "
            f"{table.name}. The tests run with the defaults of {table.name}.",
            fixes=_fixes(tests, table.name, uuid),
        )


def _where(tests: Tests) -> str:
    if tests.environment.style is TestStyle.TARGET:
        return "the target `test`"
    return f"test/{tests.environment.environment.project.path.name}"


def _fixes(tests: Tests, name: str, uuid: UUID) -> tuple[Fix, ...]:
    package = tests.environment.package
    if tests.environment.style is TestStyle.PROJECT:
        return (listing.offer_uuid(tests.environment.environment.project.path, name, uuid),)
    if package.document.root.get("targets", "test") is None:
        return ()
    return (target.offer(package.path, "test", name),)
