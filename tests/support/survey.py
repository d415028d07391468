"""The environment in which most rules and fixes are tested.

``Survey`` is a package of its own that uses CSV, which still has its workload from
SnoopPrecompile, and DataFrames and itself, which have theirs from PrecompileTools. Parsers,
below CSV, and Both use PrecompileTools as well; Both uses SnoopPrecompile too. Tables has no
workload, and Plain does not even know Preferences.
"""

from __future__ import annotations

from collections.abc import Mapping

from support.environments import Package, manifest, project

PACKAGES: Mapping[str, str | Package] = {
    "Both": "PrecompileTools SnoopPrecompile",
    "CSV": "Parsers SnoopPrecompile Tables",
    "DataFrames": "PrecompileTools Tables",
    "Dates": "",
    "Parsers": "Dates PrecompileTools",
    "Plain": "",
    "PrecompileTools": Package("Preferences", version="1.3.3"),
    "Preferences": Package("TOML", version="1.4.3"),
    "SnoopPrecompile": Package("Preferences", version="1.0.3"),
    "TOML": "Dates",
    "Tables": "Preferences",
}

PROJECT = project(
    "Survey", deps="Both CSV DataFrames Plain PrecompileTools Tables", extras="SnoopPrecompile"
)


def files(
    preferences: str = "",
    *,
    project: str = PROJECT,
    packages: Mapping[str, str | Package] = PACKAGES,
    julia: str = "1.10.4",
) -> dict[str, str]:
    """Return the files of the environment, with a preferences file."""
    found = {"Project.toml": project, "Manifest.toml": manifest(packages, julia=julia)}
    return found | ({"LocalPreferences.toml": preferences} if preferences else {})


def with_versions(**versions: str) -> dict[str, str | Package]:
    """Return the packages with some in other versions."""
    found = dict(PACKAGES)
    for name, version in versions.items():
        package = found[name]
        deps = package if isinstance(package, str) else package.deps
        found[name] = Package(deps, version=version)
    return found


def without(*names: str) -> dict[str, str | Package]:
    """Return the packages without some, which nothing depends on any more."""
    found: dict[str, str | Package] = {}
    for name, package in PACKAGES.items():
        if name not in names:
            told = Package(package) if isinstance(package, str) else package
            deps = " ".join(dep for dep in told.deps.split() if dep not in names)
            found[name] = Package(deps, version=told.version)
    return found
