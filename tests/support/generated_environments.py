"""Generated environments with a skip list or a switch, in the forms that people write them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from support.environments import Package, manifest, uuid

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
PROJECT = "Survey"


@dataclass(frozen=True)
class Generated:
    """An environment.

    Attributes:
        files: by name.
        place: the file that holds the preferences.
    """

    files: Mapping[str, str]
    place: str


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, str | Package]:
    """Packages in which nothing depends on what stands before it."""
    packages: dict[str, str | Package] = {}
    for index, name in enumerate(NAMES):
        later = NAMES[index + 1 :]
        deps = draw(st.sets(st.sampled_from(later), max_size=2)) if later else set()
        deps |= draw(st.sets(st.sampled_from(("PrecompileTools", "SnoopPrecompile")), max_size=2))
        extensions = {}
        weak = sorted(set(later) - deps)
        if weak and draw(st.integers(0, 3)) == 0:
            extensions = {f"{name}{weak[0]}Ext": weak[0]}
        packages[name] = Package(
            " ".join(sorted(deps)),
            weakdeps=" ".join(extensions.values()),
            extensions=extensions,
            path=draw(st.sampled_from((None, None, f"../{name}"))),
        )
    tools = draw(st.sampled_from(("1.0.3", "1.2.1", "1.3.4")))
    packages["PrecompileTools"] = Package("Preferences", version=tools)
    packages["Preferences"] = Package("TOML", version="1.4.3")
    packages["SnoopPrecompile"] = Package("Preferences", version="1.0.3")
    packages["TOML"] = ""
    return packages


@st.composite
def projects(draw: st.DrawFn) -> str:
    """A project file; it may be a package, and may list less than there is."""
    parts = []
    if draw(st.booleans()):
        parts.append(f'name = "{PROJECT}"\nuuid = "{uuid(PROJECT)}"\n')
    tools = st.sets(st.sampled_from(("PrecompileTools", "SnoopPrecompile")), max_size=2)
    deps = draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4)) | draw(tools)
    parts.append("[deps] # what we use\n" + listed(deps))
    extras = ({"SnoopPrecompile"} | draw(st.sets(st.sampled_from(NAMES), max_size=2))) - deps
    if draw(st.integers(0, 4)) == 0:
        extras -= {"SnoopPrecompile"}
    if extras:
        parts.append("[extras]\n" + listed(extras))
    parts.append('[compat] # keep\njulia = "1"\n')
    return "\n".join(parts)


def listed(names: set[str]) -> str:
    """Return the lines of a section that list these packages."""
    return "".join(f'{name} = "{uuid(name)}"\n' for name in sorted(names))


skip_lists = st.lists(
    st.sampled_from((*NAMES, PROJECT, "Unknown", "Alpha.Sub")), min_size=1, max_size=4
)


def written(names: list[str], form: str) -> str:
    """Return an array of names, on one line or on several with comments."""
    items = [f'"{name}"' for name in names]
    if form == "lines":
        return "[ # skipped\n" + "".join(f"  {item}, # why\n" for item in items) + "]"
    return f"[{', '.join(items)}]"


@st.composite
def tables(draw: st.DrawFn, first: Mapping[str, str]) -> str:
    """Tables of preferences: the given one, and others around it.

    They are written under headers, as inline tables, or with dotted keys. Marks stand for
    what leads to them: nothing in a preferences file, ``preferences.`` in a project file.
    """
    others: dict[str, dict[str, str]] = {}
    for name in draw(st.sets(st.sampled_from((*NAMES, PROJECT)), max_size=3)):
        keys = draw(st.sets(st.sampled_from(("threads", "precompile_workload")), min_size=1))
        values = {"threads": "4", "precompile_workload": draw(st.sampled_from(("true", "false")))}
        others[name] = {key: values[key] for key in sorted(keys)}
    written_tables = [("", dict(first)), *others.items()]
    form = draw(st.sampled_from(("header", "header", "inline", "dotted")))
    parts = []
    for name, pairs in draw(st.permutations(written_tables)):
        own = pairs.pop("", None) or name
        if form == "inline" and not any("\n" in value for value in pairs.values()):
            inner = ", ".join(f"{key} = {value}" for key, value in pairs.items())
            parts.append(f"§{own} = {{ {inner} }} # about {own}\n")
        elif form == "header":
            lines = "".join(f"{key} = {value} # why\n" for key, value in pairs.items())
            parts.append(f"# above {own}\n[§{own}] # about {own}\n{lines}\n")
        else:
            parts.append("".join(f"§{own}.{key} = {value}\n" for key, value in pairs.items()))
    return "# our preferences\n" + "".join(parts)


@st.composite
def environments(draw: st.DrawFn, julias: tuple[str, ...], *, switch: bool = False) -> Generated:
    """An environment with a skip list, or with PrecompileTools' switch turned off."""
    if switch:
        first = {"": "PrecompileTools", "precompile_workloads": "false"}
    else:
        form = draw(st.sampled_from(("line", "line", "lines")))
        first = {
            "": "SnoopPrecompile",
            "skip_precompile": written(draw(skip_lists), form),
        }
    preferences = draw(tables(first))
    project = draw(projects())
    julia = draw(st.sampled_from(julias))
    files = {"Manifest.toml": manifest(draw(manifests()), julia=julia)}
    if draw(st.booleans()):
        place = "LocalPreferences.toml"
        files |= {"Project.toml": project, place: preferences.replace("§", "")}
    else:
        place = "Project.toml"
        has_headers = "[§" in preferences
        in_table = preferences.replace("§", "preferences." if has_headers else "")
        files[place] = project + ("\n" if has_headers else "\n[preferences]\n") + in_table
    if draw(st.booleans()):
        files[place] = files[place].rstrip("\n")
    if draw(st.integers(0, 3)) == 0:
        files = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    return Generated(files, place)
