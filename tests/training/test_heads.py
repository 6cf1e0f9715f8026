"""The compiled engine's coordinate descent finds liblinear's optimum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, hstack, random_array
from sklearn.svm import LinearSVC

from newsclf.engine import choice
from newsclf.engine.features import FeatureSpec, Vocabulary
from newsclf.errors import ModelError
from newsclf.labels.labelled import read_labelled
from newsclf.records.article import LabelledArticle
from newsclf.training import heads
from newsclf.training.background import idf_of
from newsclf.training.counting import count_documents, sparse_features
from newsclf.training.heads import Examples, fit_heads

compiled = pytest.mark.skipif(not choice.compiled(), reason="the compiled engine is not installed")


def optimum(examples, kept, own, C, head, tolerance=1e-7):
    """Return weights of the added columns and features by liblinear, and the bias, from scratch."""
    n_themes = own.shape[0]
    similar = examples.similar(head, n_themes) * (own[head] if head < n_themes else 0.0)
    design = hstack(
        [examples.features, csr_array(examples.columns), csr_array(similar[:, None])], format="csr"
    )
    used = np.flatnonzero(kept & ~examples.borderline[:, head])
    y = np.where(examples.labels[used, head], 1, -1)
    fitted = LinearSVC(C=C, tol=tolerance, max_iter=200_000, random_state=0)
    fitted.fit(design[used], y, sample_weight=examples.sample_weight[used])
    return design, used, y, fitted


def check(examples, kept, own, C, near):
    """Compare scores and weights with liblinear's optimum, relative to the largest of each."""
    found, scores = fit_heads(examples, kept, own, C)
    there = found.scores(examples.features, examples.columns)
    for k in range(examples.labels.shape[1]):
        for subset, chosen in enumerate(kept):
            signs = examples.signs(k, chosen)
            if not signs.any():
                continue
            design, used, y, fitted = optimum(examples, chosen, own[subset], C, k)
            expected = fitted.decision_function(design)
            assert_near(expected[~chosen], scores[~chosen, k], near, abs(expected).max())
            if subset == 0:
                assert_near(expected, there[:, k], near)
                w = fitted.coef_[0]
                assert_near(w[: examples.features.shape[1]], found.weights[:, k], near)
                loss = [
                    (examples.sample_weight[used] * np.maximum(0, 1 - y * s[used]) ** 2).sum()
                    for s in (expected, there[:, k])
                ]
                objective = 0.5 * (w @ w + fitted.intercept_[0] ** 2) + C * loss[0]
                assert C * abs(loss[1] - loss[0]) <= near * objective


def assert_near(expected, found, near, scale=None):
    scale = abs(expected).max(initial=0.0) if scale is None else scale
    np.testing.assert_allclose(found, expected, rtol=0, atol=near * max(scale, 1.0))


def real(items, themes):
    """Return examples of labelled articles: words as features, some of these as columns."""
    articles = [item.article for item in items]
    spec = FeatureSpec(char_ngrams=(0, 0))
    df = count_documents(articles, spec, "words")
    vocabulary = Vocabulary(df, [], idf_of(np.array(list(df.values())), len(articles)))
    features = sparse_features(articles, spec, vocabulary)
    rng = np.random.default_rng(3)
    directions = rng.normal(size=(features.shape[1], 2 * len(themes) + 5)) * 0.05
    labels = np.array([[theme in item.labels for theme in themes] for item in items])
    borderline = np.array([[theme in item.borderline for theme in themes] for item in items])
    return Examples(
        features, features @ directions, labels, borderline, rng.uniform(0.5, 2, len(items))
    )


def folds(fold, n_folds):
    return [fold != f for f in range(n_folds)]


def subsets(n, n_themes):
    rng = np.random.default_rng(4)
    kept = np.vstack([np.ones(n, bool), *folds(rng.integers(0, 5, n), 5)])
    return kept, rng.uniform(0, 5, (6, n_themes))


def frequent(items, n):
    named = [theme for item in items for theme in item.labels]
    return sorted(set(named), key=lambda theme: (-named.count(theme), theme))[:n]


@pytest.fixture(autouse=True)
def tight(monkeypatch):
    """Run nearer to the optimum than training does, so that it can be told how near."""
    monkeypatch.setattr(heads, "_TOLERANCE", 1e-5)


@compiled
def test_heads_of_written_articles_are_liblinears(written):
    themes = frequent(written, 6)
    examples = real(written, themes)
    check(examples, *subsets(len(written), len(themes)), 2.0, 1e-5)


@compiled
def test_heads_of_real_articles_are_liblinears(corpora):
    items: list[LabelledArticle] = []
    for path in sorted(corpora.glob("labelled/*.jsonl")):
        items += read_labelled(path)[:2000]
    themes = frequent(items, 3)
    examples = real(items, themes)
    check(examples, *subsets(len(items), len(themes)), 2.0, 1e-5)


@compiled
@settings(max_examples=40)
@given(
    st.integers(2, 40),
    st.integers(1, 30),
    st.integers(1, 4),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 1.0, 5.0]),
)
def test_any_problem(n, n_features, n_themes, seed, C):
    rng = np.random.default_rng(seed)
    examples = Examples(
        random_array((n, n_features), density=0.4, rng=rng, format="csr"),
        rng.normal(size=(n, 2 * n_themes + 1)) * 0.5,
        rng.random((n, n_themes + 1)) < 0.4,
        rng.random((n, n_themes + 1)) < 0.1,
        rng.uniform(0.5, 2, n),
    )
    kept = np.vstack([np.ones(n, bool), *folds(rng.integers(0, 9, n), 9)])
    check(examples, kept, rng.uniform(0, 3, (10, n_themes)), C, 1e-3)


@pytest.mark.parametrize("name", ["compiled", "reference"])
def test_jobs_change_nothing_and_one_class_gives_nothing(name, monkeypatch, written):
    if name == "compiled" and not choice.compiled():
        pytest.skip("the compiled engine is not installed")
    monkeypatch.setenv("NEWSCLF_ENGINE", name)
    items = written[:60]
    examples = real(items, [*frequent(items, 2), "no such theme"])
    kept, own = subsets(len(items), 3)
    alone, scores = fit_heads(examples, kept, own, 1.0)
    beside, again = fit_heads(examples, kept, own, 1.0, jobs=2)
    np.testing.assert_array_equal(scores, again)
    np.testing.assert_array_equal(alone.weights, beside.weights)
    assert alone.weights[:, :2].any(axis=0).all()
    assert not alone.weights[:, 2].any()
    assert alone.bias[2] == 0


@compiled
@pytest.mark.parametrize(
    "changes",
    [
        {"indices": np.array([0, 2], np.int32)},
        {"indices": np.array([0, -1], np.int32)},
        {"indptr": np.array([0, 3, 2], np.int64)},
        {"indptr": np.array([1, 1, 2], np.int64)},
        {"values": np.array([1, np.nan], np.float32)},
        {"values": np.ones(3, np.float32)},
        {"dense": np.ones((3, 1), np.float32)},
        {"dense": np.full((2, 1), np.inf, np.float32)},
        {"cost": np.array([1, 0], np.float32)},
    ],
)
def test_rows_that_do_not_fit_are_refused(changes):
    from newsclf.engine.kernel.kernel import LinearDesign

    arrays = {
        "indptr": np.array([0, 1, 2], np.int64),
        "indices": np.array([0, 1], np.int32),
        "values": np.ones(2, np.float32),
        "n_features": 2,
        "dense": np.ones((2, 1), np.float32),
        "cost": np.ones(2, np.float32),
    }
    LinearDesign(**arrays)
    with pytest.raises(ModelError):
        LinearDesign(**arrays | changes)


@compiled
@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("own", np.full((2, 8), np.nan, np.float32)),
        ("own", np.zeros((2, 16), np.float32)),
        ("signs", np.full((2, 8), 2, np.int8)),
        ("signs", np.zeros((2, 8), np.int8)),
        ("signs", np.ones((3, 8), np.int8)),
        ("alpha", np.full((2, 8), -1, np.float32)),
    ],
)
def test_machines_that_do_not_fit_are_refused(name, array):
    from newsclf.engine.kernel.kernel import LinearDesign

    design = LinearDesign(
        np.array([0, 1, 2]), np.array([0, 1], np.int32), np.ones(2, np.float32), 2,
        np.ones((2, 1), np.float32), np.ones(2, np.float32),
    )  # fmt: skip
    arrays = {
        "own": np.zeros((2, 8), np.float32),
        "signs": np.ones((2, 8), np.int8),
        "alpha": np.ones((2, 8), np.float32),
    }
    assert design.solve(*arrays.values(), 1e-4, 100)[3] <= 1e-4
    with pytest.raises(ModelError):
        design.solve(*(arrays | {name: array}).values(), 1e-4, 100)
