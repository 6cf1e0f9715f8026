"""``newsclf summary``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import command, complain, open_output

__all__ = ["summary"]


@command
def summary(
    tagged: Annotated[
        Path, typer.Argument(metavar="TAGGED", help="What newsclf tag wrote: .jsonl .csv .parquet.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write (.csv).")
    ] = None,
    articles: Annotated[
        list[str] | None,
        typer.Option(metavar="INPUT", help="What was tagged, for dates and places; repeatable."),
    ] = None,
    places: Annotated[
        str, typer.Option(metavar="LEVEL", help="Tell places apart by province, city or county.")
    ] = "city",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the tables (.png, .svg, .pdf).")
    ] = None,
    font: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Font with Chinese characters, for --plot.")
    ] = None,
) -> None:
    """Count articles by theme and month, and by theme and place, as CSV and as a plot."""
    from newsclf.summary import summarise

    result = summarise(tagged, articles=articles, level=places)
    if plot is not None:
        result.plot(plot, font=font)
    with open_output(output) as stream:
        stream.write(result.to_csv().encode("utf-8-sig" if output else "utf-8", "replace"))
    undated = sum(count for (month, _), count in result.months.items() if not month)
    nowhere = sum(count for (place, _), count in result.places.items() if not place)
    complain(
        f"{result.articles} articles; of {result.months.total()} counts by theme, "
        f"{undated} without a month, {nowhere} without a place"
    )
