import numpy as np
from scipy.sparse import csr_array

from newsclf.records.article import Article


def test_scores_are_the_weights_of_the_features_and_the_bias(tagger, written):
    model = tagger.model
    rows = model.features(item.article for item in written[::10])
    shape = (len(written[::10]), len(model.vocabulary))
    features = csr_array((rows.values, rows.indices, rows.indptr), shape=shape)
    expected = features @ model.weights.astype(np.float64) + model.bias
    known = np.diff(rows.indptr) > 0
    scores = model.scores(rows)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores[known], expected[known], atol=1e-5)


def test_a_row_without_features_is_minus_infinity(tagger):
    model = tagger.model
    rows = model.features([Article("a"), Article("b", paragraphs=("hello world",))])
    assert np.isneginf(model.scores(rows)).all()
    assert model.scores(rows).shape == (2, 3)


def test_scores_do_not_depend_on_the_company(tagger, written):
    model = tagger.model
    articles = [item.article for item in written[:20]]
    together = model.scores(model.features(articles))
    alone = [model.scores(model.features([article]))[0] for article in articles]
    np.testing.assert_array_equal(together, alone)


def test_the_vocabulary_is_in_order_and_the_blocks_apart(tagger):
    vocabulary = tagger.model.vocabulary
    split = len(vocabulary.words)
    for block, idf in (
        (vocabulary.words, vocabulary.idf[:split]),
        (vocabulary.chars, vocabulary.idf[split:]),
    ):
        # Common terms first, terms as common in the order of their characters.
        assert list(zip(idf, block, strict=True)) == sorted(zip(idf, block, strict=True))
    places = [*vocabulary.words.values(), *vocabulary.chars.values()]
    assert places == list(range(len(vocabulary)))
