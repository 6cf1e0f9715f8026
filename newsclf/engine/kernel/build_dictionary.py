"""Pack jieba's dictionary and HMM tables into ``dictionary.safetensors``.

Run ``python -m newsclf.engine.kernel.build_dictionary`` after changing the layout; the same jieba
gives the same bytes. It takes some ten seconds, which is why the result is package data.

Layout
------
Characters that jieba may join into words (the class in its ``re_han``) have codes from 1: digits,
letters, the seven signs, then Han characters, those of frequent words first, so that the parts of
every table that are used most lie together. Code 0 is every other character.

The prefixes of all words form a double-array trie. A node is 64 bits: `base` (32), the code of its
character (16) and the index of its word's frequency (16; 0: no word). The child of a node by code
c lies at ``base + c``; no two nodes share a base, so that the code alone tells whose child a node
is. Nodes without children have base 0. First characters are not in the array but in
`root_base` and `root_frequency`, by code.

Source of the words and tables: https://github.com/fxsjy/jieba (MIT).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.kernel.dictionary import EMPTY, LOWEST, PATH, SIGNS

__all__ = ["build"]

NOTICE = (
    "Words, frequencies and HMM tables of jieba {version}, https://github.com/fxsjy/jieba, "
    "Copyright (c) 2013 Sun Junyi, MIT licence (see NOTICE.jieba)"
)
SLOTS = 1 << 21  # of the array while it is built


def build(path: Path) -> None:
    """Write the packed dictionary of the installed jieba to `path`."""
    from safetensors.numpy import save

    from newsclf.engine.segmenter import Segmenter

    segmenter = Segmenter()
    words = {w: f for w, f in segmenter.FREQ.items() if _reachable(w)}
    letters = _letters(words)
    frequencies = sorted(set(words.values()) | {0})
    arrays: dict[str, NDArray[Any]] = {
        "codes": _codes(letters),
        "frequencies": np.array(frequencies, np.int64),
        "total": np.array([segmenter.total], np.int64),
        **_trie(words, letters, {f: i for i, f in enumerate(frequencies)}),
        **_hmm(letters),
    }
    path.write_bytes(save(arrays, {"notice": NOTICE.format(version=metadata.version("jieba"))}))


def _reachable(word: str) -> bool:
    """Tell whether jieba can meet a word: it looks words up within one run of its class only."""
    return all("\u4e00" <= c <= "\u9fd5" or c in SIGNS for c in word)


def _letters(words: dict[str, int]) -> str:
    weight: dict[str, int] = defaultdict(int)
    for word, frequency in words.items():
        for char in word:
            weight[char] += frequency
    han = sorted(map(chr, range(0x4E00, 0x9FD6)), key=lambda c: (-weight[c], c))
    return SIGNS + "".join(han)


def _codes(letters: str) -> NDArray[np.uint16]:
    codes = np.zeros(0x10000, np.uint16)
    for code, char in enumerate(letters, 1):
        codes[ord(char)] = code
    return codes


def _trie(words: dict[str, int], letters: str, index: dict[int, int]) -> dict[str, NDArray[Any]]:
    code = {char: i for i, char in enumerate(letters, 1)}
    children: dict[str, list[int]] = defaultdict(list)
    for word in words:
        if len(word) > 1:
            children[word[:-1]].append(code[word[-1]])
    base = _place({prefix: sorted(codes) for prefix, codes in children.items()})
    nodes = np.full(SLOTS, EMPTY << 32, np.uint64)
    root_base = np.zeros(len(letters) + 1, np.uint32)
    root_frequency = np.zeros(len(letters) + 1, np.uint16)
    for word, frequency in words.items():
        own, last = base.get(word, 0), code[word[-1]]
        if len(word) == 1:
            root_base[last], root_frequency[last] = own, index[frequency]
        else:
            nodes[base[word[:-1]] + last] = own | last << 32 | index[frequency] << 48
    used = int(np.flatnonzero(nodes != EMPTY << 32)[-1]) + 1
    # A look-up may probe `base + code` for any code: the array ends that much later.
    end = max(used, max(base.values()) + len(letters) + 1)
    return {
        "nodes": nodes[:end],
        "root_base": root_base,
        "root_frequency": root_frequency,
        "longest": np.array([max(map(len, words))], np.int64),
    }


def _place(children: dict[str, list[int]]) -> dict[str, int]:
    """Find a base for every node with children: first fit, large families first."""
    free = np.ones(SLOTS, np.bool_)
    taken = np.zeros(SLOTS, np.bool_)  # bases in use
    free[0] = False
    taken[0] = True  # base 0 says: no children
    base: dict[str, int] = {}
    lowest, size = 1, 0
    for prefix, codes in sorted(children.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(codes) != size:  # smaller families may fit where larger ones did not
            lowest, size = 1, len(codes)
        lowest = base[prefix] = _first_fit(free, taken, codes, lowest)
        free[np.add(codes, lowest)] = False
        taken[lowest] = True
    return base


def _first_fit(
    free: NDArray[np.bool_], taken: NDArray[np.bool_], codes: Iterable[int], lowest: int
) -> int:
    window = 256
    while True:
        fits = ~taken[lowest : lowest + window]
        for code in codes:
            fits = fits & free[lowest + code : lowest + code + window]
        first = int(fits.argmax())
        if fits[first]:
            return lowest + first
        lowest += window
        window = 16384


def _hmm(letters: str) -> dict[str, NDArray[np.float64]]:
    from jieba import finalseg

    states = "BEMS"
    emit = np.full((len(letters) + 1, 4), LOWEST)
    for code, char in enumerate(letters, 1):
        for i, state in enumerate(states):
            emit[code, i] = finalseg.emit_P[state].get(char, LOWEST)
    return {
        "hmm_emit": emit,
        "hmm_start": np.array([finalseg.start_P[state] for state in states]),
        "hmm_move": np.array(
            [[finalseg.trans_P[a].get(b, LOWEST) for b in states] for a in states]
        ),
    }


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else PATH))
