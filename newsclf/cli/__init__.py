"""The command line: every command is one library call, its arguments read and its result written.

Data goes to standard output or a file, everything else to standard error. Exit codes: 0 clean,
1 fatal, 2 usage, 3 finished but some rows were rejected, 130 interrupted, 141 nobody reads on.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from newsclf._version import __version__
from newsclf.cli.commands import COMMANDS

__all__ = ["app", "main"]

_NAME = "newsclf"
# Plain help and plain errors: rich takes longer to import than the command to run.
_plain = partial(
    typer.Typer, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)


class _Commands(Mapping[str, Any]):
    """The commands of a group by name, each imported when it is asked for."""

    def __init__(self, group: str) -> None:
        names = {row.name.rpartition(" "): row for row in COMMANDS}
        self.rows = {word: row for (within, _, word), row in names.items() if within == group}

    def __getitem__(self, name: str) -> Any:
        row = self.rows[name]
        if not row.target:
            return get_group(
                _plain(
                    name=row.name,
                    short_help=row.en,
                    help=f"{row.en}.",
                    cls=_Group,
                    no_args_is_help=True,
                )
            )
        module, _, function = row.target.partition(":")
        alone = _plain()
        alone.command(name, short_help=row.en)(
            getattr(importlib.import_module(f"newsclf.cli.{module}"), function)
        )
        return get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class _Group(TyperGroup):
    """A group whose help is written from the table: no command is imported for it."""

    def __init__(self, *, name: str, **settings: Any) -> None:
        commands = _Commands("" if name == _NAME else name)
        super().__init__(name=name, **settings | {"commands": commands})

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        rows = cast(_Commands, self.commands).rows
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.en) for name, row in rows.items()])


app = _plain(
    name=_NAME,
    help="Which governance themes Chinese news articles are about, how sure, and why.",
    cls=_Group,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsclf {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    app()
