import hashlib
import json

import pytest
from chinese import texts
from hypothesis import given
from hypothesis import strategies as st
from paths import SEEDS

from newsclf.errors import InputError
from newsclf.records.article import (
    Article,
    LabelledArticle,
    Span,
    as_article,
    as_reading,
    list_articles,
    split_title,
)
from newsclf.records.page import Page

UNITS = [
    json.loads(line) for line in (SEEDS / "articles.jsonl").read_text(encoding="utf-8").splitlines()
]
BODY = "近年来，淳安县改造老旧小区。"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"小区焕新\n{BODY}", "小区焕新"),
        (f"\n  小区焕新 \r\n{BODY}", "小区焕新"),
        (f"{'长' * 40}\n{BODY}", "长" * 40),
        (f"{'长' * 41}\n{BODY}", None),
        (f"小区焕新。\n{BODY}", None),
        (f"谁来改造？小区焕新\n{BODY}", None),
        (f"医保惠民生；服务暖民心\n{BODY}", "医保惠民生；服务暖民心"),
        (BODY, None),
        ("小区焕新", None),
        ("小区焕新\n \n", None),
        ("", None),
        ("\n\n", None),
    ],
)
def test_the_first_line_is_the_title_when_it_looks_like_one(text, title):
    found, rest = split_title(text)
    assert found == title
    assert rest == (BODY if title else text)


@given(st.text())
def test_splitting_loses_nothing_but_space(text):
    title, rest = split_title(text)
    assert "".join(((title or "") + rest).split()) == "".join(text.split())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit["id"])
def test_seed_units_survive_the_round_trip(unit):
    article = Article.from_dict(unit)
    record = article.to_dict()
    assert record == {key: unit[key] for key in record}
    assert Article.from_dict(json.loads(json.dumps(record))) == article


def test_text_stands_in_for_paragraphs_and_numbers_for_strings():
    article = Article.from_dict(
        {"id": 7, "title": "", "text": f"{BODY}\n二段", "date": 2024, "x": 1}
    )
    assert article == Article("7", None, (BODY, "二段"), date="2024")
    assert Article.from_dict({}) == Article("")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("paragraphs", BODY),
        ("paragraphs", [1]),
        ("text", [BODY]),
        ("title", ["x"]),
        ("authors", "陆静"),
        ("type", "advert"),
        ("spans", [{"from": 1}]),
        ("spans", [3]),
        ("id", True),
    ],
)
def test_records_of_another_form_are_refused(field, value):
    with pytest.raises(InputError, match=f'article, "{field}": expected'):
        Article.from_dict({"id": "a", field: value})


@given(title=st.none() | st.text(), text=st.text())
def test_sha256_is_of_title_newline_text(title, text):
    expected = hashlib.sha256(f"{title or ''}\n{text}".encode()).hexdigest()
    assert Article("a", title, tuple(text.split("\n"))).sha256 == expected
    assert Article.from_dict({"title": title, "text": text}).sha256 == expected


def test_sha256_of_half_a_surrogate_pair():
    assert Article("a", None, ("\ud83d",)).sha256 != Article("a", None, ("?",)).sha256


@pytest.mark.parametrize("text", [None, b"\xe5\xad\xa6", 3, {"text": BODY}, [BODY]])
def test_what_is_no_text_is_refused_by_name(text):
    with pytest.raises(
        InputError, match=f"expected the text of an article as str, got {type(text).__name__}"
    ):
        as_article(text)
    with pytest.raises(InputError, match=f"got {type(text).__name__}"):
        as_reading(text)


@given(texts, st.none() | texts)
def test_a_reading_is_an_article_in_two_pieces(text, title):
    for item in (text, Article("a", title, (text, text)), LabelledArticle(Article("b", title))):
        article, reading = as_article(item, "0"), as_reading(item, "0")
        assert reading == (article.id, article.title, article.text)
        changed = article.with_text("题", f"{text}\n")
        assert (changed.id, "题", changed.text) == reading.with_text("题", f"{text}\n")


def test_articles_from_strings_and_labelled_articles():
    article = Article.from_text(f"小区焕新\n{BODY}", "a")
    assert (article.title, article.text, str(article)) == ("小区焕新", BODY, f"小区焕新\n{BODY}")
    assert Article.from_text(f"小区焕新\n{BODY}", title="题").text == f"小区焕新\n{BODY}"
    assert Article.from_text("").paragraphs == ()
    assert as_article(article) is article
    assert as_article(LabelledArticle(article)) is article
    assert [a.id for a in list_articles([BODY, article])] == ["0", "a"]


@pytest.mark.parametrize("one", [BODY, b"x", Article("a"), LabelledArticle(Article("a"))])
def test_one_text_where_several_are_expected(one):
    with pytest.raises(InputError, match="wrap it in a list"):
        list_articles(one)


def test_a_page_lists_and_picks_its_units():
    page = Page(
        "p.txt",
        BODY,
        (Article("1", "题"), Article("2", None, (BODY,), flags=("fragment",), type="fragment")),
    )
    assert [a.id for a in page.of_type("fragment", "caption")] == ["2"]
    assert str(page).splitlines() == [
        "p.txt: 2 units",
        "1  article  题",
        f"2  fragment  {BODY}  fragment",
    ]


def test_stand_off_and_full_records_of_a_labelled_article():
    item = LabelledArticle(Article("a", None, (BODY,), source="local"), ("health",), ("education",))
    labels = {"labels": ["health"], "borderline": ["education"], "source": "local"}
    assert item.to_dict() == {"id": "a", "title": "", "text": BODY, **labels}
    assert item.to_dict(text=False) == {"id": "a", "sha256": item.article.sha256, **labels}
    assert (item.id, item.primary, LabelledArticle(Article("b")).primary) == ("a", "health", None)


def test_spans_keep_only_what_they_have():
    record = Article("a", spans=(Span(0, 3, "title"), Span(3, 9, "body", 1))).to_dict()
    assert record["spans"] == [
        {"start": 0, "end": 3, "role": "title"},
        {"start": 3, "end": 9, "role": "body", "paragraph": 1},
    ]
