r"""``Versions.toml`` and ``Deps.toml`` in the layout in which registries are written by machine.

All but a handful of the files of a registry have exactly this layout (RegistryTools.jl writes
it): one key a line, one space around ``=``, plain strings, ``\n`` as line break. For such a file a
regular expression tells in a fifth of the time what a TOML parser tells, and an index needs
eighteen thousand of them. A file with any other layout, or with a key twice, is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_KEY = rb'\[(?:"([0-9A-Za-z.*+ -]+)"|([0-9A-Za-z_-]+))\]\n'
_VERSION = _KEY + rb'git-tree-sha1 = "[0-9a-f]{40}"\n(yanked = true\n)?\n?'
_NAMES = rb'((?:[0-9A-Za-z_-]+ = "[0-9a-f-]*"\n)*)\n?'
_EACH_VERSION, _EACH_RANGE = re.compile(_VERSION), re.compile(_KEY + _NAMES)
_ALL_VERSIONS = re.compile(rb"(?:%b)*" % _VERSION)
_ALL_RANGES = re.compile(rb"(?:%b)*" % (_KEY + _NAMES))
_EACH_NAME = re.compile(r'([^ ]+) = "([^"]*)"\n')


def canonical_versions(data: bytes) -> Mapping[str, bool] | None:
    """Return the versions of a ``Versions.toml`` and whether each is yanked.

    None if the layout is another; then the file has to be parsed as TOML.
    """
    if not _ALL_VERSIONS.fullmatch(data):
        return None
    found = _EACH_VERSION.findall(data)
    versions = {(quoted or bare).decode(): bool(yanked) for quoted, bare, yanked in found}
    return versions if len(versions) == len(found) else None


def canonical_ranges(data: bytes) -> Mapping[str, Mapping[str, str]] | None:
    """Return the tables of a ``Deps.toml``: the UUID behind each name, by range of versions.

    None if the layout is another; then the file has to be parsed as TOML.
    """
    if not _ALL_RANGES.fullmatch(data):
        return None
    ranges: dict[str, Mapping[str, str]] = {}
    for quoted, bare, lines in _EACH_RANGE.findall(data):
        found = _EACH_NAME.findall(lines.decode())
        names = dict(found)
        text = (quoted or bare).decode()
        if len(names) != len(found) or text in ranges:
            return None
        ranges[text] = names
    return ranges
