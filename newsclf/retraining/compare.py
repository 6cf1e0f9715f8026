"""Two taggers side by side: which tags change, through which words, and what it is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from newsclf.evaluation.figures import FIGURES
from newsclf.evaluation.intervals import Estimate
from newsclf.evaluation.outcomes import tags_over
from newsclf.evaluation.paired import Change, changes
from newsclf.evaluation.terminal import number, table
from newsclf.records.article import Article, LabelledArticle, heading, list_articles
from newsclf.tagger.tagger import Tagger

__all__ = ["Comparison", "Flip", "compare"]

_WORDS = 5
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Flip:
    """A tag that one of the taggers gives and the other does not.

    Attributes
    ----------
    id, title : str
    theme : str
    given : bool
        The new tagger gives it; otherwise the old one did.
    before, after : float
        Probability by the old and by the new tagger; 0 where its codebook lacks the theme.
    words : tuple of (str, float)
        The words whose share of the log-odds changed most towards the flip, and by how much.
        Empty beyond the flips that were asked to be explained, and where the words say nothing
        new: then the decision rule or another theme made the difference.
    """

    id: str
    title: str
    theme: str
    given: bool
    before: float
    after: float
    words: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What changes from one tagger to another.

    ``str(comparison)`` is a table, ``comparison.to_dict()`` JSON.

    Attributes
    ----------
    old, new : str
        Name and version.
    articles, changed : int
        Articles tagged, and how many of them get other tags.
    flips : tuple of Flip
        Largest change of probability first.
    figures : mapping of str to Change, or None
        Figures on the labelled test articles, if there were any.
    """

    old: str
    new: str
    articles: int
    changed: int
    flips: tuple[Flip, ...] = field(repr=False)
    figures: Mapping[str, Change] | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    def __str__(self) -> str:
        """Tables for a terminal: figures, themes, the first flips with their words."""
        head = f"{self.old} -> {self.new}: {self.changed} of {self.articles} articles change"
        blocks = [head]
        if self.figures is not None:
            rows = [["figure", "old", "new", "difference"]]
            for name, change in self.figures.items():
                rows.append(
                    [FIGURES[name], number(change.old), number(change.new), _signed(change)]
                )
            blocks.append(table(rows))
        if self.flips:
            gained, lost = (
                Counter(f.theme for f in self.flips if f.given is way) for way in (True, False)
            )
            rows = [["theme", "gained", "lost"]]
            rows += [[t, str(gained[t]), str(lost[t])] for t, _ in (gained + lost).most_common()]
            blocks.append(table(rows))
            blocks.append("\n".join(map(_line, self.flips[:_SHOWN])))
            if len(self.flips) > _SHOWN:
                blocks.append(f"... and {len(self.flips) - _SHOWN} more")
        return "\n\n".join(blocks)


def compare(
    old: Tagger,
    new: Tagger,
    texts: Iterable[str | Article | LabelledArticle],
    *,
    test: Sequence[LabelledArticle] = (),
    explained: int = 50,
) -> Comparison:
    """Compare two taggers.

    Parameters
    ----------
    old, new : Tagger
        Their codebooks may differ.
    texts : iterable of str, Article or LabelledArticle
        The pool on which tags are compared.
    test : sequence of LabelledArticle, optional
        Articles that neither was trained on, for figures with paired bootstrap intervals.
    explained : int
        How many flips to give words for, largest change first.

    Returns
    -------
    Comparison

    Raises
    ------
    LabelError
        A label of `test` that neither tagger knows.
    """
    articles = list_articles(texts)
    themes = tuple(dict.fromkeys((*old.codebook.ids, *new.codebook.ids)))
    before, old_tags = tags_over(old, articles, themes)
    after, new_tags = tags_over(new, articles, themes)
    differs = old_tags != new_tags
    rows, columns = np.nonzero(differs)
    order = np.argsort(-np.abs(after - before)[rows, columns], kind="stable")
    flips: list[Flip] = []
    for i, k in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        article, theme, given = articles[i], themes[k], bool(new_tags[i, k])
        words = _words(old, new, article, theme, given) if len(flips) < explained else ()
        flips.append(
            Flip(
                id=article.id,
                title=heading(article),
                theme=theme,
                given=given,
                before=float(before[i, k]),
                after=float(after[i, k]),
                words=words,
            )
        )
    return Comparison(
        f"{old.name} {old.version}",
        f"{new.name} {new.version}",
        len(articles),
        int(differs.any(axis=1).sum()),
        tuple(flips),
        changes(old, new, test) if test else None,
    )


def _words(
    old: Tagger, new: Tagger, article: Article, theme: str, given: bool
) -> tuple[tuple[str, float], ...]:
    shares: Counter[str] = Counter()
    for tagger, sign in ((old, -1.0), (new, 1.0)):
        if theme in tagger.codebook.ids:
            # Scores of two models have no common scale; log-odds have.
            slope = float(tagger.model.decision.slopes[tagger.codebook.ids.index(theme)])
            for e in tagger.explain(article, theme).evidence:
                shares[e.text] += sign * slope * e.weight  # type: ignore[assignment]
    direction = 1.0 if given else -1.0
    ranked = sorted(shares.items(), key=lambda item: -direction * item[1])[:_WORDS]
    return tuple((word, share) for word, share in ranked if direction * share > 0.01)


def _line(flip: Flip) -> str:
    sign = "+" if flip.given else "-"
    words = "  ".join(f"{word} {share:+.2f}" for word, share in flip.words)
    head = f"{sign} {flip.theme}  {flip.before:.2f} -> {flip.after:.2f}  {flip.id}  {flip.title}"
    return f"{head}\n    {words}" if words else head


def _signed(change: Change) -> str:
    d: Estimate = change.difference
    if d.value is None:
        return number(None)
    if d.low is None or d.high is None:
        return f"{d.value:+.3f}"
    return f"{d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
