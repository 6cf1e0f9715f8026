"""What text without labels tells: how common each term is, and which terms go together.

Document frequencies weigh the terms. The directions are those of latent semantic analysis
(Deerwester et al., "Indexing by latent semantic analysis", 1990): the leading singular vectors of
the texts' TF-IDF. Both are linear in the features, so what a model learns by them merges into one
weight a feature and theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from newsclf.engine import choice
from newsclf.engine.features import BLOCKS, WORDS, FeatureBlock, FeatureSpec, Vocabulary
from newsclf.model.model import Model
from newsclf.records.article import Article, LabelledArticle, texts_only
from newsclf.text.traditional import all_simplified
from newsclf.training.counting import count_documents, sparse_features

__all__ = ["Background", "idf_of"]

_RARE = 5  # words in fewer texts than this have no direction worth keeping


@dataclass(frozen=True, eq=False)
class Background:
    """Statistics of unlabelled text.

    Attributes
    ----------
    n : int
        Number of texts.
    df : mapping of FeatureBlock to mapping of str to int
        In how many texts each term of a block stands.
    direction_words : tuple of str
        Words the directions are made of.
    directions : array of shape (n_directions, len(direction_words)), float32
        Orthonormal rows.
    """

    n: int = 0
    df: Mapping[FeatureBlock, Mapping[str, int]] = field(
        default_factory=lambda: {block: {} for block in BLOCKS}, repr=False
    )
    direction_words: tuple[str, ...] = field(default=(), repr=False)
    directions: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 0), np.float32), repr=False
    )

    @classmethod
    def of(
        cls,
        items: Iterable[str | Article | LabelledArticle],
        spec: FeatureSpec | None = None,
        *,
        directions: int = 0,
        jobs: int = 1,
        seed: int = 0,
    ) -> Background:
        """Gather the statistics of texts.

        Parameters
        ----------
        items : iterable of str, Article or LabelledArticle
        spec : FeatureSpec, optional
            The features of the model that will use them.
        directions : int
            How many latent directions to find, for a codebook that says little; fewer when there
            are fewer texts.
        jobs : int
            Processes to count with.
        """
        spec = spec or FeatureSpec()
        articles = all_simplified(texts_only(items), choice.engine().count_characters)
        df = {block: count_documents(articles, spec, block, jobs) for block in BLOCKS}
        common = tuple(sorted(word for word, n in df[WORDS].items() if n >= _RARE))
        found_directions = _directions(articles, common, df[WORDS], directions, seed, spec)
        return cls(len(articles), df, common, found_directions)

    @classmethod
    def of_model(cls, model: Model) -> Background:
        """Recover document frequencies from the idf of a model, for want of texts."""
        n = int(model.record.get("documents", 0))
        df = np.rint((1 + n) / np.exp(model.vocabulary.idf.astype(np.float64) - 1.0) - 1.0)
        counts = np.clip(df, 0, n).astype(int)
        vocabulary = model.vocabulary
        return cls(
            n,
            {
                block: dict(zip(vocabulary[block], counts[columns].tolist(), strict=True))
                for block, columns in vocabulary.columns.items()
            },
        )


def idf_of(df: NDArray[np.int64], n: int) -> NDArray[np.float32]:
    """Return scikit-learn's smoothed idf, ``ln((1 + n) / (1 + df)) + 1``."""
    idf: NDArray[np.float32] = (np.log((1.0 + n) / (1.0 + df)) + 1.0).astype(np.float32)
    return idf


def _directions(
    articles: Sequence[Article],
    common: tuple[str, ...],
    df: Mapping[str, int],
    n: int,
    seed: int,
    spec: FeatureSpec,
) -> NDArray[np.float32]:
    from sklearn.utils.extmath import randomized_svd

    n = min(n, len(articles) // 10, max(len(common) - 1, 0))
    if n < 1:
        return np.zeros((0, len(common)), np.float32)
    idf = idf_of(np.array([df[w] for w in common]), len(articles))
    vocabulary = Vocabulary({WORDS: common}, idf)
    matrix = sparse_features(articles, spec.only(WORDS), vocabulary).astype(np.float64)
    _, _, rows = randomized_svd(matrix, n, n_iter=3, random_state=seed)
    return np.asarray(rows, np.float32)
