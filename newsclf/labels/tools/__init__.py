"""Files of annotation tools: Label Studio, doccano, Prodigy, Argilla, and CSV and fastText.

By files alone: no tool's own library is needed.
"""

from newsclf.labels.tools.reading import TOOLS, fasttext_records, own_records, tool_of
from newsclf.labels.tools.records import Tool
from newsclf.labels.tools.writing import FORMATS, export_labelled
from newsclf.outputs import unguarded

__all__ = [
    "FORMATS",
    "TOOLS",
    "Tool",
    "export_labelled",
    "fasttext_records",
    "own_records",
    "tool_of",
    "unguarded",
]
