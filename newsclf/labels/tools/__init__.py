"""Files of annotation tools: Label Studio, doccano, Prodigy, Argilla, and CSV and fastText.

By files alone: no tool's own library is needed.
"""

from newsclf.labels.tools.conversion import own_records
from newsclf.labels.tools.fasttext import FASTTEXT
from newsclf.labels.tools.records import Tool
from newsclf.labels.tools.spreadsheet import CSV
from newsclf.labels.tools.table import FORMATS, TOOLS, tool_of
from newsclf.labels.tools.writing import export_labelled

__all__ = [
    "CSV",
    "FASTTEXT",
    "FORMATS",
    "TOOLS",
    "Tool",
    "export_labelled",
    "own_records",
    "tool_of",
]
