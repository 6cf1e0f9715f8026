"""``newsclf check-labels``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    AsJson,
    Labelled,
    Themes,
    command,
    labelled_articles,
    write_json,
    write_text,
)

__all__ = ["check_labels"]


@command
def check_labels(
    labelled: Labelled,
    n: Annotated[int, typer.Option("-n", min=1, help="How many articles to show at most.")] = 50,
    test: Annotated[
        list[Path] | None,
        typer.Option(metavar="LABELLED", help="Test articles: is any of them in LABELLED as well?"),
    ] = None,
    codebook: Themes = "governance",
    json: AsJson = None,
) -> None:
    """Find labels that are likely wrong or missing, and near-duplicates with different labels."""
    from newsclf.records.codebook import Codebook
    from newsclf.retraining.check_labels import check_labels as check

    themes = Codebook.load(codebook)
    items, held_out = (labelled_articles(paths, themes) for paths in (labelled, test))
    result = check(items, test=held_out, codebook=themes, n=n)
    write_json(json, result.to_dict())
    write_text(str(result))
