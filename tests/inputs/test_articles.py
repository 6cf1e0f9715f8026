"""From fields to articles: the names of columns, and what they may hold."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import TEXT, line, put, read

from newsclf.errors import InputError
from newsclf.inputs import Fields, ReadOptions
from newsclf.inputs.articles import COLUMNS, article_of, check_columns, field_of

OPTIONS = ReadOptions()


def test_every_name_of_the_table_is_found():
    roles = ("id", "title", "text", "date", "source")
    for names in itertools.product(*(COLUMNS[role][:4] for role in roles)):
        record = dict(zip(names, ("7", "小区", TEXT, "1998", "日报"), strict=True))
        article = article_of({"other": 1, **record}, OPTIONS)
        found = (article.id, article.title, article.text, article.date, article.source)
        assert found == ("7", "小区", TEXT, "1998", "日报"), names
        assert check_columns(list(record), OPTIONS) is None


def test_the_first_name_of_the_table_that_is_there_counts():
    assert article_of({"正文": "三", "content": "二", "body": "一"}, OPTIONS).text == "一"
    assert article_of({"paragraphs": ["二"], "正文": "一"}, OPTIONS).text == "一"


def test_names_chosen_by_the_caller_stand_alone():
    options = ReadOptions(fields=Fields(text=("内容",)))
    assert options.fields.named() == ("内容",)
    assert article_of({"text": "一", "内容": "二"}, options).text == "二"
    with pytest.raises(InputError, match="expected a text in 内容, got the fields text"):
        article_of({"text": "一"}, options)


def test_a_field_alone():
    assert field_of({"编号": 7}, "id", OPTIONS) == "7"
    assert field_of({"text": ""}, "id", OPTIONS) is None
    with pytest.raises(InputError, match="expected a string in 日期, got list"):
        field_of({"日期": []}, "date", OPTIONS)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=9))
def test_what_is_wrong_with_a_header_is_the_same_whatever_its_length(names):
    message = check_columns([*names, *names], OPTIONS)
    assert message.startswith("expected each column once, got ")


def test_what_is_remembered_of_records_stays_small():
    options = ReadOptions()

    def size():
        return sum(len(name) for names in options.roles for name in names)

    for i in range(1000):
        article_of({"text": "一", f"key{i}": 1}, options)
        article_of({"text": "一", f"{i}" + "x" * 100_000: 1}, options)
        article_of({"text": "一", **{f"{i}.{j}": 1 for j in range(100)}}, options)
    assert 0 < len(options.roles) <= 64
    assert size() <= 64 * 4096


def test_units_of_pages_keep_what_they_have_and_say_what_is_wrong(tmp_path):
    unit = {"id": "1", "type": "poem", "paragraphs": ["一"]}
    (row,) = read(put(tmp_path, "a.jsonl", line(**unit)))
    assert row.code == "wrong_type"
    assert "expected a unit as written by newsclf pages" in row.message
