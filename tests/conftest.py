"""No test sees the packages, caches and registries of whoever runs it, or writes to their cache."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

from support.logged_errors import raise_logged_errors


def pytest_configure(config: pytest.Config) -> None:
    """Take the same examples in each run, unless somebody asks for those of a seed.

    What a test says of a change is not to depend on luck; ``make attack`` looks for more. Machines
    are busy at times: how long an example takes says nothing about what it shows.
    """
    same = config.getoption("--hypothesis-seed") is None
    hypothesis.settings.register_profile("here", deadline=None, derandomize=same)
    hypothesis.settings.load_profile("here")


collect_ignore = ["support"]
"""What helps tests has no examples for doctest, which would import it a second time."""


@pytest.fixture(scope="session", autouse=True)
def a_machine_without_julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JULIA_DEPOT_PATH", str(folder / "depot"))
        patch.setenv("PRECOMPASS_CACHE", str(folder / "cache"))
        raise_logged_errors()
        yield
