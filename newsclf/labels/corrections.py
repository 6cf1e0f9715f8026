"""Corrections of labels: by id, in a file of their own, where the labels cannot be changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from newsclf.errors import LabelError
from newsclf.labels.files import file_rows, row_id
from newsclf.records.article import LabelledArticle

__all__ = ["corrected"]


def corrected(labelled: Iterable[LabelledArticle], path: str | Path) -> list[LabelledArticle]:
    """Return labelled articles, those in a file of corrections with the labels given there.

    Parameters
    ----------
    labelled : iterable of LabelledArticle
        With their whole text. Articles that the file does not name stay as they are.
    path : str or Path
        JSON lines of stand-off labels: id, sha256, labels and borderline. Corrections of articles
        that are not among `labelled` are passed over: one file serves several sources.

    Raises
    ------
    LabelError
        The text of an article is not the one that was corrected.
    """
    found = {
        row_id(place, record): (place, record)
        for place, record, _ in file_rows(Path(path), Counter())
    }
    result = []
    for item in labelled:
        if item.id in found:
            place, record = found[item.id]
            if record["sha256"] != item.article.sha256:
                raise LabelError(
                    f"{place}: the text of {item.id!r} is not the one whose labels were corrected: "
                    f"its sha256 is {item.article.sha256}; restore the text or judge it anew"
                )
            item = replace(
                item, labels=tuple(record["labels"]), borderline=tuple(record["borderline"])
            )
        result.append(item)
    return result
