"""Evidence for every kind of feature; test_tagger.py has what `explain` promises."""

from dataclasses import replace

import numpy as np
import pytest

from newsclf.engine.features import CHARS, WORDS, FeatureSpec, Vocabulary
from newsclf.records.article import Article
from newsclf.tagger.tagger import Tagger


def tagger_of(tagger, spec, terms, weights):
    """The tiny tagger with features and weights of the test's choosing."""
    words, chars = terms
    n = len(words) + len(chars)
    return Tagger(
        replace(
            tagger.model,
            spec=spec,
            vocabulary=Vocabulary({WORDS: words, CHARS: chars}, np.ones(n, np.float32)),
            weights=np.array([[w, 0, 0] for w in weights], np.float16),
            bias=np.array([0.25, 0, 0], np.float32),
        )
    )


def weights(explanation):
    return {e.text: round(e.weight, 6) for e in explanation.evidence}


def test_a_word_gets_the_weight_of_its_feature(tagger):
    one = tagger_of(tagger, FeatureSpec(char_ngrams=(0, 0)), (["医院"], []), [2.0])
    explanation = one.explain("医院，学校", "health")
    assert weights(explanation) == {"医院": 2.0}
    assert (explanation.score, explanation.rest) == (2.25, 0.25)


def test_occurrences_share_a_weight_and_the_title_takes_its_part(tagger):
    spec = FeatureSpec(char_ngrams=(0, 0), title_share=0.75)
    one = tagger_of(tagger, spec, (["医院"], []), [2.0])
    found = one.explain(Article("a", "医院", ("医院",)), "health").evidence
    assert [(e.start, e.weight) for e in found] == [
        (0, pytest.approx(1.5)),
        (3, pytest.approx(0.5)),
    ]


def test_an_ngram_is_shared_among_its_characters(tagger):
    spec = FeatureSpec(word_ngrams=(0, 0), char_ngrams=(3, 3))
    one = tagger_of(tagger, spec, ([], ["医院门"]), [3.0])
    assert weights(one.explain("医院门诊", "health")) == {"医院": 2.0, "门诊": 1.0}


def test_an_ngram_across_the_text_is_found_where_it_stands(tagger):
    spec = FeatureSpec(word_ngrams=(0, 0), char_ngrams=(2, 2), char_runs="any")
    one = tagger_of(tagger, spec, ([], ["5g"]), [3.0])
    assert [(e.start, e.text) for e in one.explain("看5G，", "health").evidence] == [(1, "5G")]


def test_two_words_of_a_pair_share_and_punctuation_parts_them(tagger):
    spec = FeatureSpec(word_ngrams=(2, 2), char_ngrams=(0, 0))
    one = tagger_of(tagger, spec, (["医院 学校"], []), [2.0])
    assert weights(one.explain("医院学校", "health")) == {"医院": 1.0, "学校": 1.0}
    assert one.explain("医院，学校", "health").score == -np.inf


def test_what_speaks_against_a_theme_is_negative(tagger):
    one = tagger_of(tagger, FeatureSpec(char_ngrams=(0, 0)), (["医院", "学校"], []), [3.0, -4.0])
    explanation = one.explain("医院学校", "health")
    assert weights(explanation) == pytest.approx(
        {"医院": 3 / 2**0.5, "学校": -4 / 2**0.5}, abs=1e-5
    )
    assert explanation.top(1)[0][0] == "医院"


def test_a_title_that_counts_nothing_has_no_evidence(tagger):
    spec = FeatureSpec(char_ngrams=(0, 0), title_share=0)
    one = tagger_of(tagger, spec, (["医院"], []), [2.0])
    explanation = one.explain("医院\n医院到了", "health")
    assert [(e.start, e.weight) for e in explanation.evidence] == [(3, 2.0)]
    assert one.explain("医院\n天气", "health").score == -np.inf
