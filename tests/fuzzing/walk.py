"""A random walk over real files: the server that followed every step, and one that just started.

    python tests/fuzzing/walk.py [--steps 100000] [--seed 0]

Each step opens, edits, saves or closes a file in an editor, changes one on disk, asks for
something, or changes a setting. After every hundredth step both servers are asked the same about
the same files. They must answer the same, nothing may be an error, and the memory of the server
that goes on must not grow. A walk that fails is made shorter, and printed.

What step number *n* does follows from the seed, *n*, and the files as they are; so a walk is the
numbers of its steps, and is still one when some are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from precompass.julia.slugs import version_slug
from support.patience import PATIENCE
from support.random_edits import Edit, random_edit
from support.registry_files import Package, write_registry
from support.shared_data import FOLDER, ROOT
from support.simulated_editor import WHOLE_FILES, Editor, Files, Question
from support.small_environment import write_environment

EVERY = 100
"""Steps between two comparisons."""
LONGEST = 300_000
"""Characters beyond which a text is not edited further."""
ENOUGH = 200
"""Comparisons of a walk that is long enough to say something of memory."""
GROWTH = 1.25, 24.0
"""The memory in the last fifth of a walk may be this factor, and these MiB, above the second."""
NAMES = ("Project.toml", "Manifest.toml", "LocalPreferences.toml")
FURTHER_NAMES = ("JuliaProject.toml", "JuliaManifest.toml", "Manifest-v1.11.toml")
CONFIGURATIONS = (
    "",
    'julia = "1.9.4"\n',
    "wide-threshold = 1\n[severity]\nstale-manifest = 'error'\nunused-preference = 'off'\n",
    "use-depot = false\n",
    "nonsense = [\n",
)
SETTINGS: tuple[Mapping[str, Any], ...] = (
    {},
    {"julia": "1.10.4"},
    {"julia": "1.13"},
    {"useDepot": False},
    {"useRegistry": False},
    {"wideThreshold": 2},
    {"inlayHints": False, "codeLenses": False},
    {"severity": {"wide-invalidation": "error", "unknown-preference": "off"}},
)
SOURCE = 'module {name}\nusing Preferences\nconst x = @load_preference("{key}", 1)\nend\n'
KEYS = ("depth", "skip", "method")
PLACES = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/selectionRange",
    "textDocument/codeAction",
)


class WalkFailedError(Exception):
    """A walk has shown that something is wrong; the message says what."""


class Walk:
    """A walk from some files on.

    Args:
        seed: decides what each step does.
        files: where it begins; they are changed.
        place: a folder for depot and cache.
    """

    def __init__(self, seed: int, files: Files, place: Path) -> None:
        rng = random.Random(f"encoding {seed}")
        self.seed = seed
        self.files = files
        self.place = place
        self.encoding = rng.choice(("utf-16", "utf-16", "utf-8", "utf-32"))
        self.pulls = rng.random() < 0.5
        self.pieces = [text for text in files.originals.values() if text]
        self.comparisons = 0
        self.compared = 0
        self.empty = 0
        self._environment = {
            **os.environ,
            "JULIA_DEPOT_PATH": str(place / "depot"),
            "JULIA_LOAD_PATH": "@",
            "PRECOMPASS_CACHE": str(place / "cache"),
            "PATH": "",
        }
        self.editor = self._editor()
        self.editor.start()
        self._next = self._editor()

    def _editor(self) -> Editor:
        return Editor(self.files, self._environment, self.encoding, pulls=self.pulls)

    def end(self) -> None:
        """End the servers."""
        for editor in (self.editor, self._next):
            editor.end()

    def step(self, number: int) -> None:
        """Do one step."""
        rng = random.Random(f"{self.seed} {number}")
        editor, files = self.editor, self.files
        opened = sorted(files.open)
        kind = rng.randrange(100)
        if not opened or kind < 5:
            self._open(rng)
        elif kind < 68:
            self._edit(rng, rng.choice(opened))
        elif kind < 76:
            editor.undo(rng.choice(opened))
        elif kind < 81:
            editor.save(rng.choice(opened))
        elif kind < 84:
            editor.close(rng.choice(opened))
        elif kind < 86:
            self._restore(rng)
        elif kind < 91:
            self._change_disk(rng)
        elif kind < 92:
            editor.configure(rng.choice(SETTINGS))
        elif kind < 93:
            where = rng.choice(sorted({path.parent for path in opened} | {files.folder}))
            editor.write(where / "precompass.toml", rng.choice(CONFIGURATIONS))
        else:
            (question,) = self._questions(rng, [rng.choice(opened)], PLACES + WHOLE_FILES, 1)
            number = editor.client.ask(question[0], editor.params(*question))
            if rng.random() < 0.5:
                editor.client.notify("$/cancelRequest", {"id": number})

    def _open(self, rng: random.Random) -> None:
        closed = [path for path in self._on_disk() if path not in self.files.open]
        closed = [path for path in closed if path.suffix == ".toml"]
        if closed and len(self.files.open) < 8:
            self.editor.open(rng.choice(closed))

    def _edit(self, rng: random.Random, path: Path) -> None:
        text = self.files.open[path].text
        if len(text) > LONGEST or rng.random() < 0.06:
            original = self.files.originals.get(path.relative_to(self.files.folder).as_posix(), "")
            self.editor.edit(path, [Edit(0, len(text), original)], whole=True)
            return
        edits = []
        for _ in range(rng.choice((1, 1, 1, 1, 2, 5))):
            edits.append(random_edit(rng, text, self.pieces))
            text = edits[-1].applied(text)
        self.editor.edit(path, edits, whole=rng.random() < 0.05)

    def _restore(self, rng: random.Random) -> None:
        """Put the files of a folder back as they were at the beginning."""
        folders = sorted({name.rpartition("/")[0] for name in self.files.originals})
        chosen = rng.choice(folders)
        for name, text in sorted(self.files.originals.items()):
            if name.rpartition("/")[0] == chosen:
                self.editor.write(self.files.folder / name, text)

    def _change_disk(self, rng: random.Random) -> None:
        found = self._on_disk()
        path = rng.choice(found) if found else self.files.folder / "Project.toml"
        kind = rng.randrange(10)
        if path.suffix == ".jl":
            text = SOURCE.format(name=path.stem, key=rng.choice(KEYS))
            self.editor.write(path, text if kind else "module")
        elif kind < 4:
            text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
            self.editor.write(path, random_edit(rng, text, self.pieces).applied(text))
        elif kind < 6:
            name = rng.choice(NAMES + NAMES + FURTHER_NAMES)
            self.editor.write(path.with_name(name), rng.choice(self.pieces))
        elif kind < 8 and path.exists():
            self.editor.delete(path)
        elif path.exists():
            self.editor.rename(path, path.with_name(rng.choice(NAMES + FURTHER_NAMES)))

    def _on_disk(self) -> list[Path]:
        files = self.files.folder.rglob("*")
        return sorted(path for path in files if path.suffix in (".toml", ".jl") and path.is_file())

    def _questions(
        self, rng: random.Random, paths: Iterable[Path], methods: Sequence[str], number: int
    ) -> list[Question]:
        questions = []
        for path in paths:
            length = len(self.files.open[path].text)
            for _ in range(number):
                start, end = sorted((rng.randint(0, length), rng.randint(0, length)))
                end = end if rng.random() < 0.2 else start
                questions.append((rng.choice(methods), path, start, end))
        return questions

    def compare(self, number: int) -> None:
        """Compare what the server says with what a new one says.

        Raises:
            WalkFailedError: if they do not say the same, or one of them reports an error.
        """
        rng = random.Random(f"compare {self.seed} {number}")
        opened = sorted(self.files.open)
        questions = [
            (method, path, 0, len(self.files.open[path].text))
            for path in opened
            for method in WHOLE_FILES
            if self.pulls or method != "textDocument/diagnostic"
        ]
        for path in opened:
            length = len(self.files.open[path].text)
            for method in PLACES:
                start, end = sorted((rng.randint(0, length), rng.randint(0, length)))
                questions.append((method, path, start, end if rng.random() < 0.1 else start))
        questions = self.files.comparable(questions, self._environment)
        fresh, self._next = self._next, self._editor()
        try:
            fresh.start()
            self._compare(fresh, questions)
        finally:
            fresh.end()
        self.comparisons += 1
        self.compared += len(questions) + len(opened)

    def _compare(self, fresh: Editor, questions: Sequence[Question]) -> None:
        # Registries are read in the background, and diagnostics come when they come.
        until = time.monotonic() + PATIENCE
        while True:
            answers = self.editor.answers(questions)
            differences = [
                f"{method} {path.relative_to(self.files.folder)} {start}-{end}\n"
                f"  the server that goes on: {json.dumps(one)}\n  a new server: {json.dumps(other)}"
                for (method, path, start, end), one, other in zip(
                    questions, answers, fresh.answers(questions), strict=True
                )
                if one != other
            ]
            told, anew = self.editor.told(), fresh.told()
            if not self.pulls and told != anew:
                differences.append(
                    f"diagnostics\n  the server that goes on: {json.dumps(told)}\n"
                    f"  a new server: {json.dumps(anew)}"
                )
            failures = self.editor.failures() or fresh.failures()
            if failures:
                raise WalkFailedError(f"There was an error:\n{failures}")
            if not differences:
                self.empty += sum(not answer for answer in answers)
                return
            if time.monotonic() > until:
                raise WalkFailedError("\n".join(differences))
            time.sleep(0.1)


def beginning(folder: Path, seed: int) -> Files:
    """Write the files that a walk begins with into a new folder."""
    folder.mkdir()
    write_environment(folder / "Survey")
    shutil.copytree(ROOT / "examples" / "CatchmentModels", folder / "CatchmentModels")
    (folder / "Survey" / "src").mkdir()
    (folder / "Survey" / "src" / "Survey.jl").write_text(SOURCE.format(name="Survey", key="depth"))
    corpus = sorted((FOLDER / "corpus").glob("*/")) if (FOLDER / "corpus").is_dir() else []
    workspaces = [path for path in corpus if len(list(path.rglob("Project.toml"))) > 2]
    chosen = random.Random(f"files {seed}").sample(corpus, min(4, len(corpus)))
    for path in {*chosen, *workspaces}:
        for file in path.rglob("*.toml"):
            copy = folder / path.name / file.relative_to(path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return Files(
        folder,
        {
            path.relative_to(folder).as_posix(): path.read_bytes().decode()
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".toml", ".jl") and path.is_file()
        },
    )


def write_depot(depot: Path) -> None:
    """Write a registry, and the source of two packages of the small environment."""
    forest = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02")
    river = UUID("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c03")
    versions: dict[str, Mapping[str, str]] = {"1.0.0": {}, "1.2.0": {}, "2.1.0": {}}
    write_registry(
        depot,
        Package("Forest", str(forest), versions, yanked=("1.2.0",)),
        Package("River", str(river), {"2.0.0": {"Forest": str(forest)}}),
        Package("Preferences", "21216c6a-2e73-6563-6e65-726566657250", versions),
    )
    for name, uuid, tree in (("Forest", forest, 1), ("River", river, 4)):
        folder = depot / "packages" / name / version_slug(uuid, f"{tree:040}")
        (folder / "src").mkdir(parents=True)
        (folder / "src" / f"{name}.jl").write_text(SOURCE.format(name=name, key="method"))


def fails(seed: int, files: Files, numbers: Sequence[int], last: int, place: Path) -> str:
    """Return how a walk of these steps fails; an empty string if it does not."""
    walk = Walk(seed, files.copied(place / "again"), place)
    try:
        for number in numbers:
            walk.step(number)
        walk.compare(last)
    except WalkFailedError as error:
        return str(error)
    finally:
        walk.end()
    return ""


def shortened(seed: int, files: Files, numbers: Sequence[int], last: int, place: Path) -> list[int]:
    """Return fewer steps that fail as well, with parts of half, a quarter, ... left out."""
    kept = list(numbers)
    size = len(kept) // 2
    while size:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if fails(seed, files, fewer, last, place):
                kept = fewer
            else:
                start += size
        size //= 2
    return kept


def go(seed: int, steps: int, every: int, place: Path) -> None:
    """Walk, and say how it went.

    Raises:
        SystemExit: if the walk shows that something is wrong.
    """
    write_depot(place / "depot")
    files = beginning(place / "workspace", seed)
    walk = Walk(seed, files, place)
    good, since = files.copied(place / "good"), 0
    memory: list[float] = []
    number = 0
    started = time.perf_counter()
    try:
        for number in range(1, steps + 1):
            walk.step(number)
            if number % every == 0:
                walk.compare(number)
                memory.append(walk.editor.memory())
                good, since = files.copied(place / "good"), number
                if sys.stdout.isatty() or number % (100 * every) == 0:
                    print(f"step {number:,}: {memory[-1]:.0f} MiB", flush=True)
    except WalkFailedError as error:
        walk.end()
        print(f"seed {seed}: after step {number}:\n{error}", file=sys.stderr)
        numbers = range(since + 1, number + 1)
        if not fails(seed, good, numbers, number, place):
            raise SystemExit(
                "It does not fail from the last comparison on; the whole walk does."
            ) from error
        few = shortened(seed, good, numbers, number, place)
        message = fails(seed, good, few, number, place)
        raise SystemExit(f"Of the steps behind {since}, these suffice: {few}\n{message}") from error
    walk.end()
    print(
        f"seed {seed}: {steps:,} steps, {walk.comparisons:,} comparisons of {walk.compared:,} "
        f"answers, of which {walk.empty:,} said nothing, "
        f"{time.perf_counter() - started:.0f} s; memory "
        f"{_share(memory, 0.2):.0f} MiB, then {_share(memory, 1.0):.0f} MiB"
    )
    factor, more = GROWTH
    if len(memory) >= ENOUGH and _share(memory, 1.0) > factor * _share(memory, 0.4) + more:
        raise SystemExit(f"The memory grows: {[round(one) for one in memory]} MiB")


def _share(values: Sequence[float], until: float) -> float:
    """Return the median of the fifth of the values that ends at a share of them."""
    end = max(1, round(len(values) * until))
    return statistics.median(values[max(0, end - max(1, len(values) // 5)) : end] or [0.0])


def main() -> None:
    """Walk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=EVERY, help="steps between two comparisons")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        go(arguments.seed, arguments.steps, arguments.every, Path(folder).resolve())


if __name__ == "__main__":
    main()
