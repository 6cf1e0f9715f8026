import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.labels.files import text_articles
from newsclf.labels.labelled import read_labelled
from newsclf.labels.printed import is_page, printed_articles

INDENT = "\u3000\u3000"
RAW = [
    f"眉题\n标题\n——副题\n\n{INDENT}第一段。\n小标题\n{INDENT}第二段。 \n",
    f"{INDENT}没有标题，首行便是。\n{INDENT}正文。",
    "只有标题",
    f"又一篇\n{INDENT}正文。",
]
PAGE = {"page": "20190215-12", "articles": RAW}


def test_headline_and_paragraphs_are_told_by_the_indent():
    first, second, last = printed_articles(PAGE)
    assert (first.title, first.text) == ("眉题 标题 ——副题", "第一段。\n小标题\n第二段。")
    assert (second.title, second.text) == ("没有标题，首行便是。", "正文。")
    assert last.title == "又一篇"


def test_ids_count_every_article_of_the_page():
    assert [a.id for a in printed_articles(PAGE)] == [
        f"print_20190215-12_{n:02}" for n in (0, 1, 3)
    ]
    assert {a.date for a in printed_articles(PAGE)} == {"20190215"}


@given(st.lists(st.text(alphabet=INDENT + "\n 文字。", max_size=40)))
def test_no_character_but_white_space_is_lost(raw):
    page = {"page": "20200101-01", "articles": raw}
    kept = {a.id: (a.title or "") + a.text for a in printed_articles(page)}
    for number, text in enumerate(raw):
        found = kept.get(f"print_20200101-01_{number:02d}")
        if found is not None:
            assert "".join(found.split()) == "".join(text.split())
        else:
            filled = [line for line in text.split("\n") if line.strip()]
            assert len(filled) < 2 or not any(line.startswith(INDENT) for line in filled)


@pytest.mark.parametrize(
    "record", [{"page": 3, "articles": ["a"]}, {"page": "a", "articles": [3]}, {"articles": ["a"]}]
)
def test_what_is_no_page(record):
    assert not is_page(record)


def test_labels_find_their_text_on_a_page(tmp_path):
    (tmp_path / "texts").mkdir()
    line = json.dumps(PAGE, ensure_ascii=False)
    (tmp_path / "texts" / "print.jsonl").write_text(line + "\n", encoding="utf-8")
    article = next(printed_articles(PAGE))
    assert next(text_articles(tmp_path / "texts")) == article
    row = {"id": article.id, "sha256": article.sha256, "labels": ["education"]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (item,) = read_labelled(tmp_path / "labels.jsonl", texts=tmp_path / "texts")
    assert item.article.text == article.text
