"""``newsclf check-labels`` and ``newsclf codebook check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import FATAL, Labelled, command, complain, open_output

__all__ = ["check_labels", "codebook"]


@command
def check_labels(
    labelled: Labelled,
    n: Annotated[int, typer.Option("-n", min=1, help="How many articles to show at most.")] = 50,
    test: Annotated[
        list[Path] | None,
        typer.Option(metavar="LABELLED", help="Test articles: is any of them in LABELLED as well?"),
    ] = None,
    codebook: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Codebook whose themes the labels name.")
    ] = "governance",
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write everything as JSON as well.")
    ] = None,
) -> None:
    """Find labels that are likely wrong or missing, and near-duplicates with different labels."""
    from newsclf.labels.labelled import read_labelled
    from newsclf.outputs import json_line
    from newsclf.records.codebook import Codebook
    from newsclf.retraining.check_labels import check_labels as check

    themes = Codebook.load(codebook)
    items, held_out = (
        [item for path in paths for item in read_labelled(path, codebook=themes)]
        for paths in (labelled, test or ())
    )
    result = check(items, test=held_out, codebook=themes, n=n)
    if json is not None:
        with open_output(json) as stream:
            stream.write(json_line(result.to_dict()))
    with open_output(None) as stream:
        stream.write(f"{result}\n".encode("utf-8", "replace"))


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
    from newsclf.batch.files import read_articles
    from newsclf.records.codebook import Codebook
    from newsclf.retraining.check_codebook import check_codebook as check

    themes = Codebook.load(Path(file) if file.endswith(".json") else file)
    findings = check(themes, read_articles(pool) if pool else None)
    with open_output(None) as stream:
        stream.writelines(f"{finding}\n".encode("utf-8", "replace") for finding in findings)
    complain(f"{len(findings)} finding{'s' * (len(findings) != 1)} in {len(themes)} themes")
    if any(finding.serious for finding in findings):
        raise typer.Exit(FATAL)
