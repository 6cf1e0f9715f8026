import json
import warnings

import pytest

from newsclf.errors import CodebookError, InputError, LabelError, ModelError
from newsclf.labels.labelled import write_labelled
from newsclf.tagger.tagger import load
from newsclf.training.recipe import FILE, Recipe


@pytest.fixture
def record(three, lines, tmp_path):
    """A small recipe's contents; what it names lies beside it."""
    codebook = json.dumps(three.to_dict(), ensure_ascii=False)
    (tmp_path / "three.json").write_text(codebook, encoding="utf-8")
    write_labelled(lines[:8], tmp_path / "first.jsonl")
    write_labelled(lines[8:], tmp_path / "second.jsonl")
    pool = "".join(
        json.dumps({"id": str(i), "text": f"门诊{i}号，学校{i}班，小区{i}栋。"}, ensure_ascii=False)
        + "\n"
        for i in range(40)
    )
    (tmp_path / "pool.jsonl").write_text(pool, encoding="utf-8")
    return {
        "name": "small",
        "version": "0.1.0",
        "summary": "a few lines",
        "codebook": "three.json",
        "labelled": [{"path": "first.jsonl"}, {"path": "second.jsonl"}],
        "background": ["pool.jsonl"],
        "directions": 3,
        "settings": {"C": 0.5, "features": {"char_ngrams": [2, 2]}},
        "versions": {},
        "card": {},
    }


@pytest.fixture
def recipe(record, tmp_path):
    """Write the recipe with changes and read it."""

    def make(**changes):
        contents = {k: v for k, v in (record | changes).items() if v is not None}
        path = tmp_path / FILE
        path.write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")
        return Recipe(path)

    return make


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_recipe_makes_the_same_folder_every_time(recipe, tmp_path):
    small = recipe()
    small.build(tmp_path / "one")
    small.build(tmp_path / "two", jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one")[FILE] == small.contents


def test_a_model_is_what_its_recipe_says(recipe, three, tmp_path):
    recipe().build(tmp_path / "model")
    tagger = load(tmp_path / "model")
    assert (tagger.name, tagger.version) == ("small", "0.1.0")
    assert tagger.codebook == three
    assert tagger.model.spec.char_ngrams == (2, 2)
    assert tagger.model.record["summary"] == "a few lines"
    assert tagger.model.record["documents"] == 40 + 14
    assert tagger.tag("县医院门诊开诊，医生到岗。").themes == ("health",)


def test_texts_are_cut_as_the_recipe_says(recipe):
    items = recipe(labelled=[{"path": "first.jsonl", "cut": 9}]).labelled()[0]
    assert {len(item.article.text) for item in items} == {9}
    assert items[0].labels == ("health",)
    assert items[0].article.title == "县医院新院区启用"


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "version",
        "summary",
        "codebook",
        "labelled",
        "background",
        "settings",
        "versions",
        "card",
    ],
)
def test_a_missing_key_is_named(recipe, key):
    with pytest.raises(InputError, match=f"recipe.json.*lacks '{key}'"):
        recipe(**{key: None})


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"learning_rate": 1}},
        {"settings": {"features": {"stopwords": []}}},
        {"settings": {"features": {"word_ngrams": [2, 1]}}},
        {"codebook": "absent.json"},
        {"directions": "many"},
        {"versions": 3},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_by_name(recipe, changes):
    with pytest.raises(InputError, match=FILE):
        recipe(**changes)


@pytest.mark.parametrize("text", ["", "[]", "{", "3"])
def test_what_is_no_recipe_is_refused_by_name(tmp_path, text):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=FILE):
        Recipe(tmp_path / FILE)
    with pytest.raises(InputError, match="absent"):
        Recipe(tmp_path / "absent.json")


def test_a_variable_that_is_not_set_is_named(recipe, tmp_path, monkeypatch):
    monkeypatch.delenv("NEWSCLF_CORPORA", raising=False)
    for changes in (
        {"labelled": [{"path": "$NEWSCLF_CORPORA/first.jsonl"}]},
        {"background": ["$NEWSCLF_CORPORA/pool.jsonl"]},
    ):
        with pytest.raises(InputError, match=r"NEWSCLF_CORPORA.*not set"):
            recipe(**changes).build(tmp_path / "model")
    monkeypatch.setenv("NEWSCLF_CORPORA", str(tmp_path))
    recipe(background=["$NEWSCLF_CORPORA/pool.jsonl"]).build(tmp_path / "model")


def test_files_that_are_not_there_or_broken_stop_the_build(recipe, tmp_path):
    (tmp_path / "broken.jsonl").write_text('{"text": "门诊"}\n{"text": \n', encoding="utf-8")
    for changes, error in (
        ({"labelled": [{"path": "absent.jsonl"}]}, InputError),
        ({"background": ["absent.jsonl"]}, InputError),
        ({"background": ["broken.jsonl"]}, InputError),
        ({"labelled": []}, LabelError),
    ):
        with pytest.raises(error):
            recipe(**changes).build(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_labels_of_another_codebook_stop_the_build(recipe, tmp_path):
    line = {"id": "1", "text": "一场比赛。", "labels": ["sports"]}
    (tmp_path / "other.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises((LabelError, CodebookError), match="sports"):
        recipe(labelled=[{"path": "other.jsonl"}]).build(tmp_path / "model")


def test_other_versions_bring_a_warning(recipe, tmp_path):
    with pytest.warns(UserWarning, match="made with numpy 0.1"):
        recipe(versions={"numpy": "0.1"}).build(tmp_path / "model")
    with pytest.warns(UserWarning, match="no-such-package"):
        recipe(versions={"no-such-package": "1"}).build(tmp_path / "other")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recipe().build(tmp_path / "third")


def test_a_build_overwrites_only_when_told(recipe, tmp_path):
    recipe().build(tmp_path / "model")
    with pytest.raises(ModelError, match="exists"):
        recipe().build(tmp_path / "model")
    recipe(version="0.2.0").build(tmp_path / "model", overwrite=True)
    assert load(tmp_path / "model").version == "0.2.0"


def test_a_source_says_what_its_articles_count_for(recipe):
    sources = [{"path": "first.jsonl"}, {"path": "second.jsonl", "weight": 0.25}]
    first, second = recipe(labelled=sources).labelled()
    assert {item.weight for item in first} == {1.0}
    assert {item.weight for item in second} == {0.25}


def test_corrections_replace_labels_before_texts_are_cut(recipe, lines, tmp_path):
    given = lines[0]
    row = {
        "id": given.id,
        "sha256": given.article.sha256,
        "labels": ["education"],
        "borderline": ["health"],
    }
    (tmp_path / "corrections.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    changes = {"labelled": [{"path": "first.jsonl", "cut": 9}], "corrections": "corrections.jsonl"}
    items = recipe(**changes).labelled()[0]
    assert (items[0].labels, items[0].borderline) == (("education",), ("health",))
    assert [item.labels for item in items[1:]] == [item.labels for item in lines[1:8]]


def test_what_is_left_out_is_not_learnt_from(recipe, lines, tmp_path):
    row = {"id": lines[9].id, "outlet": "某报"}
    (tmp_path / "without.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    first, second = recipe(without="without.jsonl").labelled()
    assert len(first) == 8
    assert lines[9].id not in [item.id for item in second]
    assert len(second) == 5


def test_texts_may_lie_in_several_places(recipe, lines, tmp_path):
    write_labelled(lines[:8], tmp_path / "off.jsonl", text=False)
    texts = ["second.jsonl", "first.jsonl"]
    (items,) = recipe(labelled=[{"path": "off.jsonl", "texts": texts}]).labelled()
    assert [item.article.text for item in items] == [item.article.text for item in lines[:8]]
