"""``newsclf evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import Labelled, Model, command, open_output

__all__ = ["evaluate"]


@command
def evaluate(
    labelled: Labelled,
    model: Model = "governance",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a web page as well.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as JSON as well.")
    ] = None,
) -> None:
    """Measure a model on labelled articles it was not trained on."""
    from newsclf.evaluation import evaluate as measure
    from newsclf.labels.labelled import read_labelled
    from newsclf.outputs import json_line
    from newsclf.tagger.tagger import load

    tagger = load(model)
    items = [item for path in labelled for item in read_labelled(path, codebook=tagger.codebook)]
    report = measure(tagger, items)
    if html is not None:
        with open_output(html) as stream:
            stream.write(report.to_html().encode("utf-8", "replace"))
    if json is not None:
        with open_output(json) as stream:
            stream.write(json_line(report.to_dict()))
    with open_output(None) as stream:
        stream.write(f"{report}\n".encode("utf-8", "replace"))
