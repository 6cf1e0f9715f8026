import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from newsclf.model.decision import Decision, any_theme, rivals


def rule(n=3, *, slope=2.0, offset=0.0, rival=-1.0, threshold=0.5, abstain=0.3, at_most=3):
    def full(value):
        return np.broadcast_to(np.asarray(value, np.float32), (n,)).copy()

    return Decision(full(slope), full(offset), rival, full(threshold), abstain, at_most)


scores = arrays(
    np.float32, st.tuples(st.integers(0, 6), st.just(4)), elements=st.floats(-50, 50, width=32)
)


def test_the_probability_is_a_curve_of_score_and_best_rival():
    row = rule(slope=[2.0, 3.0, 1.0], offset=[0.5, 0.0, -1.0]).probabilities(
        np.array([[1.0, 0.5, -2.0]])
    )[0]
    expected = [2.0 * 1.0 - 0.5 + 0.5, 3.0 * 0.5 - 1.0, -2.0 - 1.0 - 1.0]
    assert row.tolist() == pytest.approx([1 / (1 + math.exp(-z)) for z in expected])


@given(scores)
def test_the_rival_is_the_best_of_the_others(values):
    expected = [[max(np.delete(row, k)) for k in range(len(row))] for row in values]
    np.testing.assert_array_equal(rivals(values), np.reshape(expected, values.shape))


def test_a_theme_alone_has_no_rival():
    assert rivals(np.ones((2, 1))).tolist() == [[0.0], [0.0]]


@given(scores)
def test_probabilities_are_finite_and_single(values):
    p = rule(4).probabilities(values)
    assert p.dtype == np.float32
    assert p.shape == values.shape
    assert ((p >= 0) & (p <= 1)).all()


def test_of_nothing_known_nothing_is_likely():
    p = rule(offset=5.0).probabilities(np.full((2, 3), -np.inf, np.float32))
    assert not p.any()
    assert not rule().decide(p).any()


def decided(rule, *rows):
    return rule.decide(np.array(rows, np.float32)).tolist()


def test_a_theme_is_given_from_its_threshold_on():
    assert decided(rule(threshold=[0.5, 0.6, 0.2]), [0.5, 0.55, 0.2], [0.7, 0.6, 0.19]) == [
        [True, True, True],  # the second, below its threshold, is the likeliest
        [True, True, False],
    ]


def test_where_no_theme_is_likely_enough_none_is_given():
    assert any_theme(np.array([[0.3, 0.2, 0.0], [0.0, 0.0, 0.0]])).tolist() == pytest.approx(
        [0.44, 0.0]
    )
    assert decided(rule(abstain=0.43), [0.3, 0.2, 0.0], [0.2, 0.2, 0.1]) == [
        [True, False, False],
        [False, False, False],
    ]
    assert decided(rule(threshold=0.2, abstain=0.5), [0.3, 0.2, 0.0]) == [[False] * 3]


def test_no_more_themes_than_allowed_and_ties_keep_the_codebook_order():
    assert decided(rule(4, at_most=2), [0.9, 0.8, 0.9, 0.9], [0.6, 0.9, 0.6, 0.6]) == [
        [True, False, True, False],
        [True, True, False, False],
    ]


def test_only_the_likeliest_are_given_however_low_a_threshold_is():
    assert decided(rule(4, threshold=[0.8, 0.8, 0.8, 0.1], at_most=2), [0.9, 0.7, 0.6, 0.5]) == [
        [True, False, False, False]
    ]


def test_no_articles_no_decisions():
    assert rule().decide(np.zeros((0, 3), np.float32)).shape == (0, 3)
