"""The files that a package names and that are not there: it cannot be compiled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from precompass.files import disk
from precompass.source.evaluation import Scope
from precompass.source.package_code import PackageCode, may_include
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.syntax import Call, Name
from precompass.source.values import Text, alternatives

_FIRST_TO_READ_DEPENDENCIES = (1, 11)


def missing_files(name: str, folder: Path, entry: Path, minor: tuple[int, int]) -> tuple[Path, ...]:
    """Return the files without which a package does not compile, and that do not exist.

    Those are the files that it includes on no condition and, from Julia 1.11 on, those that it
    names with ``include_dependency``: their content is read while the package is compiled,
    except with ``track_content = false`` (``_include_dependency!`` in ``base/loading.jl``).

    Args:
        name: of the package.
        folder: of the package.
        entry: its entry file.
        minor: major and minor version of Julia.
    """
    files = PackageFiles(folder, Limits())
    text = files.read(entry)
    if text is not None and not may_include(text):
        return ()
    code = PackageCode(name, files, ("include_dependency",))
    code.read(entry)
    found = dict.fromkeys(code.missing)
    if minor >= _FIRST_TO_READ_DEPENDENCIES:
        found.update(dict.fromkeys(_missing_dependencies(code)))
    return tuple(found)


def _missing_dependencies(code: PackageCode) -> Iterator[Path]:
    for statement in code.statements:
        call = statement.code
        if statement.conditions or not isinstance(call, Call) or len(call.positional) != 1:
            continue
        if call.names is None or call.names[-1] != "include_dependency":
            continue
        if any(not _tracks_content(keyword.value) for keyword in call.keywords):
            continue
        value = code.evaluation.value(call.positional[0], Scope(statement.module))
        for text, arm in alternatives(value):
            if isinstance(text, Text) and arm is None:
                path = Path(call.source.path.parent, text.value)
                if not disk.is_there(path):
                    yield path


def _tracks_content(value: object) -> bool:
    return isinstance(value, Name) and value.names == ("true",)
