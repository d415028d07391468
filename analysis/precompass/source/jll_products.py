"""The preferences that a JLL package reads while it compiles: a path for each product.

A JLL package made by BinaryBuilder has one file for each platform in ``src/wrappers``, with a
line ``JLLWrappers.@declare_library_product(libfoo, …)`` for each product (the same for
executables and files). Since JLLWrappers 1.3.0 such a line expands to
``@load_preference("libfoo_path", nothing)`` (``src/products/*.jl`` and
``src/wrapper_generators.jl`` there). Julia evaluates the file of the platform it is on.

The files are generated, all in one shape, and there may be sixty of them: they are searched
and not parsed.
"""

from __future__ import annotations

import re

from precompass.source.effects import Read
from precompass.source.modules import Condition
from precompass.source.package_files import PackageFiles
from precompass.source.syntax import Site
from precompass.source.values import OWN, Text

_GENERATED = re.compile(rb"^[^\S\n]*(?:JLLWrappers\.)?@generate_main_file\b", re.MULTILINE)
_PRODUCT = re.compile(
    rb"^[ \t]*(?:JLLWrappers\.)?"
    rb"@declare_(?:library|executable|file)_product\(\s*([\w!]+)",
    re.MULTILINE,
)


def is_generated(entry: bytes) -> bool:
    """Tell whether the entry file of a package is one that BinaryBuilder wrote."""
    return _GENERATED.search(entry) is not None


def product_reads(files: PackageFiles) -> list[Read]:
    """Return the preferences that a JLL package reads, one for each product.

    A product that is missing for some platforms is read under a condition. Where a product is
    declared more than once, the first file by name is taken as its place.
    """
    first: dict[str, Site] = {}
    platforms: dict[str, int] = {}
    wrappers = files.julia_files(files.root / "src" / "wrappers")
    for path in wrappers:
        data = files.read(path) or b""
        names: set[str] = set()
        for match in _PRODUCT.finditer(data):
            name = match[1].decode("ascii", "replace")
            start = data.rfind(b"\n", 0, match.start(1)) + 1
            site = Site(path, data.count(b"\n", 0, start), match.start(1) - start)
            first.setdefault(name, site)
            names.add(name)
        for name in names:
            platforms[name] = platforms.get(name, 0) + 1
    reads: list[Read] = []
    for name, site in first.items():
        count = platforms[name]
        text = f"the platform is one of the {count} of {len(wrappers)} that have {name}"
        conditions = () if count == len(wrappers) else (Condition(site, 0, 0, text),)
        via = ("JLLWrappers",)
        key = Text(f"{name}_path")
        reads.append(Read(OWN, key, site, conditions, default="nothing", via=via))
    return reads
