"""``newsclf evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    AsJson,
    Labelled,
    Model,
    command,
    labelled_articles,
    open_output,
    write_json,
    write_text,
)

__all__ = ["evaluate"]


@command
def evaluate(
    labelled: Labelled,
    model: Model = "governance",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a web page as well.")
    ] = None,
    json: AsJson = None,
) -> None:
    """Measure a model on labelled articles it was not trained on."""
    from newsclf.evaluation import evaluate as measure
    from newsclf.tagger.tagger import load

    tagger = load(model)
    report = measure(tagger, labelled_articles(labelled, tagger.codebook))
    if html is not None:
        with open_output(html) as stream:
            stream.write(report.to_html().encode("utf-8", "replace"))
    write_json(json, report.to_dict())
    write_text(str(report))
