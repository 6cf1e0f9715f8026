"""The learning curve of one's own labels, cross-validated; run as a program, in the background."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook

if TYPE_CHECKING:
    from newsclf.tagger.tagger import Tagger

__all__ = ["FEWEST", "Point", "learning_curve"]

FEWEST = 40
_SHARES = (0.25, 0.5, 1.0)
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Micro F1 of a model trained on so many labelled articles, with its 95 % interval."""

    articles: int
    micro_f1: float | None
    low: float | None
    high: float | None


def learning_curve(labelled: Sequence[LabelledArticle], codebook: Codebook) -> list[Point]:
    """Train on a quarter, half and all of the labels, and test on articles left out.

    Every point is a five-fold cross-validation over the same articles: only the share of the
    training part that is used differs, and smaller shares lie within larger ones.

    Parameters
    ----------
    labelled : sequence of LabelledArticle
        At least `FEWEST`, or the figures say nothing.
    codebook : Codebook
    """
    from newsclf.evaluation import cross_validate
    from newsclf.training import train

    points = []
    for share in _SHARES:
        sizes: list[int] = []

        def fit(
            items: list[LabelledArticle], share: float = share, sizes: list[int] = sizes
        ) -> Tagger:
            # By hash: as good as a draw, and the same for every share.
            drawn = sorted(items, key=lambda item: hashlib.sha256(item.id.encode()).digest())
            part = drawn[: round(share * len(items))]
            sizes.append(len(part))
            return train(part, codebook=codebook)

        f1 = cross_validate(labelled, fit=fit, folds=_FOLDS, mistakes=0)["micro_f1"]
        points.append(Point(round(sum(sizes) / len(sizes)), f1.value, f1.low, f1.high))
    return points


def _main() -> None:
    request = json.load(sys.stdin)
    codebook = Codebook.from_dict(request["codebook"])
    labelled = [
        LabelledArticle(Article.from_dict(r), tuple(r["labels"]), tuple(r["borderline"]))
        for r in request["labelled"]
    ]
    json.dump([asdict(point) for point in learning_curve(labelled, codebook)], sys.stdout)


if __name__ == "__main__":
    _main()
