import pickle

import numpy as np
import pytest
from scipy.sparse import csr_array

from newsclf.engine import choice, reference
from newsclf.engine.features import BLOCKS
from newsclf.model.model import Model
from newsclf.records.article import Article


def test_scores_are_the_weights_of_the_features_and_the_bias(tagger, written):
    model = tagger.model
    articles = [item.article for item in written[::10]]
    rows = model.features(articles)
    shape = (len(articles), len(model.vocabulary))
    features = csr_array((rows.values, rows.indices, rows.indptr), shape=shape)
    expected = features @ model.weights.astype(np.float64) + model.bias
    known = np.diff(rows.indptr) > 0
    scores = model.scores(articles)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores[known], expected[known], atol=1e-5)


def test_a_text_without_features_is_minus_infinity(tagger):
    scores = tagger.model.scores([Article("a"), Article("b", paragraphs=("hello world",))])
    assert np.isneginf(scores).all()
    assert scores.shape == (2, 3)


def test_scores_do_not_depend_on_the_company(tagger, written):
    model = tagger.model
    articles = [item.article for item in written[:20]]
    together = model.scores(articles)
    alone = [model.scores([article])[0] for article in articles]
    np.testing.assert_array_equal(together, alone)


def test_the_vocabulary_is_in_order_and_the_blocks_apart(tagger):
    vocabulary = tagger.model.vocabulary
    places = []
    for block in BLOCKS:
        terms, idf = vocabulary[block], vocabulary.idf[vocabulary.columns[block]]
        # Common terms first, terms as common in the order of their characters.
        assert list(zip(idf, terms, strict=True)) == sorted(zip(idf, terms, strict=True))
        places += terms.values()
    assert places == list(range(len(vocabulary)))


def test_a_model_has_no_positional_arguments(tagger):
    with pytest.raises(TypeError, match="positional"):
        Model(tagger.model.name, tagger.model.version)


def test_a_loaded_model_keeps_its_engine(model_folder, monkeypatch):
    before = Model.load(model_folder)
    monkeypatch.setenv("NEWSCLF_ENGINE", "reference")
    assert before.engine is not reference or choice.name() == "reference"
    article = Article("a", paragraphs=("门诊和学校",))
    scores = before.scores([article])
    after = Model.load(model_folder)
    assert after.engine is reference
    np.testing.assert_allclose(after.scores([article]), scores, atol=1e-5)


def test_a_model_that_travels_asks_where_it_arrives(tagger, monkeypatch):
    article = Article("a", paragraphs=("门诊和学校",))
    scores = tagger.model.scores([article])
    sent = pickle.dumps(tagger.model)
    monkeypatch.setenv("NEWSCLF_ENGINE", "reference")
    arrived = pickle.loads(sent)
    assert arrived.engine is reference
    np.testing.assert_allclose(arrived.scores([article]), scores, atol=1e-5)
