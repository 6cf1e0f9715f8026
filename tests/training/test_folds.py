import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.errors import InputError
from newsclf.records.article import Article, LabelledArticle
from newsclf.training.duplicates import near_duplicates, sketch, sketched_duplicates
from newsclf.training.folds import grouped_folds, groups_of, source_of


def chinese(n: int, seed: int) -> str:
    draw = random.Random(seed)
    return "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(n))


def article(id: str, text: str = "", **fields: str) -> Article:
    return Article(id=id, paragraphs=(text or chinese(80, sum(map(ord, id))),), **fields)


def test_a_reprint_is_found_whatever_its_spaces_widths_and_cut() -> None:
    text = chinese(300, 1) + "ＡＢＣ１２３，" + chinese(300, 2)
    reprint = f"（记者 某某）{text.replace('ＡＢＣ１２３，', 'ABC123, ')}"
    [pair] = near_duplicates([text, chinese(600, 3), reprint])
    assert (pair.first, pair.second) == (0, 2)
    assert pair.jaccard > 0.95
    [cut] = near_duplicates([text], [text[:200]])
    assert cut.containment == 1.0
    assert cut.jaccard < 0.5


def test_tiny_texts_need_more_than_a_stock_phrase() -> None:
    phrase = chinese(30, 4)
    assert near_duplicates([phrase, phrase + chinese(300, 5)]) == []
    assert len(near_duplicates(["防汛", "防汛"])) == 1
    assert near_duplicates(["", "", "，。"]) == []
    assert near_duplicates([], ["防汛"]) == []


@given(st.lists(st.text("治理防汛", max_size=30), max_size=8))
def test_near_duplicates_agree_with_sets(texts: list[str]) -> None:
    def shingles(text: str) -> set[str]:
        return {text[i : i + 5] for i in range(max(1, len(text) - 4))} - {""}

    expected = [
        (i, j)
        for i, a in enumerate(texts)
        for j, b in enumerate(texts)
        if i < j
        and shingles(a) & shingles(b)
        and len(shingles(a) & shingles(b)) >= 0.5 * len(shingles(a) | shingles(b))
    ]
    assert [(d.first, d.second) for d in near_duplicates(texts)] == expected


def test_a_sketch_knows_a_text_again() -> None:
    texts = [chinese(400, seed) for seed in range(20)]
    known = sketch(texts)
    assert known.shape == (20, 32)
    nearly = texts[3][:360] + chinese(20, 99)
    found = sketched_duplicates([chinese(400, 77), nearly, texts[5], ""], known)
    assert [(d.first, d.second) for d in found] == [(1, 3), (2, 5)]
    assert found[0].jaccard == pytest.approx(356 / 420, abs=0.2)
    assert found[1].jaccard == 1.0
    assert sketched_duplicates(["防汛"], sketch(["防汛", "", "抗旱"]))[0].second == 0


def test_groups_join_page_day_and_reprint() -> None:
    text = chinese(200, 6)
    articles = [
        article("xwlb_1", date="2024-03-05"),
        article("xwlb_2", text, date="2024-03-05 19:00:00"),
        article("sohu201601_1", date="2024-3-5"),
        article("sohu201601_2", text),
        article("a1", page="p1"),
        article("b1", page="p1"),
        article("c1"),
    ]
    assert groups_of(articles).tolist() == [0, 0, 1, 0, 2, 2, 3]
    assert groups_of([]).tolist() == []


def test_the_source_is_the_prefix_of_the_id() -> None:
    assert source_of(Article("inews_train_00012", source="pypi")) == "inews"
    assert source_of(LabelledArticle(Article("000-01", source="daily"))) == "daily"


problems = st.integers(2, 5).flatmap(
    lambda folds: st.tuples(
        st.just(folds),
        st.lists(
            st.tuples(st.sets(st.integers(0, 5)), st.integers(0, 40)), min_size=60, max_size=120
        ).filter(lambda rows: len({group for _, group in rows}) >= folds),
        st.integers(0, 3),
    )
)


@given(problems)
def test_folds_keep_groups_whole_and_fill_every_fold(problem: tuple) -> None:
    n_folds, rows, seed = problem
    Y = np.array([[k in labels for k in range(6)] for labels, _ in rows])
    groups = np.array([group for _, group in rows])
    folds = grouped_folds(Y, groups, n_folds, seed)
    assert (folds == grouped_folds(Y, groups, n_folds, seed)).all()
    assert set(folds) == set(range(n_folds))
    assert all(len(set(folds[groups == g])) == 1 for g in set(groups))


def test_rare_labels_are_spread() -> None:
    rng = np.random.default_rng(0)
    Y = rng.random((1000, 6)) < [0.5, 0.3, 0.1, 0.05, 0.02, 0.01]
    folds = grouped_folds(Y, np.repeat(np.arange(500), 2))
    counts = np.array([Y[folds == f].sum(axis=0) for f in range(5)])
    assert (np.abs(counts - Y.sum(axis=0) / 5) <= np.maximum(1, 0.05 * Y.sum(axis=0) / 5)).all()
    assert np.ptp(np.bincount(folds)) <= 10


def test_folds_refuse_what_cannot_be_split() -> None:
    with pytest.raises(InputError, match="fewer folds"):
        grouped_folds(np.ones((4, 1)), [0, 0, 1, 1], n_folds=3)
    with pytest.raises(InputError, match="one row and one group"):
        grouped_folds(np.ones((4, 1)), [0, 1, 2], n_folds=2)


def test_groups_of_the_corpora_stay_small() -> None:
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        pytest.skip("NEWSCLF_CORPORA is not set")
    lines = (Path(folder) / "labelled" / "local.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    groups = groups_of([Article.from_dict(r) for r in records])
    assert np.bincount(groups).max() < len(records) / 10
