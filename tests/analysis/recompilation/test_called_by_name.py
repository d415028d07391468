"""Other packages may call a package's functions by their names, once they have its module.

Each package here has a function that reads a preference and that its own code never calls.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from precompass.julia.preferences import Preference
from precompass.recompilation.read_reasons import Because
from precompass.source.called_by_name import PackageText, called_names
from precompass.source.package_files import Limits
from precompass.wording.read_reasons import because
from support.environments import Package, invalidations, manifest, project, uuid, write

MAY = "possible: may be read in src/Alpha.jl:3, which may run while the package compiles"
NOT = "no, source: it is read at run time only, in src/Alpha.jl:3"


def told(folder: Path, code: str, packages: dict[str, tuple[str, str]]) -> str:
    """What is told of the key that Alpha's helper reads.

    *packages*: the code of other packages, and what each depends on. Alpha depends on the last.
    """
    last = list(packages)[-1]
    listed = {name: Package(deps, path=name) for name, (_, deps) in packages.items()}
    files = {
        "Project.toml": project("Alpha", deps=f"Preferences {last}"),
        "Manifest.toml": manifest({"Preferences": "", **listed}),
        "src/Alpha.jl": "module Alpha\nusing Preferences\n"
        f'helper() = @load_preference("mode")\n{code}\nend\n',
    }
    for name, (text, _) in packages.items():
        files[f"{name}/Project.toml"] = project(name)
        files[f"{name}/src/{name}.jl"] = f"module {name}\n{text}\nend\n"
    write(folder, files)
    found = invalidations(folder, files).of_preference(Preference(uuid("Alpha"), "mode"))
    if found.observers:
        (seen,) = found.observers
        return f"{seen.read.evidence.word}: {because(seen.read.because)}"
    assert isinstance(found.why_not, Because)
    return f"no, {found.recompilation.evidence.word}: {because(found.why_not)}"


@pytest.mark.parametrize(
    "body",
    [
        "__module__.helper()",
        "Base.invokelatest(getfield(__module__, :helper))",
        "Base.invokelatest(__module__.helper)",
        "m = __module__\nm.helper()",
        'getproperty(__module__, Symbol("helper"))()',
        "getfield(__module__, name)()",
        "for name in names(__module__; all = true)\nrun(getfield(__module__, name))\nend",
        "Core.eval(__module__, :(helper()))",
        "Core.eval(__module__, Expr(:call, :helper))",
        "__module__.eval(:(helper()))",
        "@eval __module__ helper()",
        'Core.eval(__module__, Meta.parse("helper()"))',
        "Core.eval(__module__, Meta.parse(text))",
        'include_string(__module__, "helper()")',
        "include_string(__module__, text)",
        'esc(:($(Symbol("help", "er"))()))',
        "go(__module__)\nend\nfunction go(m)\nm.helper()",
        "go(1, __module__)\nend\ngo(_, m) = further(m)\nfunction further(where_)\nwhere_.helper()",
    ],
)
def test_a_macro_gets_hold_of_the_module_that_uses_it(tmp_path: Path, body: str) -> None:
    macro = f"export @call\nmacro call()\n{body}\nend"
    assert told(tmp_path, "using Other\n@call()", {"Other": (macro, "")}) == MAY


@pytest.mark.parametrize(
    "body",
    [
        ":(1 + 1)",
        "helper()\nend\nfunction helper()\n2",
        "Core.eval(__module__, :(other()))",
        "getfield(__module__, :other)()",
        "nameof(__module__)",
        "Symbol(names, 1)",
    ],
)
def test_a_macro_that_calls_something_else(tmp_path: Path, body: str) -> None:
    macro = f"export @call\nmacro call()\n{body}\nend"
    assert told(tmp_path, "using Other\n@call()", {"Other": (macro, "")}) == NOT


@pytest.mark.parametrize(
    "body",
    [
        "m.helper()",
        "getfield(m, :helper)()",
        "Core.eval(m, :(helper()))",
        "m.eval(:(helper()))",
        'f = getfield(m, Symbol("help" * "er"))\nf()',
        "foreach(n -> getfield(m, n)(), names(m))",
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        "Other.go(@__MODULE__)",
        "Other.go(Alpha)",
        "(@__MODULE__) |> Other.go",
        "const M = @__MODULE__\nOther.go(M)",
        "const go = Other.go\nOther.again(Alpha)",
    ],
)
def test_a_function_that_is_handed_the_module(tmp_path: Path, body: str, call: str) -> None:
    code = f"function go(m)\n{body}\nend\nconst again = go"
    assert told(tmp_path, f"import Other\n{call}", {"Other": (code, "")}) == MAY


def test_a_function_that_is_handed_one_module_of_many(tmp_path: Path) -> None:
    many = "".join(f"module M{number}\nend\n" for number in range(30))
    code = "go(m) = m.helper()"
    for call, expected in (("Other.go(Alpha)", MAY), ("Other.go(1)", NOT)):
        text = f"import Other\n{many}{call}"
        assert told(tmp_path / call, text, {"Other": (code, "")}) == expected


@pytest.mark.parametrize("call", ["Other.go(1)", "Other.stop(Alpha)", "# Other.go"])
def test_a_function_that_is_not_handed_the_module(tmp_path: Path, call: str) -> None:
    code = "go(m) = m.helper()\nstop(m) = nameof(m)"
    assert told(tmp_path, f"import Other\n{call}", {"Other": (code, "")}) == NOT


MACRO = "export @call\nmacro call()\nesc(:(helper()))\nend"
BODY = "export @call\nmacro call()\n__module__.helper()\nend"


@pytest.mark.parametrize("macro", [MACRO, BODY])
@pytest.mark.parametrize(
    ("between", "code"),
    [
        ("using Reexport\n@reexport using Other", "using Between\n@call"),
        ("using Other: @call\nexport @call", "using Between\n@call"),
        ("using Other\nexport @call", "using Between: @call\n@call"),
        ("using Other\nfor n in names(Other)\n@eval export $n\nend", "using Between\n@call"),
        ("using Other", "import Between\nBetween.@call"),
        ("import Other", "import Between\nBetween.Other.@call"),
        ('import Other\nconst var"@own" = Other.var"@call"', "import Between\nBetween.@own"),
    ],
)
def test_a_macro_that_a_third_package_passes_on(
    tmp_path: Path, macro: str, between: str, code: str
) -> None:
    packages = {"Other": (macro, ""), "Between": (between, "Other")}
    assert told(tmp_path, code, packages) == MAY


def test_a_macro_that_two_packages_pass_on(tmp_path: Path) -> None:
    packages = {
        "Other": (MACRO, ""),
        "Near": ("@reexport using Other", "Other"),
        "Far": ("@reexport using Near", "Near"),
    }
    assert told(tmp_path, "using Far\n@call", packages) == MAY


def test_a_package_that_hands_the_module_on(tmp_path: Path) -> None:
    packages = {
        "Other": ("go(m) = m.helper()", ""),
        "Between": ("import Other\nstart(m) = Other.go(m)", "Other"),
    }
    assert told(tmp_path, "import Between\nBetween.start(@__MODULE__)", packages) == MAY


def test_of_a_package_that_is_too_large_to_be_read_any_name_is_possible(tmp_path: Path) -> None:
    files = {
        "src/Other.jl": 'module Other\ninclude("more.jl")\nend\n',
        "src/more.jl": "macro call()\nesc(:(helper()))\nend\n",
    }
    write(tmp_path, files)
    entry = tmp_path / "src" / "Other.jl"
    for most, any_name in ((2, False), (1, True)):
        text = PackageText(tmp_path, entry, Limits(files=most))
        assert called_names(text, ["@call"]).any_name is any_name


def test_a_macro_that_is_only_mentioned_is_not_used(tmp_path: Path) -> None:
    packages = {"Other": (MACRO, ""), "Between": ("using Other", "Other")}
    code = '"See `@call`."\nf() = 1 # @call'
    assert told(tmp_path, f"using Between\n{code}", packages) == NOT


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (
            "struct Prefs\nm\nend\nBase.getindex(p::Prefs, k) = load_preference(p.m, k)",
            'const p = Other.Prefs(Alpha)\nx = p["level"]',
        ),
        (
            "const KNOWN = Module[]\nkeep(m) = push!(KNOWN, m)\n"
            'all_of() = [load_preference(m, "level") for m in KNOWN]',
            "Other.keep(@__MODULE__)\nOther.all_of()",
        ),
        ("load(m, file) = Base.include(m, file)", 'Other.load(Alpha, "more.jl")'),
        ("load(m, file) = m.include(file)", 'Other.load(Alpha, "more.jl")'),
    ],
)
def test_a_package_that_keeps_the_module(tmp_path: Path, other: str, code: str) -> None:
    files = {
        "Project.toml": project("Alpha", deps="Preferences Other"),
        "Manifest.toml": manifest(
            {"Preferences": "", "Other": Package("Preferences", path="Other")}
        ),
        "src/Alpha.jl": f"module Alpha\nimport Other\n{code}\nend\n",
        "Other/Project.toml": project("Other", deps="Preferences"),
        "Other/src/Other.jl": f"module Other\nusing Preferences\n{other}\nend\n",
    }
    write(tmp_path, files)
    found = invalidations(tmp_path, files).of_preference(Preference(uuid("Alpha"), "level"))
    assert found.observers
    assert found.observers[0].read.evidence.word == "possible"


@pytest.mark.parametrize(
    "body",
    [
        "struct G\nm\nend\n(g::G)(k) = load_preference(g.m, k)",
        "struct G\nm\nend\nBase.getindex(g::G, k) = load_preference(g.m, k)",
        "G(m) = Expr(:call, GlobalRef(Preferences, :load_preference), m, KEYS[])",
    ],
)
def test_a_package_that_keeps_a_module_may_read_any_of_its_keys(tmp_path: Path, body: str) -> None:
    beta = (f"using Preferences\nconst KEYS = Ref(1)\n{body}", "Preferences")
    answer = told(tmp_path, "using Beta\nconst g = Beta.G(@__MODULE__)", {"Beta": beta})
    assert answer.startswith("possible: cannot tell")
