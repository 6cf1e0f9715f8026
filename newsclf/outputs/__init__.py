"""Results out, and every other file the package writes: whole or not at all, by one writer.

`opening` opens a file to be written, `atomic` gives it its name, `locks` keeps other writers away.
`sinks` are the outputs of a run, with a journal where it is to go on after a kill; `formats` lists
what results are written as.
"""

from newsclf.outputs.digests import sha256_of
from newsclf.outputs.folder import FolderWriter
from newsclf.outputs.formats import FORMATS, FileFormat, WriteOptions, format_named, format_of
from newsclf.outputs.formulas import guarded, unguarded
from newsclf.outputs.journal import Progress, RunJournal
from newsclf.outputs.jsonl import json_line
from newsclf.outputs.opening import open_output, write_output
from newsclf.outputs.schema import Format, Schema, Writer
from newsclf.outputs.sinks import Sinks, open_sinks

__all__ = [
    "FORMATS",
    "FileFormat",
    "FolderWriter",
    "Format",
    "Progress",
    "RunJournal",
    "Schema",
    "Sinks",
    "WriteOptions",
    "Writer",
    "format_named",
    "format_of",
    "guarded",
    "json_line",
    "open_output",
    "open_sinks",
    "sha256_of",
    "unguarded",
    "write_output",
]
