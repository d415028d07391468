"""The packages that a package's source loads, and those that its folder names at all.

Two questions are asked of a package's own folder: which packages Julia loads from it in any case,
and whether any code in it names some package. The answers are used to tell dependencies that
nobody uses and packages that are missing from ``[deps]``, so whatever may be code counts as code:
only comments, docstrings and sentences in strings name nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from precompass.files import disk
from precompass.source.package_code import Load, PackageCode
from precompass.source.package_files import Limits, PackageFiles, extension_entries
from precompass.source.syntax import JuliaSource, Text, parse_julia

_LIMITS = Limits(files=2_000, total_bytes=16_000_000)
_OTHER_PROJECTS = ("Project.toml", "JuliaProject.toml")
_OWN_FOLDERS = frozenset({"src", "ext", "deps"})
_PATH = rb"[\w!.\x80-\xff]+(?:[ \t]+as[ \t]+[\w!\x80-\xff]+)?"
_IMPORT = re.compile(  # a line that is an import, perhaps behind macros
    rb"^[ \t]*(?:@[\w.]+[ \t]+)*(?:using|import)[ \t]+("
    + _PATH
    + rb"(?:[ \t]*,\s*"
    + _PATH
    + rb")*)(?=[ \t]*(?:[:,;#\r\n]|\Z))",
    re.MULTILINE,
)
_TEXT_BEGINS = re.compile(rb'["`]|#=')
_FIRST_NAME = re.compile(rb"\s*([A-Za-z_\x80-\xff][\w!\x80-\xff]*)")
_NO_PACKAGES = frozenset({"Base", "Core", "Main"})
_CODE_IN_TEXT = re.compile(r"\b(?:using|import|require)\b")


class MissingLoad(msgspec.Struct, frozen=True):
    """A package that is loaded in any case and that nobody listed.

    Attributes:
        name: of the package.
        file: which loads it, relative to the package's folder.
        line: from 1.
    """

    name: str
    file: str
    line: int


class PackageUses:
    """Reads a package's folder as far as it is asked, each file once.

    Args:
        name: of the package.
        folder: of the package.
        entry: its entry file.
        extensions: the names of its extensions.
    """

    def __init__(self, name: str, folder: Path, entry: Path, extensions: Iterable[str]) -> None:
        self.name = name
        self._extensions = frozenset(extensions)
        self._folder = folder
        self._entry = entry
        self._files = PackageFiles(folder, _LIMITS)
        self._parsed: dict[Path, JuliaSource] = {}
        self._first_text: dict[Path, int] = {}  # where a string or a block comment may begin
        self._as_code: set[Path] = set()  # files of which all may be code
        self._imports: dict[Path, list[tuple[str, int]]] = {}
        self._read_in_full: dict[Path, bool] = {}
        self._in_source: dict[str, bool] = {}
        self._in_tests: dict[str, bool] = {}
        self._missing: dict[tuple[frozenset[str], frozenset[str]], tuple[MissingLoad, ...]] = {}

    def read_ahead(self, deps: Iterable[str], weakdeps: Iterable[str]) -> Iterator[None]:
        """Read what the answers about a project's dependencies need, a small step at a time.

        Args:
            deps: the names of the dependencies.
            weakdeps: those of the weak dependencies.
        """
        names = tuple(deps)
        for path in (*self._sources, *self._tests):
            self._imports_in(path)
            yield
        for name in names:
            if not self.is_named_in_source(name):
                yield
                self.is_named_in_tests(name)
            yield
        missing = self.missing_loads(names, weakdeps)
        if missing or not all(map(self.is_named_in_source, names)):
            for name, entry in self._modules:
                yield
                self._is_read_in_full(name, entry)

    @cached_property
    def is_complete(self) -> bool:
        """Whether all code was read that the package and its extensions are made of."""
        if not all(self._is_read_in_full(name, entry) for name, entry in self._modules):
            return False
        for path in (*self._sources, *self._tests):
            self._files.read(path)
        return not self._files.refused

    def _is_read_in_full(self, name: str, entry: Path) -> bool:
        """Tell whether nothing is undecided in a module, and in what it includes."""
        if entry not in self._read_in_full:
            code = PackageCode(name, self._files, ())
            code.read(entry)
            self._read_in_full[entry] = not (code.problems or code.top.is_cut)
        return self._read_in_full[entry]

    def is_named_in_source(self, name: str) -> bool:
        """Tell whether code names a package in the source, an extension, or a script beside."""
        if name not in self._in_source:
            named = self._is_imported(name) or self._is_named_in(self._sources, name)
            self._in_source[name] = named
        return self._in_source[name]

    def is_named_in_tests(self, name: str) -> bool:
        """Tell whether code below the folder ``test`` names a package."""
        if name not in self._in_tests:
            self._in_tests[name] = self._is_named_in(self._tests, name)
        return self._in_tests[name]

    def missing_loads(
        self, listed: Iterable[str], listed_for_extensions: Iterable[str]
    ) -> tuple[MissingLoad, ...]:
        """Return the packages that are loaded in any case, but for those that are listed.

        Each is told once, where it is loaded first.

        Args:
            listed: the names that the package itself can load.
            listed_for_extensions: those that its extensions can load besides.
        """
        own = _NO_PACKAGES | {self.name} | frozenset(listed)
        key = own, own | frozenset(listed_for_extensions)
        if key not in self._missing:
            found: dict[str, MissingLoad] = {}
            for name, entry in self._modules:
                for load in self._loads(name, entry, key[0] if entry == self._entry else key[1]):
                    found.setdefault(load.package, self._told(load))
            self._missing[key] = tuple(found.values())
        return self._missing[key]

    def _loads(self, name: str, entry: Path, listed: frozenset[str]) -> list[Load]:
        """Return where a module and its files load packages that are not listed, in order.

        The name of a module that is loaded, as an extension is, means that module in it.
        """
        listed |= {name}
        wanted: set[str] = set()
        for path in self._sources:
            if path == entry or (entry.parent in path.parents and entry.parent.name != "ext"):
                for imported, start in self._imports_in(path):
                    if imported not in listed | wanted and not self._is_in_text(path, start):
                        wanted.add(imported)
        if not wanted:
            return []
        code = PackageCode(name, self._files, wanted)
        code.read(entry, learns=False)
        loads = (load for load in code.loads if load.package in wanted)
        return sorted(loads, key=lambda load: load.site)

    def _told(self, load: Load) -> MissingLoad:
        file = load.site.file.relative_to(self._folder).as_posix()
        return MissingLoad(load.package, file, load.site.line + 1)

    @cached_property
    def _modules(self) -> tuple[tuple[str, Path], ...]:
        """The package's own module and those of its extensions, each with its entry file."""
        entries = extension_entries(self._folder) if self._extensions else ()
        found = ((path.stem, path) for path in entries if path.stem in self._extensions)
        return ((self.name, self._entry), *found)

    @cached_property
    def _sources(self) -> tuple[Path, ...]:
        """The files outside ``test`` that belong to no other project; the entry file first."""
        found = [self._entry]
        for path in self._files.julia_files(self._folder):
            first = path.relative_to(self._folder).parts[0]
            if first != "test" and path != self._entry and not self._is_of_other_project(path):
                found.append(path)
        return tuple(found)

    @cached_property
    def _tests(self) -> tuple[Path, ...]:
        return tuple(self._files.julia_files(self._folder / "test"))

    def _is_of_other_project(self, path: Path) -> bool:
        first = path.relative_to(self._folder).parts[0]
        if first in _OWN_FOLDERS:
            return False
        folder = path.parent
        while folder != self._folder:
            if folder not in self._has_project:
                self._has_project[folder] = any(
                    disk.is_file(folder / name) for name in _OTHER_PROJECTS
                )
            if self._has_project[folder]:
                return True
            folder = folder.parent
        return False

    @cached_property
    def _has_project(self) -> dict[Path, bool]:
        return {}

    def _imports_in(self, path: Path) -> Sequence[tuple[str, int]]:
        """Return what the text of a file seems to import, and at which byte."""
        if path not in self._imports:
            found = self._imports[path] = []
            for match in _IMPORT.finditer(self._files.read(path) or b""):
                for part in match[1].split(b","):
                    name = _FIRST_NAME.match(part)
                    if name is not None:
                        found.append((name[1].decode("utf-8", "replace"), match.start(1)))
        return self._imports[path]

    def _is_imported(self, name: str) -> bool:
        return any(
            imported == name and self._is_code(path, start, name)
            for path in self._sources
            for imported, start in self._imports_in(path)
        )

    def _is_named_in(self, paths: Iterable[Path], name: str) -> bool:
        word = name.encode()
        pattern = re.compile(rb"(?<![\w\x80-\xff])" + re.escape(word) + rb"(?![\w\x80-\xff])")
        for path in paths:
            data = self._files.read(path) or b""
            if word in data and any(
                self._is_code(path, match.start(), name) for match in pattern.finditer(data)
            ):
                return True
        return False

    def _is_code(self, path: Path, start: int, name: str) -> bool:
        """Tell whether what begins at a byte of a file may make Julia load a package."""
        text = self._text_around(path, start)
        return text is None or names(text, name)

    def _is_in_text(self, path: Path, start: int) -> bool:
        """Tell whether what begins at a byte of a file is in a comment or a string for sure."""
        return self._text_around(path, start) is not None

    def _text_around(self, path: Path, start: int) -> Text | None:
        """Return the comment or string that holds a byte of a file, if the file can be parsed.

        Most imports are in front of all text of a file, which then need not be parsed.
        """
        data = self._files.read(path) or b""
        if path not in self._first_text:
            found = _TEXT_BEGINS.search(data)
            self._first_text[path] = found.start() if found is not None else len(data)
        line = data.rfind(b"\n", 0, start) + 1
        if start < self._first_text[path] and b"#" not in data[line:start]:
            return None
        source = self._parsed.get(path)
        if source is None:
            source = self._parsed[path] = parse_julia(path, data)
            has_mark = len(source.data) != len(data)  # a byte-order mark moves all places
            if has_mark or source.has_errors or not source.complete:
                self._as_code.add(path)
        return None if path in self._as_code else source.text_around(start, start + 1)


def names(text: Text, name: str) -> bool:
    """Tell whether a comment or a string may make Julia load a package.

    A string may, if it is nothing but the name, or holds code.
    """
    if text.is_remark:
        return False
    content = text.content.strip()
    if content == name or _CODE_IN_TEXT.search(content):
        return True
    return " " not in content or f"{name}." in content
