import functools

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from newsclf import tokens
from newsclf.engine.features import BLOCKS, WORDS, FeatureSpec, Vocabulary
from newsclf.errors import InputError
from newsclf.parallel import in_parallel
from newsclf.records.article import Article
from newsclf.tagger.sklearn import BlockVectorizer
from newsclf.training import Background
from newsclf.training.background import idf_of
from newsclf.training.counting import count_documents, sparse_features


@pytest.fixture(scope="module")
def articles(written):
    return [item.article for item in written[:90]]


def test_document_frequencies_give_scikit_learns_idf(articles):
    background = Background.of(articles)
    for block, df in background.df.items():
        spec = FeatureSpec()

        def terms(article, spec=spec, block=block):
            return [
                term for text in spec.parts(article) for term in tokens.terms(text, spec, block)
            ]

        fitted = TfidfVectorizer(analyzer=terms).fit(articles)
        assert set(df) == set(fitted.vocabulary_)
        ours = idf_of(np.array([df[t] for t in fitted.get_feature_names_out()]), background.n)
        np.testing.assert_allclose(ours, fitted.idf_, rtol=1e-6)


def test_rows_are_scikit_learns_tfidf(articles):
    spec = FeatureSpec().only(WORDS)
    words = functools.partial(tokens.terms, spec=spec, block=WORDS)
    fitted = TfidfVectorizer(analyzer=words, sublinear_tf=True)
    fitted.fit([text for article in articles for text in spec.parts(article)])
    expected = BlockVectorizer(fitted, spec).transform(articles)
    vocabulary = Vocabulary({WORDS: fitted.get_feature_names_out()}, fitted.idf_)
    assert abs(sparse_features(articles, spec, vocabulary) - expected).max() < 1e-6


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_rare_terms_are_left_out_but_for_those_always_wanted(articles, block):
    spec = FeatureSpec()
    everything = count_documents(articles, spec, block)
    rare = [term for term, n in everything.items() if n < 4]
    always = [*rare[:40], *list(everything)[:40], "梦", "没有人写过的词"]
    expected = {term: n for term, n in everything.items() if n >= 4 or term in always}
    assert count_documents(articles, spec, block, least=4, always=always) == expected


def test_directions_are_orthonormal_and_the_same_every_time(articles):
    background = Background.of(articles, directions=8)
    assert background.directions.shape == (8, len(background.direction_words))
    np.testing.assert_allclose(
        background.directions @ background.directions.T, np.eye(8), atol=1e-5
    )
    again = Background.of(articles, directions=8)
    np.testing.assert_array_equal(background.directions, again.directions)
    assert background.df == again.df


def test_texts_that_go_together_share_a_direction():
    texts = ["门诊 医生", "医生 急诊"] * 30 + ["学校 教师", "教师 学生"] * 30
    background = Background.of(texts, directions=2)
    column = {word: i for i, word in enumerate(background.direction_words)}
    loading = np.abs(background.directions)
    strongest = {word: loading[:, i].argmax() for word, i in column.items()}
    assert strongest["医生"] == strongest["门诊"] == strongest["急诊"]
    assert strongest["教师"] == strongest["学校"] == strongest["学生"]
    assert strongest["医生"] != strongest["教师"]


def test_few_or_no_texts_have_no_directions():
    for texts in ([], [""], ["门诊"], [Article("a")]):
        background = Background.of(texts, directions=300)
        assert background.n == len(texts)
        assert len(background.directions) == 0


def test_one_text_is_not_many():
    with pytest.raises(InputError, match="iterable of texts"):
        Background.of("门诊")


def test_a_model_tells_the_frequencies_it_was_made_with(tagger, lines):
    recovered = Background.of_model(tagger.model)
    counted = Background.of(lines)
    assert recovered.n == counted.n == len(lines)
    for block, ours in recovered.df.items():
        assert ours == {term: counted.df[block].get(term, 0) for term in ours}


def test_tasks_come_back_in_their_order():
    tasks = [(2, n) for n in range(20)]
    assert list(in_parallel(pow, tasks, 2)) == list(in_parallel(pow, tasks, 1))
