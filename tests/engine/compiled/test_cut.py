"""The compiled segmentation against jieba itself."""

import random
from collections.abc import Iterator

import jieba
import pytest
from any_text import COMMON, ODD, corpus_texts, random_texts
from hypothesis import given
from hypothesis import strategies as st
from jieba import finalseg

from newsclf import tokens
from newsclf.engine import compiled, reference
from newsclf.engine.segmenter import Segmenter


def cut(text: str, hmm: bool) -> list[str]:
    return compiled.cut(text, hmm=hmm)


@pytest.mark.parametrize("hmm", [True, False])
def test_equals_jieba_on_corpora(hmm: bool) -> None:
    for text in corpus_texts():
        assert cut(text, hmm) == reference.cut(text, hmm=hmm)


@pytest.mark.parametrize("hmm", [True, False])
def test_equals_jieba_on_random_texts(hmm: bool, dictionary_words: list[str]) -> None:
    for text in random_texts(100_000, 20, dictionary_words):
        assert cut(text, hmm) == reference.cut(text, hmm=hmm), ascii(text)


@given(st.text(alphabet=st.sampled_from(COMMON + ODD)) | st.text(), st.booleans())
def test_equals_jieba_and_loses_nothing(text: str, hmm: bool) -> None:
    words = cut(text, hmm)
    assert words == jieba.lcut(text, HMM=hmm)
    assert "".join(words) == text


@pytest.fixture
def no_forced_splits() -> Iterator[None]:
    """Undo what a frequency of 0 does to every jieba of the process."""
    yield
    finalseg.Force_Split_Words.clear()


@pytest.mark.usefixtures("no_forced_splits")
def test_added_words_act_as_in_a_private_jieba(dictionary_words: list[str]) -> None:
    rng = random.Random(3)
    added = []
    for _ in range(300):
        word = rng.choice(dictionary_words)
        word = rng.choice(
            [word, word[:2] + rng.choice(dictionary_words), word + "化", "A" + word, "é" + word, ""]
        )
        added.append((word, rng.choice([0, 1, 3, 500, 10**5, 10**9])))
    added += [("的", 0), ("中国", 0), ("人", 10**9), ("一" * 40, 5), ("-", 7)]
    private, ours = Segmenter(added), compiled.cutter(tuple(added))
    pieces = [w for w, _ in added] + dictionary_words[:300] + ["一" * 41, "，"]
    for _ in range(5_000):
        text = "".join(rng.choice(pieces) for _ in range(rng.randrange(9)))
        for hmm in (True, False):
            assert ours.cut(text, hmm) == private.words(text, hmm), ascii(text)


def test_added_words_stay_with_their_cutter() -> None:
    before = cut("新质生产力", True)
    assert compiled.cut("新质生产力", (("新质生产力", 1000),)) == ["新质生产力"]
    assert cut("新质生产力", True) == before != ["新质生产力"]


def test_words_come_from_the_engine_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the other engine was asked")

    monkeypatch.setenv("NEWSCLF_ENGINE", "reference")
    monkeypatch.setattr(compiled, "cut", refuse)
    assert tokens.cut("优化政务服务") == ["优化", "政务", "服务"]
    monkeypatch.undo()
    monkeypatch.setenv("NEWSCLF_ENGINE", "compiled")
    monkeypatch.setattr(reference, "cut", refuse)
    assert tokens.cut("优化政务服务") == ["优化", "政务", "服务"]
