"""The command line: every command is one library call, its arguments read and its result written.

Data goes to standard output or a file, everything else to standard error. Exit codes: 0 clean,
1 fatal, 2 usage, 3 finished but some rows were rejected, 130 interrupted, 141 nobody reads on.
"""

from __future__ import annotations

from typing import Annotated

import typer

from newsclf._version import __version__
from newsclf.cli import (
    checking,
    comparing,
    evaluating,
    exchanging,
    labelling,
    models,
    reading,
    retraining,
    summing,
    tagging,
    training,
)

__all__ = ["app", "main"]

app = typer.Typer(
    name="newsclf",
    help="Which governance themes Chinese news articles are about, how sure, and why.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help and plain errors: rich takes longer to import than the command to run.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
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


app.command()(tagging.tag)
app.command()(reading.pages)
app.command()(tagging.explain)
app.command()(summing.summary)
app.command()(training.train)
app.command()(evaluating.evaluate)
app.command()(retraining.adapt)
app.command()(retraining.suggest)
app.command()(labelling.label)
app.command()(comparing.compare)
app.command()(checking.check_labels)
app.add_typer(checking.codebook, name="codebook")
app.command("import")(exchanging.import_)
app.command("export")(exchanging.export)
app.command()(models.models)


def main() -> None:
    """Run the command line."""
    app()
