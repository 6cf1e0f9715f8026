"""docs/cli.md says what ``--help`` says.

    python -m typer newsclf.cli utils docs --name newsclf --title "The commands" --output docs/cli.md

writes it anew.
"""

import re

import pytest
from paths import DOCS
from typer.main import get_command

from newsclf.cli import app

PAGE = (DOCS / "cli.md").read_text("utf-8")


def leaves(command, name="newsclf"):
    """Yield every command with its whole name; a group has commands and nothing else."""
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, f"{name} {part}")


COMMANDS = dict(leaves(get_command(app)))
SECTIONS = dict(re.findall(r"^##+ `(newsclf .*?)`\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S))


def test_every_command_is_on_the_page():
    assert set(SECTIONS) == set(COMMANDS) - {"newsclf"}


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
