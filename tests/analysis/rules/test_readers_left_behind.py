"""A preference that its own package notices, and another package that reads it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from support.environments import Package, manifest, project, uuid, write
from support.rule_findings import expect, findings

PREFERENCES = "LocalPreferences.toml"
CODE = "unnoticed-change"

RUNTIME = """\
module CUDA_Runtime_jll
using Preferences
const version = @load_preference("version", "none")
end
"""
HOOK = f"""\
const runtime_uuid = Base.UUID("{uuid("CUDA_Runtime_jll")}")
const preferences = Base.get_preferences(runtime_uuid)
Base.record_compiletime_preference(runtime_uuid, "version")
const version_preference = haskey(preferences, "version") ? preferences["version"] : missing
"""
COMPILER = """\
baremodule CUDA_Compiler_jll
using Base
Base.include(@__MODULE__, joinpath("..", ".pkg", "platform_augmentation.jl"))
end
"""
SECOND = "The value takes effect when CUDA_Compiler_jll is recompiled for another reason."


def files(
    *, julia: str = "1.11.6", hook: str = HOOK, compiler_deps: str = "JLLWrappers"
) -> dict[str, str]:
    """An environment in which the compiler is chosen by the preference of the runtime."""
    return {
        "Project.toml": project(deps="CUDA_Runtime_jll CUDA_Compiler_jll"),
        PREFERENCES: '[CUDA_Runtime_jll]\n⟦version⟧ = "12.9"\n',
        "Manifest.toml": manifest(
            {
                "CUDA_Runtime_jll": Package("Preferences", path="runtime"),
                "CUDA_Compiler_jll": Package(compiler_deps, path="compiler"),
                "JLLWrappers": "Preferences",
                "Preferences": "",
            },
            julia=julia,
        ),
        "runtime/src/CUDA_Runtime_jll.jl": RUNTIME,
        "compiler/src/CUDA_Compiler_jll.jl": COMPILER,
        "compiler/.pkg/platform_augmentation.jl": hook,
    }


def quiet(folder: Path, texts: dict[str, str]) -> None:
    """Hold that nothing is said of these files."""
    texts[PREFERENCES] = texts[PREFERENCES].replace("⟦", "").replace("⟧", "")
    write(folder, texts)
    assert findings(folder, CODE, texts, of=PREFERENCES) == []


def test_a_reader_that_does_not_depend_on_the_owner(tmp_path: Path) -> None:
    texts = files()
    write(tmp_path, texts)
    (found,) = expect(tmp_path, CODE, texts, Severity.WARNING, of=PREFERENCES)
    assert found.message == (
        "CUDA_Compiler_jll does not notice changes to this preference. It reads it while "
        "compiling in platform_augmentation.jl:3, and Julia 1.11 binds a cache only to the "
        f"preferences of its own package. {SECOND}"
    )


@pytest.mark.parametrize("julia", ["1.11.6", "1.14.0"])
def test_a_read_that_is_not_recorded_is_never_noticed(tmp_path: Path, julia: str) -> None:
    hook = HOOK.replace('Base.record_compiletime_preference(runtime_uuid, "version")\n', "")
    texts = files(hook=hook, julia=julia)
    write(tmp_path, texts)
    (found,) = expect(tmp_path, CODE, texts, of=PREFERENCES)
    assert found.message == (
        "CUDA_Compiler_jll does not notice changes to this preference. It reads it while "
        "compiling in platform_augmentation.jl:3 by `Base.get_preferences`, which is not "
        f"recorded. {SECOND}"
    )


def test_from_julia_1_14_on_what_is_recorded_is_noticed(tmp_path: Path) -> None:
    quiet(tmp_path, files(julia="1.14.0"))


def test_a_reader_that_depends_on_the_owner_is_recompiled_with_it(tmp_path: Path) -> None:
    quiet(tmp_path, files(compiler_deps="JLLWrappers CUDA_Runtime_jll"))


def test_another_key_is_another_preference(tmp_path: Path) -> None:
    quiet(tmp_path, files(hook=HOOK.replace('"version"', '"local"')))


def test_a_reader_at_run_time_takes_the_new_value(tmp_path: Path) -> None:
    hook = (
        f'const runtime_uuid = Base.UUID("{uuid("CUDA_Runtime_jll")}")\n'
        'version() = get(Base.get_preferences(runtime_uuid), "version", missing)\n'
    )
    quiet(tmp_path, files(hook=hook))


def test_a_package_without_a_cache_is_compiled_anyway(tmp_path: Path) -> None:
    texts = files()
    texts["compiler/src/CUDA_Compiler_jll.jl"] = "__precompile__(false)\n" + COMPILER
    quiet(tmp_path, texts)
