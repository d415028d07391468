"""A long session on one large environment: does the server answer all, and does its memory stay?

    python tests/fuzzing/soak.py [--steps 60000] [--seed 0] [--only-edits] [--environment FOLDER]

Each step edits an open file or asks for something, as fast as the server answers. No answer may be
lost or an error. After every five thousandth step all answers are compared with those of a server
that was just started. The memory may not grow after the first five thousand steps, and must stay
below 200 MiB. Without a folder, the environment has 671 packages, as large as the largest that is
known to use these files.

With ``--only-edits`` nothing is asked but whether the server follows: a hover after every fifth
edit. Then the memory may not grow after the first ten thousand.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.patience import PATIENCE
from support.random_edits import Edit, random_edit
from support.simulated_editor import WHOLE_FILES, Editor, Files, Question

PACKAGES = 671
MOST = 200.0
"""MiB of memory that a server may take."""
SETTLED = 5_000
"""Steps after which the memory is flat."""
EDITED = 10_000
"""The same if all of them are edits."""
FLAT = 1.15
"""How many times the memory when it settled a server may take later.

The allocator's largest sum comes by chance, so some soaks still grow by 8 MiB until step 15,000. A
server that lost 250 bytes at each step would grow by more.
"""
EVERY = 500
"""Steps between two looks at the memory."""
UNANSWERED = 5
"""Requests that are on their way at once, as an editor sends them."""
PLACES = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/selectionRange",
    "textDocument/codeAction",
    "textDocument/semanticTokens/full",
)
ASKED = (*PLACES, *WHOLE_FILES[1:])


class SoakFailedError(Exception):
    """The server has lost an answer, given an old one, or taken too much memory."""


def write_large_environment(folder: Path, packages: int = PACKAGES) -> None:
    """Write an environment of many packages, each of which depends on up to five others."""
    rng = random.Random(packages)
    uuids = [uuid5(NAMESPACE_DNS, f"P{number}") for number in range(packages)]
    entries = []
    for number in range(packages):
        deps = sorted(rng.sample(range(number), min(number, rng.randrange(6))))
        listed = "".join(f'"P{one}", ' for one in deps)
        entries.append(
            f"[[deps.P{number}]]\ndeps = [{listed}]\n"
            f'git-tree-sha1 = "{number:040x}"\nuuid = "{uuids[number]}"\nversion = "1.{number}.0"\n'
        )
    folder.mkdir()
    head = f'julia_version = "1.11.2"\nmanifest_format = "2.0"\nproject_hash = "{0:040x}"\n\n'
    (folder / "Manifest.toml").write_text(head + "\n".join(entries))
    direct = range(0, packages, 10)
    listed = "".join(f'P{one} = "{uuids[one]}"\n' for one in direct)
    compat = "".join(f'P{one} = "1"\n' for one in direct)
    (folder / "Project.toml").write_text(f"[deps]\n{listed}\n[compat]\n{compat}")


def copy_environment(source: Path, folder: Path) -> None:
    """Copy the files of an environment."""
    folder.mkdir()
    for path in source.glob("*.toml"):
        shutil.copyfile(path, folder / path.name)


class Soak:
    """A session in an environment whose files are all open.

    Args:
        seed: decides what each step does.
        folder: the environment; it is changed.
        place: for depot and cache.
        only_edits: whether nothing is asked but whether the server follows.
    """

    def __init__(self, seed: int, folder: Path, place: Path, *, only_edits: bool = False) -> None:
        self._rng = random.Random(seed)
        self._only_edits = only_edits
        self._environment = {
            **os.environ,
            "JULIA_DEPOT_PATH": str(place / "depot"),
            "JULIA_LOAD_PATH": "@",
            "PRECOMPASS_CACHE": str(place / "cache"),
            "PATH": "",
        }
        local = folder / "LocalPreferences.toml"
        if not local.exists():
            local.write_text('[P0]\ndepth = 3\n\n[SnoopPrecompile]\nskip_precompile = ["P0"]\n')
        self._files = Files(folder, {})
        self.editor = Editor(self._files, self._environment, "utf-16", pulls=False)
        self.editor.start()
        for path in sorted(folder.glob("*.toml")):
            self.editor.open(path)
        self._originals = {path: buffer.text for path, buffer in self._files.open.items()}
        self._pieces = [text for text in self._originals.values() if len(text) < 20_000] or ["a"]
        self._asked: deque[int] = deque()
        self.edits = 0
        self.requests = 0

    def step(self) -> None:
        """Edit a file, most often one that people write, or ask for something."""
        paths = list(self._originals)
        weights = [1 if "Manifest" in path.name else 5 for path in paths]
        path = self._rng.choices(paths, weights)[0]
        if self._only_edits or self._rng.random() < 0.6:
            self.edits += 1
            self._edit(path)
            if self._only_edits and self.edits % UNANSWERED == 0:
                self._ask(path, "textDocument/hover")
        else:
            self._ask(path, self._rng.choice(ASKED))

    def _edit(self, path: Path) -> None:
        buffer, original = self._files.open[path], self._originals[path]
        chance = self._rng.random()
        if chance < 0.3 and buffer.before:
            self.editor.undo(path)
        elif chance < 0.33 or len(buffer.text) > 1.5 * len(original) + 20_000:
            self.editor.edit(path, [Edit(0, len(buffer.text), original)], whole=True)
        else:
            self.editor.edit(path, [random_edit(self._rng, buffer.text, self._pieces)])

    def _ask(self, path: Path, method: str) -> None:
        self.requests += 1
        place = self._rng.randint(0, len(self._files.open[path].text))
        params = self.editor.params(method, path, place, place)
        self._asked.append(self.editor.client.ask(method, params))
        while len(self._asked) > UNANSWERED:
            self._take_answer()

    def _take_answer(self) -> None:
        answer = self.editor.client.answer(self._asked.popleft())
        if "error" in answer:
            raise SoakFailedError(f"A request has failed: {answer['error']}")

    def settle(self) -> float:
        """Wait for all answers; return the memory in MiB.

        Raises:
            SoakFailedError: if the server has told of an error.
        """
        while self._asked:
            self._take_answer()
        failures = self.editor.failures()
        if failures:
            raise SoakFailedError(failures)
        return self.editor.memory()

    def compare(self) -> None:
        """Compare what the server says of all files with what a new one says.

        Raises:
            SoakFailedError: if they do not agree in the end.
        """
        questions: list[Question] = []
        for path, buffer in self._files.open.items():
            for method in ASKED:
                place = self._rng.randint(0, len(buffer.text))
                questions.append((method, path, place, place))
        questions = self._files.comparable(questions, self._environment)
        fresh = Editor(self._files, self._environment, "utf-16", pulls=False)
        try:
            fresh.start()
            until = time.monotonic() + PATIENCE
            while (one := _said(self.editor, questions)) != (other := _said(fresh, questions)):
                if time.monotonic() > until:
                    different = [
                        f"{question[0]} {question[1].name} {question[2]}"
                        for question, left, right in zip(questions, one[0], other[0], strict=True)
                        if left != right
                    ]
                    different += [
                        f"{uri}: {one[1].get(uri)}, and a new server: {other[1].get(uri)}"
                        for uri in sorted({*one[1], *other[1]})
                        if one[1].get(uri) != other[1].get(uri)
                    ]
                    raise SoakFailedError(
                        "A new server answers otherwise:\n" + "\n".join(different)
                    )
                time.sleep(0.2)
        finally:
            fresh.end()


def _said(editor: Editor, questions: list[Question]) -> tuple[list[Any], dict[str, list[Any]]]:
    return editor.answers(questions), editor.told()


def go(
    seed: int, steps: int, source: Path | None, place: Path, *, only_edits: bool = False
) -> None:
    """Soak, and say how it went.

    Raises:
        SystemExit: if something is wrong.
    """
    folder = place / "environment"
    if source is None:
        write_large_environment(folder)
    else:
        copy_environment(source, folder)
    soak = Soak(seed, folder, place, only_edits=only_edits)
    started = time.perf_counter()
    memory: list[float] = []
    try:
        for number in range(1, steps + 1):
            soak.step()
            if number % EVERY == 0:
                memory.append(soak.settle())
                if number % 5_000 == 0:
                    soak.compare()
                print(
                    f"step {number:,}: {memory[-1]:.0f} MiB, {time.perf_counter() - started:.0f} s",
                    flush=True,
                )
        soak.settle()
    except SoakFailedError as error:
        raise SystemExit(
            f"seed {seed}, after {soak.edits + soak.requests:,} steps: {error}"
        ) from error
    finally:
        soak.editor.end()
    print(
        f"seed {seed}: {soak.edits:,} edits and {soak.requests:,} requests, all answered, in "
        f"{time.perf_counter() - started:.0f} s; at most {max(memory, default=0):.0f} MiB"
    )
    judge(memory, EDITED if only_edits else SETTLED)


def judge(memory: list[float], settled_at: int = SETTLED) -> None:
    """Judge the memory after every five hundredth step.

    Args:
        memory: in MiB.
        settled_at: the step after which it may not grow.

    Raises:
        SystemExit: if it is too much, or grows.
    """
    settled = memory[settled_at // EVERY - 4 : settled_at // EVERY + 4]
    if max(memory, default=0) > MOST:
        raise SystemExit(f"The server takes more than {MOST:.0f} MiB.")
    if len(memory) >= 2 * settled_at // EVERY:
        before, after = statistics.median(settled), statistics.median(memory[-8:])
        if after > FLAT * before:
            raise SystemExit(f"The memory grows: from {before:.0f} to {after:.0f} MiB.")


def main() -> None:
    """Soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only-edits", action="store_true", help="ask nothing but hovers")
    parser.add_argument("--environment", type=Path, help="a folder with a project and a manifest")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        go(
            arguments.seed,
            arguments.steps,
            arguments.environment,
            place,
            only_edits=arguments.only_edits,
        )


if __name__ == "__main__":
    main()
