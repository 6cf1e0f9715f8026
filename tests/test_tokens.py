import gzip
import json
import logging

import jieba
import pytest
from chinese import texts
from hypothesis import given

from newsclf import tokens
from newsclf.engine import reference
from newsclf.text.normalization import normalize

jieba.setLogLevel(logging.WARNING)


@given(texts)
@pytest.mark.parametrize("hmm", [True, False])
def test_words_are_those_of_jieba(hmm, text):
    assert tokens.cut(text, hmm) == jieba.lcut(text, HMM=hmm)


@pytest.mark.parametrize("hmm", [True, False])
def test_words_are_those_of_jieba_on_articles(hmm, seeds, written):
    for item in [*seeds, *written[::10]]:
        text = str(item.article)
        assert tokens.cut(text, hmm) == jieba.lcut(text, HMM=hmm)


def test_words_are_those_of_jieba_on_corpora(corpora):
    for path in sorted(corpora.glob("pools/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for _, line in zip(range(25), lines, strict=False):
                text = json.loads(line)["text"][:2000]
                assert tokens.cut(text) == jieba.lcut(text)


@pytest.mark.parametrize("character", "的龘")
def test_long_runs_of_one_character_stay_words_of_one(character):
    # Too long for jieba's own search, which takes the square of the length.
    assert jieba.lcut(character * 300) == [character] * 300
    assert tokens.cut(character * 20_000) == [character] * 20_000


def test_a_long_run_without_a_known_word_is_cut_as_its_parts():
    # A run of names: no word of the dictionary, and the same state wherever the pattern returns.
    run = "俞淼淼禹鑫淼"
    few, many = tokens.cut(run * 20), tokens.cut(run * 2_000)
    assert few == jieba.lcut(run * 20)
    assert "".join(many) == run * 2_000
    assert many[: len(few) // 2] == few[: len(few) // 2]


def test_added_words_are_those_of_a_private_tokenizer():
    text = "龙港市推行亮码检查和一件事改革"
    added = (("亮码检查", 1000), ("一件事", 2000))
    private = jieba.Tokenizer()
    for word, frequency in added:
        private.add_word(word, frequency)
    assert reference.segmenter(added).words(text) == private.lcut(text)
    assert "亮码检查" in reference.segmenter(added).words(text)
    assert "亮码检查" not in tokens.cut(text)


def test_words_added_to_jieba_by_others_change_nothing(monkeypatch):
    text = "老旧小区改造提速"
    before = tokens.cut(text)
    monkeypatch.setattr(jieba.dt, "FREQ", dict(jieba.dt.FREQ))
    monkeypatch.setattr(jieba.dt, "total", jieba.dt.total)
    jieba.add_word(text)
    assert jieba.lcut(text) == [text]
    assert tokens.cut(text) == before


@given(texts)
def test_normalizing_keeps_every_place(text):
    normalized = normalize(text)
    assert len(normalized) == len(text)
    assert normalize(normalized) == normalized


def test_normalizing_makes_one_of_twins():
    assert normalize("ＡＰＰ办⽣育，５Ｇ　車") == "app办生育，5g　車"
