from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_array

from newsclf import suggest
from newsclf.errors import InputError
from newsclf.records.article import Article, LabelledArticle
from newsclf.retraining.suggest import choose

NOTHING = np.zeros(2)
APART = csr_array(np.eye(4))


def test_the_most_uncertain_comes_first():
    p = np.array([[0.9, 0.0], [0.5, 0.0], [0.7, 0.0], [0.0, 0.0]])
    assert choose(p, APART, NOTHING, 4) == [1, 2, 0]


def test_thin_themes_weigh_more():
    p = np.array([[0.5, 0.0], [0.0, 0.5], [0.0, 0.0], [0.0, 0.0]])
    assert choose(p, APART, np.array([99.0, 0.0]), 1) == [1]
    assert choose(p, APART, np.array([0.0, 99.0]), 1) == [0]


def test_near_copies_of_a_choice_are_passed_over():
    p = np.full((3, 2), 0.5)
    copies = csr_array(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]))
    assert choose(p, copies, NOTHING, 3) == [0, 2]


def test_rows_without_features_do_no_harm():
    p = np.array([[0.5, 0.5], [0.0, 0.0]])
    assert choose(p, csr_array((2, 3)), NOTHING, 2) == [0]


def test_what_is_suggested_comes_from_the_pool(tagger, lines, written):
    pool = [item.article for item in written[:60]]
    chosen = suggest(tagger, pool, 10, labelled=lines)
    assert len(chosen) == 10
    assert len({article.id for article in chosen}) == 10
    assert all(article in pool for article in chosen)
    uncertainty = tagger.probabilities(pool)
    uncertainty = (uncertainty * (1 - uncertainty)).sum(axis=1)
    first = suggest(tagger, pool, 1)[0]
    assert uncertainty[pool.index(first)] > np.median(uncertainty)


def test_labels_so_far_move_the_choice_to_other_themes(tagger):
    pool = ["门诊义诊，今天。", "电梯检修，今天。"]
    unsure = SimpleNamespace(
        model=tagger.model,
        codebook=tagger.codebook,
        probabilities=lambda articles: np.array([[0.5, 0, 0], [0, 0, 0.5]]),
    )
    for theme, choice in (("health", pool[1]), ("housing", pool[0])):
        labelled = [LabelledArticle(Article(str(i)), (theme,)) for i in range(9)]
        assert [a.text for a in suggest(unsure, pool, 1, labelled=labelled)] == [choice]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_an_empty_pool_gives_nothing(tagger, n):
    assert suggest(tagger, [], n) == []
    assert suggest(tagger, ["", "hello"], n) == []


def test_a_pool_is_no_string(tagger):
    with pytest.raises(InputError):
        suggest(tagger, "门诊", 1)
