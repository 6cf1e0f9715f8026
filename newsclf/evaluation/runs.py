"""Running an evaluation: a finished tagger, cross-validation, sources never seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from newsclf.errors import InputError
from newsclf.evaluation.figures import Outcome
from newsclf.evaluation.intervals import DRAWS
from newsclf.evaluation.mistakes import Mistake, worst_mistakes
from newsclf.evaluation.outcomes import outcome_of
from newsclf.evaluation.report import Report, make_report
from newsclf.evaluation.results import Overlap
from newsclf.records.article import Article, LabelledArticle
from newsclf.tagger.protocol import AnyTagger
from newsclf.training.duplicates import near_duplicates, sketched_duplicates
from newsclf.training.folds import grouped_folds, groups_of, source_of

__all__ = ["SOURCES", "Fit", "cross_validate", "evaluate", "unseen_source"]

SOURCES: Mapping[str, tuple[str, ...]] = {
    "xwlb": ("xwlb",),
    "fzwb": ("fzwb",),
    "sohu + cns": ("sohu", "cns"),
    "inews": ("inews",),
}
"""Sources left out in turn, and the prefixes of their ids."""

_MOST_PARTS = 12


Fit = Callable[[list[LabelledArticle]], AnyTagger]
By = Callable[[LabelledArticle], "str | Iterable[str]"]


def evaluate(
    tagger: AnyTagger,
    labelled: Sequence[LabelledArticle],
    *,
    training: Sequence[Article | LabelledArticle] | None = None,
    by: By = source_of,
    groups: npt.ArrayLike | None = None,
    mistakes: int = 20,
    draws: int = DRAWS,
) -> Report:
    """Measure a finished tagger on labelled articles.

    Parameters
    ----------
    tagger : Tagger
    labelled : sequence of LabelledArticle
        Articles the tagger was not trained on; the report names near-duplicates of those it was.
    training : sequence of Article or LabelledArticle, optional
        What the tagger was trained on. Without it the sketch that the model keeps is used.
    by : callable
        Gives the name of the part an article belongs to, or several names; by default its source.
        The largest 12 parts are shown, the rest together.
    groups : array of int, shape (n,), optional
        Articles resampled together for the intervals; by default `groups_of`.
    mistakes : int
        Number of worst mistakes to list.
    draws : int
        Bootstrap draws.

    Raises
    ------
    InputError
        There are no labelled articles.
    LabelError
        A label that the tagger's codebook does not hold.
    """
    labelled = _checked(labelled)
    outcome = outcome_of(tagger, labelled)
    positions = np.arange(len(labelled))
    name = getattr(tagger, "name", None)
    return make_report(
        f"Evaluation of {name}" if name else "Evaluation",
        outcome,
        ids=[item.id for item in labelled],
        groups=_groups(groups, labelled),
        parts=_parts(labelled, by),
        codebook=tagger.codebook,
        mistakes=worst_mistakes(labelled, outcome, tagger, positions.tolist(), mistakes),
        overlaps=_overlaps(labelled, training, getattr(tagger, "training_sketch", None)),
        method={"kind": "evaluation"},
        draws=draws,
    )


def cross_validate(
    labelled: Sequence[LabelledArticle],
    *,
    fit: Fit | None = None,
    folds: int = 5,
    seed: int = 0,
    groups: npt.ArrayLike | None = None,
    extra: Sequence[LabelledArticle] = (),
    by: By = source_of,
    mistakes: int = 20,
    draws: int = DRAWS,
) -> Report:
    """Train on all folds but one, tag that one, and measure all of them together.

    Folds keep groups whole and give every fold its share of every theme and source. Whatever is
    fitted (thresholds, calibration) is fitted by `fit` on the training folds alone.

    Parameters
    ----------
    labelled : sequence of LabelledArticle
    fit : callable, optional
        Takes a list of labelled articles, returns a tagger; by default `newsclf.train`.
    folds, seed : int
    groups : array of int, shape (n,), optional
        Articles kept in one fold; by default same page, same source and day, near-duplicates.
    extra : sequence of LabelledArticle, optional
        Trained on and never tested, but left out beside a test article of their group.
    by, mistakes, draws
        As for `evaluate`.

    Raises
    ------
    InputError
        No articles, or fewer groups than folds.
    """
    labelled = _checked(labelled)
    of_all = groups_of([*labelled, *extra])
    of_group = of_all[: len(labelled)] if groups is None else _groups(groups, labelled)
    fold = grouped_folds(_strata(labelled), of_group, folds, seed)
    splits = {str(f): fold == f for f in range(folds)}
    return _split_report(
        f"Cross-validation, {folds} folds",
        labelled,
        splits,
        fit=fit or _train,
        extra={name: _apart(extra, of_all, mask) for name, mask in splits.items()},
        groups=of_group,
        parts=_parts(labelled, by),
        mistakes=mistakes,
        method={"kind": "cross-validation", "folds": folds, "seed": seed},
        draws=draws,
    )


def unseen_source(
    labelled: Sequence[LabelledArticle],
    *,
    fit: Fit | None = None,
    sources: Mapping[str, Sequence[str]] = SOURCES,
    extra: Sequence[LabelledArticle] = (),
    mistakes: int = 20,
    draws: int = DRAWS,
) -> Report:
    """Train without one source, tag that source, for each source in turn.

    The figures of the whole are the average over the sources.

    Parameters
    ----------
    labelled : sequence of LabelledArticle
    fit : callable, optional
        As for `cross_validate`.
    sources : mapping of str to sequence of str
        Name of each source to leave out, and the prefixes of its ids (see `source_of`). Sources
        without an article here are passed over; articles of no source are trained on, never tested.
    extra : sequence of LabelledArticle, optional
        Trained on and never tested, but left out with their source.
    mistakes, draws
        As for `evaluate`.

    Raises
    ------
    InputError
        Fewer than two of the sources are there, so nothing is left to train on.
    """
    labelled = _checked(labelled)
    own = np.array([source_of(item) for item in labelled])
    splits = {name: np.isin(own, prefixes) for name, prefixes in sources.items()}
    splits = {name: mask for name, mask in splits.items() if mask.any()}
    if not splits or any(mask.all() for mask in splits.values()):
        raise InputError(
            f"expected articles of at least two of the sources {dict(sources)}, got "
            f"{sorted(set(own.tolist()))}; pass sources= with the prefixes of your ids"
        )
    of_all = groups_of([*labelled, *extra])
    return _split_report(
        "Sources never seen",
        labelled,
        splits,
        fit=fit or _train,
        extra={
            name: [
                item for item in _apart(extra, of_all, mask) if source_of(item) not in sources[name]
            ]
            for name, mask in splits.items()
        },
        groups=of_all[: len(labelled)],
        parts=splits,
        mistakes=mistakes,
        method={"kind": "unseen source", "sources": {k: list(sources[k]) for k in splits}},
        draws=draws,
        averaged=True,
    )


def _split_report(
    title: str,
    labelled: list[LabelledArticle],
    splits: Mapping[str, npt.NDArray[np.bool_]],
    *,
    fit: Fit,
    extra: Mapping[str, list[LabelledArticle]],
    groups: npt.NDArray[np.int64],
    parts: Mapping[str, npt.NDArray[np.bool_]],
    mistakes: int,
    method: dict[str, Any],
    draws: int,
    averaged: bool = False,
) -> Report:
    """Fit and tag each split, and report on the tested articles in their own order."""
    outcomes, found, overlaps, tested = [], list[Mistake](), list[Overlap](), []
    for name, mask in splits.items():
        rows = np.flatnonzero(mask)
        test = [labelled[i] for i in rows]
        train = [item for item, held_out in zip(labelled, mask, strict=True) if not held_out]
        train += extra[name]
        tagger = fit(train)
        outcomes.append(outcome_of(tagger, test))
        tested.append(rows)
        found += worst_mistakes(test, outcomes[-1], tagger, rows.tolist(), mistakes)
        overlaps += _overlaps(test, train, None) or ()
    order = np.argsort(np.concatenate(tested))
    kept = np.sort(np.concatenate(tested))
    return make_report(
        title,
        _joined(outcomes).rows(order),
        ids=[labelled[i].id for i in kept],
        groups=groups[kept],
        parts={name: mask[kept] for name, mask in parts.items()},
        codebook=tagger.codebook,
        mistakes=sorted(found, key=lambda m: -m.loss)[:mistakes],
        overlaps=overlaps,
        method=method,
        draws=draws,
        averaged=averaged,
    )


def _apart(
    extra: Sequence[LabelledArticle],
    of_all: npt.NDArray[np.int64],
    tested: npt.NDArray[np.bool_],
) -> list[LabelledArticle]:
    """Return the further articles that share no group with a tested one."""
    shared = np.isin(of_all[len(tested) :], of_all[: len(tested)][tested])
    return [item for item, tied in zip(extra, shared, strict=True) if not tied]


def _train(labelled: list[LabelledArticle]) -> AnyTagger:
    from newsclf.training import train

    tagger: AnyTagger = train(labelled)
    return tagger


def _checked(labelled: Sequence[LabelledArticle]) -> list[LabelledArticle]:
    labelled = list(labelled)
    if not labelled:
        raise InputError("expected labelled articles to measure on, got none")
    for item in labelled:
        if not isinstance(item, LabelledArticle):
            raise InputError(
                f"expected LabelledArticle, got {type(item).__name__}; read_labelled gives them"
            )
    return labelled


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    themes = outcomes[0].themes
    if any(o.themes != themes for o in outcomes):
        raise InputError("expected taggers of one codebook from fit, got different themes")
    arrays = (
        np.concatenate([getattr(o, name) for o in outcomes])
        for name in ("labels", "borderline", "probabilities", "tagged")
    )
    return Outcome(themes, *arrays)


def _groups(
    groups: npt.ArrayLike | None, labelled: Sequence[LabelledArticle]
) -> npt.NDArray[np.int64]:
    if groups is None:
        return groups_of(labelled)
    given = np.asarray(groups)
    if given.shape != (len(labelled),):
        raise InputError(
            f"expected one group for each of {len(labelled)} articles, got shape {given.shape}"
        )
    numbers: npt.NDArray[np.int64] = np.unique(given, return_inverse=True)[1]
    return numbers


def _strata(labelled: Sequence[LabelledArticle]) -> npt.NDArray[np.bool_]:
    """Return what folds share out evenly: themes, and sources beside them."""
    kinds = [{("theme", t) for t in x.labels} | {("source", source_of(x))} for x in labelled]
    names = sorted(set().union(*kinds))
    return np.array([[name in kind for name in names] for kind in kinds])


def _parts(labelled: Sequence[LabelledArticle], by: By) -> dict[str, npt.NDArray[np.bool_]]:
    given = [by(item) for item in labelled]
    names = [(g,) if isinstance(g, str) else tuple(g) for g in given]
    sizes = Counter(name for some in names for name in some)
    large = [name for name, _ in sizes.most_common(_MOST_PARTS)]
    parts = {name or "(none)": np.array([name in s for s in names]) for name in sorted(large)}
    if len(sizes) > len(large):
        parts["(others)"] = np.array([any(name not in large for name in s) for s in names])
    return parts if len(parts) > 1 else {}


def _overlaps(
    test: Sequence[LabelledArticle],
    training: Sequence[Article | LabelledArticle] | None,
    sketch: npt.NDArray[np.uint32] | None,
) -> list[Overlap] | None:
    if training is not None:
        pairs = near_duplicates(test, training)
        return [Overlap(test[d.first].id, training[d.second].id, d.jaccard) for d in pairs]
    if sketch is not None:
        known = sketched_duplicates(test, sketch)
        return [Overlap(test[d.first].id, f"#{d.second}", d.jaccard) for d in known]
    return None
