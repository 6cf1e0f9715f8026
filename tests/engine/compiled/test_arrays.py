"""Damaged arrays are refused before the kernel walks over them; the dictionary is jieba's own."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.engine import compiled
from newsclf.engine.features import CHARS, WORDS, FeatureSpec, Terms
from newsclf.engine.kernel import build_dictionary, dictionary
from newsclf.engine.kernel.arrays import Buffer
from newsclf.engine.kernel.counting import TermCounter
from newsclf.engine.kernel.cutting import Cutter
from newsclf.engine.kernel.scoring import CompiledScorer
from newsclf.errors import InputError, ModelError

Arrays = dict[str, Any]


def put(name: str, index: Any, value: Any) -> Callable[[Arrays], None]:
    def damage(arrays: Arrays) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][index] = value

    return damage


def shorten(name: str) -> Callable[[Arrays], None]:
    def damage(arrays: Arrays) -> None:
        arrays[name] = arrays[name][:-1].copy()

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        put("nodes", 30_000, np.uint64(0x7FFFFFFF | 5 << 32)),  # children far outside
        put("nodes", 30_000, np.uint64(1 | 5 << 32 | 0xFFFF << 48)),  # no such frequency
        put("nodes", 30_000, np.uint64(0)),  # code 0
        put("root_base", 500, 2**31),
        put("root_frequency", 500, 65535),
        put("codes", 0x4E00, 65535),
        put("frequencies", 1, 0),
        put("frequencies", 1, -5),
        put("total", 0, 0),
        put("longest", 0, 10**9),
        put("longest", 0, 0),
        put("hmm_emit", (80, 1), np.nan),
        shorten("codes"),
        shorten("hmm_emit"),
        shorten("root_base"),
        shorten("nodes"),
        shorten("frequencies"),
        shorten("longest"),
        shorten("total"),
        shorten("hmm_start"),
    ],
)
def test_a_damaged_dictionary_is_refused(damage: Callable[[Arrays], None]) -> None:
    arrays = dictionary.read()
    damage(arrays)
    with pytest.raises(ModelError, match="install newsclf again"):
        Cutter(arrays)


def test_a_cycle_in_the_trie_ends() -> None:
    arrays = dictionary.read()
    nodes = arrays["nodes"] = arrays["nodes"].copy()
    code = int(arrays["codes"][ord("的")])
    base = int(arrays["root_base"][code])
    nodes[base + code] = base | code << 32  # 的的 leads to itself
    assert "".join(Cutter(arrays).cut("的" * 10_000)) == "的" * 10_000


def test_added_frequencies_that_are_no_frequencies_are_refused() -> None:
    for frequency in (-1, 2**53, 2**63, 2**70):
        with pytest.raises(InputError, match="correct the added words"):
            Cutter(dictionary.read(), [("政务", frequency)])


def model(**changes: Any) -> CompiledScorer:
    parts: Arrays = {
        "words": (np.frombuffer("中国政府".encode(), np.uint8), np.array([6, 12], np.uint32)),
        "chars": (np.frombuffer("的".encode(), np.uint8), np.array([3], np.uint32)),
        "idf": np.ones(3, np.float32),
        "word_ngrams": (1, 1),
        "char_ngrams": (1, 2),
        "title_share": 0.3333333333333333,
        "char_runs": "han",
        "weights": np.ones((3, 2), np.float16),
        "bias": np.zeros(2, np.float32),
    }
    parts |= changes
    runs = parts.pop("char_runs")
    blocks = [
        (block.name, parts.pop(block.setting), runs, parts.pop(block.name))
        for block in (WORDS, CHARS)
    ]
    return CompiledScorer(compiled.cutter(), compiled.characters(), blocks, **parts)


UTF8 = np.frombuffer("中国政府".encode(), np.uint8)


@pytest.mark.parametrize(
    "changes",
    [
        {"words": (UTF8, np.array([6, 13], np.uint32))},
        {"words": (UTF8, np.array([6, 11], np.uint32))},
        {"words": (UTF8, np.array([12, 6], np.uint32))},
        {"words": (UTF8, np.array([0, 12], np.uint32))},
        {"words": (UTF8, np.array([2**31, 12], np.uint32))},
        {"words": (UTF8, np.array([5, 12], np.uint32))},
        {"words": (UTF8[1:], np.array([5, 11], np.uint32))},
        {"words": (np.frombuffer("中国中国".encode(), np.uint8), np.array([6, 12], np.uint32))},
        {"words": (np.frombuffer(b"abcdabcd", np.uint8), np.array([4, 8], np.uint32))},
        {"words": (np.empty(0, np.uint8), np.empty(0, np.uint32))},
        *(
            {
                "words": (
                    np.frombuffer(b"\xe4\xb8\xad" + odd, np.uint8),
                    np.array([3, 3 + len(odd)], np.uint32),
                )
            }
            for odd in (
                b"\xff",
                b"\xe4\xb8",
                b"\xc0\x80",
                b"\xe0\x80\x80",
                b"\xf4\x90\x80\x80",
                b"\x80",
            )
        ),
        {"chars": (np.frombuffer("的".encode(), np.uint8), np.array([2], np.uint32))},
        {"chars": (np.frombuffer("的的".encode(), np.uint8), np.array([3, 6], np.uint32))},
        {"chars": (np.frombuffer("中国中国".encode(), np.uint8), np.array([6, 12], np.uint32))},
        {"idf": np.ones(4, np.float32)},
        {"idf": np.array([1, np.nan, 1], np.float32)},
        {"weights": np.ones((2, 2), np.float16)},
        {"weights": np.ones((3, 0), np.float16)},
        {"weights": np.full((3, 2), np.inf, np.float16)},
        {"weights": np.full((3, 2), np.nan, np.float32)},
        {"bias": np.zeros(3, np.float32)},
        {"bias": np.array([0, np.inf], np.float32)},
    ],
)
def test_a_damaged_model_is_refused(changes: Arrays) -> None:
    with pytest.raises(ModelError, match="install or train the model again"):
        model(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"word_ngrams": (2, 1)},
        {"word_ngrams": (0, 2)},
        {"char_ngrams": (1, 1000)},
        {"char_runs": "latin"},
        {"title_share": -0.1},
        {"title_share": 1.0},
        {"title_share": np.nan},
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: Arrays) -> None:
    with pytest.raises(InputError, match=r"settings of features.*correct them"):
        model(**changes)


def test_blocks_that_the_engine_does_not_know_are_refused() -> None:
    cutter, characters = compiled.cutter(), compiled.characters()
    block = ("shapes", (1, 1), "han", Terms.pack([]))
    for blocks in ([block], [("words", *block[1:])] * 3):
        with pytest.raises(InputError, match="kind of block"):
            CompiledScorer(cutter, characters, blocks, np.ones(0, np.float32), 0.5)
    for name, ngrams in (("shapes", (1, 1)), ("words", (0, 0))):
        with pytest.raises(InputError, match="settings of features"):
            TermCounter(cutter, characters, name, ngrams)


def test_ids_of_no_term_are_refused() -> None:
    counter = compiled.counter(FeatureSpec(), CHARS)
    counter.add([None], ["政府"])
    assert counter.terms(np.array([0])) == ["政府"]
    for odd in (-1, 1):
        with pytest.raises(InputError, match="arrays to learn from"):
            counter.terms(np.array([odd]))


@pytest.mark.parametrize(
    "array",
    [np.zeros(3), np.zeros(3, ">f4"), np.zeros((3, 2), np.float32).T, np.zeros(6, np.float32)[::2]],
)
def test_arrays_that_c_cannot_read_are_refused(array: Any) -> None:
    with pytest.raises(InputError, match="ascontiguousarray"):
        Buffer(array, "f4")


def test_an_array_that_must_not_be_written_stays() -> None:
    array = np.zeros(3, np.float32)
    array.flags.writeable = False
    Buffer(array, "f4")
    with pytest.raises((BufferError, ValueError)):
        Buffer(array, "f4", True)


@given(st.sets(st.text(min_size=1, max_size=5), min_size=1), st.binary(max_size=3))
def test_terms_are_taken_as_python_decodes_them(terms: set[str], odd: bytes) -> None:
    words = Terms.pack(terms)
    spec = {"idf": np.ones(len(terms) + 1, np.float32), "weights": None, "bias": None}
    model(words=words, chars=Terms.pack(["政府"]), **spec)
    sizes = np.diff(words.ends, prepend=np.uint32(0)).tolist()
    utf8 = words.utf8.tobytes() + odd
    ends = np.cumsum([*sizes, len(odd)], dtype=np.uint32)
    try:
        fine = bool(odd) and odd.decode("utf-8", "surrogatepass") not in terms
    except UnicodeDecodeError:
        fine = False
    changes = {**spec, "idf": np.ones(len(terms) + 2, np.float32)}
    if fine:
        model(words=(np.frombuffer(utf8, np.uint8), ends), chars=Terms.pack(["政府"]), **changes)
    else:
        with pytest.raises(ModelError):
            model(
                words=(np.frombuffer(utf8, np.uint8), ends), chars=Terms.pack(["政府"]), **changes
            )


def test_more_ngrams_than_the_engine_can_number_are_refused() -> None:
    n = 2**21
    with pytest.raises(ModelError, match="fewer features"):
        model(chars=(np.full(n, ord("a"), np.uint8), np.arange(1, n + 1, dtype=np.uint32)))


def test_the_whole_model_is_not() -> None:
    assert model().scores([None], ["中国的政府"]).shape == (1, 2)


def test_the_packed_dictionary_comes_from_jieba(tmp_path: Path) -> None:
    built = tmp_path / "built.safetensors"
    build_dictionary.build(built)
    assert digest(built) == digest(dictionary.PATH)


def digest(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
