"""How a model is trained."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsclf.engine.features import FeatureSpec

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """How a model is trained; the defaults were chosen by cross-validation (docs/model.md).

    Attributes
    ----------
    features : FeatureSpec
    min_words, min_chars : int
        In how many texts a word or character n-gram must stand, in a collection of 10,000 texts
        or more; in smaller ones proportionally fewer, but at least in one.
    min_labelled : int
        In how many labelled articles a character n-gram must stand (scaled likewise, but from 2 on
        at least in two), unless the codebook has it.
    word_weight : float
        Length of the block of words beside that of characters, as the heads see it: the smaller,
        the more the words' weights are penalised.
    codebook_weight, direction_weight : float
        How freely heads may use the similarities to the codebook, and the background's directions.
    own_weight : float
        The same for the similarity of a head to its own theme, while it has no labels; it falls
        as labels come.
    C : float
        Inverse regularisation of the heads.
    folds : int
        Folds of the inner cross-validation that calibration and thresholds come from.
    false_tags : float or None
        Largest share of articles without a theme that may be tagged (see `fit_decision`).
    seed : int
    """

    features: FeatureSpec = field(default_factory=FeatureSpec)
    min_words: int = 5
    min_chars: int = 10
    min_labelled: int = 4
    word_weight: float = 1.0
    codebook_weight: float = 3.0
    direction_weight: float = 2.0
    own_weight: float = 7.0
    C: float = 2.0
    folds: int = 5
    false_tags: float | None = 0.1
    seed: int = 0
