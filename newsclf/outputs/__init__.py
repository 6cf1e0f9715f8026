"""Results out: JSON lines, CSV or Parquet, in the order of the rows they came from."""

from newsclf.outputs.folder import FolderWriter
from newsclf.outputs.journal import Journal, Progress, sha256_of
from newsclf.outputs.sinks import Sinks, open_sinks
from newsclf.outputs.writers import Layout, Writer, json_line, writer_for

__all__ = [
    "FolderWriter",
    "Journal",
    "Layout",
    "Progress",
    "Sinks",
    "Writer",
    "json_line",
    "open_sinks",
    "sha256_of",
    "writer_for",
]
