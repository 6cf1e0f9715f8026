"""``newsclf import`` and ``newsclf export``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import command, complain

__all__ = ["export", "import_"]

Format = StrEnum("Format", ["label-studio", "doccano", "prodigy", "argilla", "csv", "fasttext"])


class Names(StrEnum):
    """What themes are called."""

    ID = "id"
    ZH = "zh"
    EN = "en"


Codebook = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="Codebook whose themes the labels name.")
]


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
    codebook: Codebook = "governance",
) -> None:
    """Read labels made in another tool, and write them as labelled articles."""
    from newsclf.labels.labelled import read_labelled, write_labelled
    from newsclf.records.codebook import Codebook as Themes

    themes = Themes.load(codebook)
    items = [item for path in inputs for item in read_labelled(path, codebook=themes)]
    write_labelled(items, output)
    complain(f"wrote {len(items)} labelled articles to {output}")


@command
def export(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Labelled articles, or a pool without labels."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="File to write.")],
    to: Annotated[Format, typer.Option(help="What the file is for.")],
    codebook: Codebook = "governance",
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
    from newsclf.records.codebook import Codebook as Themes
    from newsclf.tagger.tagger import load

    themes = Themes.load(codebook)
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
