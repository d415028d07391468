"""Write the files made from the code: rule pages, command line, schema, settings of VS Code."""

from __future__ import annotations

import argparse
import json
import re
from importlib import import_module
from pathlib import Path

from precompass import REPOSITORY
from precompass.cli import COMMANDS
from precompass.rules import RULES
from precompass.rules.rule import Resource, Rule
from precompass.settings.settings import SETTINGS, SEVERITY_WORDS
from precompass_lsp.__main__ import parser as server_parser

DOCS = Path(__file__).parent
RULE_PAGES = DOCS / "rules"
SCHEMA = DOCS / "schemas" / "precompass.schema.json"
VSCODE = DOCS.parent / "editors" / "vscode" / "package.json"
_FILES_ARE_AT = REPOSITORY.replace("github.com", "raw.githubusercontent.com")
_SCHEMAS_ARE_AT = f"{_FILES_ARE_AT}/main/docs/schemas"

_GROUPS = {
    "toml-syntax": "All files",
    "global-skip-list": "Preferences",
    "name-uuid-mismatch": "Packages and registries",
    "unknown-key": "Project files",
    "compat-excludes-resolved": "Project file and manifest",
    "dep-and-weakdep": "Lists of packages",
    "missing-entry-file": "Files and folders",
}
"""The headings of the index, by the code of the rule that each stands above."""

_INDEX = """\
# Rules

Each rule has a page with its reason and an example. `precompass rule CODE` prints the page in a
terminal. You can change a rule's severity, [turn it off](settings.md#severity), or
[silence a single line](settings.md#silencing-a-line).

The last column names what a rule reads besides project files and preferences files. Another
machine with the same files may lack these, and report other findings.
"""

_COMMAND_LINE = """\
# Command line

`precompass` gives the answers of the language server in a terminal and in CI. `precompass-lsp` is
the language server, which editors start.

Every command of `precompass` also has these options:

{common}

`JULIA_LOAD_PATH` and `JULIA_DEPOT_PATH` have the same meaning as for Julia. `NO_COLOR` disables
colours.
"""
_VARIABLES = "environment variables:"

_SECTION = re.compile(r"^\*\*(Example|Use instead|Fix|Source)\*\*\s*", re.MULTILINE)


def texts() -> dict[Path, str]:
    """Return the text of every file that is made here."""
    pages = {RULE_PAGES / f"{rule.code}.md": rule_page(rule) for rule in RULES.values()}
    return {
        DOCS / "rules.md": index_of_rules(),
        **pages,
        DOCS / "command-line.md": command_line(),
        SCHEMA: schema(),
        VSCODE: vscode_manifest(),
    }


def index_of_rules() -> str:
    """Return the page that lists the rules."""
    text = _INDEX
    for rule in RULES.values():
        if rule.code in _GROUPS:
            text += (
                f"\n## {_GROUPS[rule.code]}\n\n| rule | severity | what it reports | looks into |\n"
            )
            text += "| --- | --- | --- | --- |\n"
        severity = rule.default_severity.value
        link = f"[`{rule.code}`](rules/{rule.code}.md)"
        text += f"| {link} | {severity} | {rule.summary} | {looks_into(rule)} |\n"
    return text


def rule_page(rule: Rule) -> str:
    """Return the page of a rule."""
    summary, _, rest = rule.documentation.strip().partition("\n")
    sections = _SECTION.sub("## \\1\n\n", rest)
    return (
        f"# {rule.code}\n\n**{summary}** Severity: {rule.default_severity.value}.\n{sections}\n\n"
        f"## Silence it\n\nOn one line, by a comment: `# precompass: ignore[{rule.code}]`. "
        f"Everywhere, by\n[`precompass.toml`](../settings.md#precompasstoml):\n\n"
        f'```toml\n[severity]\n{rule.code} = "off"\n```\n'
    )


def looks_into(rule: Rule) -> str:
    """Return what a rule looks into beside a repository's files, in the order of the enum."""
    return ", ".join(one.value for one in Resource if one in rule.looks_into)


def command_line() -> str:
    """Return the page of the two programs and their options."""
    parsers = {name: import_module(f"precompass.cli.{name}").parser() for name in COMMANDS}
    common = set.intersection(*(_names(parser) for parser in parsers.values()))
    (first, *_) = parsers.values()
    text = _COMMAND_LINE.format(common=_options(first, common))
    for name, parser in parsers.items():
        text += _program(f"precompass {name}", parser, _names(parser) - common)
    server = server_parser()
    return text + _program("precompass-lsp", server, _names(server))


def _program(title: str, parser: argparse.ArgumentParser, shown: set[str]) -> str:
    text = f"\n## {title}\n\n{parser.description}\n\n{_options(parser, shown)}\n"
    epilog = (parser.epilog or "").partition(_VARIABLES)[0].strip()
    return text + (f"\n```text\n{epilog}\n```\n" if epilog else "")


def _names(parser: argparse.ArgumentParser) -> set[str]:
    return {action.dest for action in parser._actions}


def _options(parser: argparse.ArgumentParser, shown: set[str]) -> str:
    """Return the table of some options; argparse lists them in no public way."""
    rows = ["| option | what it does |", "| --- | --- |"]
    for action in parser._actions:
        if action.dest in shown:
            written = f"{', '.join(action.option_strings)} {_value(action)}".strip()
            explained = (action.help or "") % {"default": action.default}
            rows.append(f"| `{written}` | {explained} |")
    return "\n".join(rows)


def _value(action: argparse.Action) -> str:
    """Return what stands behind an option, as ``--help`` shows it."""
    if action.nargs == 0:
        return ""
    if action.choices is not None:
        return f"{{{','.join(action.choices)}}}"
    return str(action.metavar or action.dest.upper())


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of ``precompass.toml``."""
    properties = {
        key: {"description": setting.description, **setting.schema}
        for key, setting in SETTINGS.items()
    }
    rules = {
        rule.code: {"description": rule.summary, "$ref": "#/$defs/severity"}
        for rule in RULES.values()
    }
    properties["severity"] |= {"properties": rules, "additionalProperties": False}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{_SCHEMAS_ARE_AT}/{SCHEMA.name}",
        "title": "precompass.toml",
        "description": "What Precompass does in this folder and below.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": {"severity": {"enum": list(SEVERITY_WORDS)}},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def vscode_manifest() -> str:
    """Return the manifest of the extension for VS Code, with a drop-down for each rule."""
    manifest = json.loads(VSCODE.read_text(encoding="utf-8"))
    (severities,) = (
        section
        for section in manifest["contributes"]["configuration"]
        if section["title"] == "Severity of Rules"
    )
    severities["properties"] = {
        f"precompass.severity.{rule.code}": {
            "type": "string",
            "enum": ["default", *SEVERITY_WORDS],
            "default": "default",
            "scope": "resource",
            "markdownDescription": (
                f"{rule.summary} Default: {rule.default_severity.value}. "
                f"[More]({REPOSITORY}/blob/main/docs/rules/{rule.code}.md)"
            ),
        }
        for rule in sorted(RULES.values(), key=lambda rule: rule.code)
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    made = texts()
    for left_over in {*RULE_PAGES.glob("*.md")} - made.keys():
        left_over.unlink()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
