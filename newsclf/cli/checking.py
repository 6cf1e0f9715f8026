"""``newsclf codebook check``: what is wrong with the codebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import FATAL, command, complain, open_output

__all__ = ["codebook"]

codebook = typer.Typer(help="Look at a codebook of your own.", rich_markup_mode=None)


@codebook.callback()
def _codebook() -> None:
    pass


@codebook.command("check")
@command
def check_codebook(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Codebook (JSON), or the name of a packaged one.")
    ],
    pool: Annotated[
        list[str] | None,
        typer.Option(metavar="POOL", help="Texts it is for: which keywords do they have?"),
    ] = None,
) -> None:
    """Find themes that overlap, are never seen, or contradict each other (exit code 1)."""
    from newsclf.batch import read_articles
    from newsclf.codebook import Codebook
    from newsclf.codebookcheck import check_codebook as check

    themes = Codebook.load(Path(file) if file.endswith(".json") else file)
    findings = check(themes, read_articles(pool) if pool else None)
    with open_output(None) as stream:
        stream.writelines(f"{finding}\n".encode("utf-8", "replace") for finding in findings)
    complain(f"{len(findings)} finding{'s' * (len(findings) != 1)} in {len(themes)} themes")
    if any(finding.serious for finding in findings):
        raise typer.Exit(FATAL)
