"""Terms of many articles: in how many of them each stands, and articles as sparse rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from newsclf.engine import choice
from newsclf.engine.features import CHUNK, FeatureBlock, FeatureSpec, Rows, Vocabulary
from newsclf.parallel import chunks, in_parallel
from newsclf.records.article import Article

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["count_documents", "sparse_features"]


def count_documents(
    articles: Sequence[Article],
    spec: FeatureSpec,
    block: FeatureBlock,
    jobs: int = 1,
    *,
    least: float = 1,
    always: Collection[str] = (),
) -> dict[str, int]:
    """Count in how many articles each term of a block stands.

    Parameters
    ----------
    articles : sequence of Article
    spec : FeatureSpec
    block : FeatureBlock
    jobs : int
        Processes, with the reference engine.
    least : float
        Leave out terms that stand in fewer articles. Most character n-grams stand in one.
    always : collection of str
        But not these, where they stand in any.
    """
    parts = map(spec.parts, articles)
    return choice.engine().document_frequencies(
        parts, spec, block, least=least, always=always, jobs=jobs
    )


def sparse_features(
    articles: Sequence[Article], spec: FeatureSpec, vocabulary: Vocabulary, jobs: int = 1
) -> csr_array:
    """Return the features of articles, float32, shape (n_articles, n_features)."""
    from scipy.sparse import csr_array, get_index_dtype

    engine = choice.engine()
    scorer = engine.scorer(spec, vocabulary)
    tasks = (([a.title for a in some], [a.text for a in some]) for some in chunks(articles, CHUNK))
    rows = Rows.stack(in_parallel(scorer.rows, tasks, jobs, threads=engine.uses_threads))
    # liblinear takes 32-bit indices only.
    ends = rows.indptr.astype(get_index_dtype(maxval=len(rows.values)))
    shape = len(articles), len(vocabulary)
    return csr_array((rows.values, rows.indices, ends), shape=shape)
