"""Whatever the text: nothing raises, nothing is lost, nothing is changed."""

import random
from collections import defaultdict

import pytest
from generator import LEVELS, load_sources, make_page
from hypothesis import example, given
from hypothesis import strategies as st
from paths import SEEDS

from newsclf.pages import read_page

WRITTEN = sorted((SEEDS / "written").glob("*.jsonl"))
SOURCES = load_sources(WRITTEN)


def check(page):
    """Every character that is not white space lies in one span; paragraphs are the dump's text."""
    text = page.text
    spans = sorted((s.start, s.end) for a in page.articles for s in a.spans)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()
    for article in page.articles:
        told = defaultdict(str)
        for span in article.spans:
            if span.role == "body" or (span.role == "caption" and article.type == "caption"):
                told[span.paragraph] += text[span.start : span.end]
        assert tuple(told[n] for n in sorted(told)) == article.paragraphs
        assert sorted(told) == list(range(1, len(told) + 1))
        titles = [s for s in article.spans if s.role in ("title", "headline")]
        assert (article.title or "") == " ".join(text[s.start : s.end] for s in titles)


MARKS = "，。、；：！？“”「」《》（）()…—· \u3000\t\n\r\0\ufeff\u200b\u202e\ud800🙂"
PHRASES = """
图为|摄|记者 张三|（李四）|(王五 赵六)|本报讯（记者 张三）|一、|——|x.|5%|手机支付|占群众|时间超过1.4万件|的|
近年来,淳安县改造了老旧小区|老旧改造 小区焕新
""".replace("\n", "").split("|")
CRUMBS = st.sampled_from([*MARKS, *PHRASES, "\n\n", "\n\n\n\n", "\r\n"])


@given(st.lists(CRUMBS, max_size=60).map("".join))
@example("")
@example(" \n\u3000\n")
@example("(张三)")
@example("本报讯（记者 张三）")
@example("近日,他说:“好。\n\n真好。”\n\n\n\n图为小区。(李四 摄)\n\n题目\n")
def test_any_string_of_newspaper_crumbs(text):
    check(read_page(text + "\n"))


@given(st.text())
def test_any_string(text):
    check(read_page(text + "\n"))


@pytest.mark.parametrize("level", LEVELS)
def test_generated_pages(level):
    rng = random.Random(level)
    for _ in range(8):
        check(read_page(make_page(SOURCES, rng, level).text))


@pytest.mark.parametrize(
    "text",
    [
        "的" * 1_000_000,
        "龘\n" * 50_000,
        "“" * 100_000 + "\n",
        "(张" * 50_000,
        "。\u3000\u3000a" * 30_000,
    ],
    ids=["one line", "one character a line", "quotes", "brackets", "indents"],
)
def test_long_text(text):
    check(read_page(text))


def test_clean_articles_come_back_and_stay():
    for source in SOURCES[:60]:
        text = "\n\n".join((source.title, *source.paragraphs)) + "\n"
        page = read_page(text)
        check(page)
        again = read_page(
            "\n\n".join(
                [a.title or "" for a in page.articles[:1]] + list(page.articles[0].paragraphs)
            )
            + "\n"
        )
        assert again.articles[0].paragraphs == page.articles[0].paragraphs
        assert again.articles[0].title == page.articles[0].title
