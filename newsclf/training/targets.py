"""Labels as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from newsclf.errors import LabelError
from newsclf.records.article import LabelledArticle

__all__ = ["label_matrices"]

Bools = npt.NDArray[np.bool_]


def label_matrices(
    labelled: Sequence[LabelledArticle], themes: Sequence[str]
) -> tuple[Bools, Bools]:
    """Return labels and borderline themes as two arrays of bool, shape (n, K).

    Raises
    ------
    LabelError
        A label that is none of `themes`; the message names the article.
    """
    column = {theme: k for k, theme in enumerate(themes)}
    labels = np.zeros((len(labelled), len(column)), dtype=bool)
    borderline = np.zeros_like(labels)
    for i, item in enumerate(labelled):
        for target, given in ((labels, item.labels), (borderline, item.borderline)):
            for theme in given:
                if theme not in column:
                    raise LabelError(
                        f"article {item.id!r} has the label {theme!r}, expected one of "
                        f"{', '.join(themes)}; correct the label or use the codebook it is from"
                    )
                target[i, column[theme]] = True
    return labels, borderline
