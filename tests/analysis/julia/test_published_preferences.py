"""The data file of published preferences says only what its readers understand."""

from __future__ import annotations

from importlib.resources import files

import pytest

from precompass.julia.published_preferences import (
    FILE,
    PublishedPreferences,
    published_preferences,
    read_published,
)
from precompass.julia.versions import VersionNumber

ENTRIES = read_published(files("precompass.julia").joinpath(FILE).read_text("utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.name}-{entry.since}")
def test_an_entry_is_consistent(entry: PublishedPreferences) -> None:
    assert entry.compile <= entry.keys
    assert entry.values.keys() <= entry.keys
    assert entry.paths <= entry.keys
    assert all(macro.startswith("@") and keys for macro, keys in entry.macros.items())
    assert all(allowed for allowed in entry.values.values())
    assert entry.before is None or entry.since < entry.before
    assert entry.source.startswith("https://")
    assert entry.keys or entry.macros


def test_no_version_has_two_entries() -> None:
    for one in ENTRIES:
        others = [other for other in ENTRIES if other.uuid == one.uuid and other is not one]
        assert not any(other.holds(one.since) for other in others)


def test_a_version_has_what_is_known_of_it() -> None:
    older, newer = (entry for entry in ENTRIES if entry.name == "CUDA")
    assert published_preferences(older.uuid, VersionNumber((5, 4, 3))) == older
    assert published_preferences(older.uuid, VersionNumber((5, 11, 2))) == newer
    assert published_preferences(older.uuid, VersionNumber((5, 0, 0))) is None
    assert published_preferences(older.uuid, VersionNumber((6, 0, 0))) is None
    assert published_preferences(older.uuid, None) is None
    assert older.versions == "5.1.0 to before 5.11.2"


def test_where_no_version_is_known_the_newest_counts() -> None:
    (fftw,) = (entry for entry in ENTRIES if entry.name == "FFTW")
    assert published_preferences(fftw.uuid, None) == fftw
    assert fftw.versions == "1.5.0 and later"
