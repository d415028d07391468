"""JULIA_DEPOT_PATH and its defaults."""

import pytest

from precompass.depot.paths import depot_path

LOCAL = "/opt/julia/local/share/julia"
SHARED = "/opt/julia/share/julia"
USER = "/home/ada/.julia"


def depots(
    setting: str | None, minor: tuple[int, int], bindir: str | None = "/opt/julia/bin"
) -> tuple[str, ...]:
    environment = {} if setting is None else {"JULIA_DEPOT_PATH": setting}
    return depot_path(environment, home="/home/ada", platform="linux", bindir=bindir, minor=minor)


def windows_depots(setting: str | None, minor: tuple[int, int]) -> tuple[str, ...]:
    environment = {} if setting is None else {"JULIA_DEPOT_PATH": setting}
    return depot_path(
        environment,
        home=r"C:\Users\Ada",
        platform="win32",
        bindir=r"C:\Julia\bin",
        minor=minor,
    )


@pytest.mark.parametrize("minor", [(1, 6), (1, 10), (1, 11), (1, 14)])
class TestAllVersions:
    def test_unset_means_the_user_depot_and_the_two_bundled_ones(
        self, minor: tuple[int, int]
    ) -> None:
        assert depots(None, minor) == (USER, LOCAL, SHARED)

    def test_empty_means_no_depot(self, minor: tuple[int, int]) -> None:
        assert depots("", minor) == ()

    def test_a_single_entry_stands_alone(self, minor: tuple[int, int]) -> None:
        assert depots("/data/depot", minor) == ("/data/depot",)

    def test_a_leading_empty_entry_puts_the_user_depot_first(self, minor: tuple[int, int]) -> None:
        assert depots(":/data/depot", minor) == (USER, LOCAL, SHARED, "/data/depot")

    def test_only_empty_entries_mean_the_defaults(self, minor: tuple[int, int]) -> None:
        assert depots(":", minor) == (USER, LOCAL, SHARED)

    def test_each_depot_counts_once(self, minor: tuple[int, int]) -> None:
        assert depots("/a:/b:/a", minor) == ("/a", "/b")

    def test_a_tilde_is_the_home_folder(self, minor: tuple[int, int]) -> None:
        assert depots("~/depot:~:/x~", minor) == ("/home/ada/depot", "/home/ada", "/x~")

    def test_where_julia_is_unknown_the_bundled_depots_are_left_out(
        self, minor: tuple[int, int]
    ) -> None:
        assert depots(None, minor, bindir=None) == (USER,)


def test_a_trailing_empty_entry_means_all_defaults_up_to_1_10() -> None:
    assert depots("/data/depot:", (1, 10)) == ("/data/depot", USER, LOCAL, SHARED)


def test_a_trailing_empty_entry_means_the_bundled_depots_from_1_11_on() -> None:
    assert depots("/data/depot:", (1, 11)) == ("/data/depot", LOCAL, SHARED)


def test_windows_separates_with_semicolons_and_keeps_colons() -> None:
    assert windows_depots(r"D:\depot;E:\more", (1, 10)) == (r"D:\depot", r"E:\more")
    assert windows_depots(None, (1, 10)) == (
        r"C:\Users\Ada\.julia",
        r"C:\Julia\local\share\julia",
        r"C:\Julia\share\julia",
    )


def test_windows_expands_a_tilde_from_1_14_on() -> None:
    assert windows_depots(r"~\depot", (1, 13)) == (r"~\depot",)
    assert windows_depots(r"~\depot", (1, 14)) == (r"C:\Users\Ada\depot",)


def test_macos_is_as_linux() -> None:
    environment = {"JULIA_DEPOT_PATH": "/a:~/b"}
    assert depot_path(
        environment, home="/Users/ada", platform="darwin", bindir=None, minor=(1, 11)
    ) == ("/a", "/Users/ada/b")
