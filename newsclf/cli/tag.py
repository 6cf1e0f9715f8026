"""``newsclf tag``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    INPUT_HELP,
    REJECTED,
    Encoding,
    Jobs,
    Model,
    Pages,
    ProgressLine,
    RejectNotes,
    byte_size,
    command,
    complain,
)
from newsclf.inputs.formats import help_formats
from newsclf.outputs.formats import FORMATS

__all__ = ["tag"]

_WRITTEN = " ".join(format.suffixes[0] for format in FORMATS)


@command
def tag(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="INPUT", help=INPUT_HELP, show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT", help=f"File to write ({_WRITTEN})."),
    ] = None,
    pages: Pages = False,
    model: Model = "governance",
    jobs: Jobs = 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run that was cut off stopped.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep rows that cannot be used, and why.")
    ] = None,
    only_rejects: Annotated[
        Path | None,
        typer.Option(metavar="REJECTS", help="Tag only the rows that this rejects file names."),
    ] = None,
    per_file: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"One file for each input, in folder OUT: {', '.join(f.name for f in FORMATS)}.",
        ),
    ] = None,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Write the probability of every theme.")
    ] = False,
    max_record: Annotated[
        str, typer.Option(metavar="SIZE", help="Reject larger texts, lines and records.")
    ] = "32MiB",
    max_seconds: Annotated[
        float,
        typer.Option(metavar="S", min=0.1, help="Reject web pages and PDFs that take longer."),
    ] = 30,
    encoding: Encoding = None,
    format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help=f"Read as {help_formats()}."),
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Field or column of the text.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Field or column of the title.")
    ] = None,
    id: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Field or column of the id.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD", help="Field or column to hand on; may be repeated."),
    ] = None,
    formulas: Annotated[
        bool, typer.Option("--formulas", help="Leave CSV cells that look like formulas alone.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
) -> None:
    """Tag articles with their themes: one JSON line an article, or with --pages one a unit."""
    import gc

    from newsclf.batch.files import tag_file
    from newsclf.inputs import Fields, ReadOptions
    from newsclf.outputs import WriteOptions

    # Rows come and go in portions, and no cycles with them: looking for some at every 700 objects
    # is a tenth of the time.
    gc.set_threshold(20_000)
    if not inputs and only_rejects is None:
        raise typer.BadParameter("expected INPUT files, folders, or - for standard input")
    named = {k: (v,) for k, v in (("text", text), ("title", title), ("id", id)) if v is not None}
    line = ProgressLine(quiet=quiet)
    try:
        result = tag_file(
            inputs or (),
            output or typer.get_binary_stream("stdout"),
            model=model,
            pages=pages,
            rejects=rejects,
            only_rejects=only_rejects,
            jobs=jobs,
            resume=resume,
            reading=ReadOptions(
                encoding=encoding,
                format=format,
                fields=Fields(**named),
                keep=tuple(keep or ()),
                max_record=byte_size(max_record),
                max_seconds=max_seconds,
            ),
            writing=WriteOptions(probabilities=probabilities, per_file=per_file, formulas=formulas),
            on_reject=RejectNotes() if rejects is None else None,
            on_files=line.begin if line.shown else None,
            on_progress=line if line.shown else None,
        )
    finally:
        line.end()
    if not quiet:
        complain(str(result))
    if result.rejected:
        raise typer.Exit(REJECTED)
