"""One table of commands: ``--help``, docs/cli.md and the READMEs say what it says.

    python -m typer newsclf.cli utils docs --name newsclf --title "The commands" --output docs/cli.md

writes docs/cli.md anew.
"""

import re
from pathlib import Path

import pytest
from paths import DOCS, ROOT
from typer.main import get_command
from typer.testing import CliRunner

import newsclf
from newsclf.cli import app
from newsclf.cli.commands import COMMANDS as TABLE

PAGE = (DOCS / "cli.md").read_text("utf-8")


def leaves(command, name="newsclf"):
    """Yield every command with its whole name; a group has commands and nothing else."""
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{name} {part}")


COMMANDS = dict(leaves(get_command(app)))
SECTIONS = dict(re.findall(r"^##+ `(newsclf .*?)`\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S))


def test_every_command_is_on_the_page():
    assert list(SECTIONS) == [f"newsclf {row.name}" for row in TABLE]
    assert set(SECTIONS) == set(COMMANDS) - {"newsclf"}


def test_every_file_of_commands_has_a_row():
    folder = Path(newsclf.cli.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "commands", "shared"}
    assert {row.target.split(":")[0] for row in TABLE if row.target} == files
    for row in TABLE:
        expected = row.name.split()[0].replace("-", "_")
        assert row.target.split(":")[0] in (expected, f"{expected}_", "")


def test_every_list_of_commands_is_the_table():
    help = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).stdout
    for row in TABLE:
        if " " not in row.name:  # in one line each, on 80 columns
            assert re.search(rf"^  {row.name} +{re.escape(row.en)}$", help, re.M), row.name
        assert f"* `{row.name.split()[-1]}`: {row.en}\n" in PAGE
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        rows = re.findall(
            r"^\| `newsclf (.+?)` \| (.+) \|$", (ROOT / name).read_text("utf-8"), re.M
        )
        assert rows == [(row.name, getattr(row, language)) for row in TABLE if row.target]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"newsclf"}))
def test_the_options_are_those_of_the_command(name):
    section = " ".join(SECTIONS[name].split())
    assert " ".join(COMMANDS[name].help.split()) in section
    options = {option for param in COMMANDS[name].params for option in param.opts}
    written = set(re.findall(r"(?<=[`, ])--?[a-z][a-z-]*", " ".join(re.findall("`.*?`", section))))
    arguments = {o for o in options if not o.startswith("-")}
    assert written == (options - arguments) | {"--help"}
    for param in COMMANDS[name].params:
        assert " ".join((param.help or "").split()) in section
