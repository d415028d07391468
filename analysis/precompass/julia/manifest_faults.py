"""What makes Pkg refuse to read a manifest, beyond UUIDs, versions and missing entries.

Source: ``read_field``, ``read_pinned``, ``safe_SHA1``, ``read_deps``, ``normalize_deps`` and
``validate_manifest`` in ``src/manifest.jl`` of Pkg, the same from 1.6 to May 2026 but for keys that
came later.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

import msgspec

from precompass.documents.toml import TomlDocument
from precompass.documents.values import TomlTable
from precompass.julia.manifest import Manifest
from precompass.julia.uuids import UUID, parse_uuid
from precompass.julia.versions import VersionNumber

_TEXTS = ("path", "repo-url", "repo-rev", "repo-subdir", "entryfile")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_KNOWN_FORMATS = (1, 2)


class ManifestFault(msgspec.Struct, frozen=True):
    """Something in a manifest that Pkg does not accept.

    Attributes:
        name, index: of the entry, as :meth:`Manifest.written_entries` counts them; an empty name
            is the file itself.
        key: of the value at fault; of an entry as a whole an empty text.
        reason: what is wrong, as the end of a sentence.
        item: the name in a list, or the key in a table, that is at fault; else an empty text.
        is_refused: whether Pkg stops; otherwise Pkg and Julia read the manifest differently.
    """

    name: str
    index: int
    key: str
    reason: str
    item: str = ""
    is_refused: bool = True


_found: WeakKeyDictionary[TomlDocument, tuple[ManifestFault, ...]] = WeakKeyDictionary()
_refused: WeakKeyDictionary[TomlDocument, bool] = WeakKeyDictionary()


def manifest_faults(manifest: Manifest) -> tuple[ManifestFault, ...]:
    """Return what Pkg does not accept in a manifest, in the order of the text.

    Manifests with one text, such as those of the packages of a monorepo, are looked at once.
    """
    document = manifest.document
    found = _found.get(document)
    if found is None:
        found = _found[document] = tuple(_faults(manifest))
    return found


def is_refused_as_a_whole(manifest: Manifest) -> bool:
    """Tell whether Pkg refuses a manifest for something outside its entries.

    Then nobody knows which packages it has. What is in the entries is not looked at, which takes
    longer; and manifests with one text are looked at once, as one is by all members of a workspace.
    """
    document = manifest.document
    found = _refused.get(document)
    if found is None:
        faults = _faults_of_the_file(manifest)
        found = _refused[document] = any(fault.is_refused for fault in faults)
    return found


def _faults(manifest: Manifest) -> Iterator[ManifestFault]:
    yield from _faults_of_the_file(manifest)
    count: dict[str, int] = {}
    names: dict[UUID, str] = {}
    entries = list(manifest.written_entries())
    for name, _, table in entries:
        count[name] = count.get(name, 0) + 1
        uuid = parse_uuid(table.get("uuid"))
        if uuid is not None:
            names[uuid] = name
    seen: dict[UUID, str] = {}
    for name, index, table in entries:
        for key, reason, item in (
            *_wrong_values(table),
            *_wrong_lists(table, count),
            *_wrong_names(table, names),
        ):
            yield ManifestFault(name, index, key, reason, item)
        uuid = parse_uuid(table.get("uuid"))
        if uuid is not None and uuid in seen:
            other = "the same name" if seen[uuid] == name else seen[uuid]
            reason = (
                f"the UUID is that of another entry, of {other}: Pkg takes the last of the two, "
                "and Julia loads the first"
            )
            yield ManifestFault(name, index, "uuid", reason, is_refused=False)
        elif uuid is not None:
            seen[uuid] = name


def _faults_of_the_file(manifest: Manifest) -> Iterator[ManifestFault]:
    values = manifest.document.values
    if manifest.prefix:
        found = values.get("manifest_format")
        version = VersionNumber.parse(found) if isinstance(found, str) else None
        if version is None:
            reason = 'the format has to be a string such as "2.0"'
            yield ManifestFault("", 0, "manifest_format", reason)
        elif version.major not in _KNOWN_FORMATS:
            reason = f"format {found} is not known, so Pkg may misread the file"
            yield ManifestFault("", 0, "manifest_format", reason, is_refused=False)
        found = values.get("project_hash")
        if found is not None and not _is_sha1(found):
            reason = "the hash of the project has to be 40 hexadecimal digits"
            yield ManifestFault("", 0, "project_hash", reason)
        yield from _wrong_registries(values.get("registries", {}))
    tables: object = values
    for key in manifest.prefix:
        tables = tables.get(key, {}) if isinstance(tables, Mapping) else None
    if not isinstance(tables, Mapping):
        yield ManifestFault("", 0, "deps", "`deps` has to be a table of packages")
        return
    for name, entries in tables.items():
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            reason = f"the entries of {name} have to be tables in double brackets"
            yield ManifestFault("", 0, name, reason)


def _wrong_registries(registries: object) -> Iterator[ManifestFault]:
    """Yield what is wrong with the table of registries, which format 2.1 has."""
    if not isinstance(registries, Mapping):
        yield ManifestFault("", 0, "registries", "`registries` has to be a table")
        return
    for name, registry in registries.items():
        has_uuid = isinstance(registry, Mapping) and parse_uuid(registry.get("uuid")) is not None
        if not has_uuid or not isinstance(registry.get("url", ""), str):
            reason = f"the registry {name} has to have a UUID, and a text as its URL"
            yield ManifestFault("", 0, "registries", reason, name)


def _wrong_values(table: TomlTable) -> Iterator[tuple[str, str, str]]:
    """Yield the values of one entry that have a wrong type: key, reason, item."""
    for key in _TEXTS:
        if key in table and not isinstance(table[key], str):
            yield key, f"`{key}` has to be a string", ""
    if "git-tree-sha1" in table and not _is_sha1(table["git-tree-sha1"]):
        yield "git-tree-sha1", "`git-tree-sha1` has to be 40 hexadecimal digits", ""
    if "pinned" in table and not isinstance(table["pinned"], bool):
        yield "pinned", "`pinned` has to be true or false", ""
    extensions = table.get("extensions", {})
    if not isinstance(extensions, Mapping):
        yield "extensions", "`extensions` has to be a table", ""
        return
    for name, triggers in extensions.items():
        if not isinstance(triggers, str) and not _are_texts(triggers):
            yield "extensions", f"the triggers of {name} have to be a name or a list", name
    registries = table.get("registries", "")
    if not isinstance(registries, str) and not _are_texts(registries):
        yield "registries", "`registries` has to be a name or a list of names", ""
    syntax = table.get("syntax", {})
    if not isinstance(syntax, Mapping):
        yield "syntax", "`syntax` has to be a table", ""
    elif not _is_version(syntax.get("julia_version", "1")):
        yield "syntax", "`julia_version` has to be a version", "julia_version"
    apps = table.get("apps", {})
    if not isinstance(apps, Mapping) or not all(isinstance(app, Mapping) for app in apps.values()):
        yield "apps", "`apps` has to be a table of tables", ""
        return
    for name, app in apps.items():
        if isinstance(app, Mapping) and not _are_texts(app.get("julia_flags", [])):
            yield "apps", f"`julia_flags` of {name} has to be a list of strings", name
        for key in ("submodule", "julia_command"):
            if isinstance(app, Mapping) and not isinstance(app.get(key, ""), str):
                yield "apps", f"`{key}` of {name} has to be a string", name


def _wrong_lists(table: TomlTable, count: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the lists of dependencies of one entry: key, reason, item."""
    for key in ("deps", "weakdeps"):
        value = table.get(key, [])
        if isinstance(value, Mapping):
            for name, uuid in value.items():
                if parse_uuid(uuid) is None:
                    yield key, f"the UUID of {name} is not valid", name
        elif not _are_texts(value):
            yield key, f"`{key}` has to be a list of names, or a table of names and UUIDs", ""
        elif isinstance(value, list):
            for name, times in Counter(name for name in value if isinstance(name, str)).items():
                if times > 1:
                    yield key, f"{name} is named twice", name
                if key == "weakdeps" and count.get(name) != 1:
                    yield key, f"`weakdeps` lists {name}, which needs exactly one entry", name


def _wrong_names(table: TomlTable, names: Mapping[UUID, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the dependencies of one entry whose UUID belongs to another name."""
    deps = table.get("deps")
    for name, text in deps.items() if isinstance(deps, Mapping) else ():
        uuid = parse_uuid(text)
        if uuid in names and uuid is not None and names[uuid] != name:
            yield "deps", f"the UUID of {name} is that of {names[uuid]}", name


def _is_sha1(value: object) -> bool:
    return isinstance(value, str) and _SHA1.fullmatch(value) is not None


def _is_version(value: object) -> bool:
    return isinstance(value, str) and VersionNumber.parse(value) is not None


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
