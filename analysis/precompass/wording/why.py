"""How the reasons for recompiling are said, the same on every surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from precompass.files.shown import shown
from precompass.julia.session_flags import read_flags
from precompass.recompilation.conflicts import Conflict
from precompass.recompilation.graph import Unit, UnitId, package_id
from precompass.recompilation.pending import NotCompiled
from precompass.recompilation.reasons import (
    CacheDamaged,
    DependencyBuildMissing,
    DependencyIdentity,
    DependencyLoaded,
    DependencyMissing,
    FlagsMismatch,
    IncompatibleHeader,
    NativeCodeDamaged,
    NativeCodeMissing,
    NoCache,
    OtherPackage,
    OtherSource,
    OtherSystemImage,
    PreferencesChanged,
    Reason,
    SourceContent,
    SourceMissing,
    SourceSize,
    SourceTime,
    SyntaxVersion,
    UnresolvedDepot,
)
from precompass.recompilation.why import Cause, Why
from precompass.wording import compiled_code, counted, listed, unknown_part

_STARTS = {
    "using": "The next `using`",
    "precompile": "`Pkg.precompile()`",
    "test": "`Pkg.test()`",
}
_FEW = 3  # names that a sentence holds
_MANY = 10  # units of which none is named


def headline(why: Why) -> str:
    """Say what is recompiled, and which share of the compiled code that is."""
    start = _STARTS[why.purpose]
    for gap in why.gaps:
        if gap.line is not None:
            return f"Cannot tell what is recompiled: {unknown_part(gap)}."
        if gap.hides_names:
            return "Cannot tell what is recompiled: there is no manifest. Run `Pkg.instantiate()`."
    if not why.has_depot:
        return "Cannot tell what is recompiled: depots are not read. Leave out `--no-depot`."
    if why.gaps and not why.units:
        return f"Cannot tell what is recompiled: {unknown_part(why.gaps[0])}."
    failure = _failure(why)
    if failure and not why.units:
        return failure
    if not why.units and (gone := why.not_loaded):
        return f"{start} recompiles nothing, but {counted_units(gone)} cannot be loaded."
    if not why.units and why.pending.not_compiled:
        without = [one.unit for one in why.pending.not_compiled]
        are = "is" if len(without) == 1 else "are"
        return f"{start} recompiles nothing: {counted_units(without)} {are} never cached."
    if not why.units and why.cannot_tell:
        units = {unit.id: unit for unit, _ in why.cannot_tell if unit is not None}
        unsure = f"{counted_units(list(units.values()))} not fully checked"
        if not units:
            unsure = "the native code was not checked"
        return f"{start} recompiles nothing, as far as files tell: {unsure}."
    if not why.units:
        return f"{start} recompiles nothing: all {counted(why.of, 'package')} have fitting caches."
    if failure:
        return f"{failure} {_recompiled_anyway(why)}"
    return f"{start} recompiles {_what_is_recompiled(why)}."


def _what_is_recompiled(why: Why) -> str:
    packages = f"{why.count:,} of {counted(why.of, 'package')}"
    if why.gaps:
        packages = f"at least {counted(why.count, 'package')}"
    if why.extensions:
        packages += f" and {counted(why.extensions, 'extension')}"
    share = f", {compiled_code(why.share)}" if why.share is not None and why.share.bytes else ""
    return f"{packages}{share}"


def _failure(why: Why) -> str:
    """Say that loading fails; empty if nothing hinders it.

    Pkg installs what is missing before it precompiles or tests; ``using`` does not. Julia goes on
    without an extension that cannot be loaded.
    """
    gone = why.not_loaded
    if any(unit.is_package for unit in gone):
        return f"{_STARTS[why.purpose]} fails: {counted_units(gone)} cannot be loaded."
    if not why.not_installed:
        return ""
    if why.purpose == "using":
        number = len(why.not_installed)
        are = "is" if number == 1 else "are"
        failure = f"{_STARTS[why.purpose]} fails: {counted(number, 'package')} {are} not installed."
        return failure if why.units else f"{failure} Run `Pkg.instantiate()`."
    installed = counted(len(why.not_installed), "package")
    return f"{_STARTS[why.purpose]} first installs {installed}."


def _recompiled_anyway(why: Why) -> str:
    """Say what is recompiled although loading fails, or once everything is installed."""
    if why.purpose == "using" and why.not_installed:
        return f"After `Pkg.instantiate()`, Julia recompiles {_what_is_recompiled(why)}."
    return f"Julia recompiles {_what_is_recompiled(why)}."


def conflict_sentence(conflict: Conflict) -> str:
    """Say that caches do not go together, what that recompiles, and what to do."""
    name = conflict.unit.label
    others = [unit for units in conflict.others for unit in units]
    wanting = names_of(others)
    want = "wants" if len(others) == 1 else "want"
    return (
        f"{wanting} {want} an older build of {name} than its newest cache. If {name} is loaded "
        f"first, Julia recompiles {wanting}: load {wanting} first to avoid it."
    )


def not_installed(why: Why) -> str:
    """Say how many packages are not installed, and what to do."""
    number = len(why.not_installed)
    are = "is" if number == 1 else "are"
    return f"{counted(number, 'package')} {are} not installed: run `Pkg.instantiate()`"


def which_are_not_installed(why: Why) -> str:
    """Name the packages that are not installed; empty where the headline speaks of too many."""
    if not 0 < len(why.not_installed) <= _MANY:
        return ""
    return f"Not installed: {listed((unit.label for unit in why.not_installed), _MANY)}."


def cause_sentences(cause: Cause, folder: Path | None) -> tuple[str, str, str]:
    """Say what happened and where, what is recompiled for it, and what to do.

    Args:
        cause: the root cause.
        folder: paths below it are shown relative to it.
    """
    return fact(cause, folder), effect(cause), advice(cause)


def sentences_below_headline(why: Why, cause: Cause, folder: Path | None) -> tuple[str, str, str]:
    """Say what :func:`cause_sentences` does, without what the headline or the fact has said."""
    return (
        fact_below_headline(why, cause, folder),
        effect(cause) if cause.consequences else "",
        "" if _lacks_source(why, cause) else advice(cause),
    )


def _lacks_source(why: Why, cause: Cause) -> bool:
    """Whether a package has no cache because it is not installed, which is told of all at once."""
    absent = {unit.id for unit in why.not_installed}
    return isinstance(cause.reason, NoCache) and any(one.unit.id in absent for one in cause.roots)


def fact_below_headline(why: Why, cause: Cause, folder: Path | None) -> str:
    """Say what happened, and where, without the count of the headline."""
    return fact(cause, folder, names="These packages" if _is_whole_answer(why, cause) else None)


def _is_whole_answer(why: Why, cause: Cause) -> bool:
    """Whether the headline counts what a cause counts."""
    return len(why.causes) == 1 and not cause.consequences and len(cause.roots) > _MANY


def fact(cause: Cause, folder: Path | None, *, names: str | None = None) -> str:
    """Say what happened, and where.

    Args:
        cause: the root cause.
        folder: paths below it are shown relative to it.
        names: what its roots are called; else their names, or the number of many.
    """
    reason, place = cause.reason, cause.place
    where = ""
    if place is not None:
        line = "" if place.line is None else f":{place.line + 1}"
        where = f"{shown(place.file, folder)}{line}"
    names = names or names_of([root.unit for root in cause.roots])
    has, caches = ("have", "caches") if len(cause.roots) > 1 else ("has", "cache")
    match reason:
        case NoCache():
            return f"{names} {has} no cache for this Julia version in any depot."
        case IncompatibleHeader(made_by) if made_by is not None:
            return f"Another build of Julia, {made_by.version}, made the {caches} of {names}."
        case IncompatibleHeader():
            return f"The cache file of {names} is not readable: it {reason.problem}."
        case FlagsMismatch(_, made_with):
            options = " ".join(("julia", *read_flags(made_with).options))
            return f"The {caches} of {names} {_were(cause)} made by `{options}`."
        case SyntaxVersion():
            return f"The cache of {names} was made for another version of Julia's syntax."
        case NativeCodeMissing():
            return f"{where}, the native code of {names}, is gone."
        case OtherPackage(name):
            return f"The cache file of {names} holds another package, {name}."
        case OtherSystemImage():
            return f"The cache of {names} was built with another system image of Julia."
        case DependencyLoaded(dependency):
            return (
                f"{dependency} is loaded first, and {names} {_were(cause)} built on another build."
            )
        case DependencyMissing(name):
            built = f"The {caches} of {names} {_were(cause)} built with {name}"
            return f"{built}, which no environment has."
        case OtherSource(recorded):
            return _other_source(cause, recorded, where or "The manifest")
        case DependencyIdentity(name):
            return f"{where or 'The manifest'}: {name} is another package in {names} now."
        case UnresolvedDepot(path):
            return f"No depot has {path}, a source file of {names}."
        case SourceMissing():
            return f"{where}, a source file of {names}, is gone."
        case SourceTime():
            return f"{where} has another modification time than when {names} was compiled."
        case SourceSize() | SourceContent():
            return f"{where} changed after {names} was compiled."
        case CacheDamaged():
            return f"{where}, the cache of {names}, is damaged."
        case NativeCodeDamaged():
            return f"{where}, the native code of {names}, is damaged."
        case PreferencesChanged(keys):
            said = listed((f"{names}.{key}" for _, key in keys), _FEW)
            if place is not None:
                return f"{where}: {said} has another value than when {names} was compiled."
            return f"{said} is unset now, and was set when {names} was compiled."
        case DependencyBuildMissing(dependencies):
            below = listed(dependencies, _FEW)
            return f"{names} {_were(cause)} built on a build of {below} that is gone."
        case _:
            return f"The cache of {names} does not fit."


def effect(cause: Cause) -> str:
    """Say what is recompiled because of a cause."""
    units = [root.unit for root in cause.roots]
    own = names_of(units) if len(units) <= _FEW else counted_units(units)
    if not cause.consequences:
        return f"Julia recompiles {own}."
    dependents = counted(len(cause.consequences), "dependent")
    if len(cause.consequences) <= _FEW:
        dependents += f" ({names_of([one.unit for one in cause.consequences])})"
    return f"Julia recompiles {own} and {dependents}."


def advice(cause: Cause) -> str:
    """Say what to do."""
    match cause.reason:
        case SourceSize() | SourceContent() | SourceMissing() | SourceTime():
            return "Undo the change to keep the caches, or run `Pkg.precompile()`."
        case PreferencesChanged():
            return "Restore the earlier value to keep the caches, or run `Pkg.precompile()`."
        case FlagsMismatch(_, made_with):
            options = " ".join(("julia", *read_flags(made_with).options))
            return f"Start Julia as `{options}` to keep the caches."
        case DependencyLoaded(dependency):
            return f"Use the same version of {dependency} in both environments to avoid it."
        case OtherSource() | DependencyIdentity() | DependencyMissing():
            return "Restore the manifest to keep the caches, or run `Pkg.precompile()`."
        case _:
            return "Run `Pkg.precompile()` to recompile now."


def short_cause(why: Why, cause: Cause, folder: Path | None) -> str:
    """Say a cause in a few words, for one line with others: ``src/Catchment.jl changed``."""
    place = _short(cause.place.file, folder) if cause.place is not None else ""
    names = names_of([root.unit for root in cause.roots])
    match cause.reason:
        case SourceSize() | SourceContent() | SourceTime():
            return f"{place} changed"
        case SourceMissing() | UnresolvedDepot():
            return f"a source file of {names} is gone"
        case OtherSource():
            return f"{names} has another version"
        case NoCache() if _is_whole_answer(why, cause):
            return "no caches for this Julia version"
        case NoCache():
            return f"no cache of {names}"
        case FlagsMismatch():
            return "other options made the caches"
        case IncompatibleHeader():
            return f"another Julia made the cache of {names}"
        case NativeCodeMissing() | CacheDamaged() | NativeCodeDamaged():
            return f"the cache of {names} is damaged"
        case _:
            return f"the cache of {names} does not fit its dependencies"


def _short(file: Path, folder: Path | None) -> str:
    """Return a path below *folder*; of one elsewhere the last parts, which name the package."""
    if folder is None or file.is_relative_to(folder):
        return shown(file, folder)
    return "/".join(file.parts[-3:])


def lens_title(why: Why, folder: Path | None) -> str:
    """Say in one line what is recompiled next and why, without Markdown."""
    preferences = sum(isinstance(cause.reason, PreferencesChanged) for cause in why.causes)
    shorts = [
        short_cause(why, cause, folder)
        for cause in why.causes
        if not isinstance(cause.reason, PreferencesChanged)
    ]
    if preferences:
        differ = "differs" if preferences == 1 else "differ"
        shorts.insert(0, f"{counted(preferences, 'preference')} {differ}")
    if len(shorts) > _FEW:
        shorts[_FEW - 1 :] = [counted(len(shorts) - _FEW + 1, "more cause")]
    because = f": {', '.join(shorts)}" if shorts else ""
    return f"{headline(why).replace('`', '').removesuffix('.')}{because}"


def reason_words(reason: Reason | None) -> str:
    """Say what Julia makes of one cache file, as a part of a sentence."""
    match reason:
        case None:
            return "fits"
        case IncompatibleHeader(made_by) if made_by is not None:
            return f"made by another build of Julia, {made_by.version}"
        case IncompatibleHeader(_, problem):
            return f"not a readable cache: it {problem}"
        case FlagsMismatch(_, made_with):
            return f"made by `{' '.join(('julia', *read_flags(made_with).options))}`"
        case SyntaxVersion():
            return "made for another version of Julia's syntax"
        case NativeCodeMissing(path):
            return f"its native code {Path(path).name} is gone"
        case OtherPackage(name):
            return f"holds another package, {name}"
        case OtherSystemImage():
            return "built with another system image of Julia"
        case DependencyLoaded(dependency):
            return f"built on another build of {dependency} than the loaded one"
        case DependencyMissing(name):
            return f"built with {name}, which no environment has"
        case OtherSource(recorded, ""):
            return f"made from {recorded}, another version"
        case OtherSource(recorded, now):
            return f"made from {recorded}, and the environment has {now}"
        case DependencyIdentity(name, _, None):
            return f"it imports {name}, which is not among its dependencies now"
        case DependencyIdentity(name):
            return f"{name} is another package now"
        case UnresolvedDepot(path):
            return f"no depot has {path}"
        case SourceMissing(path):
            return f"{path} is gone"
        case SourceTime(path):
            return f"{path} has another modification time"
        case SourceSize(path):
            return f"{path} has another size"
        case SourceContent(path):
            return f"{path} has other content"
        case CacheDamaged():
            return "its checksum is wrong"
        case NativeCodeDamaged(path):
            return f"the checksum of {Path(path).name} is wrong"
        case PreferencesChanged(keys):
            return f"made with another value of {listed((key for _, key in keys), _FEW)}"
        case DependencyBuildMissing(dependencies):
            return f"built on a build of {listed(dependencies, _FEW)} that no cache has"
        case _:
            return "does not fit"


def not_compiled_sentences(found: Sequence[NotCompiled], folder: Path | None) -> tuple[str, ...]:
    """Say which units get no cache, and what that means for their dependents."""
    own = {one.unit.id: one for one in found if one.unit.id == one.because_of.id}
    sentences: list[str] = []
    for cause in own.values():
        if _said_with(own, cause.unit) != cause.unit.id:
            continue
        sentence = not_compiled_sentence(cause, folder)
        with_it = [one.unit for one in found if _said_with(own, one.because_of) == cause.unit.id]
        above = [unit for unit in with_it if unit.id != cause.unit.id]
        if above:
            which = counted(len(above), "dependent")
            if len(above) <= _FEW:
                which += f" ({names_of(above)})"
            one = len(above) == 1
            fate = "loaded from source" if cause.hindrance == "refuses" else "not loaded either"
            sentence += f" {which} {'is' if one else 'are'} {fate}."
        sentences.append(sentence)
    return tuple(sentences)


def _said_with(own: Mapping[UnitId, NotCompiled], unit: Unit) -> UnitId:
    """Return the unit of whose hindrance one speaks: an extension's source is its parent's."""
    parent, extension = own.get(package_id(unit.uuid)), own.get(unit.id)
    if parent is None or extension is None:
        return unit.id
    is_same = (parent.hindrance, parent.files) == (extension.hindrance, extension.files)
    return parent.unit.id if is_same else unit.id


def not_compiled_sentence(one: NotCompiled, folder: Path | None) -> str:
    """Say why a unit gets no cache."""
    name, cause = one.unit.label, one.because_of.label
    is_itself = one.unit.id == one.because_of.id
    file = shown(one.files[0], folder) if one.files else f"the source of {cause}"
    match one.hindrance:
        case "missing_files" if is_itself:
            return f"{name} cannot be compiled: it includes {file}, which is gone. Restore it."
        case "missing_files":
            return f"{name} cannot be compiled because {cause} cannot: {file} is gone. Restore it."
        case "source_gone" if is_itself:
            return f"{name} cannot be loaded: its source, {file}, is gone. Restore it."
        case "source_gone":
            return f"{name} cannot be loaded because {cause} cannot: {file} is gone. Restore it."
        case "unreadable_cache" if is_itself:
            return (
                f"{name} cannot be loaded: Julia fails with an EOFError when it reads {file}, "
                "a cache that is truncated. Delete this file."
            )
        case "unreadable_cache":
            return f"{name} cannot be loaded because {cause} cannot: delete {file}."
        case "wrong_preferences" if is_itself:
            return f"{name} cannot be loaded. {file}: {one.message}."
        case "wrong_preferences":
            return f"{name} cannot be loaded because {cause} cannot: correct {file}."
        case "refuses" if is_itself:
            return f"{name} is never cached: its source says `__precompile__(false)`."
        case "refuses":
            return f"{name} is loaded from source: {cause} says `__precompile__(false)`."


def names_of(units: Sequence[Unit]) -> str:
    """Name units as a sentence does; of many, their number and some names."""
    if len(units) > _MANY:
        return counted_units(units)
    if len(units) <= _FEW:
        return listed((unit.label for unit in units), _FEW)
    names = listed((unit.label for unit in units), _FEW - 1)
    return f"{counted_units(units)} ({names})"


def counted_units(units: Sequence[Unit]) -> str:
    """Count units by kind: ``5 packages``, ``4 packages and 1 extension``."""
    extensions = sum(1 for unit in units if unit.is_extension)
    packages = len(units) - extensions
    parts = [counted(packages, "package")] if packages else []
    parts += [counted(extensions, "extension")] if extensions else []
    return " and ".join(parts)


def _were(cause: Cause) -> str:
    return "were" if len(cause.roots) > 1 else "was"


def _other_source(cause: Cause, recorded: str, where: str) -> str:
    """Say that a manifest names another version, or another source, than a cache is of."""
    name = cause.roots[0].unit.label
    then, now = cause.versions if cause.versions is not None else (None, None)
    if then is not None and now is not None and then != now:
        return f"{where} has {name} {now}, and the cache is of {then}."
    return f"{where} has another source of {name} than the cache, which was made from {recorded}."
