"""Names, keys, values and paths that somebody chose to do harm are text in every output.

Each output is read by a parser of its format, and holds what the output itself says and nothing
that the files bring: no link, no image, no element, no line, no command, nothing unseen.
"""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from precompass import REPOSITORY, rules
from precompass.answers.comparison import compare
from precompass.answers.completion import complete, documentation
from precompass.answers.explanation import explain
from precompass.answers.hover import hover
from precompass.answers.inlay_hints import inlay_hints
from precompass.answers.pending_picture import pending_picture
from precompass.answers.picture import picture
from precompass.documents.text import Span
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Paragraph
from precompass.recompilation.why import explain_why
from precompass.report.comparison_github import github_notices
from precompass.report.comparison_markdown import comparisons_markdown
from precompass.report.comparison_text import print_comparisons
from precompass.report.console import make_console
from precompass.report.explanation_markdown import explanation_markdown
from precompass.report.explanation_text import print_explanation
from precompass.report.findings_github import github_annotations
from precompass.report.findings_gitlab import findings_gitlab
from precompass.report.findings_json import findings_json
from precompass.report.findings_markdown import findings_markdown
from precompass.report.findings_sarif import findings_sarif
from precompass.report.findings_text import print_findings
from precompass.report.output import ConsoleOutput, make_output
from precompass.report.paragraphs import (
    as_markdown,
    as_plain_text,
    hover_markdown,
    hover_text,
)
from precompass.report.patch import unified_diff
from precompass.report.picture_dot import dot
from precompass.report.picture_html import page
from precompass.report.picture_mermaid import mermaid
from precompass.report.picture_svg import svg
from precompass.report.schema import json_text
from precompass.session import Session
from precompass.settings.settings import Settings
from support.environments import TREE, uuid

PAYLOADS = (
    "![](https://evil.example/k.png)",
    "[a](https://evil.example)",
    "<https://evil.example>",
    "https://evil.example",
    "www.evil.example",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--",
    "--> ",
    "&lt;b&gt;",
    "`",
    "``",
    "`![](x)`",
    "**",
    "__a__",
    "~~",
    "\\",
    '"',
    '"]; evil [label="',
    "'",
    "|",
    "#",
    "# ",
    "- ",
    "1. ",
    "> ",
    "===",
    "@somebody",
    "owner/name#1",
    "\n",
    "\r\n",
    "\n::error::owned",
    "\n+++ b/x\n",
    "%0A::error::owned",
    "::stop-commands::owned",
    " ::add-mask::owned",
    "##[add-mask]owned",
    "##vso[task.setvariable variable=x]owned",
    "](",
    "\t",
    "\x1b[31m",
    "\x1b]8;;http://evil.example\x07",
    "\x00",
    "\x9b2J",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200f",
    "\u061c",
    "\ufeff",
    "\u2028",
    "\U000e0041",
    "{{",
    "#quot;",
    "$x$",
    ":::",
    "%%",
    " ",
    "a",
)
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(PAYLOADS),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=5,
).map("".join)


@dataclass(frozen=True)
class Names:
    """What somebody chose."""

    package: str
    key: str
    value: str
    path: str

    @property
    def folder(self) -> str:
        """The path as the name of a folder, which holds no slash and no NUL."""
        return re.sub(r"[/\0]", "-", self.path).encode()[:200].decode(errors="ignore") or "x"


NAMES = st.builds(Names, HOSTILE, HOSTILE, HOSTILE, HOSTILE)


def toml(text: str) -> str:
    r"""Return a TOML string; JSON's escapes are TOML's, but for pairs of surrogates and DEL."""
    escaped = "".join(
        character
        if character.isascii() and character.isprintable() and character not in '"\\'
        else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'


def files_of(names: Names, *, value: str | None = None) -> dict[Path, str]:
    """An environment in which everything that can have such a name has one."""
    folder = Path("/tmp") / names.folder
    package, key, chosen = toml(names.package), toml(names.key), toml(value or names.value)
    project = f"""\
name = {package}
uuid = "{uuid("Here")}"
{key} = {chosen}

[deps]
{package} = "{uuid("Hostile")}"
SnoopPrecompile = "{uuid("SnoopPrecompile")}"
Twice = {chosen}

[compat]
{package} = {chosen}
{toml(names.path)} = "1"

[extensions]
{toml(names.path)} = {package}
"""
    manifest = f"""\
julia_version = "1.10.4"
manifest_format = "2.0"

[[deps.{package}]]
deps = ["Preferences", "SnoopPrecompile", {toml(names.path)}]
path = {toml(names.path)}
uuid = "{uuid("Hostile")}"
version = "1.0.0"

    [deps.{package}.extensions]
    {toml(names.path)} = "Preferences"

[[deps.Preferences]]
git-tree-sha1 = "{TREE}"
uuid = "{uuid("Preferences")}"
version = "1.4.0"

[[deps.SnoopPrecompile]]
deps = ["Preferences"]
git-tree-sha1 = "{TREE}"
uuid = "{uuid("SnoopPrecompile")}"
version = "1.0.3"
"""
    preferences = f"""\
[{package}]
{key} = {chosen}
__clear__ = [{key}]

[{toml(names.value)}]
{key} = 1

[SnoopPrecompile]
skip_precompile = [{package}, {chosen}]
"""
    return {
        folder / "Project.toml": project,
        folder / "Manifest.toml": manifest,
        folder / "LocalPreferences.toml": preferences,
        folder / "precompass.toml": f"{key} = {chosen}\n[severity]\n{package} = {chosen}\n",
    }


def session_of(texts: dict[Path, str]) -> Session:
    chosen = Settings(use_depot=False, wide_threshold=1, variables={"JULIA_LOAD_PATH": "@"})
    return Session(Snapshot(Disk(), texts), chosen)


def findings_of(session: Session, texts: dict[Path, str]) -> tuple[Finding, ...]:
    return tuple(found for path in texts for found in rules.check(session, path))


def everything_is_seen(text: str) -> None:
    """Nothing is unseen, obeyed by a terminal, or not in any encoding."""
    for character in text:
        if character != "\n":
            unseen = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs")
            assert not unseen, (hex(ord(character)), text)


_COMMAND = re.compile(r"\s*::[^\s:]+(\s.*?)?::|.*##\w*\[")


def nothing_is_obeyed(text: str) -> None:
    """No line is a command to the runner of a CI, which reads all that a step writes.

    ``actions/runner`` takes ``::error::`` at the beginning of a line and ``##[error]`` anywhere
    (``src/Runner.Common/ActionCommand.cs``), Azure Pipelines ``##vso[task.setvariable]``.
    """
    everything_is_seen(text)
    assert [line for line in text.split("\n") if _COMMAND.match(line)] == []


_BARE_LINK = re.compile(r"(?i)(https?|ftp)://|www\.")
_HARMLESS = {"paragraph", "inline", "text", "strong", "code_inline", "softbreak", "text_special"}
_OURS = {"heading", "bullet_list", "list_item", "blockquote"}


def is_text(markdown: str, allowed: set[str], blocks: int | None = None) -> None:
    """Nothing in Markdown is an element but those allowed; with *blocks*, there are so many."""
    everything_is_seen(markdown)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    tokens = parser.parse(markdown)
    for token in tokens:
        # GitHub and VS Code make links of words; what is escaped is none.
        words = [one.content for one in token.children or () if one.type == "text"]
        assert not _BARE_LINK.search("\\".join(words)), markdown
        for one in (token, *(token.children or ())):
            if one.type == "html_inline":
                assert one.content == "<!-- -->", markdown
                continue
            if one.type == "html_block" and "html_block" in allowed:
                assert re.fullmatch(
                    r"(<details><summary>[\w ,]+</summary>|</details>)\n?", one.content
                ), markdown
                continue
            kind = one.type.removesuffix("_open").removesuffix("_close")
            assert kind in _HARMLESS | allowed, (kind, markdown)
    if blocks is not None:
        assert sum(token.type == "paragraph_open" for token in tokens) == blocks, markdown


CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORST = Names(*(("".join(PAYLOADS),) * 4))
pytestmark = pytest.mark.filterwarnings("ignore")


def said_by_the_editor(session: Session, texts: dict[Path, str]) -> Iterator[list[Paragraph]]:
    for path, text in texts.items():
        starts = {found.start() + 1 for found in re.finditer(r'["\w]+', text)}
        spans = set()
        for offset in sorted(starts):
            found = hover(session, path, offset)
            if found is not None and found.span not in spans:
                spans.add(found.span)
                yield list(found.paragraphs)
        for hint in inlay_hints(session, path, Span(0, len(text))):
            yield [hint.explanation]


@CHECKED
@given(NAMES)
@example(WORST)
def test_hovers_and_tooltips_hold_no_markup_of_the_files(names: Names) -> None:
    texts = files_of(names)
    for paragraphs in said_by_the_editor(session_of(texts), texts):
        is_text(as_markdown(paragraphs), set(), blocks=len(paragraphs))
        everything_is_seen(as_plain_text(paragraphs))
        is_text(hover_markdown(paragraphs, ()), {"hardbreak"}, blocks=min(len(paragraphs), 2))
        everything_is_seen(hover_text(paragraphs, ()))


@CHECKED
@given(NAMES)
@example(WORST)
def test_completions_are_documented_without_markup_of_the_files(names: Names) -> None:
    texts = files_of(names)
    session, said = session_of(texts), 0
    for path, text in texts.items():
        starts = {match.start() + 1 for match in re.finditer(r'["\w]+', text)}
        subjects = {
            offer.subject
            for offset in sorted(starts)
            for offer in complete(session, path, offset).items
            if offer.subject is not None
        }
        for subject in subjects:
            paragraphs = documentation(session, path, subject)
            said += bool(paragraphs)
            is_text(as_markdown(paragraphs), set(), blocks=len(paragraphs))
            everything_is_seen(as_plain_text(paragraphs))
    assert said


@CHECKED
@given(NAMES)
@example(WORST)
def test_explanations_hold_no_markup_of_the_files(names: Names) -> None:
    texts = files_of(names)
    session = session_of(texts)
    project = next(iter(texts))
    invalidations = session.invalidations(project)
    assert invalidations is not None
    for package, key in ((uuid("Hostile"), names.key), (uuid("SnoopPrecompile"), None)):
        explanation = explain(invalidations, package, key, None)
        is_text(explanation_markdown(explanation, folder=project.parent), _OURS)
        output = io.StringIO()
        print_explanation(explanation, folder=project.parent, console=make_console("never", output))
        nothing_is_obeyed(output.getvalue())


@CHECKED
@given(NAMES)
@example(WORST)
def test_findings_say_what_is_wrong_and_do_nothing(names: Names) -> None:
    texts = files_of(names)
    session = session_of(texts)
    findings, files, folder = findings_of(session, texts), session.snapshot, Path("/tmp")
    assert findings
    is_text(findings_markdown(findings, files, checked=4, folder=folder), _OURS)
    for line in github_annotations(findings, files, folder=folder):
        is_command(line)
    output = io.StringIO()
    print_findings(findings, files, checked=4, folder=folder, output=make_output("never", output))
    nothing_is_obeyed(output.getvalue())
    for text in (
        json_text(findings_json(findings, files, checked=4, folder=folder)),
        findings_gitlab(findings, files, folder=folder),
    ):
        assert text.isascii()
        json.loads(text)
    sarif = json.loads(json_text(findings_sarif(findings, rules.RULES, files, folder=folder)))
    for result in sarif["runs"][0]["results"]:
        everything_is_seen(result["message"]["text"])
        assert not re.search(r"\[[^\]]*\]\([^)]*\)", result["message"]["text"])


def is_command(line: str) -> None:
    """A line is one workflow command, as ``actions/runner`` reads it, and no more."""
    everything_is_seen(line)
    assert "\n" not in line
    found = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
    assert found is not None, line
    assert {one.split("=", 1)[0] for one in found[2].split(",")} <= {
        *("file", "line", "col", "endLine", "endColumn", "title")
    }


@CHECKED
@given(NAMES, HOSTILE)
@example(WORST, "![](x)`")
def test_comparisons_hold_no_markup_of_the_files(names: Names, value: str) -> None:
    before, after = files_of(names), files_of(names, value=value)
    project = next(iter(before))
    found = [compare(session_of(before), project, session_of(after), project)]
    is_text(comparisons_markdown(found, folder=Path("/tmp")), {*_OURS, "html_block"})
    for line in github_notices(found, folder=Path("/tmp")):
        is_command(line)
    output = io.StringIO()
    print_comparisons(found, folder=Path("/tmp"), console=make_console("never", output))
    nothing_is_obeyed(output.getvalue())


class Page(HTMLParser):
    """The elements and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("src", "srcset", "style", "action")
            if name == "href":
                assert value is not None
                assert value.startswith(REPOSITORY)


_STRING = r'"(?:[^"\\\n]|\\.)*"'
_ATTRIBUTES = rf" \[(?: ?[a-z]+={_STRING})+\]"
_DOT = re.compile(
    rf"digraph {_STRING} \{{|\}}|  [a-z]+={_STRING}"
    rf"|  (u\d+|node|edge){_ATTRIBUTES}|  u\d+ -> u\d+"
)
_MERMAID = re.compile(
    r'(---|title: "[^"\n]*"|flowchart LR|  u\d+ --> u\d+|  classDef .*'
    r'|  u\d+(\(\[|\{\{|\[\[|\[|\()"[^"\n`<>]*"(\]\)|\}\}|\]\]|\]|\)):::[a-z]+)'
)


@CHECKED
@given(NAMES)
@example(WORST)
def test_pictures_hold_no_elements_of_the_files(names: Names) -> None:
    texts = files_of(names)
    project = next(iter(texts))
    invalidations = session_of(texts).invalidations(project)
    assert invalidations is not None
    benign = session_of(files_of(Names("Hostile", "key", "value", "folder")))
    like = benign.invalidations(Path("/tmp/folder/Project.toml"))
    assert like is not None
    for package, key, same in (
        (uuid("Hostile"), names.key, "key"),
        (uuid("SnoopPrecompile"), "skip_precompile", "skip_precompile"),
    ):
        drawn, plain = (
            picture(invalidations, package, key, None),
            picture(like, package, same, None),
        )
        ElementTree.fromstring(svg(drawn))
        everything_is_seen(svg(drawn))
        hostile_page, plain_page = Page(), Page()
        hostile_page.feed(page(drawn, folder=project.parent))
        plain_page.feed(page(plain, folder=None))
        if len(drawn.units) == len(plain.units):
            assert set(hostile_page.elements) <= {*plain_page.elements, "code"}
            assert hostile_page.elements.count("script") == plain_page.elements.count("script")
        everything_is_seen(page(drawn, folder=project.parent))
        for line in dot(drawn).splitlines():
            assert _DOT.fullmatch(line), line
        everything_is_seen(dot(drawn))
        for line in mermaid(drawn).splitlines():
            assert _MERMAID.fullmatch(line), line
        everything_is_seen(mermaid(drawn))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no files of such names")
@CHECKED
@given(HOSTILE)
@example(WORST.package)
def test_pictures_of_what_is_pending_hold_no_elements_of_the_files(
    tmp_path_factory: pytest.TempPathFactory, package: str
) -> None:
    folder = tmp_path_factory.mktemp("pending")
    name = Names("", "", "", package).folder  # what is compiled has a file of its name
    hostile, plain = pending_page(folder / "hostile", name), pending_page(folder / "plain", "a")
    everything_is_seen(hostile)
    read, like = Page(), Page()
    read.feed(hostile)
    like.feed(plain)
    assert set(read.elements) <= {*like.elements, "code"}
    assert read.elements.count("script") == like.elements.count("script")


def pending_page(folder: Path, name: str) -> str:
    """The page of what is recompiled where a developed package was never compiled."""
    source = folder / "dev" / "src" / f"{name[:50]}.jl"
    source.parent.mkdir(parents=True)
    source.write_text("")
    listed = f'{toml(name[:50])} = "{uuid("Hostile")}"\n'
    project = folder / "Project.toml"
    project.write_text(f"[deps]\n{listed}")
    (folder / "Manifest.toml").write_text(
        'julia_version = "1.10.4"\nmanifest_format = "2.0"\n\n'
        f'[[deps.{toml(name[:50])}]]\npath = "dev"\nuuid = "{uuid("Hostile")}"\n'
    )
    variables = {"JULIA_LOAD_PATH": "@", "JULIA_DEPOT_PATH": f"{folder / 'depot'}"}
    session = Session(Snapshot(Disk()), Settings(variables=variables))
    checks, invalidations = session.cache_checks(project), session.invalidations(project)
    assert checks is not None
    assert invalidations is not None
    why = explain_why(checks)
    assert why.causes
    return page(pending_picture(invalidations, why, folder), folder=folder)


@CHECKED
@given(HOSTILE, st.text(), st.text())
def test_the_name_of_a_file_stays_on_its_line_of_a_patch(name: str, old: str, new: str) -> None:
    lines = list(unified_diff(name, old, new))
    if old != new:
        assert "\n" not in lines[0] + lines[1]
        assert lines[0].startswith(("--- a/", '--- "a/'))
        assert lines[1].startswith(("+++ b/", '+++ "b/'))
        assert all(line.startswith(("@", "+", "-", " ", "\\")) for line in lines[2:])


def test_no_line_is_shown_of_a_file_elsewhere_that_a_link_leads_to(tmp_path: Path) -> None:
    secret = tmp_path / "secret" / "Project.toml"
    secret.parent.mkdir()
    secret.write_text("uuid = 1  # hunter2\n")
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "Project.toml").symlink_to(secret)
    (folder / "own").mkdir()
    (folder / "own" / "Project.toml").write_text("uuid = 1  # shown\n")
    session = Session(Snapshot(Disk()), Settings(use_depot=False))
    shown = []
    for path in (folder / "Project.toml", folder / "own" / "Project.toml"):
        stream = io.StringIO()
        output = ConsoleOutput(Console(file=stream, width=100))
        found = rules.check(session, path)
        print_findings(found, session.snapshot, checked=1, folder=folder, output=output)
        shown.append(stream.getvalue())
    assert "uuid" in shown[0]
    assert "hunter2" not in shown[0]
    assert "# shown" in shown[1]
