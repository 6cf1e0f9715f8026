import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from newsclf import ThemeClassifier
from newsclf.errors import LabelError
from newsclf.tagger.tagger import load
from newsclf.training import Background

HEALTH, SCHOOL = "县医院门诊开诊，医生到岗。", "学校教师提前返校，学生报到。"


@pytest.fixture(scope="module")
def items(lines):
    return [str(item.article) for item in lines if item.labels]


@pytest.fixture(scope="module")
def first(lines):
    return [item.primary for item in lines if item.labels]


@pytest.fixture(scope="module")
def sets(lines):
    return [list(item.labels) for item in lines if item.labels]


def classifier(**parameters):
    return ThemeClassifier(background=Background(), **parameters)


@pytest.fixture(scope="module")
def fitted(items, first, three):
    return classifier(codebook=three).fit(items, first)


def test_one_label_a_text(fitted, three):
    assert fitted.classes_.tolist() == list(three.ids)
    assert fitted.predict([HEALTH, SCHOOL]).tolist() == ["health", "education"]
    p = fitted.predict_proba([HEALTH, ""])
    assert p.shape == (2, 3)
    np.testing.assert_array_equal(p, fitted.tagger_.probabilities([HEALTH, ""]))
    assert fitted.decision_function([HEALTH]).argmax() == 0


def test_lists_of_labels(items, sets, three):
    model = classifier(codebook=three).fit(items, sets)
    assert model.predict([HEALTH, "abc"]).tolist() == [[1, 0, 0], [0, 0, 0]]


def test_an_indicator_means_the_same_as_lists(items, sets, three):
    indicator = np.array([[int(t in labels) for t in three.ids] for labels in sets])
    by_list = classifier(codebook=three).fit(items, sets)
    by_column = classifier(codebook=three).fit(items, indicator)
    np.testing.assert_array_equal(by_list.predict_proba(items), by_column.predict_proba(items))
    bare = classifier().fit(items, indicator)
    assert bare.classes_.tolist() == [0, 1, 2]
    assert bare.predict([HEALTH]).tolist() == [[1, 0, 0]]


@pytest.mark.parametrize(
    "names", [("医疗", "教育", "住房"), (30, 10, 20), ("b", "A", "label_1")], ids=str
)
def test_without_a_codebook_any_labels_do_and_the_tagger_can_be_saved(
    items, first, three, names, tmp_path
):
    name_of = dict(zip(three.ids, names, strict=True))
    model = classifier().fit(items, [name_of[label] for label in first])
    assert model.classes_.tolist() == sorted(names)
    assert model.predict([HEALTH, SCHOOL]).tolist() == list(names[:2])
    again = load(model.tagger_.save(tmp_path / "model"))
    np.testing.assert_array_equal(again.probabilities(items), model.predict_proba(items))
    assert again.tag(HEALTH).tags[0].name == str(names[0])


def test_pandas_columns_count_by_place(items, first, three):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    shuffled = range(len(items) + 5, 5, -1)
    frame = pandas.DataFrame({"text": items, "label": first}, index=shuffled)
    model = classifier(codebook=three).fit(frame["text"], frame["label"])
    assert model.predict([HEALTH, SCHOOL]).tolist() == ["health", "education"]
    indicator = pandas.get_dummies(frame["label"])[list(three.ids)]
    model = classifier(codebook=three).fit(frame["text"], indicator)
    assert model.predict([HEALTH, SCHOOL]).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_clone_has_the_parameters_and_nothing_learnt(fitted):
    copy = clone(fitted)
    assert copy.get_params().keys() == fitted.get_params().keys()
    assert copy.codebook == fitted.codebook
    with pytest.raises(NotFittedError):
        copy.predict([HEALTH])


def test_a_pickle_round_trip_keeps_every_probability(fitted, items):
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(items), fitted.predict_proba(items))


def test_grid_search_finds_its_best(items, first, three):
    search = GridSearchCV(
        classifier(codebook=three), {"C": [0.1, 1.0], "char_ngrams": [(0, 0), (2, 2)]}, cv=2
    ).fit(items, first)
    assert set(search.best_params_) == {"C", "char_ngrams"}
    assert 0.5 <= search.best_score_ <= 1.0
    assert search.predict([HEALTH]).tolist() == ["health"]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["health"], "one row of y a text"),
        (["sports"] * 12, "sports"),
        ([["health", "sports"]] * 12, "sports"),
        (np.zeros((12, 5), int), "5 columns"),
        (np.zeros((12, 3), int), "none with a label"),
        ([], "one row of y a text"),
    ],
    ids=str,
)
def test_targets_that_do_not_fit_are_refused(items, three, y, message):
    with pytest.raises(LabelError, match=message):
        classifier(codebook=three).fit(items, y)


def test_texts_count_as_much_as_they_weigh(items, first, three):
    wrong = [SCHOOL.replace("，", str(i)) for i in range(10)]
    X, y = [*items, *wrong], [*first, *["health"] * 10]

    def said(weight):
        weights = [1.0] * len(items) + [weight] * 10
        model = classifier(codebook=three).fit(X, y, sample_weight=weights)
        return model.predict([SCHOOL]).tolist()

    assert (said(1.0), said(0.0)) == (["health"], ["education"])
    with pytest.raises(LabelError, match="sample_weight"):
        classifier(codebook=three).fit(X, y, sample_weight=[1.0])
