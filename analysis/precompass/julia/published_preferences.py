"""What is published of the preferences of packages: ``published_preferences.toml``, read.

For where no source is installed. Each entry names the versions that it is known of, and where it
can be read; of other versions nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import tomli

from precompass.documents.values import TomlValue
from precompass.julia.uuids import UUID
from precompass.julia.versions import VersionNumber

FILE = "published_preferences.toml"
SCHEMA = 1


class PublishedPreferences(msgspec.Struct, frozen=True):
    """The preferences that some versions of a package read.

    Attributes:
        name, uuid: the package.
        since, before: the versions; *before* is None where the newest is among them.
        keys: all of its own keys.
        compile: the keys that it reads while it compiles.
        source: where this can be read.
        values: the values that a key can have, where there are no others.
        paths: the keys whose value is the path of a file.
        macros: by its name, the keys of its user that a macro reads.
        products: whether it is a JLL package that also reads ``…_path`` of each product.
    """

    name: str
    uuid: UUID
    since: VersionNumber
    before: VersionNumber | None
    keys: frozenset[str]
    compile: frozenset[str]
    source: str
    values: Mapping[str, tuple[TomlValue, ...]] = msgspec.field(default_factory=dict)
    paths: frozenset[str] = frozenset()
    macros: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    products: bool = False

    @property
    def versions(self) -> str:
        """The versions, for people: ``1.5.0 and later``, ``5.0.0 to before 6.0.0``."""
        if self.before is None:
            return f"{self.since} and later"
        return f"{self.since} to before {self.before}"

    def holds(self, version: VersionNumber | None) -> bool:
        """Tell whether this is known of a version; where none is known, of the newest ones."""
        if version is None:
            return self.before is None
        return self.since <= version and (self.before is None or version < self.before)


def published_preferences(uuid: UUID, version: VersionNumber | None) -> PublishedPreferences | None:
    """Return what is published of a version of a package; None if nothing is."""
    return next((one for one in _by_package().get(uuid, ()) if one.holds(version)), None)


def published_uuids(name: str) -> tuple[UUID, ...]:
    """Return the packages of a name of which something is published."""
    return tuple(uuid for uuid, entries in _by_package().items() if entries[0].name == name)


@cache
def published_macro_keys() -> frozenset[str]:
    """Return the keys that published macros read of the packages that use them."""
    entries = (one for published in _by_package().values() for one in published)
    return frozenset(key for one in entries for keys in one.macros.values() for key in keys)


@cache
def _by_package() -> Mapping[UUID, tuple[PublishedPreferences, ...]]:
    from pkgutil import get_data  # importlib.resources imports readers of archives

    found: dict[UUID, tuple[PublishedPreferences, ...]] = {}
    data = get_data("precompass.julia", FILE)
    if data is None:
        raise FileNotFoundError(FILE)
    for one in read_published(data.decode()):
        found[one.uuid] = (*found.get(one.uuid, ()), one)
    return found


def read_published(text: str) -> tuple[PublishedPreferences, ...]:
    """Return what a file says, which has to be right: it is one of the project's own."""
    data = tomli.loads(text)
    if data["schema"] != SCHEMA:
        raise ValueError(data["schema"])
    return tuple(_package(**entry) for entry in data["packages"])


def _package(
    *,
    name: str,
    uuid: str,
    since: str,
    keys: list[str],
    source: str,
    before: str | None = None,
    compile: list[str] | None = None,  # noqa: A002 - the word of the file
    values: Mapping[str, list[Any]] | None = None,
    paths: list[str] | None = None,
    macros: Mapping[str, list[str]] | None = None,
    products: bool = False,
) -> PublishedPreferences:
    first = VersionNumber.parse(since)
    if first is None:
        raise ValueError(since)
    return PublishedPreferences(
        name=name,
        uuid=UUID(uuid),
        since=first,
        before=VersionNumber.parse(before) if before is not None else None,
        keys=frozenset(keys),
        compile=frozenset(compile or ()),
        source=source,
        values={key: tuple(allowed) for key, allowed in (values or {}).items()},
        paths=frozenset(paths or ()),
        macros={macro: tuple(read) for macro, read in (macros or {}).items()},
        products=products,
    )
