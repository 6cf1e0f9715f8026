"""The annotation tools: the one table that imports, exports, messages and help go by.

To add one, write its `Tool` in a file beside this one, and give it a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsclf.errors import InputError
from newsclf.labels.tools.argilla import ARGILLA
from newsclf.labels.tools.doccano import DOCCANO
from newsclf.labels.tools.fasttext import FASTTEXT
from newsclf.labels.tools.label_studio import FLAT, LABEL_STUDIO
from newsclf.labels.tools.prodigy import PRODIGY
from newsclf.labels.tools.records import Tool
from newsclf.labels.tools.spreadsheet import CSV

__all__ = ["FORMATS", "TOOLS", "tool_called", "tool_of"]

# Their keys are looked for in this order.
TOOLS: tuple[Tool, ...] = (LABEL_STUDIO, FLAT, PRODIGY, ARGILLA, DOCCANO, CSV, FASTTEXT)
FORMATS = tuple(tool.name for tool in TOOLS if tool.exported)


def tool_of(record: Mapping[str, Any]) -> Tool | None:
    """Tell by its keys which tool a record is from; None for the project's own form."""
    if "labels" in record:
        return None
    return next((t for t in TOOLS if any(keys <= record.keys() for keys in t.keys)), None)


def tool_called(name: str) -> Tool:
    """Return the tool that articles can be written for.

    Raises
    ------
    InputError
        None is called so; the message names them all.
    """
    for tool in TOOLS:
        if tool.name == name and tool.exported:
            return tool
    raise InputError(f"no format {name!r}: expected one of {', '.join(FORMATS)}")
