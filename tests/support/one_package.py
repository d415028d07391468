"""One package Foo, and what its source says about a preference."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.preference_reads import Certainty, PackageReads, When

UUID_OF_FOO = UUID("11111111-2222-3333-4444-555555555555")


def read(folder: Path, body: str, **files: str) -> PackageReads:
    """Read a package Foo that is using Preferences; *files* lie beside its entry file."""
    (folder / "src").mkdir(parents=True)
    entry = folder / "src" / "Foo.jl"
    entry.write_text(f"module Foo\nusing Preferences\n{body}\nend\n")
    for name, text in files.items():
        (folder / "src" / f"{name}.jl").write_text(text)
    return read_package_source(PackageSource("Foo", UUID_OF_FOO, folder, entry))


def verdict(reads: PackageReads, key: str = "mode") -> str:
    """Say whether a preference is read while the package compiles: read, may, run, or no."""
    open_ones = {Certainty.COMPUTED, Certainty.UNFOLLOWED}
    compile_time = [one for one in reads.reads if one.when is When.COMPILE]
    if any(one.key == key and one.certainty not in open_ones for one in compile_time):
        return "read"
    if reads.problems or any(one.key in {key, None} for one in compile_time):
        return "may"
    return "run" if any(one.key == key for one in reads.reads) else "no"
