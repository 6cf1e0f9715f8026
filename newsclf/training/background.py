"""What text without labels tells: how common each term is, and which terms go together.

Document frequencies weigh the terms. The directions are those of latent semantic analysis
(Deerwester et al., "Indexing by latent semantic analysis", 1990): the leading singular vectors of
the texts' TF-IDF. Both are linear in the features, so a model trained with them merges
into one weight a feature and theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import FeatureSpec, Vocabulary
from newsclf.model.model import Model
from newsclf.records.article import Article, LabelledArticle, list_articles
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
    word_df, char_df : mapping of str to int
        In how many texts a term stands.
    direction_words : tuple of str
        Words the directions are made of.
    directions : array of shape (n_directions, len(direction_words)), float32
        Orthonormal rows.
    """

    n: int = 0
    word_df: Mapping[str, int] = field(default_factory=dict, repr=False)
    char_df: Mapping[str, int] = field(default_factory=dict, repr=False)
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
        articles = all_simplified(list_articles(items))
        word_df = count_documents(articles, spec, "words", jobs)
        char_df = count_documents(articles, spec, "chars", jobs)
        common = tuple(sorted(w for w, df in word_df.items() if df >= _RARE))
        found_directions = _directions(articles, common, word_df, directions, seed, spec)
        return cls(len(articles), word_df, char_df, common, found_directions)

    @classmethod
    def of_model(cls, model: Model) -> Background:
        """Recover document frequencies from the idf of a model, for want of texts."""
        n = int(model.record.get("documents", 0))
        df = np.rint((1 + n) / np.exp(model.vocabulary.idf.astype(np.float64) - 1.0) - 1.0)
        counts = np.clip(df, 0, n).astype(int).tolist()
        split = len(model.vocabulary.words)
        return cls(
            n,
            dict(zip(model.vocabulary.words, counts[:split], strict=True)),
            dict(zip(model.vocabulary.chars, counts[split:], strict=True)),
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
    words_alone = replace(spec, char_ngrams=(0, 0))
    matrix = sparse_features(articles, words_alone, Vocabulary(common, [], idf)).astype(np.float64)
    _, _, rows = randomized_svd(matrix, n, n_iter=3, random_state=seed)
    return np.asarray(rows, np.float32)
