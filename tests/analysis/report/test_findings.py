"""Findings in every form; the expected texts are written by hand."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from precompass.documents.text import Span
from precompass.files.snapshot import Disk, Snapshot
from precompass.findings import Finding, Fix, FixId, Related, Severity
from precompass.report import findings_sarif
from precompass.report.console import make_console
from precompass.report.findings_github import github_annotations
from precompass.report.findings_gitlab import findings_gitlab
from precompass.report.findings_json import findings_json
from precompass.report.findings_markdown import findings_markdown
from precompass.report.findings_text import print_findings
from precompass.report.output import ConsoleOutput, make_output
from precompass.rules import RULES

FOLDER = Path("/work/App")
PREFERENCES = FOLDER / "LocalPreferences.toml"
PROJECT = Path("/elsewhere/Project.toml")
TEXT = '[SnoopPrecompile]\r\nskip_precompile = ["😀é", "Meshes"]\r\n'
FILES = Snapshot(Disk(), {PREFERENCES: TEXT, PROJECT: "[deps]\n"})
KEY = Span(TEXT.index("skip"), TEXT.index(" ="))
MESHES = Span(TEXT.index('"Meshes"'), TEXT.index("]\r\n", 30))

LIST = Finding(
    "global-skip-list",
    Severity.WARNING,
    PREFERENCES,
    KEY,
    "Changing this list recompiles 4 of 7 packages: everything that depends on "
    "SnoopPrecompile, which reads the list as a whole.",
    related=(Related(PROJECT, Span(0, 6), "`Meshes` is listed here."),),
    fixes=(Fix("Move Splines to its own flag", FixId("move", PREFERENCES), is_preferred=True),),
)
NAME = Finding(
    "unknown-skipped-package",
    Severity.INFORMATION,
    PREFERENCES,
    MESHES,
    "This entry skips nothing: 100 % sure,\nwithout doubt.",
)


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_place_is_not_broken_where_its_path_has_blanks(width: int) -> None:
    project = Path("/my own/long folder/of many/Project.toml")
    finding = replace(LIST, related=(Related(project, Span(0, 6), "`Meshes` is listed here."),))
    assert f"= {project}:1:1:" in text_of(finding, width=width)


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_has_one_word_everywhere(severity: Severity) -> None:
    finding = replace(NAME, severity=severity)
    assert severity.value in ("error", "warning", "information", "hint")
    assert f": {severity.value}[unknown-skipped-package] " in text_of(finding)
    assert f"1 {severity.value} in 3 files." in text_of(finding)
    shown = findings_markdown([finding], FILES, checked=3, folder=FOLDER)
    assert f"**{severity.value}**" in shown
    assert f"1 {severity.value} in 3 files." in shown
    (entry,) = findings_json([finding], FILES, checked=3, folder=FOLDER)["findings"]
    assert entry["severity"] == severity.value


def text_of(*findings: Finding, width: int = 80, checked: int = 3) -> str:
    stream = io.StringIO()
    console = make_console("never", stream)
    console.width = width
    output = ConsoleOutput(console)
    print_findings(findings, FILES, checked=checked, folder=FOLDER, output=output)
    return stream.getvalue()


class TestText:
    def test_a_finding_has_its_place_its_line_what_relates_to_it_and_what_can_be_done(self) -> None:
        assert text_of(LIST) == (
            "LocalPreferences.toml:2:1: warning[global-skip-list] Changing this list\n"
            "    recompiles 4 of 7 packages: everything that depends on SnoopPrecompile,\n"
            "    which reads the list as a whole.\n"
            "   |\n"
            ' 2 | skip_precompile = ["😀é", "Meshes"]\n'
            "   | ^^^^^^^^^^^^^^^\n"
            "   = /elsewhere/Project.toml:1:1: `Meshes` is listed here.\n"
            "   = fix: Move Splines to its own flag\n"
            "\n"
            "1 warning in 3 files. 1 fix available: `precompass fix --help`.\n"
        )

    def test_a_place_is_never_broken(self) -> None:
        """A terminal and other programs find it with its file, line and column."""
        file = FOLDER / ("a folder with spaces/" * 3) / "and-a-very-long-name.toml"
        finding = Finding("code", Severity.ERROR, file, Span(0, 1), "Wrong in every way.")
        lines = text_of(finding, width=40).splitlines()
        assert f"{file.relative_to(FOLDER)}:1:1:" in lines[0]
        assert max(map(len, lines[1:])) <= 40

    def test_one_long_word_does_not_widen_the_other_lines(self) -> None:
        message = f"Changing {'a/long/path/' * 6}x.jl recompiles 4 of 7 packages."
        long = replace(LIST, message=message)
        lines = text_of(long, width=50).splitlines()
        assert [line for line in lines[1:] if len(line) > 50] == [f"    {'a/long/path/' * 6}x.jl"]

    def test_a_fix_of_two_neighbours_is_written_out_once(self) -> None:
        title = "Move Splines to its own flag (recompiles 4 packages once)"
        (fix,) = LIST.fixes
        fixes = (replace(fix, title=title),)
        text = text_of(replace(LIST, fixes=fixes), replace(NAME, fixes=fixes))
        assert text.count(f"fix: {title}") == 1
        assert text.count("fix: Move Splines to its own flag (as above)") == 1
        assert "1 fix available" in text

    def test_a_pipe_gets_whole_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("COLUMNS", raising=False)
        stream = io.StringIO()
        long = replace(LIST, message="word " * 200)
        output = make_output("auto", stream)
        print_findings([long], FILES, checked=1, folder=FOLDER, output=output)
        assert stream.getvalue().splitlines()[0].count("word") == 200

    def test_a_pipe_gets_what_a_wide_terminal_without_colours_gets(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts = []
        for columns in (None, "100000"):
            monkeypatch.delenv("COLUMNS", raising=False)
            if columns is not None:
                monkeypatch.setenv("COLUMNS", columns)
            stream = io.StringIO()
            output = make_output("never", stream)
            if isinstance(output, ConsoleOutput):
                output.console.width = int(columns or 0)
            print_findings([LIST, NAME], FILES, checked=2, folder=FOLDER, output=output)
            texts.append(stream.getvalue())
        assert texts[0] == texts[1]
        assert max(map(len, texts[0].splitlines())) > 100

    def test_columns_count_characters_and_the_underline_counts_columns_of_the_screen(self) -> None:
        lines = text_of(NAME).splitlines()
        assert lines[0].startswith("LocalPreferences.toml:2:26: information[")
        assert lines[-4] == ' 2 | skip_precompile = ["😀é", "Meshes"]'
        assert lines[-3] == "   |" + " " * 27 + "^" * 8

    def test_findings_are_counted_by_severity(self) -> None:
        assert text_of(LIST, LIST, NAME, checked=1).endswith(
            "\n\n2 warnings, 1 information in 1 file. 1 fix available: `precompass fix --help`.\n"
        )

    def test_fixes_are_counted_each_once_however_many_findings_offer_them(self) -> None:
        both = (*LIST.fixes, Fix("Move all", FixId("move", PREFERENCES, ("all",))))
        one, other = replace(LIST, fixes=both), replace(NAME, fixes=LIST.fixes)
        assert " 2 fixes available: " in text_of(one, other)

    def test_nothing_found(self) -> None:
        assert text_of(checked=2) == "Nothing found in 2 files.\n"

    def test_a_line_that_is_too_long_is_cut_around_the_place(self) -> None:
        text = "x = [" + '"a", ' * 100 + '"b", ' + '"c", ' * 100 + "]"
        file = FOLDER / "Project.toml"
        span = Span(text.index('"b"'), text.index('"b"') + 3)
        finding = Finding("code", Severity.ERROR, file, span, "Wrong.")
        stream = io.StringIO()
        console = make_console("never", stream)
        console.width = 40
        files = Snapshot(Disk(), {file: text})
        output = ConsoleOutput(console)
        print_findings([finding], files, checked=1, folder=FOLDER, output=output)
        line, underline, *_ = stream.getvalue().partition("   |\n")[2].splitlines()
        assert line.startswith(" 1 | …")
        assert line.endswith("…")
        assert len(line) <= 40
        place = underline.index("^^^")
        assert line[place : place + 3] == '"b"'

    @pytest.mark.parametrize("columns", [None, "80"])
    def test_what_a_terminal_would_obey_is_shown_instead(
        self, columns: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("COLUMNS", raising=False)
        if columns is not None:
            monkeypatch.setenv("COLUMNS", columns)
        file = FOLDER / "Project.toml"
        text = 'name = "\x1b]0;owned\x07\u202e"'
        finding = Finding("code", Severity.ERROR, file, Span(7, 17), "Not `\x1b[2Jthis`.")
        stream = io.StringIO()
        output = make_output("never", stream)
        print_findings(
            [finding], Snapshot(Disk(), {file: text}), checked=1, folder=FOLDER, output=output
        )
        shown = stream.getvalue()
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
        assert "␛]0;owned␇\\u202E" in shown

    def test_a_terminal_gets_colours(self) -> None:
        stream = io.StringIO()
        output = make_output("always", stream)
        print_findings([LIST], FILES, checked=1, folder=FOLDER, output=output)
        assert "\x1b[1;33mwarning[global-skip-list]\x1b[0m" in stream.getvalue()


class TestConsole:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def colored(self, console: Console) -> bool:
        console.print("x", style="red")
        assert isinstance(console.file, io.StringIO)
        return "\x1b" in console.file.getvalue()

    def test_colours_are_for_terminals(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        assert self.colored(make_console("auto", self.Terminal()))
        assert not self.colored(make_console("auto", io.StringIO()))
        assert not self.colored(make_console("never", self.Terminal()))
        assert self.colored(make_console("always", io.StringIO()))

    @pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_and_not_for_those_who_want_none(
        self, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv(variable, value)
        assert not self.colored(make_console("auto", self.Terminal()))


class TestJson:
    def test_lines_and_characters_are_those_of_the_lsp(self) -> None:
        assert findings_json([NAME], FILES, checked=3, folder=FOLDER) == {
            "schema": 1,
            "findings": [
                {
                    "code": "unknown-skipped-package",
                    "severity": "information",
                    "file": "LocalPreferences.toml",
                    "range": {
                        "start": {"line": 1, "character": 26},
                        "end": {"line": 1, "character": 34},
                    },
                    "message": "This entry skips nothing: 100 % sure,\nwithout doubt.",
                    "fixes": [],
                    "fix_safety": [],
                }
            ],
            "files": 3,
        }

    def test_fixes_are_named_and_a_file_elsewhere_has_its_whole_path(self) -> None:
        elsewhere = Finding("code", Severity.HINT, PROJECT, Span(0, 6), "There.", fixes=LIST.fixes)
        (found,) = findings_json([elsewhere], FILES, checked=1, folder=FOLDER)["findings"]
        assert found["file"] == "/elsewhere/Project.toml"
        assert found["fixes"] == ["Move Splines to its own flag"]


class TestGitHub:
    def test_an_annotation_is_one_line_with_its_place_and_its_message(self) -> None:
        assert list(github_annotations([LIST, NAME], FILES, folder=FOLDER)) == [
            "::warning file=LocalPreferences.toml,line=2,col=1,endColumn=16,"
            "title=global-skip-list::Changing this list recompiles 4 of 7 packages: everything"
            " that depends on SnoopPrecompile, which reads the list as a whole."
            "%0AFix: Move Splines to its own flag",
            "::notice file=LocalPreferences.toml,line=2,col=27,endColumn=35,"
            "title=unknown-skipped-package::This entry skips nothing: 100 %25 sure,"
            "%0Awithout doubt.",
        ]

    def test_a_path_cannot_end_its_property(self) -> None:
        file = FOLDER / "a,b:c%" / "Project.toml"
        finding = Finding("code", Severity.ERROR, file, Span(0, 12), "Wrong.")
        files = Snapshot(Disk(), {file: "[deps]\n[extras]\n"})
        assert list(github_annotations([finding], files, folder=FOLDER)) == [
            "::error file=a%2Cb%3Ac%25/Project.toml,line=1,endLine=2,title=code::Wrong."
        ]


class TestSarif:
    """What section 3 of the standard requires, and what GitHub requires besides."""

    LOG = findings_sarif.findings_sarif([LIST, NAME, NAME], RULES, FILES, folder=FOLDER)

    def test_the_log_is_one_run_of_version_2_1_0(self) -> None:
        assert self.LOG["version"] == "2.1.0"
        assert self.LOG["$schema"].endswith("sarif-2.1.0.json")
        assert len(self.LOG["runs"]) == 1
        assert set(self.LOG["runs"][0]) == {"tool", "results", "columnKind", "invocations"}
        assert self.LOG["runs"][0]["invocations"] == [{"executionSuccessful": True}]
        assert self.LOG["runs"][0]["columnKind"] == "utf16CodeUnits"
        json.dumps(self.LOG, allow_nan=False)

    def test_every_rule_is_described_once(self) -> None:
        driver = self.LOG["runs"][0]["tool"]["driver"]
        assert driver["name"] == "Precompass"
        assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["semanticVersion"])
        assert [rule["id"] for rule in driver["rules"]] == sorted(RULES)
        for rule in driver["rules"]:
            assert rule["shortDescription"]["text"]
            assert 40 < len(rule["fullDescription"]["text"]) <= 1024
            assert "**" not in rule["fullDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["help"]["markdown"]
            assert rule["helpUri"].startswith("https://")
            assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
            assert rule["properties"]["problem.severity"] in {"error", "warning", "recommendation"}
            assert rule["properties"]["precision"] == "high"
            assert len(rule["properties"]["tags"]) <= 10

    def test_of_more_results_than_github_takes_the_most_severe_stay(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(findings_sarif, "MAX_RESULTS", 2)
        log = findings_sarif.findings_sarif([NAME, LIST, NAME], RULES, FILES, folder=FOLDER)
        (run,) = log["runs"]
        assert [result["ruleId"] for result in run["results"]] == [LIST.code, NAME.code]
        (note,) = run["invocations"][0]["toolExecutionNotifications"]
        assert note["message"]["text"] == (
            "1 more finding, no more severe than these, is left out."
        )

    def test_a_result_points_to_its_rule(self) -> None:
        run = self.LOG["runs"][0]
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert [result["level"] for result in run["results"]] == ["warning", "note", "note"]
        assert run["results"][0]["message"]["text"].startswith("Changing this")

    def test_lines_and_columns_count_from_1_in_utf_16(self) -> None:
        (location,) = self.LOG["runs"][0]["results"][1]["locations"]
        assert location == {
            "physicalLocation": {
                "artifactLocation": {"uri": "LocalPreferences.toml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 2, "startColumn": 27, "endLine": 2, "endColumn": 35},
            }
        }

    def test_what_relates_to_it_has_its_own_place(self) -> None:
        (related,) = self.LOG["runs"][0]["results"][0]["relatedLocations"]
        assert related["message"] == {"text": "`Meshes` is listed here."}
        location = related["physicalLocation"]
        assert location["artifactLocation"] == {"uri": "file:///elsewhere/Project.toml"}

    def test_a_fingerprint_stays_when_lines_above_come_and_is_unique_in_its_file(self) -> None:
        def prints(text: str) -> list[str]:
            shift = len(text) - len(TEXT)
            moved = Span(MESHES.start + shift, MESHES.end + shift)
            finding = Finding(NAME.code, NAME.severity, PREFERENCES, moved, NAME.message)
            files = Snapshot(Disk(), {PREFERENCES: text})
            log = findings_sarif.findings_sarif([finding, finding], RULES, files, folder=FOLDER)
            return [
                result["partialFingerprints"]["primaryLocationLineHash"]
                for result in log["runs"][0]["results"]
            ]

        assert prints(TEXT) == prints("# a comment\n\n" + TEXT)
        assert len(set(prints(TEXT))) == 2

    def test_a_uri_is_one(self) -> None:
        file = FOLDER / "a b#c" / "Project.toml"
        finding = Finding(LIST.code, Severity.ERROR, file, Span(0, 1), "Wrong.")
        files = Snapshot(Disk(), {file: "x"})
        log = findings_sarif.findings_sarif([finding], RULES, files, folder=FOLDER)
        location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"] == "a%20b%23c/Project.toml"


class TestGitLab:
    """What GitLab's "Code quality report format" requires."""

    REPORT = json.loads(findings_gitlab([LIST, NAME, NAME], FILES, folder=FOLDER))

    def test_a_finding_has_its_place_and_its_severity(self) -> None:
        first = self.REPORT[0]
        assert first["location"] == {"path": "LocalPreferences.toml", "lines": {"begin": 2}}
        assert (first["check_name"], first["severity"]) == ("global-skip-list", "major")
        assert first["description"] == LIST.message

    def test_severities_are_those_of_gitlab(self) -> None:
        all_of_them = [replace(LIST, severity=severity) for severity in Severity]
        report = json.loads(findings_gitlab(all_of_them, FILES, folder=FOLDER))
        assert [one["severity"] for one in report] == ["critical", "major", "minor", "info"]

    def test_a_fingerprint_is_unique_in_the_report_and_stays(self) -> None:
        prints = [one["fingerprint"] for one in self.REPORT]
        assert len(set(prints)) == 3
        assert prints == [
            one["fingerprint"]
            for one in json.loads(findings_gitlab([LIST, NAME, NAME], FILES, folder=FOLDER))
        ]
        other = FOLDER / "docs" / "LocalPreferences.toml"
        files = Snapshot(Disk(), {PREFERENCES: TEXT, other: TEXT})
        both = [LIST, replace(LIST, file=other)]
        one, another = json.loads(findings_gitlab(both, files, folder=FOLDER))
        assert one["fingerprint"] == prints[0]
        assert another["fingerprint"] != prints[0]


class TestMarkdown:
    def test_the_most_severe_come_first_below_their_number(self) -> None:
        text = findings_markdown([NAME, LIST], FILES, checked=3, folder=FOLDER)
        assert text == (
            "## Julia's project files\n"
            "\n"
            "1 warning, 1 information in 3 files.\n"
            "\n"
            "- `LocalPreferences.toml:2:1` **warning** `global-skip-list`: Changing this list "
            "recompiles 4 of 7 packages: everything that depends on SnoopPrecompile, which reads "
            "the list as a whole.\n"
            "  - fix: Move Splines to its own flag\n"
            "- `LocalPreferences.toml:2:26` **information** `unknown-skipped-package`: This entry "
            "skips nothing: 100 % sure, without doubt.\n"
        )

    def test_nothing_found(self) -> None:
        text = findings_markdown([], FILES, checked=2, folder=FOLDER)
        assert text == "## Julia's project files\n\nNothing found in 2 files.\n"

    def test_what_is_too_much_for_a_summary_is_counted(self) -> None:
        text = findings_markdown([LIST] * 120, FILES, checked=3, folder=FOLDER)
        assert text.count("**warning**") == 100
        assert text.endswith("\n- and 20 more findings\n")

    def test_names_that_someone_else_chose_stay_text(self) -> None:
        message = "Not `a``b`, [here](javascript:x) <b>or</b> *there*\n# @all"
        text = findings_markdown([replace(NAME, message=message)], FILES, checked=1, folder=FOLDER)
        assert text.splitlines()[-1].endswith(
            "Not `a``b`, \\[here\\](javascript:x) \\<b\\>or\\</b\\> \\*there\\* # \\@<!-- -->all"
        )
