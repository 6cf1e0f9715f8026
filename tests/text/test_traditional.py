import sys
import warnings

import pytest
from chinese import texts
from hypothesis import given
from hypothesis import strategies as st

from newsclf.records.article import Article
from newsclf.text import traditional

SIMPLIFIED = "县医院门诊开诊\n医生为老人体检，过后发给每家一份报告。"
TRADITIONAL = "縣醫院門診開診\n醫生為老人體檢，過後發給每家一份報告。"


@pytest.fixture
def fresh():
    """Nothing remembered of opencc and of warnings, before and after."""
    traditional._converter.cache_clear()
    traditional._warn_once.cache_clear()
    yield
    traditional._converter.cache_clear()
    traditional._warn_once.cache_clear()


@pytest.fixture
def without_opencc(fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "opencc", None)


@pytest.fixture
def with_opencc(fresh):
    pytest.importorskip("opencc", reason="the hant extra is not installed")


def test_both_scripts_score_the_same(tagger, with_opencc):
    assert tagger.scores([TRADITIONAL]).tolist() == tagger.scores([SIMPLIFIED]).tolist()
    assert tagger.tag(TRADITIONAL).themes == ("health",)


def test_results_speak_of_the_text_as_it_came(tagger, with_opencc):
    assert tagger.tag(TRADITIONAL).title == "縣醫院門診開診"
    explanation = tagger.explain(TRADITIONAL)
    assert explanation.text == TRADITIONAL
    assert {"門診", "醫生"} <= {e.text for e in explanation.evidence}
    assert all(TRADITIONAL[e.start : e.end] == e.text for e in explanation.evidence)


def test_title_and_text_are_judged_as_one(with_opencc):
    article = traditional.simplified(Article("a", "醫院", ("醫生為學生體檢，過後發給學校報告。",)))
    assert (article.title, article.text) == ("医院", "医生为学生体检，过后发给学校报告。")


def test_simplified_text_is_left_alone(with_opencc):
    # 后 and 发 would be other characters if a converter ran over them the wrong way.
    article = Article.from_text(SIMPLIFIED)
    assert traditional.simplified(article) is article
    few = Article.from_text("他在「來來」飯店吃飯，" + "天气晴朗，" * 40)
    assert traditional.simplified(few) is few


@given(texts, st.none() | texts)
def test_conversion_keeps_every_place(text, title):
    pytest.importorskip("opencc", reason="the hant extra is not installed")
    article = Article("a", title, (TRADITIONAL + text, text))
    converted = traditional.simplified(article)
    assert len(converted.text) == len(article.text)
    assert [c == "\n" for c in converted.text] == [c == "\n" for c in article.text]
    assert len(converted.title or "") == len(title or "")


@given(st.lists(st.tuples(st.none() | texts, texts | st.text("這個們來a\U0002a6d6")), max_size=4))
def test_the_kernel_counts_traditional_characters(parts):
    pytest.importorskip("newsclf.engine.kernel.arrays", reason="no compiled engine")
    from newsclf.engine import compiled

    marked = traditional._ONLY_TRADITIONAL
    titles, bodies = [title for title, _ in parts], [text for _, text in parts]
    expected = traditional.count_characters(marked, titles, bodies)
    assert expected == [sum(c in marked for c in f"{title or ''}{text}") for title, text in parts]
    assert compiled.count_characters(marked, titles, bodies) == expected


def test_long_texts_are_converted_in_pieces_that_end_with_punctuation(fresh, monkeypatch):
    seen = []

    class Noting:
        def convert(self, text):
            seen.append(text)
            return text

    monkeypatch.setattr(traditional, "_converter", Noting)
    text = "縣醫院，" * 700 + "門診開" * 700
    traditional.simplified(Article("a", None, (text,)))
    assert "".join(seen) == text
    assert max(map(len, seen)) == 1000
    assert [piece[-1] for piece in seen[:2]] == ["，", "，"]


def test_conversion_in_pieces_changes_nothing(fresh):
    opencc = pytest.importorskip("opencc", reason="the hant extra is not installed")
    text = "".join(f"{TRADITIONAL}第{i}回，乾隆年間頭髮皇后後來發現，" for i in range(200))
    expected = opencc.OpenCC("t2s").convert(text)
    assert len(expected) == len(text)
    assert traditional.simplified(Article("a", None, tuple(text.split("\n")))).text == expected


class Odd:
    """A converter that changes lengths, and like opencc's takes no lone surrogates."""

    def convert(self, text):
        text.encode("utf-8")
        return text.replace("門診", "急诊部").replace("醫", "医")


def test_a_phrase_that_changes_its_length_is_converted_by_characters(fresh, monkeypatch):
    monkeypatch.setattr(traditional, "_converter", Odd)
    text = TRADITIONAL.partition("\n")[2]
    assert traditional.simplified(Article("a", None, (f"門診{text}\ud800醫",))).text == (
        f"門診{text}\ud800醫".replace("醫", "医")
    )


def test_without_opencc_there_is_one_warning_and_text_is_tagged_as_it_is(tagger, without_opencc):
    with pytest.warns(UserWarning, match=r"newsclf\[hant\]") as caught:
        tagger.tag(TRADITIONAL)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tagger.tag(TRADITIONAL).title == "縣醫院門診開診"
        tagger.explain(TRADITIONAL)


def test_without_opencc_simplified_text_brings_no_warning(tagger, without_opencc):
    assert tagger.tag(SIMPLIFIED).themes == ("health",)
