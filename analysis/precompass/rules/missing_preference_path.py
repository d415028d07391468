"""A preference that names a library or another file, at a path that does not exist.

A JLL package takes `libfoo_path` for the path of its library `libfoo` and opens it when the
package is loaded. MPI.jl does the same with `libmpi` of MPIPreferences, and HDF5.jl with its
`libhdf5`. Only absolute paths are checked, on the machine where Precompass runs: a mere name
(`libmpi`) is looked up by the system. A path on another machine is never looked at, and in a folder
that is not trusted none is.

A preferences file may be right for another machine, such as a cluster. So the rule reports
nothing if this machine has neither the package nor the folder of the path.

**Example**

```toml
# LocalPreferences.toml
[HDF5_jll]
libhdf5_path = "/opt/hdf5/lib/libhdf5.so"
```

**Fix** Correct the path, or delete the key: then the library of the JLL package is used.

**Source** JLLWrappers.jl, `src/products/library_generators.jl`; MPIPreferences.jl,
`src/MPIPreferences.jl`; HDF5.jl, `src/api/api.jl`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from precompass.documents.toml import plain
from precompass.file_context import EnvironmentContext
from precompass.files import disk
from precompass.files.reach import is_remote
from precompass.findings import Finding, Severity
from precompass.julia.preferences import Preference
from precompass.rules.rule import FILES_WITH_PREFERENCES, Resource

CODE = "missing-preference-path"
SEVERITY = Severity.WARNING
KINDS = FILES_WITH_PREFERENCES
LOOKS_INTO = frozenset({Resource.MANIFEST, Resource.SOURCES})


def check(context: EnvironmentContext) -> Iterator[Finding]:
    """Report every preference in effect that names a file which does not exist here."""
    for one in context.preferences_in_effect:
        value = plain(one.entry.node)
        if not isinstance(value, str) or not _leads_nowhere(value):
            continue
        if not _is_path(context, one.preference):
            continue
        if not (disk.is_folder(Path(value).parent) or _is_installed(context, one.preference)):
            continue
        message = (
            f"There is no file at this path on this machine: {one.table.name} cannot load it. "
            "Correct the path, or delete the key."
        )
        yield context.finding(CODE, SEVERITY, one.entry.node.span, message)


def _leads_nowhere(value: str) -> bool:
    """Tell whether a text is an absolute path that may be looked at, and nothing is there."""
    if not os.path.isabs(value) or is_remote(value) or not disk.is_allowed(value):  # noqa: PTH117 - a text of the user's
        return False
    return not disk.is_there(value)


def _is_installed(context: EnvironmentContext, preference: Preference) -> bool:
    """Tell whether this machine has the package: then the project is used here."""
    invalidations = context.invalidations
    unit = invalidations.graph.unit_of(preference.package)
    return unit is not None and invalidations.installed.sources.of(unit) is not None


def _is_path(context: EnvironmentContext, preference: Preference) -> bool:
    """Tell whether the value of a preference is a path, for all that is known of its package."""
    invalidations = context.invalidations
    unit = invalidations.graph.unit_of(preference.package)
    if unit is None:
        return False
    if unit.name.endswith("_jll"):
        return preference.key.endswith("_path")
    from precompass.recompilation.published_keys import published_of

    published = published_of(invalidations.environment, unit)
    return published is not None and preference.key in published.paths
