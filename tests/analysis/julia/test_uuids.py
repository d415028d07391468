"""UUIDs in the one form that Julia's project files know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.uuids import PRECOMPILE_TOOLS, parse_uuid


@given(st.uuids())
def test_a_uuid_is_read_as_it_is_written(uuid: object) -> None:
    assert parse_uuid(str(uuid)) == uuid
    assert parse_uuid(str(uuid).upper()) == uuid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aea7be016a6a408388568a6e6704d82a",
        "{aea7be01-6a6a-4083-8856-8a6e6704d82a}",
        "urn:uuid:aea7be01-6a6a-4083-8856-8a6e6704d82a",
        "aea7be01-6a6a-4083-8856-8a6e6704d82",
        "aea7be01-6a6a-4083-8856-8a6e6704d82a ",
        "aea7be01-6a6a-4083-8856-8a6e6704d82a\n",
        "aea7be016-a6a-4083-8856-8a6e6704d82a",
        "gea7be01-6a6a-4083-8856-8a6e6704d82a",
        "\u0660ea7be01-6a6a-4083-8856-8a6e6704d82a",
    ],
)
def test_other_forms_are_none(text: str) -> None:
    assert parse_uuid(text) is None


@pytest.mark.parametrize("value", [None, 1, True, ["aea7be01"], {}, PRECOMPILE_TOOLS])
def test_other_types_are_none(value: object) -> None:
    assert parse_uuid(value) is None
