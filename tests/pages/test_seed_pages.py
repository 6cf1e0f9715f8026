"""The two seed pages come apart exactly as they were read by hand."""

import json

import pytest
from paths import SEEDS

import newsclf.pages

UNITS = [
    json.loads(line) for line in (SEEDS / "articles.jsonl").read_text(encoding="utf-8").splitlines()
]
ANNOTATIONS = ("suspected_errors", "note")


@pytest.fixture(scope="module")
def found():
    pages = [newsclf.pages.read_page(path) for path in sorted(SEEDS.glob("*.txt"))]
    return {article.id: article.to_dict() for page in pages for article in page.articles}


@pytest.mark.parametrize("unit", UNITS, ids=[unit["id"] for unit in UNITS])
def test_unit_is_found_exactly(unit, found):
    expected = {k: v for k, v in unit.items() if k not in ANNOTATIONS}
    assert found[unit["id"]] == expected


def test_nothing_else_is_found(found):
    assert sorted(found) == sorted(unit["id"] for unit in UNITS)
