"""One moment of a user's files, with everything that is computed from it.

A :class:`Session` is a snapshot and the user's settings. Which file belongs to which
environment is decided here; what was computed for an environment is kept for as long as the
session lives, and a new session is made when any file changes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import ReferenceType, ref

import msgspec
from msgspec.structs import replace

from precompass.depot.installations import Installation
from precompass.depot.julia_in_use import JuliaInUse, julia_of_juliaup, used_minors
from precompass.depot.paths import depot_path
from precompass.files import disk
from precompass.files.kinds import FileKind, file_kind
from precompass.files.owner import is_of_one_owner, is_own
from precompass.files.snapshot import Snapshot
from precompass.julia.behaviour import NEWEST_KNOWN, Julia, Series
from precompass.julia.environment import Environment, environment_of, manifest_and_julia
from precompass.julia.load_path import (
    expand_load_path,
    may_name,
    project_in,
    project_read_instead,
    read_load_path,
)
from precompass.julia.project import ProjectFile, entry_file, parse_project
from precompass.julia.sandbox import (
    TestEnvironment,
    environment_of_tests,
    flags_of_tests,
)
from precompass.julia.session_flags import SessionFlags, parse_session_flags
from precompass.julia.versions import VersionNumber
from precompass.memo import Memo
from precompass.recompilation.installed import DepotMemory
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.member_answers import MOST_ASKED
from precompass.registry.folder import index_folder
from precompass.registry.memory import Registered, RegistryMemory
from precompass.settings.configuration import Configuration, find_configuration, parse_configuration
from precompass.settings.settings import Settings
from precompass.source.startup_file import startup_files
from precompass.user_cache import home_folder

if TYPE_CHECKING:
    from precompass.recompilation.approximation import Approximation
    from precompass.recompilation.cache_checks import CacheChecks
    from precompass.recompilation.stack import Stack
    from precompass.recompilation.startup import Startup
    from precompass.recompilation.why import Why
    from precompass.registry.ecosystem import Ecosystem
    from precompass.registry.registries import Registries
    from precompass.source.package_uses import PackageUses

T = TypeVar("T")

_ConfiguredBy: TypeAlias = tuple[Path | None, Path | None]
"""What a session's settings are from: a ``precompass.toml``, and a folder with settings."""


class Tests(msgspec.Struct, frozen=True):
    """What ``Pkg.test`` shows the tests of a package, and the answers about it."""

    __test__ = False  # this is no class of tests, whatever its name

    environment: TestEnvironment
    invalidations: Invalidations


class _SettingsByPlace:
    """The sessions of one snapshot: one for each set of settings that counts for some file.

    Args:
        snapshot: the files.
        chosen: what the user has chosen for all files.
        chosen_in: what the user has chosen instead for the files in a folder and below.
    """

    def __init__(
        self, snapshot: Snapshot, chosen: Settings, chosen_in: Mapping[Path, Settings]
    ) -> None:
        self._snapshot = snapshot
        self._chosen = chosen
        self._chosen_in = chosen_in
        self._configurations: dict[Path, Configuration | None] = {}
        self._first: ReferenceType[Session] | None = None
        self._sessions: dict[_ConfiguredBy, Session] = {}

    def begin(self, first: Session) -> None:
        """Take in the session that has the user's own settings; it holds this, not the reverse."""
        self._first = ref(first)

    def session(self, configured_by: _ConfiguredBy, make: Callable[[], Session]) -> Session:
        """Return the session of some settings, made where there is none yet."""
        found = self._sessions.get(configured_by)
        if found is None and configured_by == (None, None) and self._first is not None:
            found = self._first()
        if found is None:
            found = self._sessions[configured_by] = make()
        return found

    def let_go(self) -> None:
        """Forget the sessions, and let them forget what holds them."""
        first = self._first() if self._first is not None else None
        for session in (*self._sessions.values(), *([first] if first is not None else [])):
            session.forget()
        self._sessions.clear()

    def configuration(self, path: Path) -> Configuration | None:
        """Return the ``precompass.toml`` that counts for a file, if there is one."""
        folder = path.parent
        if folder not in self._configurations:
            found = find_configuration(folder, self._snapshot)
            source = self._snapshot.read(found) if found is not None else None
            self._configurations[folder] = (
                parse_configuration(found, source.text) if found and source else None
            )
        return self._configurations[folder]

    def configured_by(self, path: Path) -> _ConfiguredBy:
        """Return what the settings of a file are from."""
        configuration = self.configuration(path)
        folder = None
        if self._chosen_in:
            folder = next((one for one in path.parents if one in self._chosen_in), None)
        return configuration.path if configuration is not None else None, folder

    def settings(self, path: Path) -> Settings:
        """Return the settings that count for a file."""
        _, folder = self.configured_by(path)
        chosen = self._chosen if folder is None else self._chosen_in[folder]
        configuration = self.configuration(path)
        if configuration is None:
            return chosen
        farther = configuration.settings
        counts = chosen.is_trusted and (
            is_own(configuration.path) or is_of_one_owner(configuration.path, path.parent)
        )
        return chosen.over(farther if counts else replace(farther, depots=None))


class Session:
    """A snapshot, the settings, and what is computed from them.

    Args:
        snapshot: the files.
        settings: what the user has chosen; a ``precompass.toml`` does not count yet, see
            :meth:`configured_for`.
        memory: what is remembered of the depots from one session to the next.
        registry_memory: what is remembered of their registries.
        folder_settings: what the user has chosen in place of *settings* for the files in a
            folder and below; of several folders the innermost counts.
        by_place: the other sessions of the snapshot, if this is not its first one.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        settings: Settings | None = None,
        memory: DepotMemory | None = None,
        registry_memory: RegistryMemory | None = None,
        folder_settings: Mapping[Path, Settings] | None = None,
        *,
        by_place: _SettingsByPlace | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.settings = settings or Settings()
        self._memory = memory or DepotMemory()
        self._registry_memory = registry_memory or RegistryMemory()
        self._environments: dict[Path, Environment] = {}
        self._below_bases: dict[Path, tuple[Invalidations, ...]] = {}
        self._invalidations: dict[Path, Invalidations] = {}
        self._approximations: dict[Path, Approximation | None] = {}
        self._tests: dict[Path, Tests | None] = {}
        self._answered: Memo[tuple[Hashable, Path], tuple[Any]] = Memo()
        if by_place is None:
            by_place = _SettingsByPlace(snapshot, self.settings, folder_settings or {})
            by_place.begin(self)
        self._by_place = by_place

    def once(self, function: Callable[[Session, Path], T], path: Path) -> T:
        """Return what a function answers about a file, which it is asked once for this session.

        Args:
            function: its answer rests on nothing but the session and the file.
            path: the file, or a folder.
        """
        key = (function, path)
        found = self._answered.get(key)
        if found is None:
            source = self.snapshot.read(path) if file_kind(path) is not None else None
            found = (function(self, path),)
            self._answered.put(key, found, len(source.text) if source is not None else 0)
        answer: T = found[0]
        return answer

    def configuration(self, path: Path) -> Configuration | None:
        """Return the ``precompass.toml`` that counts for a file, if there is one."""
        return self._by_place.configuration(path)

    def configured_for(self, path: Path) -> Session:
        """Return the session whose settings are those that count for a file.

        What the user has chosen, for the innermost folder or for all files, overrides the
        ``precompass.toml`` that counts for the file. Files for which the same counts share a
        session.
        """
        return self._by_place.session(
            self._by_place.configured_by(path),
            lambda: Session(
                self.snapshot,
                self._by_place.settings(path),
                self._memory,
                self._registry_memory,
                by_place=self._by_place,
            ),
        )

    def forget(self) -> None:
        """Forget the answers about files, which hold this session as it holds them."""
        self._answered.clear()

    def let_go(self) -> None:
        """End this session and those of its snapshot: nobody is going to ask them any more.

        They hold what holds them, whole documents among it. Python would find that out only when
        it looks for garbage; an editor makes a new session at every keystroke.
        """
        self._by_place.let_go()

    def project_of(self, path: Path) -> Path | None:
        """Return the project file whose environment a file belongs to, or None.

        That is the project file in the same folder; for a manifest without one, none. Of two
        project files in a folder, the one that Julia reads; the other one has no environment.
        """
        if file_kind(path) is FileKind.PROJECT and self.read_instead_of(path) is None:
            return path
        return project_in(path.parent, self.snapshot)

    def read_instead_of(self, project: Path) -> Path | None:
        """Return the project file that Julia reads in place of another one beside it.

        None if Julia reads *project*, as where the load path or ``JULIA_PROJECT`` names this very
        file (``env_project_file`` and ``init_active_project``).
        """
        other = project_read_instead(project, self.snapshot)
        if other is None:
            return None
        variables = self.settings.variables
        entries = (*read_load_path(variables), variables.get("JULIA_PROJECT", ""))
        if any(Path(one).name == project.name and not Path(one).is_absolute() for one in entries):
            return None  # relative to the working directory of a Julia that is not seen
        named = expand_load_path(
            entries,
            active=None,
            working_directory=project.parent,
            depots=(),
            julia=Julia(NEWEST_KNOWN),
            files=self.snapshot,
        )
        return other if project not in named else None

    def invalidations(self, project: Path) -> Invalidations | None:
        """Return the answers about a project file's environment; None if it is not there."""
        source = self.snapshot.read(project)
        return (
            None if source is None else self.invalidations_of(parse_project(project, source.text))
        )

    def invalidations_of(self, project: ProjectFile) -> Invalidations:
        """Return the answers about the environment of a project file."""
        found = self._invalidations.get(project.path)
        if found is None:
            found = self._invalidations[project.path] = self._look(project)
        return found

    def members_below(self, invalidations: Invalidations) -> tuple[Invalidations, ...]:
        """Return the answers about the projects of a workspace below one, its base.

        The preferences of a base count for them. Below a project that is no base there are none.
        """
        return self._below(invalidations.environment)[:MOST_ASKED]

    def asks_a_part_only(self, invalidations: Invalidations) -> bool:
        """Tell whether a base has more projects below it than are asked.

        What its preferences recompile for the rest is unknown.
        """
        return len(self._below(invalidations.environment)) > MOST_ASKED

    def _below(self, base: Environment) -> tuple[Invalidations, ...]:
        """Return the answers about the projects below a base, up to one more than are asked."""
        if not base.project.workspace:
            return ()
        known = self._below_bases.get(base.project.path)
        if known is None:
            answers = map(self.invalidations_of, base.members)
            found = (one for one in answers if base.project.path in one.environment.layer_paths)
            known = tuple(islice(found, MOST_ASKED + 1))
            self._below_bases[base.project.path] = known
        return known

    def tests(self, project: Path) -> Tests | None:
        """Return the answers about what ``Pkg.test`` runs for a package; None if it has no tests.

        Args:
            project: the project file of the package, which is the active one then.
        """
        if project not in self._tests:
            active = self.environment(project)
            self._tests[project] = self._look_at_tests(active) if active is not None else None
        return self._tests[project]

    def _look_at_tests(self, active: Environment) -> Tests | None:
        load_path = self._load_path(active.project.path, active.julia)
        found = environment_of_tests(active, self.snapshot, load_path)
        if found is None:
            return None
        flags = flags_of_tests(self.flags(active.julia), active.julia)
        return Tests(found, self._answers(found.environment, flags))

    def environment(self, project: Path) -> Environment | None:
        """Return the environment of a project file, standing on the rest of the load path."""
        source = self.snapshot.read(project)
        return None if source is None else self._environment(parse_project(project, source.text))

    def _environment(self, project: ProjectFile) -> Environment:
        known = self._environments.get(project.path)
        if known is None:
            found = manifest_and_julia(project, self.snapshot, self.settings.julia)
            path = self._load_path(project.path, found.julia)
            is_listed = project.path in path
            place = path.index(project.path) if is_listed else 0
            entries = read_load_path(self.settings.variables)
            is_on_load_path = is_listed or may_name(entries, project.path, self.snapshot)
            nearer, further = path[:place], path[place:]
            known = environment_of(project, found, self.snapshot, further, nearer)
            known = known if is_on_load_path else replace(known, is_on_load_path=False)
            self._environments[project.path] = known
        return known

    def _look(self, project: ProjectFile) -> Invalidations:
        environment = self._environment(project)
        return self._answers(environment, self.flags(environment.julia))

    def _answers(self, environment: Environment, flags: SessionFlags) -> Invalidations:
        installation = self.installation(environment.julia)
        depots = self.depots(environment.julia)
        installed = self._memory.look(environment, depots, installation, flags)
        has_blob = installed.caches.has_blob
        if has_blob is not None and has_blob is not environment.julia.records_blob:
            julia = replace(environment.julia, caches_have_blob=has_blob)
            environment = replace(environment, julia=julia)
            installed = self._memory.look(environment, depots, installation, flags)
        return Invalidations(environment, installed)

    def _load_path(self, project: Path, julia: Julia) -> Sequence[Path]:
        """Return the project files of the load path, nearest first, with *project* as active one.

        ``JULIA_LOAD_PATH`` may have no place for the active project; then it is not among them.
        """
        entries = read_load_path(self.settings.variables)
        return expand_load_path(
            entries,
            active=project,
            working_directory=project.parent,
            depots=[Path(depot) for depot in self.depots(julia)],
            julia=julia,
            files=self.snapshot,
        )

    def stack(self, project: Path) -> Stack | None:
        """Return the environments from which a session in a project loads packages."""
        active = self.environment(project)
        if active is None:
            return None
        from precompass.recompilation.stack import Stack

        environments = []
        load_path = self._load_path(project, active.julia)
        for path in load_path if project in load_path else (project, *load_path):
            source = self.snapshot.read(path) if path != project else None
            if source is not None:
                far = parse_project(path, source.text)
                found = manifest_and_julia(far, self.snapshot, active.julia.version)
                environments.append(environment_of(far, found, self.snapshot))
            elif path == project:
                environments.append(active)
        depots = self.depots(active.julia)
        return Stack(environments, active, depots, self.installation(active.julia))

    def cache_checks(
        self, project: Path, *, checksums: bool = True, looks_again: bool = False
    ) -> CacheChecks | None:
        """Return the checks of the caches of a project's environment, as Julia makes them.

        Args:
            project: the project file.
            checksums: whether whole cache files, and sources of installed packages, are read.
            looks_again: whether what is remembered of the caches is looked at again.
        """
        stack = self.stack(project)
        if stack is None:
            return None
        flags = self.flags(stack.graph.julia)
        return self._checks(stack, flags, checksums=checksums, looks_again=looks_again)

    def package_uses(self, project: ProjectFile) -> PackageUses | None:
        """Return what the source of a package loads.

        None if the project has no source, or if reading it was left for later.
        """
        entry = entry_file(project)
        if project.name is None or not project.is_package or not self.snapshot.is_file(entry):
            return None
        return self._memory.package_uses(project, entry)

    def saved_why(self, project: Path, *, now: bool = False) -> Why | None:
        """Return what the next ``using`` recompiles, with the files as they are on disk.

        It is computed when files were saved or Julia has compiled, not at every keystroke; whole
        cache files are not read. None if no depot is looked into, or there is no manifest.

        Args:
            project: the project file.
            now: whether to wait for the answer. Where what takes long is left for later, it is
                else the one from before the last change, or None.
        """
        key, saved = self._saved_key(project), self._saved()
        # What is left for later must not hold the texts that are open now: it is asked much later.
        return self._memory.why(key, lambda: saved._look_at_saved(project), now=now)

    def has_caches(self, julia: Julia) -> bool:
        """Tell whether some depot has a folder for compile caches, of any version of Julia."""
        return any(disk.is_folder(Path(depot, "compiled")) for depot in self.depots(julia))

    def saved_startup(self, project: Path) -> Startup | None:
        """Return where ``config/startup.jl`` and a project meet; None if they do not."""
        key = self._saved_key(project)
        return self._memory.startup(key, lambda: self._look_at_startup(project))

    def _saved_key(self, project: Path) -> tuple[object, ...]:
        settings = self.settings
        chosen = (settings.julia, settings.session, settings.depots, settings.use_depot)
        return (project, chosen, tuple(sorted(settings.variables.items())))

    def _look_at_startup(self, project: Path) -> Startup | None:
        saved = self._saved()
        active = saved.environment(project)
        if active is None:
            return None
        installation = saved.installation(active.julia)
        bindir = installation.bindir if installation is not None else None
        files = startup_files(saved.depots(active.julia), bindir)
        stack = saved.stack(project) if files else None
        if stack is None or stack.active.manifest is None:
            return None
        from precompass.recompilation.startup import startup_of
        from precompass.source.startup_imports import startup_imports

        loads = [(file, one.name) for file in files for one in startup_imports(file)]
        return startup_of(stack, loads)

    def saved_checks(self, project: Path) -> CacheChecks | None:
        """Return the checks of caches with the files as they are on disk, without checksums."""
        return self._saved().cache_checks(project, checksums=False, looks_again=True)

    def _saved(self) -> Session:
        """Return the session of the files as they are on disk: this one if none is open."""
        files = self.snapshot.saved()
        if files is self.snapshot:
            return self
        return Session(files, self.settings, self._memory, self._registry_memory)

    def _look_at_saved(self, project: Path) -> Why | None:
        """Return the answer of :meth:`saved_why`; this is the session of the files on disk."""
        checks = self.cache_checks(project, checksums=False)
        if checks is None or not checks.stack.depots or checks.stack.active.manifest is None:
            return None
        from precompass.recompilation.why import explain_why

        return explain_why(checks)

    def test_cache_checks(self, project: Path, *, checksums: bool = True) -> CacheChecks | None:
        """Return the same for what ``Pkg.test`` runs; None if the project has no tests."""
        tests = self.tests(project)
        if tests is None:
            return None
        from precompass.recompilation.stack import Stack

        environment = tests.environment.environment
        depots = self.depots(environment.julia)
        stack = Stack([environment], environment, depots, self.installation(environment.julia))
        flags = flags_of_tests(self.flags(environment.julia), environment.julia)
        return self._checks(stack, flags, checksums=checksums)

    def _checks(
        self, stack: Stack, flags: SessionFlags, *, checksums: bool, looks_again: bool = False
    ) -> CacheChecks:
        from precompass.recompilation.cache_checks import CacheChecks

        chosen = self.settings.julia
        exact = chosen if not isinstance(chosen, Series) else None
        minor = stack.graph.julia.minor
        look = None if looks_again else self._memory.look_into(stack.depots, minor)
        return CacheChecks(stack, flags, exact=exact, checksums=checksums, look=look)

    def flags(self, julia: Julia) -> SessionFlags:
        """Return the options of the session that is to load the packages of a project."""
        return parse_session_flags(self.settings.session, julia.minor)

    def depots(self, julia: Julia) -> tuple[str, ...]:
        """Return the depots of a version of Julia, nearest first."""
        if self.settings.use_depot is False:
            return ()
        variables = dict(self.settings.variables)
        if self.settings.depots is not None:
            variables["JULIA_DEPOT_PATH"] = self.settings.depots
        installation = self.installation(julia)
        return depot_path(
            variables,
            home=str(home_folder()),
            platform=sys.platform,
            bindir=str(installation.bindir) if installation is not None else None,
            minor=julia.minor,
        )

    def likely_julia(self, folder: Path, other_than: VersionNumber) -> JuliaInUse | None:
        """Return the Julia that is likely to be started in a folder; None if nothing tells.

        That is juliaup's; without juliaup, the newest that the depot has compile caches of, if it
        has none of *other_than*, which then was never in use here.
        """
        if self.settings.use_depot is False:
            return None
        variables = self.settings.variables
        found = julia_of_juliaup(variables, home=str(home_folder()), folder=folder)
        if found is not None:
            return found
        minors = used_minors(self.depots(Julia(other_than)))
        if not minors or other_than.minor in minors:
            return None
        return JuliaInUse(VersionNumber((*max(minors), 0)), None)

    @cached_property
    def registered(self) -> Registered | None:
        """What is known of the registries; None where they are not opened yet, or not wanted.

        The depots in which they lie do not depend on the version of Julia, but for those that
        come with it, which have none.
        """
        depots = self.depots(Julia(self.settings.julia or NEWEST_KNOWN))
        if not depots or self.settings.use_registry is False:
            return None
        return self._registry_memory.look(depots, index_folder(self.settings.variables))

    @property
    def registries(self) -> Registries | None:
        """The registries; None where there are none, or not yet."""
        found = self.registered.registries if self.registered is not None else None
        return found if found is not None and found.found else None

    @property
    def ecosystem(self) -> Ecosystem | None:
        """The graph of all registered packages; None where there is none, or not yet."""
        if self.registered is None or self.registries is None:
            return None
        return self.registered.ecosystem

    def approximation(self, project: Path) -> Approximation | None:
        """Return what a project would hold, approximately, where it has no manifest.

        None where it has one, or there are no registries, or it is not computed yet.
        """
        if project not in self._approximations:
            invalidations = self.invalidations(project)
            found = None
            if invalidations is not None and self.registered is not None and self.registries:
                environment = invalidations.environment
                if environment.manifest is None:
                    from precompass.recompilation.approximation import approximate

                    found = approximate(environment, self.registered)
            self._approximations[project] = found
        return self._approximations[project]

    def installation(self, julia: Julia) -> Installation | None:
        """Return the installed Julia of the same minor version that is found first."""
        if self.settings.use_depot is False:
            return None
        installations = self._memory.installations(self.settings.variables)
        return next((found for found in installations if found.minor == julia.minor), None)
