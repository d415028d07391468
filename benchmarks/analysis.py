"""How long the analysis takes: beside Python's own TOML parser, and beside merely reading bytes.

    python benchmarks/analysis.py [--environment DIR] [--sources DIR]

Every row is a median of several runs in this process, and a ratio to a named peer that does the
least that any tool must do with the same input.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid5

import google_crc32c

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from precompass.answers.code_actions import fixes_at
from precompass.answers.hover import hover
from precompass.depot.cache_header import read_cache_header
from precompass.depot.caches import cache_header
from precompass.documents.toml import parse_toml
from precompass.files.snapshot import Disk, Snapshot
from precompass.julia.manifest import read_manifest
from precompass.julia.preferences import Preference
from precompass.julia.slugs import cache_directory, cache_entry, version_slug
from precompass.recompilation.graph import dependency_graph
from precompass.recompilation.invalidation import Invalidations
from precompass.recompilation.why import Why, explain_why
from precompass.rules import check
from precompass.session import Session
from precompass.settings.settings import Settings
from precompass.source.package_reads import PackageSource, read_package_source
from precompass.source.syntax import parse_julia
from support.cache_files import BASE, CACHE_CHECKSUM, CORE, Module, Source, cache_bytes

ROOT = Path(__file__).resolve().parents[1]
HEADERS = 400
WHY_CHANGED = 360  # the package that has changed; those above it are recompiled with it
NAMESPACE = UUID("69de0a69-1ddd-5017-9359-2bf0b02dc9f0")


def median(function: Callable[[], object], runs: int = 15) -> float:
    """Return the median of the seconds that a function takes."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(what: str, seconds: float, peer: str, peer_seconds: float, budget: str) -> None:
    """Print a row of the table."""
    ratio = seconds / peer_seconds
    print(f"{what:44} {seconds * 1000:9.2f} ms {ratio:8.2f} x {peer:34} {budget}")


def environment(folder: Path) -> None:
    """Measure one environment."""
    path = folder / "LocalPreferences.toml"
    settings = Settings(use_depot=False, variables={"JULIA_LOAD_PATH": "@"})
    files = [
        path
        for name in ("Project", "Manifest", "LocalPreferences")
        if (path := folder / f"{name}.toml").is_file()
    ]
    texts = [file.read_text(encoding="utf-8") for file in files]
    peer = "tomllib reads the same files"
    peer_seconds = median(lambda: [tomllib.loads(text) for text in texts])

    def cold() -> None:
        for memory in (parse_toml, read_manifest):
            memory.cache_clear()
        check(Session(Snapshot(Disk()), settings), path)

    disk, text, count = Disk(), path.read_text(encoding="utf-8"), iter(range(10**6))

    def session() -> Session:
        changed = text + f"# {next(count)}\n"
        return Session(Snapshot(disk, {path: changed}), settings)

    still = session()
    check(still, path)
    found = still.invalidations(folder / "Project.toml")
    assert found is not None
    offset = text.index("=")

    def all_counts() -> None:
        fresh = Invalidations(found.environment)
        for unit in fresh.graph.order:
            assert fresh.of_package(unit.uuid).count >= 0
        for uuid in fresh.environment.described_uuids():
            for key in fresh.preferences(uuid).values:
                assert fresh.of_preference(Preference(uuid, key)).recompilation.count >= 0

    units = len(dependency_graph(found.environment).units)
    print(f"\n{folder.name}: {units} units, {found.graph.package_count} packages")
    row("open to findings, nothing parsed yet", median(cold, 5), peer, peer_seconds, "300 ms")
    row(
        "keystroke to findings", median(lambda: check(session(), path)), peer, peer_seconds, "10 ms"
    )
    row("hover", median(lambda: hover(still, path, offset)), peer, peer_seconds, "5 ms")
    everywhere = still.snapshot.read(path)
    assert everywhere is not None
    span = parse_toml(everywhere.text).root.span
    row("code actions", median(lambda: fixes_at(still, path, span)), peer, peer_seconds, "5 ms")
    row("all counts of the environment", median(all_counts), peer, peer_seconds, "20 ms")


def headers() -> None:
    """Measure the headers of compile caches."""
    uuids = [uuid5(NAMESPACE, str(number)) for number in range(110)]
    required = (CORE, BASE, *(Module(f"Package{i}", uuid, i) for i, uuid in enumerate(uuids)))
    records = [Source(f"/depot/packages/Package/src/file{i}.jl", 1.5) for i in range(55)]
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for number in range(HEADERS):
            path = Path(name, f"{number}.ji")
            path.write_bytes(
                cache_bytes(
                    f"Package{number}",
                    uuid5(NAMESPACE, f"cache {number}"),
                    required=required,
                    records=records,
                    keys=("precompile_workload",),
                )
            )
            paths.append(path)

        def read_bytes() -> None:
            for path in paths:
                with path.open("rb", buffering=0) as file:
                    file.read(2**15)

        size = paths[0].stat().st_size
        print(f"\n{HEADERS} compile caches with headers of {size} bytes")
        peer_seconds = median(read_bytes)
        seconds = median(lambda: [read_cache_header(path) for path in paths])
        row("read all headers", seconds, "reading the same bytes", peer_seconds, "100 ms")


def why() -> None:
    """Measure what the next `using` recompiles in an environment with caches."""
    with tempfile.TemporaryDirectory() as name:
        depot, project = Path(name, "depot"), Path(name, "project")
        paths = _write_depot(depot, project)
        settings = Settings(depots=str(depot), variables={"JULIA_LOAD_PATH": "@"})

        def answer() -> Why:
            cache_header.cache_clear()
            checks = Session(Snapshot(Disk()), settings).cache_checks(project / "Project.toml")
            assert checks is not None
            return explain_why(checks)

        assert answer().count == HEADERS - WHY_CHANGED
        stale = HEADERS - WHY_CHANGED
        print(f"\nwhy, with {HEADERS} packages that have caches, {stale} of them stale")
        peer_seconds = median(lambda: [read_cache_header(path) for path in paths])
        seconds = median(answer, 5)
        row("why", seconds, "reading the same headers", peer_seconds, "1 s")


def _write_depot(depot: Path, project: Path) -> list[Path]:
    """Write packages with caches, each built on those before it; one has changed since."""
    uuids = [uuid5(NAMESPACE, f"why {number}") for number in range(HEADERS)]
    modules = [
        Module(f"Package{i}", uuid, (CACHE_CHECKSUM + i) << 64 | 1) for i, uuid in enumerate(uuids)
    ]
    entries, paths = [], []
    for number, module in enumerate(modules):
        uuid, tree = uuids[number], f"{number:040x}"
        folder = depot / "packages" / module.name / version_slug(uuid, tree)
        records = []
        for part in range(8):
            source = folder / "src" / (f"{module.name}.jl" if part == 0 else f"part{part}.jl")
            source.parent.mkdir(parents=True, exist_ok=True)
            data = b"# a line of a source file\n" * 200
            source.write_bytes(data + b"#" * (number == WHY_CHANGED))
            recorded = f"@depot/{source.relative_to(depot).as_posix()}"
            crc: int = google_crc32c.value(data)
            records.append(Source(recorded, size=len(data), crc32c=crc, owner=min(part, 1)))
        header = cache_bytes(
            module.name,
            uuid,
            julia="1.12.2",
            build_id=module.build_id,
            required=(CORE, BASE, *modules[:number][-110:]),
            records=records,
        )
        path = depot / cache_directory(module.name, uuid, (1, 12))
        path.mkdir(parents=True)
        path /= f"{cache_entry(module.name, uuid)}_00000.ji"
        path.write_bytes(header)
        paths.append(path)
        deps = f'deps = ["Package{number - 1}"]\n' if number else ""
        entries.append(f'[[deps.{module.name}]]\n{deps}uuid = "{uuid}"\ngit-tree-sha1 = "{tree}"\n')
    project.mkdir()
    listed = "".join(f'{one.name} = "{one.uuid}"\n' for one in modules[49::50])
    (project / "Project.toml").write_text(f"[deps]\n{listed}")
    text = 'julia_version = "1.12.2"\nmanifest_format = "2.0"\n\n' + "\n".join(entries)
    (project / "Manifest.toml").write_text(text)
    return paths


SOURCE = """\
function read{0}(name, default = nothing)
    value = @load_preference(name, default)
    return value === nothing ? get(ENV, "FOO_{0}", "off") : value
end
const MODE{0} = read{0}("mode{0}", "fast")
if MODE{0} ∉ ("fast", "slow")
    error("unknown mode $MODE{0}")
end
module Solvers{0}
    struct Options{{T}}
        tolerance::T
        steps::Int
    end
    step(x, o::Options) = [x[i] + o.tolerance * (x[i - 1] - 2x[i]) for i in 2:length(x) - 1]
    solve(x, o) = foldl((y, _) -> step(y, o), 1:(o.steps); init = x)
end
"""


def sources(folder: Path | None) -> None:
    """Measure reading Julia code, beside the parser alone.

    Args:
        folder: of a package, or of several; a generated one if not given.
    """
    with tempfile.TemporaryDirectory() as temporary:
        if folder is None:
            folder = Path(temporary, "Foo")
            (folder / "src").mkdir(parents=True)
            body = "".join(SOURCE.format(number) for number in range(150))
            text = f"module Foo\nusing Preferences\n{body}end\n"
            (folder / "src" / "Foo.jl").write_text(text, "utf-8")
        entries = [path for path in folder.rglob("src/*.jl") if path.stem == path.parents[1].name]
        packages = [
            PackageSource(entry.stem, None, entry.parents[1], entry) for entry in sorted(entries)
        ]
        files = [path for one in packages for path in read_package_source(one).files]
        texts = {path: path.read_bytes() for path in files}

        def parse() -> None:
            for path, data in texts.items():
                parse_julia(path, data)

        def read() -> None:
            for one in packages:
                read_package_source(one)

        what = f"reading {len(packages)} packages, {len(files)} files"
        row(what, median(read, 3), "parsing them alone", median(parse, 3), "ratio 8")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, default=ROOT / "examples" / "CatchmentModels")
    parser.add_argument("--sources", type=Path, help="a folder with packages whose code to read")
    arguments = parser.parse_args()
    environment(arguments.environment.resolve())
    headers()
    why()
    sources(arguments.sources)


if __name__ == "__main__":
    main()
