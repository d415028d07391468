"""Static reading of one package's source for the preferences that it reads.

Nothing runs. What a cache of Julia records is decided by the code that is executed while the
package compiles (``Base.record_compiletime_preference``, called by Preferences.jl): its
modules' top level with all that it includes and calls, not functions that are merely
compiled. So the reading follows exactly that, and says where it cannot.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import msgspec
from msgspec.structs import replace

from precompass.source.absent_code import FUNCTIONS_OF_JULIA
from precompass.source.closed_values import closed_values
from precompass.source.closure import Closure, Formal, Formals, formals_of
from precompass.source.computed_readers import ReaderLookups, reader_lookups
from precompass.source.effects import (
    WORKLOAD_MACROS,
    Body,
    Effect,
    EffectReader,
    Part,
    Read,
    Step,
    VariableRead,
)
from precompass.source.garbage import no_collection
from precompass.source.handed_modules import handed_modules
from precompass.source.inferred_calls import inferred_calls
from precompass.source.jll_products import is_generated, product_reads
from precompass.source.modules import (
    PREFERENCE_READERS,
    Definition,
    Member,
    exports,
    is_nameless,
    resolve,
)
from precompass.source.package_code import PackageCode, Problem
from precompass.source.package_files import Limits, PackageFiles
from precompass.source.passed_on import passed_on_names, passed_on_whole
from precompass.source.preference_reads import (
    FunctionReads,
    Owner,
    PackageReads,
    PassedOn,
    PreferenceRead,
    When,
    settle,
    workload_uses,
)
from precompass.source.syntax import Site
from precompass.source.unfollowed_reads import unfollowed_reads
from precompass.source.unread_places import reads_in, unread_places
from precompass.source.values import Element, Expander, Parameter, Unknown, is_open

_SEEDS = frozenset(
    {name.removeprefix("@") for name in PREFERENCE_READERS}
    | {name.removeprefix("@") for macros in WORKLOAD_MACROS.values() for name in macros}
    | {"record_compiletime_preference", "get_preferences", "__precompile__"}
    | {"include_string", "evalfile", "parseall"}
)
_NO_DEPENDENCIES: MappingProxyType[str, UUID] = MappingProxyType({})
_LEADING_INCLUDE = re.compile(
    rb"\binclude\b[^\n]*\.\.|^[^#\n]*\binclude\([ \t]*[^\s\")]|^[^#\n]*\binclude_string\b"
    rb"|^[^#\n]*(?:\bevalfile\b|\bparseall\b|\bMeta\.parse\()",
    re.MULTILINE,
)
"""An ``include`` that may lead out of the folder (its path climbs, or is computed), or of text."""
_PLAIN_INCLUDE = re.compile(rb"""^[^#\n]*\binclude\([ \t]*"([^"\\$\n]+)"[ \t]*\)""", re.MULTILINE)
"""An ``include`` of one file, by its path."""


class PackageSource(msgspec.Struct, frozen=True):
    """A package, or an extension of one, whose source is on the disk.

    Attributes:
        name: its name; an extension has its own.
        uuid: its UUID; an extension has its own (``@load_preference`` in an extension asks for
            the extension's preferences, not for its parent's). None for a package without one.
        root: the folder of the package. Nothing outside is read.
        entry: the file with its module.
        tree_hash: the ``git-tree-sha1`` of the folder, if it is installed in a depot: it says
            what the folder holds, so a cached answer need not be checked against the files.
    """

    name: str
    uuid: UUID | None
    root: Path
    entry: Path
    tree_hash: str | None = None

    @property
    def owner(self) -> Owner:
        """The package as an owner of preferences."""
        return Owner(self.name, self.uuid)


def read_package_source(
    source: PackageSource,
    *,
    foreign: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> PackageReads:
    """Return which preferences a package reads by its source.

    Args:
        source: the package.
        foreign: names to look for besides: functions and macros of other packages (with ``@``)
            that read preferences, and packages that do so when they are loaded. Only calls of
            these are among the effects.
        limits: how much is read at most.

    Never raises on what the files hold; what cannot be read is among the problems.
    """
    return read_files(source, PackageFiles(source.root, limits or Limits()), foreign)


def read_files(source: PackageSource, files: PackageFiles, foreign: frozenset[str]) -> PackageReads:
    """Do what :func:`read_package_source` does, through a reader that remembers the files."""
    entry = files.read(source.entry)
    if entry is None:
        reason = files.refused.get(Path(os.path.normpath(source.entry)), "no such file")
        problem = Problem(Site(source.entry, 0, 0), reason)
        return PackageReads(source.owner, problems=(problem,))
    with no_collection():
        return _read_files(source, files, foreign, entry)


def _read_files(
    source: PackageSource, files: PackageFiles, foreign: frozenset[str], entry: bytes
) -> PackageReads:
    texts = (files.read(path) or b"" for path in files.julia_files(source.entry.parent))
    lookups = reader_lookups(texts)
    code = PackageCode(source.name, files, _SEEDS | foreign | lookups.functions)
    found = _read_code(source, files, foreign, entry, code, lookups)
    code.let_go()
    return found


def _read_code(
    source: PackageSource,
    files: PackageFiles,
    foreign: frozenset[str],
    entry: bytes,
    code: PackageCode,
    lookups: ReaderLookups,
) -> PackageReads:
    products = product_reads(files) if is_generated(entry) else []
    if not products and not _may_matter(source, files, code):
        return PackageReads(
            source.owner,
            handed=_handed(source, files),
            passed_on=_passed_on(source, files, code, foreign),
        )
    code.read(source.entry)
    reader = EffectReader(code, foreign, hands_on=lookups.hands_on)
    reader.read_top()
    bodies: dict[Definition, Body] = {
        definition: reader.read_definition(definition)
        for definition in code.definitions
        if not reader.exhausted and code.is_relevant(definition)
    }
    reader.finish()
    closure = Closure(bodies, code.evaluation, files.limits.effects)
    hidden, errors = _not_understood(code)
    executed = closure.effects(reader.top.executed)
    seen_to_happen = (one for one in executed if not isinstance(one, VariableRead))
    unfollowed: tuple[Effect, ...] = (*unfollowed_reads(reader, closure), *inferred_calls(reader))
    happens = (*products, *seen_to_happen, *hidden, *unfollowed)
    initialising = [definition for definition in bodies if definition.name == "__init__"]
    functions = (*_functions(code, closure), *_other_readers(code))
    passed_on = _passed_on(source, files, code, foreign)
    problems = [*code.problems, *_not_listed(source, files), *errors]
    if code.top.is_cut:
        text = "a name stands for too many others in turn: not followed"
        problems.append(Problem(Site(source.entry, 0, 0), text))
    if code.exhausted or code.evaluation.exhausted or closure.exhausted or reader.exhausted:
        problems.append(
            Problem(Site(source.entry, 0, 0), "too much code: the rest is not followed")
        )
    compile_reads = settle(happens, When.COMPILE, source.owner, _NO_DEPENDENCIES)
    passed = reader.passed
    called_back = [
        one for one in bodies if (one.extends and not is_nameless(one.name)) or one in passed
    ]
    run_reads = (
        *_run_reads(called_back, closure, source.owner, by_callback=True),
        *_run_reads(bodies, closure, source.owner, by_callback=False),
    )
    if reader.precompile_disabled is not None:
        compile_reads = settle(happens, When.RUN, source.owner, _NO_DEPENDENCIES)
    reads: dict[tuple[object, ...], PreferenceRead] = {}
    for read in (*compile_reads, *run_reads):
        reads.setdefault((read.key, read.owner, read.site), read)
    rejected = [closed_values(one) for one in code.sources.values()] if reads else []
    allowed = {site: values for found in rejected for site, values in found.items()}
    return PackageReads(
        owner=source.owner,
        reads=tuple(replace(read, values=allowed.get(read.site, ())) for read in reads.values()),
        workloads=workload_uses(happens),
        precompile_disabled=reader.precompile_disabled,
        compile_effects=happens,
        init_effects=tuple(
            dict.fromkeys(effect for item in initialising for effect in closure.of(item))
        ),
        functions=functions,
        handed=_handed(source, files),
        of_stored=_of_stored((*_steps(bodies.values()), *unfollowed)),
        passed_on=passed_on,
        imports=tuple(dict.fromkeys(code.imports)),
        problems=tuple(problems),
        files=tuple(code.sources),
    )


def _may_matter(source: PackageSource, files: PackageFiles, code: PackageCode) -> bool:
    """Tell whether any file that the package can consist of mentions what is looked for.

    Most packages mention nothing, and this is all that is done with them.
    """
    listed = dict.fromkeys([source.entry, *files.julia_files(source.entry.parent)])
    if source.entry.parent in files.refused:
        return True
    for path in listed:
        data = files.read(path)
        if data is None or code.may_mention(data) or _LEADING_INCLUDE.search(data):
            return True
        for match in _PLAIN_INCLUDE.finditer(data):
            if Path(os.path.normpath(path.parent / os.fsdecode(match[1]))) not in listed:
                return True  # a link, a file of another kind, or one that is not there
    return False


def _not_listed(source: PackageSource, files: PackageFiles) -> Iterator[Problem]:
    """Yield a problem if the package's folder has more files than are searched."""
    folder = source.entry.parent
    if folder in files.refused:
        yield Problem(Site(source.entry, 0, 0), f"{folder.name}: {files.refused[folder]}")


def _not_understood(code: PackageCode) -> tuple[list[Read], list[Problem]]:
    """Return what may be read in places that were not understood, and these places."""
    reads: list[Read] = []
    problems: list[Problem] = []
    for source in code.sources.values():
        for error, place in unread_places(source, code.mentions_between):
            reads += reads_in(source, place)
            problems.append(Problem(error.site, f"not understood: {error.excerpt(40) or '…'}"))
    return list(dict.fromkeys(reads)), problems


def _run_reads(
    definitions: Iterable[Definition], closure: Closure, own: Owner, *, by_callback: bool
) -> tuple[PreferenceRead, ...]:
    """Return what functions read when they are called, a key that is passed left to the caller."""
    effects = [
        effect
        for definition in definitions
        for part in Part
        for effect in closure.of(definition, part)
        if isinstance(effect, Read) and not (is_open(effect.key) and effect.via)
    ]
    return settle(effects, When.RUN, own, _NO_DEPENDENCIES, by_callback=by_callback)


def _handed(source: PackageSource, files: PackageFiles) -> tuple[str, ...]:
    """Return the functions that code of the package hands one of its modules to."""
    texts = (files.read(path) or b"" for path in files.julia_files(source.entry.parent))
    return tuple(sorted(handed_modules(texts) - FUNCTIONS_OF_JULIA))


def _steps(bodies: Iterable[Body]) -> Iterator[Step]:
    for body in bodies:
        yield from body.executed


def _of_stored(steps: Iterable[Step]) -> tuple[Read, ...]:
    """Return what is read of packages whose module or UUID the code has from elsewhere."""
    return tuple(
        dict.fromkeys(
            step
            for step in steps
            if isinstance(step, Read) and isinstance(step.owner, Unknown | Element)
        )
    )


def _passed_on(
    source: PackageSource, files: PackageFiles, code: PackageCode, foreign: frozenset[str]
) -> tuple[PassedOn, ...]:
    """Return what a package offers of others, if there are any names of others to look for."""
    if not foreign:
        return ()
    texts = (files.read(path) or b"" for path in files.julia_files(source.entry.parent))
    found = (*passed_on_names(code.root, foreign), *passed_on_whole(texts))
    return tuple(dict.fromkeys(found))


def _functions(code: PackageCode, closure: Closure) -> tuple[FunctionReads, ...]:
    """Return all methods of the functions of which at least one reads preferences."""
    root = code.root
    depth = len(root.path)
    reading = {definition.name for definition in closure.reading}
    if not reading:
        return ()
    offered = _offered(code, reading)
    found: list[FunctionReads] = []
    for definition in code.definitions:
        if definition.extends or definition.name not in reading or definition.name == "__init__":
            continue
        paths = {(*definition.module.path[depth:], definition.name)}
        paths |= offered.get(definition, set())
        found += (
            FunctionReads(
                path=path,
                exported=len(path) == 1 and exports(root, path[0]),
                formals=formals_of(definition, code.evaluation),
                executed=closure.of_call(definition),
                expanded=closure.of(definition, Part.EXPANDED),
                inferred=closure.of_inference(definition),
            )
            for path in sorted(paths)
        )
    return tuple(found)


def _other_readers(code: PackageCode) -> Iterator[FunctionReads]:
    """Yield the readers of preferences that a package gives another name."""
    root = code.root
    for name in (*root.imports, *root.values):
        meaning = resolve(root, (name,)) if code.is_wanted(name) else None
        reader = meaning.path[-1:] if isinstance(meaning, Member) else ()
        if reader and reader[0] in PREFERENCE_READERS and reader[0] != name:
            is_macro = name.startswith("@")
            formals = (Formal("key"), Formal("default", Unknown("default")))
            owner = Formal("owner")
            site = Site(code.files.root, 0, 0)  # what it reads is read where it is called
            read = Read(Expander() if is_macro else Parameter("owner"), Parameter("key"), site, ())
            yield FunctionReads(
                path=(name,),
                exported=exports(root, name),
                formals=Formals(formals if is_macro else (owner, *formals)),
                executed=() if is_macro else (read,),
                expanded=(read,) if is_macro else (),
            )


def _offered(code: PackageCode, reading: set[str]) -> dict[Definition, set[tuple[str, ...]]]:
    """Return by which names functions can be called in the package's own module.

    It takes some over from submodules, and gives some other names: ``const other = f``.
    """
    found: dict[Definition, set[tuple[str, ...]]] = {}
    root = code.root
    others = (name for name in (*root.imports, *root.values) if code.is_wanted(name))
    for name in (*sorted(reading), *others):
        meaning = resolve(root, (name,))
        for item in meaning if isinstance(meaning, tuple) else ():
            if isinstance(item, Definition):
                found.setdefault(item, set()).add((name,))
    return found
