"""The order in which a ``Dict`` of Julia yields its keys."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from precompass.julia.dictionaries import manifest_order
from precompass.julia.hashing import uuid_hash


def test_the_order_is_that_of_the_hashes() -> None:
    """In a small table, by the last four bits: 9, 15, 0, 4 and 11 for these."""
    uuids = [UUID(int=number) for number in range(1, 6)]
    order = manifest_order({f"P{uuid.int}": [uuid] for uuid in uuids})
    assert [uuid.int for uuid in order] == [3, 4, 1, 5, 2]
    assert [uuid_hash(uuid) & 15 for uuid in uuids] == [9, 15, 0, 4, 11]


@given(st.lists(st.uuids(), min_size=1, max_size=200, unique=True))
def test_every_package_is_there_once(uuids: list[UUID]) -> None:
    order = manifest_order({str(uuid): [uuid] for uuid in uuids})
    assert sorted(order) == sorted(uuids)


@given(st.lists(st.uuids(), min_size=1, max_size=10, unique_by=lambda uuid: uuid_hash(uuid) & 15))
def test_where_no_places_collide_the_order_of_the_file_does_not_matter(uuids: list[UUID]) -> None:
    one = {str(uuid): [uuid] for uuid in uuids}
    assert manifest_order(one) == manifest_order(dict(reversed(one.items())))


def test_several_packages_may_have_one_name() -> None:
    uuids = [UUID(int=number) for number in range(1, 40)]
    assert sorted(manifest_order({"Same": uuids})) == uuids
