import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from newsclf.errors import InputError, LabelError
from newsclf.evaluation.figures import FIGURES, Outcome, measure, reliability
from newsclf.evaluation.intervals import (
    average,
    bootstrap,
    chance_calibration_error,
    estimates,
)
from newsclf.records.article import Article, LabelledArticle
from newsclf.training.targets import label_matrices


def random_outcome(seed: int, n: int = 120, K: int = 6, borderline: float = 0.1) -> Outcome:
    rng = np.random.default_rng(seed)
    Y = rng.random((n, K)) < 0.25
    B = (rng.random((n, K)) < borderline) & ~Y
    P = (0.3 * Y + 0.7 * rng.random((n, K))).astype(np.float32)
    return Outcome(tuple("abcdefghij"[:K]), Y, B, P, P > 0.5)


def figures(outcome: Outcome) -> dict[str, float]:
    return {name: value[0] for name, value in measure(outcome).figures.items()}


@pytest.mark.parametrize("seed", range(3))
def test_without_borderline_figures_are_those_of_scikit_learn(seed: int) -> None:
    outcome = random_outcome(seed, borderline=0)
    Y, P, T = outcome.labels, outcome.probabilities, outcome.tagged
    got = figures(outcome)
    assert got["micro_f1"] == pytest.approx(metrics.f1_score(Y, T, average="micro"))
    assert got["macro_f1"] == pytest.approx(metrics.f1_score(Y, T, average="macro"))
    assert got["precision"] == pytest.approx(metrics.precision_score(Y, T, average="micro"))
    assert got["recall"] == pytest.approx(metrics.recall_score(Y, T, average="micro"))
    has = Y.any(axis=1)
    lrap = metrics.label_ranking_average_precision_score(Y[has], P[has])
    assert got["lrap"] == pytest.approx(lrap)
    assert got["coverage"] == pytest.approx(metrics.coverage_error(Y[has], P[has]))
    assert got["right_first"] == pytest.approx(Y[has, P[has].argmax(axis=1)].mean())


def test_borderline_pairs_are_neither_right_nor_wrong() -> None:
    Y = np.zeros((8, 2), dtype=bool)
    Y[:5, 0] = True
    B = np.zeros_like(Y)
    B[5:7, 0] = B[0, 1] = True
    P = np.zeros((8, 2))
    P[:, 0] = [0.9, 0.9, 0.9, 0.9, 0.2, 0.8, 0.1, 0.3]
    P[0, 1] = 0.95
    tagged = P >= 0.3
    got = figures(Outcome(("a", "b"), Y, B, P, tagged))
    # Theme a: 4 hits, one missed, one false tag (the last article); the borderline ones count not.
    assert got["micro_f1"] == got["macro_f1"] == pytest.approx(2 * 4 / (2 * 4 + 1 + 1))
    assert got["right_first"] == 1.0  # article 0 has its borderline theme first
    assert got["false_tag"] == 1.0  # one article without a theme, and it is tagged
    assert got["missed"] == pytest.approx(1 / 5)
    assert got["abstention"] == pytest.approx(2 / 8)
    assert got["lrap"] == got["coverage"] == 1.0
    assert got["cardinality"] == pytest.approx(5 / 8)


def test_a_theme_that_is_label_and_borderline_is_borderline() -> None:
    ones = np.ones((6, 1), dtype=bool)
    got = figures(Outcome(("a",), ones, ones, np.ones((6, 1)), ones))
    assert np.isnan(got["micro_f1"])
    assert got["right_first"] == 1.0


def test_a_shared_first_place_must_be_right_throughout() -> None:
    Y = np.array([[True, False], [True, True]])
    got = figures(Outcome(("a", "b"), Y, ~Y & False, np.full((2, 2), 0.5), Y))
    assert got["right_first"] == 0.5


def test_what_has_nothing_to_stand_on_is_undefined() -> None:
    four = np.eye(4, 4, dtype=bool)
    none = np.zeros_like(four)
    measured = measure(Outcome(tuple("abcd"), four, none, four * 0.05, four))
    undefined = {name for name, value in measured.figures.items() if np.isnan(value[0])}
    # Four positives in all: no F1. Every article has a theme. No probability reaches 0.1.
    assert undefined == {
        "micro_f1",
        "macro_f1",
        "precision",
        "recall",
        "false_tag",
        "calibration_error",
    }
    assert np.isnan(measured.theme_f1).all()
    empty = Outcome(("a",), *(np.zeros((0, 1)) for _ in range(4)))
    assert all(np.isnan(value[0]) for value in measure(empty).figures.values())


def test_calibration_error_by_hand() -> None:
    n = 150
    P = np.repeat(np.linspace(0.1, 0.8, 15), 10)[:, None]
    Y = np.zeros((n, 1), dtype=bool)
    perfect = Y.copy()
    for b in range(15):
        perfect[10 * b : 10 * b + round(10 * P[10 * b, 0]), 0] = True
    none = np.zeros_like(Y)
    got = figures(Outcome(("a",), Y, none, P, none))["calibration_error"]
    assert got == pytest.approx(P.mean())  # nothing is true
    got = figures(Outcome(("a",), perfect, none, P, none))["calibration_error"]
    assert got == pytest.approx(np.abs(np.round(10 * P[::10]) / 10 - P[::10]).mean())
    p, share, mass = reliability(Outcome(("a",), perfect, none, P, none))
    assert mass.tolist() == [10] * 15
    assert p == pytest.approx(P[::10, 0])
    assert share == pytest.approx(np.round(10 * P[::10, 0]) / 10)
    # Pairs under 0.1 and borderline pairs would be wrong, but they do not count.
    wide = Outcome(
        ("a", "b"),
        np.hstack([perfect, perfect]),
        np.hstack([none, P > 0.4]),
        np.hstack([P, np.where(P > 0.4, P, 0.09)]),
        np.hstack([none, none]),
    )
    assert figures(wide)["calibration_error"] == pytest.approx(got)


@given(st.integers(0, 1000), st.integers(1, 60))
def test_figures_do_not_hang_on_the_order_of_articles_or_themes(seed: int, n: int) -> None:
    outcome = random_outcome(seed, n=n)
    # Few distinct probabilities, as isotonic calibration gives: ties everywhere.
    P = np.round(outcome.probabilities, 1)
    outcome = Outcome(outcome.themes, outcome.labels, outcome.borderline, P, P > 0.4)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(n), rng.permutation(len(outcome.themes))
    shuffled = Outcome(
        tuple(outcome.themes[k] for k in columns),
        *(
            getattr(outcome, name)[rows][:, columns]
            for name in ("labels", "borderline", "probabilities", "tagged")
        ),
    )
    before, after = figures(outcome), figures(shuffled)
    assert after == pytest.approx(before, nan_ok=True)
    for name, value in before.items():
        if name not in ("coverage", "cardinality") and not np.isnan(value):
            assert 0 <= value <= 1, name


@given(st.integers(0, 1000))
def test_a_weight_is_a_repetition(seed: int) -> None:
    outcome = random_outcome(seed, n=30)
    weights = np.random.default_rng(seed).integers(1, 4, size=30)
    repeated = measure(outcome.rows(np.repeat(np.arange(30), weights))).figures
    weighted = measure(outcome, weights[None]).figures
    # The themes of a macro-F1 are those of the sample, so it is compared where they are the same.
    same = (outcome.positives >= 5).all()
    for name in FIGURES:
        if same or name != "macro_f1":
            assert weighted[name] == pytest.approx(repeated[name], nan_ok=True), name


def test_labels_become_matrices() -> None:
    item = LabelledArticle(Article("1"), ("b", "a"), ("c",))
    labels, borderline = label_matrices([item], ["a", "b", "c"])
    assert labels.tolist() == [[True, True, False]]
    assert borderline.tolist() == [[False, False, True]]
    with pytest.raises(LabelError, match="'c'"):
        label_matrices([item], ["a", "b"])


def test_an_outcome_must_fit() -> None:
    one = np.ones((2, 1))
    with pytest.raises(InputError, match="tagged"):
        Outcome(("a",), one, one, one, np.ones((3, 1)))
    with pytest.raises(InputError, match="0 to 1"):
        Outcome(("a",), one, one, one * np.nan, one)


def test_intervals_contain_the_figure_and_are_repeatable() -> None:
    outcome = random_outcome(1, n=400)
    got, themes = estimates(outcome)
    assert (got, themes) == estimates(outcome)
    assert all(e.low <= e.value <= e.high for e in got.values())
    assert all(t.low < t.value < t.high for t in themes)
    f1 = got["micro_f1"]
    drawn = bootstrap(outcome, seed=0).figures["micro_f1"]
    assert len(drawn) == 1000
    assert f1.low == pytest.approx(np.quantile(drawn, 0.025))


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(100):
        Y = np.ones((80, 1), dtype=bool)
        tagged = rng.random((80, 1)) < 0.7
        outcome = Outcome(("a",), Y, ~Y, tagged * 1.0, tagged)
        recall = estimates(outcome, draws=200, seed=seed)[0]["recall"]
        covered += recall.low <= 0.7 <= recall.high
    assert 85 <= covered <= 100


def test_perfect_probabilities_err_as_much_as_chance_alone() -> None:
    rng = np.random.default_rng(0)
    P = rng.random((2000, 2))
    perfect = Outcome(("a", "b"), rng.random(P.shape) < P, P < 0, P, P > 0.5)
    chance = chance_calibration_error(perfect)
    assert figures(perfect)["calibration_error"] == pytest.approx(chance, abs=0.01)
    few = chance_calibration_error(perfect.rows(np.arange(100)))
    assert few > 2 * chance > 0
    assert chance_calibration_error(perfect.rows(np.arange(0))) is None


def test_groups_that_repeat_each_other_widen_the_interval() -> None:
    outcome = random_outcome(2, n=60)
    copies = outcome.rows(np.repeat(np.arange(60), 5))
    alone = estimates(outcome)[0]["micro_f1"]
    grouped = estimates(copies, np.repeat(np.arange(60), 5))[0]["micro_f1"]
    ungrouped = estimates(copies)[0]["micro_f1"]
    assert grouped.high - grouped.low == pytest.approx(alone.high - alone.low)
    assert ungrouped.high - ungrouped.low < 0.7 * (alone.high - alone.low)
    one = estimates(outcome, np.zeros(60))[0]["micro_f1"]
    assert one.value == alone.value
    assert one.low is one.high is None


def test_an_average_counts_every_part_alike() -> None:
    small, large = random_outcome(3, n=50), random_outcome(4, n=500)
    got = average([small, large], [np.arange(50), np.arange(500)])
    expected = (figures(small)["micro_f1"] + figures(large)["micro_f1"]) / 2
    assert got["micro_f1"].value == pytest.approx(expected)
    assert got["micro_f1"].low < expected < got["micro_f1"].high
