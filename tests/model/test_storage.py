"""Model folders: whole, or refused with an error that names the file."""

import json
import os
import pickle
import random
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from newsclf.errors import ModelError, ModelNotFound
from newsclf.model import storage
from newsclf.model.model import Model
from newsclf.outputs import sha256_of
from newsclf.tagger.tagger import load

MANIFEST, WEIGHTS = storage.MANIFEST, storage.WEIGHTS


@pytest.fixture
def folder(model_folder, tmp_path):
    """A copy of the tiny model, with a file of its own beside, that a test may break."""
    return Model.load(model_folder).save(tmp_path / "copy", others={"recipe.json": b"{}\n"})


def broken(folder, file):
    """The error of loading, which must name the file."""
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert file in str(caught.value)
    return str(caught.value)


def seal(folder, **changes):
    """Write the manifest anew with changes, all its hashes right: only its contents are wrong."""
    contents = json.loads((folder / MANIFEST).read_text(encoding="utf-8")) | changes
    files = changes.get("files") or {name: sha256_of(folder / name) for name in contents["files"]}
    contents["files"] = files
    (folder / MANIFEST).write_bytes(storage._signed(contents))


def replace_arrays(folder, **changes):
    """Write the weights anew with other arrays (None: without it), all hashes right."""
    arrays = load_file(folder / WEIGHTS) | changes
    save_file({k: v for k, v in arrays.items() if v is not None}, folder / WEIGHTS)
    seal(folder)


def test_a_folder_holds_what_was_saved(tagger, written, folder):
    again, articles = load(folder), written[::10]
    np.testing.assert_array_equal(again.scores(articles), tagger.scores(articles))
    np.testing.assert_array_equal(again.probabilities(articles), tagger.probabilities(articles))
    assert again.codebook == tagger.codebook
    assert again.model.spec == tagger.model.spec
    assert again.model.record == tagger.model.record
    np.testing.assert_array_equal(again.training_sketch, tagger.training_sketch)


def test_a_second_save_is_the_same_to_the_byte(folder, model_folder, tmp_path):
    load(model_folder).save(tmp_path / "again")
    for file in (MANIFEST, WEIGHTS):
        assert (tmp_path / "again" / file).read_bytes() == (model_folder / file).read_bytes()


def test_arrays_are_views_of_the_file(folder):
    weights = load(folder).model.weights
    assert isinstance(weights.base.base, np.memmap) or isinstance(weights.base, np.memmap)
    assert not weights.flags.writeable


@pytest.mark.parametrize("file", [MANIFEST, WEIGHTS, "recipe.json"])
def test_one_flipped_bit_anywhere_is_noticed(folder, file):
    path = folder / file
    whole = path.read_bytes()
    ends = [0, 1, 7, 8, 9, len(whole) - 2, len(whole) - 1]
    places = {at for at in ends if 0 <= at < len(whole)}
    places |= set(random.Random(0).choices(range(len(whole)), k=60))
    for at in sorted(places):
        for bit in (0, 5, 7):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << bit
            path.write_bytes(flipped)
            broken(folder, file)
    path.write_bytes(whole)
    load(folder)


@pytest.mark.parametrize("file", [MANIFEST, WEIGHTS, "recipe.json"])
def test_one_byte_less_or_more_is_noticed(folder, file):
    path = folder / file
    whole = path.read_bytes()
    for at in {0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        path.write_bytes(whole[:at] + whole[at + 1 :])
        broken(folder, file)
        path.write_bytes(whole[:at] + b" " + whole[at:])
        broken(folder, file)
    for changed in (b"", whole + b"\n", whole[:-1], whole[: len(whole) // 2]):
        path.write_bytes(changed)
        broken(folder, file)


@pytest.mark.parametrize("file", [WEIGHTS, "recipe.json"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    assert "missing" in broken(folder, file)


def test_a_folder_without_manifest_is_no_model(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(ModelNotFound, match=MANIFEST):
        load(folder)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ModelNotFound, match="governance-open"):
        load("no-such-model")


def test_the_card_is_nobodys_business(folder):
    (folder / storage.CARD).write_text("anything", encoding="utf-8")
    load(folder)


class Bomb:
    """Shouts when unpickled."""

    def __reduce__(self):
        return os.mkdir, ("bomb",)


def test_a_pickle_under_another_name_is_not_opened(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bomb()))
    broken(folder, WEIGHTS)
    seal(folder)
    assert "safetensors" in broken(folder, WEIGHTS)
    assert not (tmp_path / "bomb").exists()


@pytest.mark.parametrize("name", ["idf", "weights", "bias", "slopes", "offsets", "thresholds"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(folder, name, value):
    array = load_file(folder / WEIGHTS)[name].copy()
    array.flat[-1] = value
    replace_arrays(folder, **{name: array})
    assert name in broken(folder, WEIGHTS)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("idf", lambda a: a[:-1]),
        ("idf", lambda a: a.astype(np.float64)),
        ("idf", lambda a: a.reshape(1, -1)),
        ("weights", lambda a: a[:-1]),
        ("weights", lambda a: a[:, :-1]),
        ("weights", lambda a: a.astype(np.float32)),
        ("weights", lambda a: np.zeros((), np.float16)),
        ("bias", lambda a: a[:-1]),
        ("slopes", lambda a: np.zeros(0, np.float32)),
        ("offsets", lambda a: a[None]),
        ("thresholds", lambda a: a.astype(np.float16)),
        ("sketch", lambda a: a.ravel()),
        ("words", lambda a: a[:-1]),
        ("words", lambda a: np.zeros(0, np.uint8)),
        ("chars", lambda a: a.astype(np.uint32)),
        ("words_ends", lambda a: a[:-1]),
        ("words_ends", lambda a: a[::-1].copy()),
        ("chars_ends", lambda a: np.append(a[:-1], a[-1] + 1).astype(np.uint32)),
        ("chars_ends", lambda a: np.zeros(0, np.uint32)),
        ("bias", lambda a: None),
        ("idf", lambda a: None),
        ("extra", lambda a: np.zeros(3, np.float32)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(folder, name, change):
    arrays = load_file(folder / WEIGHTS)
    changed = change(arrays.get(name))
    replace_arrays(folder, **{name: changed})
    broken(folder, WEIGHTS)


def packed(terms):
    encoded = [term.encode() for term in terms]
    return {
        "words": np.frombuffer(b"".join(encoded), np.uint8),
        "words_ends": np.cumsum([len(e) for e in encoded], dtype=np.uint32),
    }


def test_a_term_twice_is_refused(folder):
    words = list(load(folder).model.vocabulary.words)
    replace_arrays(folder, **packed([words[1], *words[1:]]))
    assert "twice" in broken(folder, WEIGHTS)


def test_a_term_that_is_no_text_is_refused(folder):
    words = load_file(folder / WEIGHTS)["words"].copy()
    words[0] = 0xFF
    replace_arrays(folder, words=words)
    assert "UTF-8" in broken(folder, WEIGHTS)


def test_a_newer_format_asks_for_a_newer_version(folder):
    seal(folder, format=storage.FORMAT + 1)
    assert "upgrade" in broken(folder, MANIFEST)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/hostname", "sub/file", "..", ".", "", MANIFEST]
)
def test_names_that_lead_elsewhere_are_refused(folder, name):
    (folder.parent / "outside").write_bytes(b"{}")
    contents = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    seal(folder, files=contents["files"] | {name: contents["files"]["recipe.json"]})
    assert "plain file names" in broken(folder, MANIFEST)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {"recipe.json": "0"}},
        {"files": []},
        {"format": "1"},
        {"codebook": {}},
        {"codebook": None},
        {"features": {}},
        {"features": []},
        {
            "features": {
                "word_ngrams": [3, 1],
                "char_ngrams": [2, 3],
                "title_share": 0.3333333333333333,
                "added_words": [],
            }
        },
        {
            "features": {
                "word_ngrams": 1,
                "char_ngrams": [2, 3],
                "title_share": 0.3333333333333333,
                "added_words": [],
            }
        },
        {"decision": {"abstain": 0.3}},
        {"decision": {"rival": -1.0, "abstain": float("nan"), "at_most": 3}},
        {"decision": {"rival": float("inf"), "abstain": 0.3, "at_most": 3}},
        {"decision": {"rival": -1.0, "abstain": 0.3, "at_most": 0}},
        {"decision": None},
        {"training": 7},
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_is_refused(folder, changes):
    seal(folder, **changes)
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    "contents", [b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"1" * 5000 + b"}"]
)
def test_a_manifest_that_is_none_is_refused(folder, contents):
    (folder / MANIFEST).write_bytes(contents)
    broken(folder, MANIFEST)


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_save_never_overwrites_silently(tagger, folder):
    before = snapshot(folder)
    with pytest.raises(ModelError, match="overwrite=True"):
        tagger.save(folder)
    assert snapshot(folder) == before
    tagger.save(folder, overwrite=True)
    assert "recipe.json" not in snapshot(folder)
    load(folder)
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_save_leaves_what_is_no_model_alone(tagger, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ModelError, match="no model folder"):
        tagger.save(tmp_path, overwrite=True)
    assert snapshot(tmp_path) == {"thesis.txt": b"years of work"}


def test_a_save_that_fails_leaves_nothing_behind(tagger, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "_signed", lambda contents: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tagger.save(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_shipped_models_hold_together():
    shipped = storage.installed()
    assert {path.name for path in shipped} >= {"governance", "governance-open"}
    for path in shipped:
        assert load(path.name).name == path.name


def test_a_moved_folder_is_the_same_model(folder, tmp_path):
    moved = shutil.move(folder, tmp_path / "elsewhere")
    assert load(moved).name == "tiny"


def test_model_folders_are_found_by_themselves_and_within(model_folder):
    assert storage.within(model_folder) == [model_folder]
    assert storage.within(model_folder.parent) == [model_folder]
