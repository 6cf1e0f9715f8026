"""Results out: JSON lines, CSV or Parquet, in the order of the rows they came from."""

from newsclf.outputs.folder import FolderWriter
from newsclf.outputs.journal import Journal, Progress, sha256_of
from newsclf.outputs.sinks import Sinks, open_sinks
from newsclf.outputs.writers import Format, Layout, Writer, format_for, json_line

__all__ = [
    "FolderWriter",
    "Format",
    "Journal",
    "Layout",
    "Progress",
    "Sinks",
    "Writer",
    "format_for",
    "json_line",
    "open_sinks",
    "sha256_of",
]
