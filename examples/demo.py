"""What one name on a list costs, and what it costs afterwards: ``make demo``.

It runs the command line, and the language server over a real LSP session, on copies of the
example; checks each claim that it makes; and ends with 1 if one does not hold.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

from editor import Editor
from example_files import (
    EXAMPLE,
    PREFERENCES,
    lines_of_preferences,
    packages_in,
    preferences_of,
    standing_on,
)
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from stage import Stage

from precompass.report.console import print_hanging

LIST = "SnoopPrecompile.skip_precompile"
FLAG = "CatchmentModels.precompile_workload"
PICTURES = EXAMPLE.parent.parent / "build" / "demo"
_FIX = ("fix", "--code", "global-skip-list")
_BAR = 12  # columns of the longest bar


def tell_the_story(stage: Stage) -> None:
    """Show the line that all this is about."""
    stage.heading("One name on a list")
    packages = len(packages_in(EXAMPLE / "Manifest.toml"))
    stage.say(
        f"CatchmentModels has an environment of {packages} registered packages of April 2023. Its "
        "authors reload it all day, so they added this one package to the list of packages that "
        "skip their workload:"
    )
    stage.console.print()
    for number, line in enumerate(preferences_of(EXAMPLE).splitlines()[:3], 1):
        stage.console.print(Text.assemble((f"  {number} │ ", "dim"), line))
    stage.console.print()
    stage.say("They wanted to skip one package. What does Julia recompile if this line changes?")


def ask_the_command_line(stage: Stage) -> None:
    """Check, explain, and show the fix."""
    stage.copy("before")
    stage.heading("From the command line")
    stage.show("check", where="before")
    stage.show("explain", LIST, where="before")
    stage.show("explain", FLAG, where="before")
    stage.show(*_FIX, "--diff", where="before")

    stage.console.print()
    found = stage.ask("check", where="before")["findings"]
    stage.claim("check finds the list", "global-skip-list" in {f["code"] for f in found})
    count, expected = (
        stage.explain(LIST, "before")["count"],
        standing_on("SnoopPrecompile", EXAMPLE),
    )
    stage.claim(
        f"changing the list recompiles {count} packages; the demo counts the dependents in "
        f"Manifest.toml itself: {expected}",
        count == expected > 30,
    )
    stage.claim(
        "changing the flag recompiles CatchmentModels and nothing else",
        stage.explain(FLAG, "before")["recompiled"] == ["CatchmentModels"],
    )


async def use_an_editor(stage: Stage) -> None:
    """Do the same through the language server, and apply its edit."""
    folder = stage.copy("after")
    path = folder / PREFERENCES
    editor = Editor()
    stage.heading("In an editor: a language server, over LSP")

    def timed(text: str) -> None:
        took = f"{editor.milliseconds:6.1f} ms  "
        stage.console.print()
        stage.console.print(Text.assemble((took, "cyan"), (text, "bold")))

    server = await editor.start([sys.executable, "-m", "precompass_lsp"], folder, stage.variables)
    name = server.server_info.name if server.server_info else "the server"
    timed(f"start and initialize: {name} is there")
    shown = await editor.open(path)
    timed(f"textDocument/didOpen {PREFERENCES}: {len(shown)} diagnostics")
    for diagnostic in shown:
        start = diagnostic.range.start
        place = f"{start.line + 1}:{start.character + 1}"
        stage.console.print(
            Text.assemble((f"{place:>9}  ", "dim"), (str(diagnostic.code), "yellow"))
        )
    problem = next(diagnostic for diagnostic in shown if diagnostic.code == "global-skip-list")

    start = problem.range.start
    hover = await editor.hover(path, start.line, start.character)
    timed("textDocument/hover on skip_precompile")
    stage.console.print(Panel(Markdown(hover), border_style="dim"))
    actions = await editor.actions(path, problem)
    timed("textDocument/codeAction")
    chosen = next((action for action in actions if action.is_preferred), actions[0])
    print_hanging(stage.console, Text("           "), Text(chosen.title))
    edited = await editor.apply(chosen)
    timed(f"codeAction/resolve, applied to {', '.join(file.name for file in edited)}")
    shown = await editor.save(path)
    timed(f"textDocument/didChange, didSave: {len(shown)} diagnostics")
    said = {}
    for preference, number in lines_of_preferences(preferences_of(folder)):
        said[preference] = sentence_in(await editor.hover(path, number, 0))
    timed("textDocument/hover on each preference; the last of them took this long")
    grid = Table(box=None, show_header=False)
    grid.add_column(style="yellow", overflow="fold", min_width=24)
    grid.add_column()
    for preference, sentence in said.items():
        grid.add_row(preference, Text(sentence))
    stage.console.print(grid)
    await editor.leave()

    stage.console.print()
    left = {diagnostic.code for diagnostic in shown}
    stage.claim(
        "the list is gone, and so are its findings",
        not left & {"global-skip-list", "unknown-skipped-package"},
    )
    flag = tomllib.loads(preferences_of(folder))["CatchmentModels"]
    stage.claim("the flag is there", flag == {"precompile_workload": False})
    fixed = stage.copy("fixed-by-command")
    stage.run(*_FIX, "--write", where=fixed.name, output=subprocess.DEVNULL)
    stage.claim(
        "the command line makes the same edit, to the byte",
        preferences_of(fixed) == preferences_of(folder),
    )
    stage.claim(
        "the hovers give the counts that `precompass explain` gives",
        all(
            count_in(said[preference]) == stage.explain(preference, "after")["count"]
            for preference in said.keys() - ignored_preferences(stage)
        ),
    )


def prove_the_after_state(stage: Stage) -> None:
    """Compare the costs before and after, as differences between states of the files."""
    stage.heading("Before and after")
    before, after = preferences_of(stage.folder / "before"), preferences_of(stage.folder / "after")
    one_more = before.replace('["CatchmentModels"]', '["CatchmentModels", "CSV"]')
    stage.copy("before-changed", one_more)
    stage.copy("after-changed", after.replace("workload = false", "workload = true"))
    stage.show("diff", "after", "after-changed", where=".")
    changed_list = stage.ask("diff", "before", "before-changed", where=".")
    move = stage.ask("diff", "before", "after", where=".")
    changed_flag = stage.ask("diff", "after", "after-changed", where=".")

    stage.console.print()
    stage.claim(
        f"before: one more name on the list recompiles {changed_list['count']} packages",
        changed_list["count"] == standing_on("SnoopPrecompile", EXAMPLE),
    )
    stage.claim(
        f"the move itself recompiles them once more: {move['count']}, as its title says",
        move["count"] == changed_list["count"],
    )
    stage.claim(
        "the move changes these two preferences and no other",
        {f"{change['package']}.{change['key']}" for change in move["changes"]} == {LIST, FLAG},
    )
    stage.claim(
        f"after: changing the flag recompiles {changed_flag['count']} package, CatchmentModels",
        changed_flag["recompiled"] == ["CatchmentModels"],
    )
    left = {finding["code"] for finding in stage.ask("check", where="after")["findings"]}
    stage.claim("check no longer reports the list", "global-skip-list" not in left)


def sum_up(stage: Stage) -> None:
    """Show what a change of every preference costs, as a table."""
    stage.heading("What changing each preference recompiles")
    rows: list[tuple[str, object, dict[str, Any]]] = []
    rows.append((LIST, ["CatchmentModels"], stage.explain(LIST, "before")))
    for package, table in tomllib.loads(preferences_of(stage.folder / "after")).items():
        for key, value in table.items():
            preference = f"{package}.{key}"
            rows.append((preference, value, stage.explain(preference, "after")))
    most = max(answer["count"] for _, _, answer in rows)
    ignored = ignored_preferences(stage)
    grid = Table(box=None, pad_edge=False, header_style="dim")
    grid.add_column("preference", overflow="fold", min_width=24)
    grid.add_column("value", overflow="fold")
    grid.add_column("packages", justify="right", no_wrap=True)
    grid.add_column("extensions", justify="right", no_wrap=True)
    grid.add_column()
    for preference, value, answer in rows:
        if preference in ignored:
            note = Text("Julia ignores it", "yellow")
            grid.add_row(preference, json.dumps(value), "0", "0", note)
            continue
        count, extensions = answer["count"], str(len(answer["extensions"]))
        bar = Text("█" * max(round(count / most * _BAR), 1), "red" if count == most else "green")
        label = Text.assemble(preference, (" (before)" if preference == LIST else "", "dim"))
        grid.add_row(label, json.dumps(value), str(count), extensions, bar)
    stage.console.print(grid)


def draw_it(stage: Stage) -> None:
    """Write the pictures of both preferences, to be opened in a browser."""
    stage.heading("As pictures")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for preference, where in ((LIST, "before"), (FLAG, "after")):
        page = PICTURES / f"{preference}.html"
        stage.run("graph", preference, "--html", str(page), where=where, output=subprocess.DEVNULL)
        stage.say(f"open in a browser: {page.as_uri()}")
        drawn = len(re.findall(r'<g class="unit[^>]* data-uuid=', page.read_text("utf-8")))
        answer = stage.explain(preference, where)
        counted = answer["count"] + len(answer["extensions"])
        stage.claim(f"the picture shows what is recompiled: {drawn}", drawn == counted)


def ignored_preferences(stage: Stage) -> frozenset[str]:
    """Return the preferences of which ``precompass check`` says that Julia ignores them."""
    text = preferences_of(stage.folder / "after")
    headers = {
        text.splitlines()[finding["range"]["start"]["line"]].strip("[]")
        for finding in stage.ask("check", where="after")["findings"]
        if finding["code"] == "ignored-preferences"
    }
    names = (name for name, _ in lines_of_preferences(text))
    return frozenset(name for name in names if name.partition(".")[0] in headers)


def sentence_in(hover: str) -> str:
    """Return the sentence of a hover that tells what a change does."""
    lines = [re.sub(r"[*`]", "", line) for line in hover.splitlines() if line]
    return next((line for line in lines if "recompiles" in line), lines[-1] if lines else "")


def count_in(sentence: str) -> int | None:
    """Return the number of packages in such a sentence."""
    found = re.search(r"recompiles (\d+|nothing)\b", sentence)
    return found and (0 if found[1] == "nothing" else int(found[1]))


def main() -> int:
    """Play the demo and return the exit code."""
    since = time.perf_counter()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without these lines and marks
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder).resolve())
        tell_the_story(stage)
        ask_the_command_line(stage)
        asyncio.run(use_an_editor(stage))
        prove_the_after_state(stage)
        sum_up(stage)
        draw_it(stage)
    stage.console.print()
    seconds = time.perf_counter() - since
    stage.claim(f"all claims hold; this took {seconds:.0f} s", not stage.failures)
    return int(bool(stage.failures))


if __name__ == "__main__":
    sys.exit(main())
