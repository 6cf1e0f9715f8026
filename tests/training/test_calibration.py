import numpy as np
import pytest

from newsclf.training.calibration import cold_decision, fit_decision, share_of_nothing
from newsclf.training.heads import Heads


def scored(n=400, themes=4, *, spread=0.5, seed=0):
    """Scores that rise with the labels, a tenth of the pairs positive."""
    random = np.random.default_rng(seed)
    labels = random.random((n, themes)) < 0.1
    scores = np.where(labels, 1.0, -1.0) + spread * random.normal(size=labels.shape)
    return scores, labels, np.zeros_like(labels)


def test_probabilities_come_out_as_shares():
    scores, labels, borderline = scored(4000, spread=1.0)
    rule = fit_decision(scores, labels, borderline)
    p = rule.probabilities(scores)
    for low in (0.1, 0.3, 0.5, 0.7):
        here = (p >= low) & (p < low + 0.2)
        assert labels[here].mean() == pytest.approx(p[here].mean(), abs=0.08)


def test_borderline_pairs_change_nothing():
    scores, labels, borderline = scored()
    known = fit_decision(scores[:300], labels[:300], borderline[:300])
    borderline[300:] = True
    with_doubt = fit_decision(scores, labels, borderline)
    np.testing.assert_allclose(with_doubt.slopes, known.slopes, rtol=1e-4)
    np.testing.assert_allclose(with_doubt.offsets, known.offsets, rtol=1e-4)
    np.testing.assert_array_equal(with_doubt.thresholds, known.thresholds)


def test_a_theme_of_few_positives_gets_the_common_curve():
    scores, labels, borderline = scored()
    labels[:, 3] = False
    labels[0, 3] = True
    rule = fit_decision(scores, labels, borderline)
    assert rule.slopes[3] == pytest.approx(rule.slopes[:3].mean(), rel=0.6)


def test_a_head_that_misleads_does_not_turn_the_curve_round():
    scores, labels, borderline = scored()
    scores[:, 2] *= -1
    rule = fit_decision(scores, labels, borderline)
    assert (rule.slopes > 0).all()


def test_the_false_tag_rate_is_held_where_it_can_be_told():
    scores, labels, borderline = scored(spread=1.2)
    nothing = ~labels.any(axis=1)

    def rate(limit):
        rule = fit_decision(scores, labels, borderline, false_tags=limit)
        return rule.decide(rule.probabilities(scores))[nothing].any(axis=1).mean()

    assert rate(0.05) <= 0.05
    assert rate(None) > 0.05


def test_where_nothing_can_be_fitted_the_rule_is_a_cautious_one():
    empty = np.zeros((0, 4))
    for rule in (fit_decision(empty, empty > 0, empty > 0), cold_decision(4)):
        assert rule.thresholds.tolist() == [0.5] * 4
        assert (rule.slopes > 0).all()
        assert rule.probabilities(np.array([[9.0, 0.0, 0.0, 0.0]])).argmax() == 0


@pytest.mark.parametrize("spread", [0.3, 1e6])
def test_the_head_of_no_theme_has_the_say_that_it_earns(spread):
    scores, labels, borderline = scored(2000, spread=1.2)
    bare = np.where(labels.any(axis=1), -1.0, 1.0)
    bare += spread * np.random.default_rng(1).normal(size=len(bare))
    share = share_of_nothing(
        np.column_stack([scores, bare]), labels, borderline, np.ones(len(scores))
    )
    assert share < -0.1 if spread < 1 else abs(share) < 1e-5


def test_the_head_of_no_theme_folds_into_the_others():
    random = np.random.default_rng(0)
    weights, coefficients, bias = (random.normal(size=n) for n in ((5, 4), (2, 4), 4))
    heads = Heads(weights, coefficients, bias)
    features, columns = random.normal(size=(3, 5)), random.normal(size=(3, 2))
    apart = heads.scores(features, columns)
    merged = heads.against_nothing(3, -0.2).scores(features, columns)
    np.testing.assert_allclose(merged, apart[:, :3] - 0.2 * apart[:, 3:])
    none = Heads(weights[:, :3], coefficients[:, :3], bias[:3]).against_nothing(3, -0.2)
    np.testing.assert_array_equal(none.scores(features, columns), apart[:, :3])


def test_articles_count_as_often_as_they_weigh():
    scores, labels, borderline = scored(spread=1.0)
    weights = np.where(np.arange(len(scores)) < 100, 2.0, 1.0)
    twice = np.concatenate([np.arange(100), np.arange(len(scores))])
    weighed = fit_decision(scores, labels, borderline, weights)
    repeated = fit_decision(scores[twice], labels[twice], borderline[twice])
    for name in ("slopes", "offsets", "thresholds"):
        np.testing.assert_allclose(getattr(weighed, name), getattr(repeated, name), rtol=1e-4)
    assert (weighed.rival, weighed.abstain) == pytest.approx((repeated.rival, repeated.abstain))
