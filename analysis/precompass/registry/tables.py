"""The small TOML files that a registry is made of."""

from __future__ import annotations

from typing import TypeAlias

import tomli

from precompass.documents.values import TomlTable

ReadTable: TypeAlias = tuple[TomlTable, str | None]
"""A table, and why it is empty although there is content: what is wrong with it."""


def read_table(data: bytes) -> ReadTable:
    """Return the table that ``data`` holds; an empty one and the reason where it holds none.

    The reason is of one line. Values are those of ``tomli``, which knows no unsigned
    integers: registries hold texts and Booleans.
    """
    if not data:
        return {}, None
    try:
        return tomli.loads(data.decode()), None
    except UnicodeDecodeError as error:
        return {}, f"not UTF-8 at byte {error.start}"
    except (ValueError, RecursionError) as error:  # too long a number, too deep a nesting
        return {}, str(error).partition("\n")[0]


def text_of(table: TomlTable, key: str) -> str | None:
    """Return the text under ``key``, None where there is none or something else."""
    value = table.get(key)
    return value if isinstance(value, str) else None
