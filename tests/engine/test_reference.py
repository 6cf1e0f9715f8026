import functools

import numpy as np
import pytest
from chinese import texts
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from newsclf.engine import reference
from newsclf.engine.features import BLOCKS, CHARS, WORDS, FeatureSpec, Vocabulary
from newsclf.errors import InputError
from newsclf.records.article import Article
from newsclf.tagger.sklearn import BlockVectorizer
from newsclf.text.traditional import simplified

SPECS = [
    FeatureSpec(),
    FeatureSpec(word_ngrams=(1, 2), char_ngrams=(1, 2), title_share=0.5),
    FeatureSpec(word_ngrams=(2, 3), char_ngrams=(0, 0), title_share=0),
    FeatureSpec(char_ngrams=(1, 3), char_runs="any"),
    FeatureSpec(word_ngrams=(0, 0), char_ngrams=(2, 4), added_words=(("亮码检查", 1000),)),
]
IDS = ["default", "words 1-2", "words alone", "characters anywhere", "characters alone"]


def fitted(spec, articles):
    """scikit-learn's own vectorisers, fitted, and the vocabulary they found."""
    read = [part for article in articles for part in spec.parts(simplified(article))]
    found = {
        block: TfidfVectorizer(
            analyzer=functools.partial(reference.terms, spec=spec, block=block), sublinear_tf=True
        ).fit(read)
        for block in BLOCKS
        if spec.ngrams(block)[1]
    }
    terms = {block: vectorizer.get_feature_names_out() for block, vectorizer in found.items()}
    idf = np.concatenate([vectorizer.idf_ for vectorizer in found.values()])
    union = FeatureUnion(
        [(block.name, BlockVectorizer(vectorizer, spec)) for block, vectorizer in found.items()]
    )
    return union, Vocabulary(terms, idf)


def rows(articles, spec, vocabulary):
    articles = list(articles)
    scorer = reference.scorer(spec, vocabulary)
    return scorer.rows([a.title for a in articles], [a.text for a in articles])


class Both:
    """Ours and scikit-learn's features of the same articles."""

    def __init__(self, spec, articles):
        self.spec, self.articles = spec, articles
        self.sklearn, self.vocabulary = fitted(spec, articles)

    def assert_equal(self, articles):
        # The vectorisers simplify by themselves, as the tagger does before it asks the engine.
        found = rows(map(simplified, articles), self.spec, self.vocabulary)
        shape = (len(articles), len(self.vocabulary))
        ours = csr_array((found.values, found.indices, found.indptr), shape=shape)
        difference = abs(ours - self.sklearn.transform(articles))
        assert difference.max() < 1e-6


@pytest.fixture(scope="module", params=SPECS, ids=IDS)
def both(request, seeds, written):
    return Both(request.param, [item.article for item in [*seeds, *written[::8]]])


def test_features_are_those_of_scikit_learn(both):
    both.assert_equal(both.articles)


@given(texts, st.none() | texts)
def test_features_are_those_of_scikit_learn_on_any_text(both, text, title):
    mixed = Article("mixed", title, (text, both.articles[0].text[:40], text))
    both.assert_equal([mixed, Article.from_text(text)])


def terms(spec, text):
    return [list(reference.terms(text, spec, block)) for block in (WORDS, CHARS)]


def test_terms_stop_at_punctuation_and_are_normalized():
    spec = FeatureSpec(word_ngrams=(1, 2), char_ngrams=(2, 2))
    words, chars = terms(spec, "医院，学校ＡＰＰ")
    assert words == ["医院", "学校", "app", "学校 app"]
    assert chars == ["医院", "学校"]


@pytest.mark.parametrize("share", [0, 0.25])
def test_title_and_text_have_their_shares_and_one_alone_has_all(share):
    vocabulary = Vocabulary({WORDS: ["医院", "学校"]}, np.ones(2))
    spec = FeatureSpec(char_ngrams=(0, 0), title_share=share)

    def features(title, *paragraphs):
        found = rows([Article("a", title, paragraphs)], spec, vocabulary)
        return dict(zip(found.indices.tolist(), found.values.tolist(), strict=True))

    assert features("学校", "医院") == ({1: share, 0: 1 - share} if share else {0: 1})
    assert features("医院", "医院") == {0: 1}
    assert features("天气", "医院") == features(None, "医院") == {0: 1}
    assert features("医院") == features("医院", "天气") == ({0: 1} if share else {})


def test_a_block_that_is_left_out_has_no_terms():
    assert terms(FeatureSpec(char_ngrams=(0, 0)), "医院")[1] == []
    assert terms(FeatureSpec(word_ngrams=(0, 0)), "医院")[0] == []


def test_no_articles_and_no_terms_are_empty_rows():
    vocabulary = Vocabulary({WORDS: ["医院"], CHARS: ["医院"]}, np.ones(2))
    assert rows([], FeatureSpec(), vocabulary).indptr.tolist() == [0]
    found = rows([Article("a"), Article("b", paragraphs=("天气",))], FeatureSpec(), vocabulary)
    assert found.indptr.tolist() == [0, 0, 0]
    assert [array.dtype for array in found] == [np.int64, np.int32, np.float32]


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_specs_survive_json(spec):
    assert FeatureSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    "settings",
    [
        {"word_ngrams": (2, 1)},
        {"char_ngrams": (0, 3)},
        {"char_ngrams": (1, 65)},
        {"word_ngrams": (-1, 1)},
        {"char_runs": "latin"},
        {"title_share": 1},
        {"added_words": (("亮码", 0),)},
    ],
)
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        FeatureSpec(**settings)


def test_unknown_settings_are_refused():
    with pytest.raises(InputError, match="stopwords"):
        FeatureSpec.from_dict({**FeatureSpec().to_dict(), "stopwords": []})


def test_characters_anywhere_cross_punctuation_and_letters():
    spec = FeatureSpec(word_ngrams=(0, 0), char_ngrams=(2, 2), char_runs="any")
    assert terms(spec, "看5G，") == [[], ["看5", "5g", "g，"]]
