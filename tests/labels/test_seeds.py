import json

import pytest
from paths import SEEDS

from newsclf.labels.labelled import read_labelled
from newsclf.records.article import Article
from newsclf.records.codebook import Codebook

CODEBOOK = Codebook.load()


def rows(name):
    with (SEEDS / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


UNITS = {row["id"]: row for row in rows("articles.jsonl")}
LABELS = rows("labels.jsonl")


def test_every_unit_and_every_paragraph_has_one_line():
    expected = {(i, None) for i in UNITS}
    for i, unit in UNITS.items():
        expected |= {(i, n) for n in range(1, len(unit["paragraphs"]) + 1)}
    units_and_paragraphs = [row for row in LABELS if row["level"] != "caption"]
    assert len(units_and_paragraphs) == len(expected)
    assert {(row["article_id"], row.get("paragraph")) for row in units_and_paragraphs} == expected
    assert {row["article_id"] for row in LABELS if row["level"] == "none"} == {
        i for i, unit in UNITS.items() if unit["type"] == "headline"
    }


@pytest.mark.parametrize("row", LABELS, ids=lambda row: row["id"])
def test_labels_keep_the_guide(row):
    assert set(row["labels"]) | set(row["borderline"]) <= set(CODEBOOK.ids)
    assert len(row["labels"]) == len(set(row["labels"])) <= 3
    assert len(row["borderline"]) <= 2
    assert not set(row["labels"]) & set(row["borderline"])
    assert row["reason"]


@pytest.mark.parametrize("name", ["drafts/first.jsonl", "drafts/second.jsonl"])
def test_the_drafts_read_the_same_texts(name):
    assert {row["id"] for row in rows(name)} <= {row["id"] for row in LABELS}


def test_spans_hold_every_character_of_the_dumps():
    for page in {unit["page"] for unit in UNITS.values()}:
        dump = (SEEDS / page).read_text(encoding="utf-8")
        held = [0] * len(dump)
        for unit in UNITS.values():
            for span in unit["spans"] if unit["page"] == page else ():
                for at in range(span["start"], span["end"]):
                    held[at] += 1
        assert all(n == 1 for n, c in zip(held, dump, strict=True) if not c.isspace())


def test_the_folder_reads_as_labelled_articles():
    units = read_labelled(SEEDS, codebook=CODEBOOK)
    assert [u.id for u in units] == [i for i, unit in UNITS.items() if unit["type"] != "headline"]
    assert all(u.article == Article.from_dict(UNITS[u.id]) for u in units)
    assert all(u.primary for u in units)
    paragraphs = read_labelled(SEEDS, codebook=CODEBOOK, level="paragraph")
    assert len(paragraphs) == sum(len(unit["paragraphs"]) for unit in UNITS.values())
    assert all(p.article.text in UNITS[p.id.split("#")[0]]["paragraphs"] for p in paragraphs)
