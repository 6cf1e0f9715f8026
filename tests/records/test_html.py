from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import SEEDS

from newsclf.labels.labelled import read_labelled
from newsclf.records.article import Article
from newsclf.records.codebook import Codebook
from newsclf.records.explanation import Evidence, Explanation
from newsclf.records.page import Page
from newsclf.records.tagging import Tag, Tagging

SCRIPT = "<script>alert('&')</script>"


class Seen(HTMLParser):
    """Collects tags and text, and checks that every tag is closed in its turn."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.text, self.styles = [], [], "", []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)
        self.styles.append(dict(attrs).get("style", ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def seen(source):
    assert len(source.encode()) < 5000
    return Seen(source)


def tagging(title="标题", tags=(), groups=("livelihood",)):
    return Tagging("a", title, tags, groups, {}, "governance 1.0.0")


def explanation(text, *evidence, name="教育"):
    return Explanation("education", name, 0.934, text, tuple(evidence), 1.0, 0.0)


words = st.text(max_size=300) | st.sampled_from(
    [SCRIPT * 9, "\ud800", "\"&'<" * 500, "龘" * 3000, "😀" * 3000]
)
names = st.lists(words, max_size=40).map(tuple)


@given(title=st.none() | words, paragraphs=names, authors=names, captions=names, flags=names)
def test_any_article_and_page(title, paragraphs, authors, captions, flags):
    article = Article("x", title, paragraphs, authors, captions, flags, page="p")
    assert "script" not in seen(article._repr_html_()).tags
    page = Page(SCRIPT * 40, "", (article,) * 40)
    assert "script" not in seen(page._repr_html_()).tags


@given(
    title=words,
    found=st.lists(st.builds(Tag, words, words, st.floats(0, 1)), max_size=40),
    groups=names,
)
def test_any_tagging(title, found, groups):
    assert "script" not in seen(tagging(title, tuple(found), groups)._repr_html_()).tags


@given(text=words, name=words, data=st.data())
def test_any_explanation(text, name, data):
    evidence = []
    for _ in range(data.draw(st.integers(0, 60))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        evidence.append(Evidence(start, end, text[start:end], data.draw(st.floats(-5, 5))))
    assert "script" not in seen(explanation(text, *evidence, name=name)._repr_html_()).tags


def test_text_is_shown_as_it_stands():
    article = Article(
        "x", SCRIPT, ("一段。", "二段 <b>。"), ("陆静",), ("图为托育园。",), ("fragment",)
    )
    shown = seen(article._repr_html_()).text
    for part in (SCRIPT, "一段。\n二段 <b>。", "陆静", "图为托育园。", "fragment"):
        assert part in shown


def test_words_are_marked_by_weight():
    text = "标题\n学校里<的>孩子。"
    found = explanation(text, Evidence(3, 5, "学校", 2.0), Evidence(10, 12, "孩子", -1.0))
    shown = seen(found._repr_html_())
    assert text in shown.text
    assert "教育 0.93" in shown.text
    school, child = (s for t, s in zip(shown.tags, shown.styles, strict=True) if t == "mark")
    assert school != child
    assert "0.90" in school
    assert "0.53" in child  # half the weight, and in another colour


def test_the_weightiest_words_of_a_long_text_are_shown():
    text = "无" * 4000 + "托育机构" + "无" * 4000
    shown = seen(explanation(text, Evidence(4000, 4004, "托育机构", 0.7))._repr_html_())
    assert "…" in shown.text
    assert "无托育机构无" in shown.text
    overlap = explanation("托育机构", Evidence(0, 4, "托育机构", 0.7), Evidence(2, 4, "机构", 0.1))
    assert seen(overlap._repr_html_()).tags.count("mark") == 1


def test_tags_and_their_absence():
    found = tagging(tags=(Tag("health", "医疗卫生与健康", 0.97), Tag("education", "教育", 0.5)))
    shown = seen(found._repr_html_()).text
    assert shown.index("医疗卫生与健康") < shown.index("0.97") < shown.index("0.50")
    assert "governance 1.0.0" in shown
    assert "未归入任何主题" in seen(tagging()._repr_html_()).text


def test_every_theme_of_the_codebook_and_what_is_left_of_a_larger_one():
    codebook = Codebook.load()
    shown = seen(codebook._repr_html_()).text
    assert all(theme.name_zh in shown and theme.id in shown for theme in codebook)
    large = Codebook("big", "1", codebook.themes * 10)
    shown = large._repr_html_()
    assert f"{len(large) - shown.count('<tr')} more" in seen(shown).text


@pytest.mark.parametrize("item", read_labelled(SEEDS), ids=lambda item: item.id)
def test_seed_articles(item):
    article = item.article
    shown = seen(article._repr_html_()).text
    assert (article.title or article.text[:20]) in shown


def test_seed_page():
    articles = tuple(item.article for item in read_labelled(SEEDS))
    shown = seen(Page("二版", "", articles)._repr_html_()).text
    assert all(a.id in shown for a in articles)
