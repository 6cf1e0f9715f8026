"""``newsclf export``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import Themes, command, complain
from newsclf.labels.tools import FORMATS

__all__ = ["export"]

Format = StrEnum("Format", list(FORMATS))  # type: ignore[misc]  # the table is the list


class Names(StrEnum):
    """What themes are called."""

    ID = "id"
    ZH = "zh"
    EN = "en"


@command
def export(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Labelled articles, or a pool without labels."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="File to write.")],
    to: Annotated[Format, typer.Option(help="What the file is for.")],
    codebook: Themes = "governance",
    names: Annotated[Names, typer.Option(help="Write themes by id, or by name.")] = Names.ID,
    suggestions: Annotated[
        str | None,
        typer.Option(metavar="NAME|PATH", help="Model that suggests themes to the reader."),
    ] = None,
) -> None:
    """Write articles for an annotation tool: labelled ones, or a pool that is to be labelled."""
    from newsclf.batch.files import read_articles
    from newsclf.labels.files import has_labels
    from newsclf.labels.labelled import read_labelled
    from newsclf.labels.tools import export_labelled
    from newsclf.records.codebook import Codebook
    from newsclf.tagger.tagger import load

    themes = Codebook.load(codebook)
    items = [
        item
        for path in inputs
        for item in (
            read_labelled(path, codebook=themes) if has_labels(path) else read_articles([str(path)])
        )
    ]
    tagger = None if suggestions is None else load(suggestions)
    export_labelled(items, output, to, codebook=themes, names=names.value, tagger=tagger)
    if to == "fasttext":
        complain("fastText's format holds no ids, dates, sources and borderline themes")
    complain(f"wrote {len(items)} articles to {output}")
