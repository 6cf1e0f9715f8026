"""What an engine gives: words, features and scores, counts for training, and linear heads.

An engine is a module: ``newsclf.engine.reference`` defines what is to come out, in plain Python;
``newsclf.engine.compiled`` obeys. `newsclf.engine.choice.engine` says which of them runs. Both are
given arrays and texts and know nothing of models.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import FeatureBlock, FeatureSpec, Parts, Rows, Vocabulary
from newsclf.engine.svm import FittedSvm, SvmProblem

__all__ = ["Engine", "Scorer"]


class Scorer(Protocol):
    """Features, scores and occurrences over one vocabulary."""

    def rows(self, titles: Sequence[str | None], texts: Sequence[str]) -> Rows:
        """Return the features of articles, float32; ids rise within a block."""

    def scores(self, titles: Sequence[str | None], texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the linear scores of articles, shape (n_articles, n_themes).

        An article without any feature has scores of minus infinity: nothing is known of a text
        that shares no term with the vocabulary, so no bias may speak.
        """

    def occurrences(self, title: str | None, text: str) -> NDArray[np.int32]:
        """Say where the features of an article occur.

        Returns
        -------
        int32 array of shape (n_occurrences, 4)
            Feature, part (0: title, 1: text), begin and end in characters of that part.
        """


class Engine(Protocol):
    """One way to compute words, features and scores."""

    @property
    def name(self) -> str:
        """``compiled`` or ``reference``."""

    @property
    def uses_threads(self) -> bool:
        """Whether threads can work at once, without the interpreter's lock; else processes can."""

    def cut(
        self, text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True
    ) -> list[str]:
        """Cut a text into words of jieba's dictionary and `added` ones, with their frequencies."""

    def terms(self, text: str, spec: FeatureSpec, block: FeatureBlock) -> Iterator[str]:
        """Yield the terms of one block of a text, whether a vocabulary has them or not."""

    def scorer(
        self,
        spec: FeatureSpec,
        vocabulary: Vocabulary,
        weights: NDArray[np.float16] | NDArray[np.float32] | None = None,
        bias: NDArray[np.float32] | None = None,
    ) -> Scorer:
        """Return what scores articles, or gives their features alone where there are no weights.

        Parameters
        ----------
        spec : FeatureSpec
        vocabulary : Vocabulary
        weights : array of shape (n_features, n_themes), float16 or float32, optional
        bias : array of shape (n_themes,), float32, optional

        Raises
        ------
        ModelError
            The arrays do not fit each other, or hold what cannot be used.
        """

    def count_characters(
        self, characters: frozenset[str], titles: Sequence[str | None], texts: Sequence[str]
    ) -> Sequence[int]:
        """Return how many characters of each article, title and text, are among `characters`."""

    def document_frequencies(
        self,
        articles: Iterable[Parts],
        spec: FeatureSpec,
        block: FeatureBlock,
        *,
        least: float = 1,
        always: Collection[str] = (),
        jobs: int = 1,
    ) -> dict[str, int]:
        """Count in how many articles each term of a block stands.

        Parameters
        ----------
        articles : iterable of (title, text)
        least : float
            Leave out terms that stand in fewer articles. Most character n-grams stand in one.
        always : collection of str
            But not these, where they stand in any.
        jobs : int
            Processes, where they help.
        """

    def fit_svms(self, problem: SvmProblem, jobs: int = 1) -> Iterator[FittedSvm]:
        """Fit linear SVMs, a group of them a head; yield what came of each head, in order.

        Parameters
        ----------
        problem : SvmProblem
        jobs : int
            Threads or processes; the result does not depend on it.
        """
