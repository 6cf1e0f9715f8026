"""What lies before a reader: the queue of articles, suggestions, evidence and progress, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from newsclf.records.article import LabelledArticle
from newsclf.records.tagging import Tagging
from newsclf.retraining.suggest import suggest
from newsclf.tagger.tagger import Tagger
from newsclf.web.agreement import agreement, load_metric, micro_f1
from newsclf.web.marks import densities, marks
from newsclf.web.store import Store

__all__ = ["Session", "SessionOptions"]

_SUGGESTED = 200
_CONSIDERED = 2000


@dataclass(frozen=True)
class SessionOptions:
    """How a session goes.

    Attributes
    ----------
    order : {"suggest", "file"}
        Most instructive first, or as the pool has them.
    blind : bool
        Nothing of the model is shown before the reader has decided.
    review : bool
        The model's tags are filled in, to be confirmed or corrected.
    """

    order: Literal["suggest", "file"] = "suggest"
    blind: bool = False
    review: bool = False


class Session:
    """Everything the page asks for; articles go by their number in the pool.

    Parameters
    ----------
    store : Store
    tagger : Tagger
        Its codebook is that of the store.
    options : SessionOptions
    other : sequence of LabelledArticle
        What another reader labelled; shown only where this reader has decided.
    """

    def __init__(
        self,
        store: Store,
        tagger: Tagger,
        options: SessionOptions | None = None,
        other: Sequence[LabelledArticle] = (),
    ) -> None:
        self.store = store
        self.tagger = tagger
        self.options = options or SessionOptions()
        self.other = {item.article.sha256: item for item in other}
        if self.other:
            load_metric()  # now, rather than while a reader waits
        self.queue = self._queue()
        self._taggings: dict[int, Tagging] = {}

    def overview(self) -> dict[str, Any]:
        """Return what stays the same while the page is open, and where each article stands."""
        return {
            "codebook": self.store.codebook.to_dict(),
            "model": f"{self.tagger.name} {self.tagger.version}",
            "output": self.store.output.name,
            "blind": self.options.blind,
            "review": self.options.review,
            "queue": self.queue,
            "states": {state: self.store.numbers(state) for state in ("open", "done", "skipped")},
        }

    def article(self, number: int) -> dict[str, Any]:
        """Return an article with the judgement on it and, where they may be seen, suggestions."""
        article = self.store.articles[number]
        judgement = self.store.judgement(number)
        record: dict[str, Any] = {
            "number": number,
            **{k: v for k, v in article.to_dict().items() if k != "spans"},
            "judgement": asdict(judgement) if judgement else None,
            "suggestion": None,
            "other": None,
        }
        if self._open_to_view(number):
            tagging = self._tagging(number)
            record["suggestion"] = {
                "themes": tagging.themes,
                "probabilities": {k: round(p, 3) for k, p in tagging.probabilities.items()},
            }
        theirs = self.other.get(article.sha256)
        if theirs and judgement and judgement.state == "done":
            record["other"] = {"labels": theirs.labels, "borderline": theirs.borderline}
        return record

    def evidence(self, number: int, theme: str) -> list[tuple[int, int, int]]:
        """Return the marks of a theme on title + newline + text; none where it must not be seen.

        The strongest mark is that of the weightiest word of the article's likeliest theme, so
        that weak evidence looks weak.
        """
        if not self._open_to_view(number):
            return []
        density, likeliest = self._density(number, theme), self._density(number, None)
        return marks(density, max(density.max(initial=0.0), likeliest.max(initial=0.0)))

    def progress(self) -> dict[str, Any]:
        """Return counts, labels a theme, and how model and other reader agree with this one."""
        done = self.store.numbers("done")
        counts = Counter(theme for n in done for theme in self.store.labelled(n).labels)
        return {
            "total": len(self.store.articles),
            "done": len(done),
            "skipped": len(self.store.numbers("skipped")),
            "themes": dict(counts),
            "model": self._model(done),
            "readers": self._readers(done) if self.other else None,
        }

    def done(self) -> list[LabelledArticle]:
        """Return what is labelled so far."""
        return [self.store.labelled(n) for n in self.store.numbers("done")]

    def _queue(self) -> list[int]:
        """Put first what was decided, in its order, then what is open."""
        store = self.store
        before = store.numbers("done", "skipped")
        rest = [n for n in range(len(store.articles)) if n not in set(before)]
        if self.options.order == "suggest" and len(rest) > 1:
            number = {store.articles[n].id: n for n in rest}
            # Of a large pool every nth article is weighed, or the page would take minutes to open.
            step = -(-len(rest) // _CONSIDERED)
            pool = [store.articles[n] for n in rest[::step]]
            chosen = suggest(self.tagger, pool, min(_SUGGESTED, len(pool)), labelled=self.done())
            first = [number[article.id] for article in chosen]
            rest = first + [n for n in rest if n not in set(first)]
        return before + rest

    def _open_to_view(self, number: int) -> bool:
        judgement = self.store.judgement(number)
        return not self.options.blind or (judgement is not None and judgement.state == "done")

    def _density(self, number: int, theme: str | None) -> NDArray[np.float64]:
        explanation = self.tagger.explain(self.store.articles[number], theme)
        return densities(explanation.evidence, len(explanation.text))

    def _tagging(self, number: int) -> Tagging:
        if number not in self._taggings:
            self._taggings[number] = self.tagger.tag(self.store.articles[number])
        return self._taggings[number]

    def _model(self, done: Sequence[int]) -> Mapping[str, Any]:
        items = [self.store.labelled(n) for n in done]
        given = [self._tagging(n).themes for n in done]
        judgements = [self.store.judgement(n) for n in done]
        return {
            "articles": len(done),
            "unseen": sum(d is not None and not d.seen for d in judgements),
            "micro_f1": micro_f1(items, given),
            "differences": [
                self._difference(n, item, themes)
                for n, item, themes in zip(done, items, given, strict=True)
                if set(themes) - set(item.borderline) != set(item.labels)
            ],
        }

    def _readers(self, done: Sequence[int]) -> Mapping[str, Any]:
        numbers = [n for n in done if self.store.articles[n].sha256 in self.other]
        pairs = [
            (self.store.labelled(n), self.other[self.store.articles[n].sha256]) for n in numbers
        ]
        return asdict(agreement(pairs)) | {
            "differences": [
                self._difference(n, mine, theirs.labels)
                for n, (mine, theirs) in zip(numbers, pairs, strict=True)
                if mine.primary != theirs.primary or set(mine.labels) != set(theirs.labels)
            ]
        }

    def _difference(
        self, number: int, mine: LabelledArticle, theirs: Sequence[str]
    ) -> dict[str, Any]:
        article = mine.article
        title = article.title or article.text.strip()[:30]
        return {"number": number, "title": title, "mine": mine.labels, "theirs": tuple(theirs)}
