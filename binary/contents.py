"""List what is inside the self-contained programs: ``contents.py FOLDER LIBRARIES``.

Run by the Python of the environment that was frozen. Writes ``THIRD-PARTY.txt`` into FOLDER, each
component with its version and licence, and the licences' texts into ``licenses``. LIBRARIES is the
JSON file in which PyInstaller's run noted the origin of each native library. Fails if a component
names no licence.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

_OWN = "precompass"
_FREEZER = "pyinstaller"
_HEADER = """\
The folder of these programs contains Python, the libraries below, and Precompass, which is under
the MIT licence (LICENSE). The folder "licenses" has the texts of the others' licences.

"""


@dataclass(frozen=True, slots=True)
class Component:
    """Something that others have made and that is inside.

    Attributes:
        name: its name, as its makers write it.
        version: its version.
        licence: its licence, as it names it.
        texts: the files that hold the licence's text.
    """

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = field(default=())


def components(folder: Path, libraries: Mapping[str, Path]) -> Iterator[Component]:
    """Yield what others have made of the folder's content: Python, packages, libraries.

    Args:
        folder: the folder of the programs.
        libraries: the origins of native libraries, by their place in the folder.
    """
    licence = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    texts = (licence,) if licence.exists() else ()
    yield Component("Python", platform.python_version(), "PSF-2.0", texts)
    # Its bootloader is the part of the programs that starts Python.
    yield _package(distribution(_FREEZER))
    for package in sorted(distributions(), key=lambda package: package.name.lower()):
        if package.name.lower() != _OWN and _is_inside(package, folder / "_internal"):
            yield _package(package)
    yield from _system_libraries(libraries)


def _is_inside(package: Distribution, folder: Path) -> bool:
    return any(
        file.suffix in (".py", ".so", ".pyd")
        and ((folder / file).exists() or (folder / file).with_suffix(".pyc").exists())
        for file in package.files or ()
    )


def _package(package: Distribution) -> Component:
    metadata = package.metadata
    named = [
        *metadata.get_all("License-Expression", []),
        *(
            text.rpartition(" :: ")[2]
            for text in metadata.get_all("Classifier", [])
            if text.startswith("License :: ")
        ),
        # Some give the whole text there.
        *(text.strip().partition("\n")[0] for text in metadata.get_all("License", [])),
    ]
    texts = tuple(
        Path(str(package.locate_file(file)))
        for file in package.files or ()
        if file.parts[0].endswith(".dist-info")
        and file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))
    )
    licence = next((name for name in named if name), "")
    return Component(package.name, package.version, licence, texts)


def _system_libraries(libraries: Mapping[str, Path]) -> Iterator[Component]:
    """Yield the libraries that come from the system, as its package manager knows them.

    Elsewhere than on Debian and Ubuntu, Python's own installation brings them, and their licences
    stand in the text of Python's.
    """
    dpkg = shutil.which("dpkg-query")
    found: dict[str, Component] = {}
    for origin in libraries.values():
        if dpkg is None or not origin.resolve().is_relative_to("/usr"):
            continue
        # Debian's list may name /lib, which is a link to /usr/lib.
        for path in (origin.resolve(), Path("/", *origin.resolve().parts[2:])):
            owner = _output(dpkg, "--search", str(path)).partition(": ")[0]
            if owner:
                name = owner.partition(":")[0]
                version = _output(dpkg, "--show", "--showformat=${Version}", owner)
                text = Path("/usr/share/doc", name, "copyright")
                licence = f"see licenses/{name}-{version}" if text.exists() else ""
                found[name] = Component(name, version, licence, (text,))
                break
    yield from (component for name, component in sorted(found.items()) if _is_other(name))


def _is_other(name: str) -> bool:
    return not name.startswith(("libpython", "python3"))  # Debian's own Python


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def write(folder: Path, inside: list[Component]) -> None:
    """Write the list and the texts into the folder of the programs.

    Raises:
        SystemExit: a component names no licence.
    """
    unknown = [component.name for component in inside if not component.licence]
    if unknown:
        sys.exit(f"The licence is unknown of: {', '.join(unknown)}")
    width = max(len(component.name) for component in inside) + 2
    lines = [
        f"{component.name:{width}}{component.version:20}{component.licence}\n"
        for component in inside
    ]
    (folder / "THIRD-PARTY.txt").write_text(_HEADER + "".join(lines), encoding="utf-8")
    licences = folder / "licenses"
    shutil.rmtree(licences, ignore_errors=True)
    for component in inside:
        place = licences / f"{component.name}-{component.version}".replace(":", "_")
        place.mkdir(parents=True)
        for text in component.texts:
            shutil.copyfile(text, place / text.name)


if __name__ == "__main__":
    programs, noted = Path(sys.argv[1]), Path(sys.argv[2])
    origins = {name: Path(path) for name, path in json.loads(noted.read_text()).items()}
    write(programs, list(components(programs, origins)))
