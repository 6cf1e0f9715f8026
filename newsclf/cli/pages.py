"""``newsclf pages``."""

from __future__ import annotations

import typer

from newsclf.cli.shared import (
    REJECTED,
    Encoding,
    Inputs,
    Output,
    RejectNotes,
    command,
    open_output,
)

__all__ = ["pages"]


@command
def pages(
    inputs: Inputs,
    output: Output = None,
    encoding: Encoding = None,
) -> None:
    """Split newspaper pages into articles, fragments, captions and headlines, as JSON lines."""
    from newsclf.batch.files import read_articles
    from newsclf.inputs import ReadOptions
    from newsclf.outputs import json_line

    notes = RejectNotes()
    reading = ReadOptions(encoding=encoding)
    with open_output(output) as stream:
        for unit in read_articles(inputs, pages=True, reading=reading, on_reject=notes):
            stream.write(json_line(unit.to_dict()))
    if notes.count:
        raise typer.Exit(REJECTED)
