"""Which keys and values of preferences a package knows, with its source and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.findings import Severity
from precompass.recompilation import preference_places
from precompass.recompilation.graph import Unit
from precompass.recompilation.invalidation import Invalidations
from support.environments import Package, manifest, project, write
from support.rule_findings import findings, fixed, titles

PREFERENCES = "LocalPreferences.toml"


def of(
    preferences: str, packages: dict[str, Package], sources: dict[str, str] | None = None
) -> dict[str, str]:
    """The files of a project with the first of some packages, and these preferences."""
    everything = {"Preferences": Package(), "JLLWrappers": Package("Preferences"), **packages}
    files = {
        "Project.toml": project(deps=" ".join(packages)),
        "Manifest.toml": manifest(everything),
        PREFERENCES: preferences,
    }
    return files | (sources or {})


def messages(folder: Path, code: str, files: dict[str, str]) -> list[str]:
    write(folder, files)
    return [found.message for found in findings(folder, code, files, of=PREFERENCES)]


# Keys, without a source


def test_a_key_of_another_package_without_any_source(tmp_path: Path) -> None:
    packages = {
        "CUDA": Package("CUDA_Runtime_jll Preferences", version="5.4.3"),
        "CUDA_Runtime_jll": Package("JLLWrappers", version="0.14.1+0"),
    }
    files = of("[CUDA]\nlocal = true\n\n[CUDA_Runtime_jll]\nlocal = true\n", packages)
    assert messages(tmp_path, "unknown-preference", files) == [
        "CUDA does not read `local`, so this value has no effect. CUDA_Runtime_jll reads `local`."
    ]
    assert messages(tmp_path, "unnoticed-change", files) == []


def test_nothing_is_said_of_versions_of_which_nothing_is_known(tmp_path: Path) -> None:
    packages = {"CUDA": Package("Preferences", version="3.0.0")}
    files = of("[CUDA]\nlocal = true\n", packages)
    assert messages(tmp_path, "unknown-preference", files) == []


def test_a_key_of_a_library_without_path(tmp_path: Path) -> None:
    packages = {"Zip_jll": Package("JLLWrappers")}
    files = of('[Zip_jll]\nlibzip = "/a.so"\nlibzip_hl_path = "/b.so"\nmode = 1\n', packages)
    assert messages(tmp_path, "unknown-preference", files) == [
        "Zip_jll does not read `libzip`, so this value has no effect. Did you mean `libzip_path`?"
    ]


@pytest.mark.parametrize("slip", ["libzip_pth", "libzip_paht", "libzip_Path"])
def test_a_key_of_a_library_with_a_slip_in_path(tmp_path: Path, slip: str) -> None:
    files = of(f'[Zip_jll]\n{slip} = "/a.so"\n', {"Zip_jll": Package("JLLWrappers")})
    (message,) = messages(tmp_path, "unknown-preference", files)
    assert message.endswith("Did you mean `libzip_path`?")


def test_a_key_that_another_package_s_macro_reads_is_not_denied_to_a_project(
    tmp_path: Path,
) -> None:
    """DispatchDoctor's own test packages set its keys, and read none themselves."""
    files = {
        "Project.toml": project("Fixture"),
        "src/Fixture.jl": "module Fixture\nend\n",
        PREFERENCES: '[Fixture]\ndispatch_doctor_mode = "error"\ndispatch_doctor_mood = 1\n',
    }
    assert messages(tmp_path, "unknown-preference", files) == [
        "Fixture does not read `dispatch_doctor_mood`, so this value has no effect. "
        "It reads no preferences at all."
    ]


def test_the_package_is_named_that_reads_a_key_of_the_workload_tools(tmp_path: Path) -> None:
    packages = {"Alpha": Package("Preferences PrecompileTools", path="Alpha")}
    sources = {
        "Alpha/src/Alpha.jl": 'module Alpha\nusing Preferences\n@load_preference("a")\nend\n'
    }
    files = of("[Alpha]\nprecompile_workloads = false\n", packages, sources)
    everything = {
        "Preferences": Package(),
        "PrecompileTools": Package("Preferences", version="1.2.1"),
        **packages,
    }
    files["Manifest.toml"] = manifest(everything)
    assert messages(tmp_path, "unknown-preference", files) == [
        "Alpha does not read `precompile_workloads`, so this value has no effect. "
        "PrecompileTools reads `precompile_workloads`."
    ]


def test_a_key_of_run_time_is_known(tmp_path: Path) -> None:
    packages = {"CondaPkg": Package("Preferences", version="0.2.30")}
    files = of("[CondaPkg]\nverbosity = 1\nverbose = 2\n", packages)
    assert messages(tmp_path, "unknown-preference", files) == [
        "CondaPkg does not read `verbose`, so this value has no effect. Did you mean `verbosity`?"
    ]
    assert messages(tmp_path, "unnoticed-change", files) == []


def test_what_a_package_reads_is_gathered_once_for_all_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    known_keys = preference_places.known_keys

    def ask(invalidations: Invalidations, unit: Unit) -> frozenset[str] | None:
        asked.append(unit.name)
        return known_keys(invalidations, unit)

    monkeypatch.setattr(preference_places, "known_keys", ask)
    packages = {name: Package("JLLWrappers") for name in ("Zip_jll", "Zlib_jll")}
    keys = "".join(f"key{number} = 1\n" for number in range(50))
    files = of(f"[Zip_jll]\n{keys}[Zlib_jll]\n{keys}", packages)
    messages(tmp_path, "unknown-preference", files)
    assert sorted(asked) == ["Zip_jll", "Zlib_jll"]


# Values


@pytest.mark.parametrize(("value", "fix"), [("MKL", "mkl"), ("fftv", "fftw"), ("cuda", None)])
def test_a_value_that_is_not_published(tmp_path: Path, value: str, fix: str | None) -> None:
    files = of(f'[FFTW]\nprovider = "{value}"\n', {"FFTW": Package("Preferences", version="1.8.0")})
    (found,) = findings(tmp_path, "unknown-preference-value", files, of=PREFERENCES)
    assert found.severity is Severity.WARNING
    assert found.message == (
        'FFTW does not take this value for `provider`. It takes `"fftw"` and `"mkl"`.'
    )
    assert titles([found]) == ([f'Write "{fix}"'] if fix else [])


FUNCTION = """\
function provider()
    value = @load_preference("provider", "a")
    {test}
    return value
end
const P = provider()"""


@pytest.mark.parametrize(
    "code",
    [
        FUNCTION.format(test='if value ∉ ("a", "b")\nerror("no")\nend'),
        FUNCTION.format(test='value ∉ ["a", "b"] && error("no")'),
        FUNCTION.format(test='!(value in ("a", "b")) && error("no")'),
        'const value = @load_preference("provider")\nif value ∉ ("a", "b")\nerror("no")\nend',
        'const value = load_preference(Alpha, "provider")\nvalue ∉ ("a", "b") && error("no")',
        FUNCTION.format(test='if value == "a"\nf()\nelseif value == "b"\nelse\nerror("no")\nend'),
        FUNCTION.format(test='if value == "a" || value === "b"\nelse\nthrow(Wrong(1))\nend'),
        FUNCTION.format(test='value == "a" ? 1 : value == "b" ? 2 : error("no")'),
        FUNCTION.format(test='if value in ("a", "b")\nelse\nprintln()\nerror("no")\nend'),
        'const V = let value = 1\nvalue = @load_preference("provider", "a")::String\n'
        'if value == "a"\n1\nelseif value == "b"\n2\nelse\nerror("no")\nend\nend',
    ],
)
def test_a_source_that_rejects_all_other_values(tmp_path: Path, code: str) -> None:
    source = f"module Alpha\nusing Preferences\n{code}\nend\n"
    packages = {"Alpha": Package("Preferences", path="Alpha")}
    sources = {"Alpha/src/Alpha.jl": source}
    files = of('[Alpha]\nprovider = "B"\n', packages, sources)
    assert messages(tmp_path, "unknown-preference-value", files) == [
        'Alpha does not take this value for `provider`. It takes `"a"` and `"b"`.'
    ]
    files = of('[Alpha]\nprovider = "b"\n', packages, sources)
    assert messages(tmp_path, "unknown-preference-value", files) == []


def test_each_preference_has_the_values_that_its_own_reads_reject(tmp_path: Path) -> None:
    source = """module Alpha
    using Preferences
    const provider = @load_preference("provider")
    provider ∉ ("a", "b") && error("no such provider")
    const mode = @load_preference("mode")
    mode ∉ ("fast", "safe") && error("no such mode")
    const free = @load_preference("free")
    end
    """
    packages = {"Alpha": Package("Preferences", path="Alpha")}
    preferences = '[Alpha]\nprovider = "fast"\nmode = "a"\nfree = "any"\n'
    files = of(preferences, packages, {"Alpha/src/Alpha.jl": source})
    assert messages(tmp_path, "unknown-preference-value", files) == [
        'Alpha does not take this value for `provider`. It takes `"a"` and `"b"`.',
        'Alpha does not take this value for `mode`. It takes `"fast"` and `"safe"`.',
    ]


@pytest.mark.parametrize(
    "code",
    [
        FUNCTION.format(test='if value in ("a", "b")\nend'),
        FUNCTION.format(test='value ∉ (other, "b") && error("no")'),
        FUNCTION.format(test="") + '\nf(value) = value ∉ ("a", "b")',
        'const value = @load_preference("other")\nvalue ∉ ("a", "b") && error("no")',
        'const value = lowercase(@load_preference("provider"))\nvalue ∉ ("a", "b") && error("no")',
        FUNCTION.format(test='if value == "a"\nelseif value == "b"\nelse\nprintln()\nend'),
        FUNCTION.format(test='if value == "a"\nelseif other == "b"\nelse\nerror("no")\nend'),
        FUNCTION.format(test='if value == "a"\nelseif value == other\nelse\nerror("no")\nend'),
        FUNCTION.format(test='if value == "a"\nelseif value == "b"\nend'),
    ],
)
def test_a_source_that_may_take_other_values(tmp_path: Path, code: str) -> None:
    source = f"module Alpha\nusing Preferences\n{code}\nend\n"
    packages = {"Alpha": Package("Preferences", path="Alpha")}
    files = of('[Alpha]\nprovider = "B"\n', packages, {"Alpha/src/Alpha.jl": source})
    assert messages(tmp_path, "unknown-preference-value", files) == []


def test_the_value_is_written(tmp_path: Path) -> None:
    files = of(
        '[FFTW]\nprovider = "MKL" # fast\n', {"FFTW": Package("Preferences", version="1.8.0")}
    )
    found = fixed(tmp_path, "unknown-preference-value", files, 'Write "mkl"', of=PREFERENCES)
    assert found == '[FFTW]\nprovider = "mkl" # fast\n'
