"""The options of a session, and which caches serve it."""

from __future__ import annotations

import pytest

from precompass.julia.session_flags import (
    SessionFlags,
    UnknownOptionError,
    parse_session_flags,
    read_flags,
)

PLAIN = 0xA3
TESTS = 0xAB
"""Flags of caches made by ``Pkg.test`` up to Julia 1.12, which checks bounds."""
WITHOUT_NATIVE_CODE = 34


def test_julia_without_options_has_the_byte_163() -> None:
    assert SessionFlags().byte == PLAIN
    assert read_flags(PLAIN) == SessionFlags()
    assert read_flags(TESTS).options == ("--check-bounds=yes",)


@pytest.mark.parametrize("byte", [PLAIN, TESTS, WITHOUT_NATIVE_CODE, 0xE3, 0x25])
def test_a_byte_is_read_and_written_alike(byte: int) -> None:
    assert read_flags(byte).byte == byte


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ((), True),
        (("-O0",), True),
        (("-O1",), True),
        (("-O3",), False),
        (("-O",), False),
        (("--optimize=1",), True),
        (("-g0",), True),
        (("-g2",), False),
        (("--check-bounds=yes",), False),
        (("--check-bounds=no",), False),
        (("--check-bounds=auto",), True),
        (("--inline=no",), False),
        (("--pkgimages=no",), False),
        (("--code-coverage=user",), True),
        (("--code-coverage",), True),
        (("--pkgimages=existing",), True),
        (("--pkgimages=existing", "--check-bounds=yes"), False),
        (("--compiled-modules=yes",), True),
        (("-Cnative",), True),
        (("--check-bounds=yes", "--check-bounds=auto"), True),
    ],
)
def test_which_sessions_of_julia_1_12_use_a_cache_made_without_options(
    options: tuple[str, ...], fits: bool
) -> None:
    assert parse_session_flags(options, (1, 12)).accept(PLAIN, (1, 12)) is fits


def test_a_cache_made_with_more_optimisation_serves_and_with_less_does_not() -> None:
    plain = SessionFlags()
    assert plain.accept(parse_session_flags(["-O3"], (1, 12)).byte, (1, 12))
    assert not plain.accept(parse_session_flags(["-O1"], (1, 12)).byte, (1, 12))


def test_the_debug_level_must_be_equal_up_to_julia_1_10() -> None:
    less = parse_session_flags(["-g0"], (1, 10))
    assert not less.accept(PLAIN, (1, 10))
    assert less.accept(PLAIN, (1, 11))


def test_without_native_code_on_both_sides_no_other_option_counts() -> None:
    session = parse_session_flags(["--pkgimages=no", "--check-bounds=yes", "-O3"], (1, 12))
    assert session.accept(WITHOUT_NATIVE_CODE, (1, 12))
    assert not SessionFlags().accept(WITHOUT_NATIVE_CODE, (1, 12))


def test_coverage_turns_native_code_off_in_julia_1_9_and_1_10_only() -> None:
    assert not parse_session_flags(["--code-coverage=user"], (1, 10)).native_code
    assert parse_session_flags(["--code-coverage=none"], (1, 10)).native_code
    assert parse_session_flags(["--code-coverage=user"], (1, 11)).native_code


@pytest.mark.parametrize("option", ["-O9", "--check-bounds=maybe", "--threads=4", "rm", "-p"])
def test_an_option_that_julia_or_its_caches_do_not_know_is_refused(option: str) -> None:
    with pytest.raises(UnknownOptionError, match=option):
        parse_session_flags([option], (1, 12))


@pytest.mark.parametrize(
    ("option", "fits"), [("--pkgimages=existing", True), ("--pkgimages=yes", False)]
)
def test_which_sessions_use_a_cache_made_without_native_code(option: str, fits: bool) -> None:
    session = parse_session_flags([option], (1, 12))
    assert session.accept(WITHOUT_NATIVE_CODE, (1, 12)) is fits


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--compiled-modules=no", "Julia recompiles nothing"),
        ("--cpu-target=generic", "only Julia can tell"),
        ("-Cgeneric", "only Julia can tell"),
    ],
)
def test_options_that_no_file_can_answer_are_refused_with_the_reason(
    option: str, told: str
) -> None:
    with pytest.raises(UnknownOptionError, match=told):
        parse_session_flags([option], (1, 12))
