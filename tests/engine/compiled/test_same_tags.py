"""A tagger says the same by either engine."""

import contextlib
import itertools
import pickle
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from any_text import COMMON, ODD, corpus_texts, random_texts
from hypothesis import given
from hypothesis import strategies as st

import newsclf
from newsclf.engine import choice
from newsclf.engine.features import BLOCKS
from newsclf.errors import InputError
from newsclf.records.article import Article, LabelledArticle
from newsclf.tagger.tagger import Tagger

THEMES = newsclf.Codebook.load("governance")


@pytest.fixture(scope="module")
def labelled(dictionary_words: list[str]) -> list[LabelledArticle]:
    """Articles made of a theme's own words and of chance."""
    chance = itertools.cycle(random_texts(50, 2, dictionary_words))
    made = []
    for theme in THEMES:
        for i in range(4):
            text = f"{theme.scope_zh}{next(chance)}\n{theme.keywords[i].text}，{next(chance)}"
            article = Article(f"{theme.id}-{i}", title=theme.name_zh, paragraphs=(text,))
            made.append(LabelledArticle(article, labels=(theme.id,)))
    return made


@pytest.fixture(scope="module")
def tagger(labelled: list[LabelledArticle]) -> Tagger:
    return newsclf.train(labelled, background=[item.article for item in labelled])


@contextlib.contextmanager
def engine(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCLF_ENGINE", name)
        assert choice.name() == name
        yield


def by(name: str, tagger: Tagger) -> Tagger:
    """Return the tagger on an engine."""
    with engine(name):
        return Tagger(replace(tagger.model, engine=choice.engine()))


def test_either_engine_trains_nearly_the_same_model(
    tagger: Tagger, labelled: list[LabelledArticle]
) -> None:
    background = [item.article for item in labelled]
    with engine("reference"):
        other = newsclf.train(labelled, background=background)
    for block in BLOCKS:
        assert list(other.model.vocabulary[block]) == list(tagger.model.vocabulary[block])
    # Both stop within the same distance of one optimum, at different places; weights are halves.
    ours, theirs = (t.model.weights.astype(np.float64) for t in (tagger, other))
    np.testing.assert_allclose(theirs, ours, rtol=2e-3, atol=1e-3)
    np.testing.assert_allclose(other.model.decision.slopes, tagger.model.decision.slopes, rtol=1e-2)
    np.testing.assert_allclose(other.scores(labelled), tagger.scores(labelled), atol=2e-3)


def assert_same(tagger: Tagger, texts: list[str]) -> None:
    compiled = by("compiled", tagger).probabilities(texts)
    reference = by("reference", tagger).probabilities(texts)
    np.testing.assert_allclose(compiled, reference, rtol=0, atol=1e-5)
    near = np.abs(reference - tagger.model.decision.thresholds) < 1e-5
    differ = tagger.decide(compiled) != tagger.decide(reference)
    assert not (differ & ~near.any(axis=1, keepdims=True)).any()


def test_probabilities(tagger: Tagger, labelled: list[LabelledArticle]) -> None:
    assert_same(tagger, [str(item.article) for item in labelled])


@pytest.mark.parametrize("name", ["governance", "governance-open"])
def test_shipped_models_on_corpora(name: str) -> None:
    assert_same(newsclf.load(name), corpus_texts())


@given(
    st.lists(st.text(st.sampled_from(COMMON + ODD + "住房教育医疗這個們")) | st.text(), max_size=3)
)
def test_probabilities_of_any_text(tagger: Tagger, texts: list[str]) -> None:
    assert_same(tagger, texts)


def test_explanations(tagger: Tagger, labelled: list[LabelledArticle]) -> None:
    taggers = by("compiled", tagger), by("reference", tagger)
    for item in labelled[::7]:
        compiled, reference = (tagger.explain(str(item.article)) for tagger in taggers)
        assert compiled.theme == reference.theme
        assert [(e.start, e.end) for e in compiled.evidence] == [
            (e.start, e.end) for e in reference.evidence
        ]
        np.testing.assert_allclose(
            [e.weight for e in compiled.evidence], [e.weight for e in reference.evidence], atol=1e-9
        )


def test_threads_keep_order_and_read_no_further_than_needed(tagger: Tagger) -> None:
    taken = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        for taken in itertools.count(1):
            yield f"{'住房保障' * (taken % 7)}和教育{taken}"

    some = list(itertools.islice(tagger.tag_many(endless(), jobs=2), 2000))
    assert taken < 2000 + 10 * 1024
    alone = list(itertools.islice(tagger.tag_many(endless()), 2000))
    assert some == alone
    with pytest.raises(InputError):
        list(tagger.tag_many(["教育", None], jobs=2))  # type: ignore[list-item]


def test_a_tagger_travels(tagger: Tagger) -> None:
    tagger.tag("教育")
    other = pickle.loads(pickle.dumps(tagger))
    np.testing.assert_array_equal(other.probabilities(["教育"]), tagger.probabilities(["教育"]))
