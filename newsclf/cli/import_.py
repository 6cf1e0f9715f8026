"""``newsclf import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import Themes, command, complain, labelled_articles

__all__ = ["import_"]


@command
def import_(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Exports of Label Studio, doccano, Prodigy, Argilla; .csv; .txt for fastText.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="File to write (.jsonl).")
    ],
    codebook: Themes = "governance",
) -> None:
    """Read labels made in another tool, and write them as labelled articles."""
    from newsclf.labels.labelled import write_labelled
    from newsclf.records.codebook import Codebook

    items = labelled_articles(inputs, Codebook.load(codebook))
    write_labelled(items, output)
    complain(f"wrote {len(items)} labelled articles to {output}")
