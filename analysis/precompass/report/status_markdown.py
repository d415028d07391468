"""A project at a glance, and its caches, as pages of Markdown for editors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from precompass.answers.cache_list import ListedCache
from precompass.answers.status import Status
from precompass.report.caches_text import cache_line
from precompass.report.markdown import escaped, markdown
from precompass.report.status_lines import status_lines
from precompass.wording import counted, in_bytes
from precompass.wording.why import not_compiled_sentences, sentences_below_headline


def status_markdown(status: Status, *, folder: Path) -> str:
    """Return a status as Markdown, with every root cause of what is recompiled next."""
    name = status.environment.project.name or folder.name
    has_causes = status.why is not None and bool(status.why.causes)  # a section has them
    lines = [f"# Status of {escaped(name)}"]
    lines += [
        f"- **{escaped(label)}:** {markdown(text)}" if label else f"  - {markdown(text)}"
        for label, text in status_lines(status, folder, has_causes=not has_causes)
    ]
    if status.why is not None and has_causes:
        lines += ["", "## Why"]
        for cause in status.why.causes:
            said = sentences_below_headline(status.why, cause, folder)
            lines.append(f"1. {markdown(' '.join(filter(None, said)))}")
        for sentence in not_compiled_sentences(status.why.pending.not_compiled, folder):
            lines.append(f"1. {markdown(sentence)}")
    return "\n".join([lines[0], "", *lines[1:], ""])


def caches_markdown(caches: Sequence[ListedCache], *, folder: Path) -> str:
    """Return the caches of a project as Markdown. They are deleted on the command line only."""
    fitting = sum(1 for one in caches if one.reason is None)
    size = in_bytes(sum(one.size for one in caches))
    lines = ["# Compile caches", ""]
    lines.append(f"{counted(len(caches), 'cache file')}, {size}; {fitting:,} of them fit.")
    last = ""
    for one in caches:
        if one.unit.label != last:
            lines += ["", f"## {escaped(one.unit.label)}", ""]
            last = one.unit.label
        lines.append(f"- {markdown(cache_line(one, folder))}")
    lines += ["", markdown("`precompass caches PACKAGE --delete` deletes caches in a terminal.")]
    return "\n".join([*lines, ""])
