"""Which files hold labels, and what is wrong with those that do not."""

import pytest

from newsclf.errors import InputError
from newsclf.labels.files import has_labels
from newsclf.labels.labelled import read_labelled, write_labelled
from newsclf.records.article import Article, LabelledArticle

TEXT = "门诊、急诊和住院部同日开诊。"


@pytest.mark.parametrize(
    ("name", "data", "labels"),
    [
        ("a.csv", "id,text,labels\n", True),
        ("a.csv", "id,text\n", False),
        ("a.csv", "", False),
        ("a.csv", 'id,text,labels\n1,"', True),
        ("a.csv", 'id,text\n1,"', False),
        ("a.tsv", "id\ttext\tlabels\n", True),
        ("a.json", '[{"id": "1", "text": "a", "label": []}]', True),
        ("a.jsonl", '{"id": "1", "text": "a", "labels": []}\n', True),
        ("a.jsonl", '{"id": "1", "text": "a"}\n', False),
        ("a.jsonl", "", False),
        ("a.parquet", "PAR1", False),
    ],
)
def test_labelled_articles_are_told_from_a_pool(tmp_path, name, data, labels):
    (tmp_path / name).write_text(data)
    assert has_labels(tmp_path / name) is labels


def test_a_file_whose_first_record_is_broken_tells_nothing(tmp_path):
    (tmp_path / "a.jsonl").write_text("{")
    with pytest.raises(InputError, match="line 1: no valid JSON"):
        has_labels(tmp_path / "a.jsonl")


def test_a_folder_of_labels_has_its_file_of_labels(tmp_path):
    assert not has_labels(tmp_path)
    (tmp_path / "labels.jsonl").write_text("")
    assert has_labels(tmp_path)


def test_blank_lines_of_fasttext_are_no_rows(tmp_path):
    lines = f"__label__health {TEXT}\n\n \n__label__health {TEXT[:9]}\n"
    (tmp_path / "a.txt").write_text(lines, "utf-8")
    assert len(read_labelled(tmp_path / "a.txt")) == 2


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_an_empty_file_holds_no_labels(tmp_path, name):
    (tmp_path / name).write_text("")
    with pytest.raises(InputError, match="holds no labelled article"):
        read_labelled(tmp_path / name)


def test_a_unit_that_is_none(tmp_path):
    (tmp_path / "articles.jsonl").write_text('{"id": "1", "paragraphs": "a"}\n')
    (tmp_path / "labels.jsonl").write_text("")
    with pytest.raises(InputError, match=r"line 1: article, .paragraphs.: expected a list"):
        read_labelled(tmp_path)


def test_other_texts_do_not_matter_to_labels(tmp_path):
    item = LabelledArticle(Article.from_text(TEXT, "1"), ("health",))
    write_labelled([item], tmp_path / "a.jsonl", text=False)
    texts = [Article.from_text("别的文章。", "2"), item.article]
    assert read_labelled(tmp_path / "a.jsonl", texts=texts) == [item]


def test_a_text_is_no_file_of_fasttext(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with pytest.raises(InputError, match="no line begins with __label__"):
        read_labelled(tmp_path / "a.txt")
