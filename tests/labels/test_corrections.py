import json

import pytest

from newsclf.errors import LabelError
from newsclf.labels.corrections import corrected
from newsclf.records.article import Article, LabelledArticle

FIRST = LabelledArticle(Article("a", "小区焕新", ("改造老旧小区。",)), ("housing_urban",))
SECOND = LabelledArticle(Article("b", "寒潮", ("明天降温。",)), ("public_safety",))


@pytest.fixture
def save(tmp_path):
    def rows(*changes):
        path = tmp_path / "corrections.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in changes), encoding="utf-8")
        return path

    return rows


def row(item, **more):
    labels = {"labels": ["water_energy"], "borderline": ["public_safety"]}
    return {"id": item.id, "sha256": item.article.sha256, **labels, **more}


def test_what_is_corrected_and_nothing_else(save):
    elsewhere = row(SECOND, id="c")
    first, second = corrected([FIRST, SECOND], save(row(SECOND), elsewhere))
    assert first is FIRST
    assert (second.labels, second.borderline) == (("water_energy",), ("public_safety",))
    assert second.article == SECOND.article


def test_another_text_is_refused(save):
    with pytest.raises(LabelError, match=r"line 1.*'b'.*not the one"):
        corrected([SECOND], save(row(SECOND, sha256="0" * 64)))
