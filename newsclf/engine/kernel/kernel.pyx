# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The compiled engine: words, features and scores in one pass over the characters.

Python objects own the arrays and check them once; the C rooms (``*.h``) walk over them without the
GIL. What is computed is defined by newsclf/tokens.py and newsclf/engine/features.py.
"""

from libc.math cimport INFINITY, isfinite, log
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

import sys

import numpy as np

from newsclf.errors import InputError, ModelError

__all__ = ["CHECKED", "CharacterSet", "CharacterTable", "Cutter", "Kernel", "LinearDesign",
           "TermCounter", "accesses"]

CHECKED = bool(IS_CHECKED)  # built with every access to an array checked
LONGEST_TEXT = 2**31 - 1
MANY = 1 << 20  # characters; room for longer texts is given back after use


def accesses():
    """Return how many accesses to arrays the checked build has counted, else 0."""
    return n_accesses


cdef int need(bint fine, str what) except -1:
    if not fine:
        raise ModelError(
            f"expected {what} in the engine's arrays, found something else: the file is damaged or "
            "was made by hand; install the package or train the model again"
        )
    return 0


cdef class CharacterTable:
    """How characters are folded, and which are alphanumeric to this Python.

    Parameters
    ----------
    folding : dict of int to str
        Code points and the one character each becomes, as for ``str.translate``.
    """

    cdef Characters own
    cdef uint8_t known[0x1100]

    def __cinit__(self, dict folding):
        cdef uint32_t code, i, at
        pages = sorted({code >> 8 for code in folding})
        if not (REFIT(self.own.page, 0x1100) and REFIT(self.own.alnum, 0x110000 // 8)
                and REFIT(self.own.folded, (len(pages) + 1) << 8)):
            raise MemoryError
        memset(self.known, 0, sizeof(self.known))
        # Han characters, all of them letters in every Unicode version since 14.
        memset(&self.own.alnum.items[0x4E00 // 8], 0xFF, (0xA000 - 0x4E00) // 8)
        memset(&self.known[0x4E], 1, 0xA0 - 0x4E)
        for at, page in enumerate(pages, 1):
            self.own.page.items[page] = at
            for i in range(256):
                self.own.folded.items[at << 8 | i] = page << 8 | i
        for code, char in folding.items():
            at = self.own.page.items[code >> 8]
            self.own.folded.items[at << 8 | (code & 255)] = ord(char)
            self.learn(ord(char) >> 8)

    def __dealloc__(self):
        RELEASE(self.own.page)
        RELEASE(self.own.alnum)
        RELEASE(self.own.folded)

    cdef int learn(self, uint32_t page) except -1:
        """Ask Python about a page of 256 characters, once."""
        cdef uint32_t code
        if not self.known[page]:
            for code in range(page << 8, (page + 1) << 8):
                if chr(code).isalnum():
                    self.own.alnum.items[code >> 3] |= 1 << (code & 7)
            self.known[page] = 1
        return 0

    cdef int learn_all(self, const uint32_t* text, size_t n) except -1:
        cdef size_t i = 0
        while True:
            with nogil:  # nearly always to the end, so other threads need not wait
                while i < n and self.known[text[i] >> 8]:
                    i += 1
            if i == n:
                return 0
            self.learn(text[i] >> 8)


cdef class Cutter:
    """jieba's segmentation with a model's added words.

    Parameters
    ----------
    arrays : mapping of str to array
        The packed dictionary, as ``newsclf.engine.kernel.dictionary.read`` gives it.
    added : sequence of (str, int)
        Words with their frequencies, added one after the other as ``jieba.add_word`` does.
    """

    cdef Dictionary own
    cdef const uint16_t[::1] codes
    cdef const uint64_t[::1] nodes
    cdef const uint32_t[::1] root_base
    cdef const uint16_t[::1] root_frequency
    cdef const double[:, ::1] emit

    def __cinit__(self, arrays, added=()):
        self.codes = arrays["codes"]
        self.nodes = arrays["nodes"]
        self.root_base = arrays["root_base"]
        self.root_frequency = arrays["root_frequency"]
        self.emit = arrays["hmm_emit"]
        self.check(arrays["frequencies"], arrays["hmm_start"], arrays["hmm_move"])
        view_u16(&self.own.codes, self.codes)
        view_u64(&self.own.nodes, self.nodes)
        view_u32(&self.own.root_base, self.root_base)
        view_u16(&self.own.root_frequency, self.root_frequency)
        self.own.emit.items = <double*> &self.emit[0, 0]
        self.own.emit.length = self.emit.size
        for i in range(4):
            self.own.start[i] = arrays["hmm_start"][i]
            for j in range(4):
                self.own.move[i][j] = arrays["hmm_move"][i, j]
        need(arrays["longest"].shape == (1,) and arrays["total"].shape == (1,)
             and len(arrays["frequencies"]) > 0, "a longest word, a total and frequencies")
        longest = int(arrays["longest"][0])
        need(1 <= longest <= 1000, "a longest word of 1 to 1000 characters")
        self.own.longest = longest
        added = [(str(word), int(frequency)) for word, frequency in added]
        total = int(arrays["total"][0]) + sum(frequency for _, frequency in added)
        if min((frequency for _, frequency in added), default=0) < 0 or not 0 < total < 2**53:
            raise ModelError(
                "frequencies of added words must not be negative, nor add up to 2**53; "
                f"the total is {total}: correct the added words"
            )
        self.weigh(arrays["frequencies"], total)
        self.add(added, total)

    def __dealloc__(self):
        RELEASE(self.own.weight)
        RELEASE(self.own.added.children.memory)
        RELEASE(self.own.added.weight)
        RELEASE(self.own.added.known)
        RELEASE(self.own.added.first)

    cdef int check(self, frequencies, start, move) except -1:
        """Refuse arrays by which the kernel would read outside them."""
        cdef size_t i, n_codes = self.root_base.shape[0], n_nodes = self.nodes.shape[0]
        cdef uint32_t base
        cdef uint16_t highest = 0, frequency = 0
        cdef bint inside = True
        need(self.codes.shape[0] == 0x10000, "a code for each of 65536 characters")
        need(71 <= n_codes < 0xFFFF and n_nodes >= n_codes, "at least 70 codes, and nodes for them")
        need(<size_t> self.root_frequency.shape[0] == n_codes
             and <size_t> self.emit.shape[0] == n_codes and self.emit.shape[1] == 4
             and start.shape == (4,) and move.shape == (4, 4), "tables of one length")
        for i in range(0x10000):
            highest = max(highest, self.codes[i])
        for i in range(n_codes):
            inside &= self.root_base[i] <= n_nodes - n_codes
            frequency = max(frequency, self.root_frequency[i])
        for i in range(n_nodes):
            base = <uint32_t> self.nodes[i]
            inside &= base <= n_nodes - n_codes
            # A node of code 0 would be the child of every sign that ends a block.
            inside &= (self.nodes[i] >> 32 & 0xFFFF) != 0
            frequency = max(frequency, <uint16_t> (self.nodes[i] >> 48))
        need(highest < n_codes, "codes within the tables")
        need(inside, "nodes whose children lie inside the array")
        need(frequency < len(frequencies), "indices within the table of frequencies")
        need(not np.isnan(self.emit).any() and not np.isnan(start).any()
             and not np.isnan(move).any(), "probabilities that are numbers")
        return 0

    cdef int weigh(self, const int64_t[::1] frequencies, total) except -1:
        """Turn frequencies into jieba's weights: log(frequency) - log(total), in doubles."""
        cdef double log_total = log(<double> <int64_t> total)
        cdef Py_ssize_t i
        if not REFIT(self.own.weight, <size_t> frequencies.shape[0]):
            raise MemoryError
        self.own.unknown = 0.0 - log_total
        self.own.weight.items[0] = -INFINITY  # no word
        for i in range(1, frequencies.shape[0]):
            need(frequencies[i] > 0, "frequencies above 0")
            self.own.weight.items[i] = log(<double> frequencies[i]) - log_total
        return 0

    cdef int add(self, list words, total) except -1:
        """Build the trie of added words."""
        cdef Added* added = &self.own.added
        cdef uint32_t node, child, letter
        cdef uint32_t count = 0
        cdef double log_total = log(<double> <int64_t> total)
        cdef size_t room = sum(len(word) for word, _ in words) + 1
        if not (table_make(&added.children, room) and REFIT(added.weight, room)
                and REFIT(added.known, room)
                and REFIT(added.first, <size_t> self.root_base.shape[0])):
            raise MemoryError
        for word, frequency in words:
            need(len(word) < 1000, "added words of less than 1000 characters")
            codes = [code_of(&self.own, ord(char)) for char in word]
            if not codes or 0 in codes:
                continue  # jieba never looks up a word outside its class of characters
            added.used = True
            added.longest = max(added.longest, <size_t> len(codes))
            added.first.items[<uint32_t> codes[0]] = 1
            node = 0
            for letter in codes:
                child = table_find(&added.children, <uint64_t> node << 16 | letter)
                if not child:
                    count += 1
                    child = count
                    table_add(&added.children, <uint64_t> node << 16 | letter, child, 0)
                node = child
            added.known.items[node] = 1 if frequency else 2
            if frequency:
                added.weight.items[node] = log(<double> <int64_t> frequency) - log_total
        return 0

    def cut(self, str text not None, bint hmm=True):
        """Cut `text` into words; joined they give `text` again."""
        cdef Py_ssize_t n = PyUnicode_GetLength(text)
        cdef size_t start = 0, i
        cdef uint32_t* letters
        cdef Cut cut
        cdef bint fine
        if not n:
            return []
        if n > LONGEST_TEXT:
            raise InputError(f"a text has {n} characters, more than {LONGEST_TEXT}: split it")
        memset(&cut, 0, sizeof(cut))
        letters = <uint32_t*> malloc(n * sizeof(uint32_t))
        try:
            if letters == NULL:
                raise MemoryError
            PyUnicode_AsUCS4(text, letters, n, 0)
            with nogil:
                fine = cut_fit(&cut, n)
                if fine:
                    cut_text(&self.own, letters, n, hmm, &cut)
            if not fine:
                raise MemoryError
            words = []
            for i in range(cut.count):
                words.append(PyUnicode_Substring(text, start, cut.ends.items[i]))
                start = cut.ends.items[i]
            return words
        finally:
            free(letters)
            cut_free(&cut)


cdef void view_u16(U16s* view, const uint16_t[::1] array) noexcept:
    view.items = <uint16_t*> &array[0]
    view.length = array.shape[0]


cdef void view_u32(U32s* view, const uint32_t[::1] array) noexcept:
    view.items = <uint32_t*> &array[0]
    view.length = array.shape[0]


cdef void view_u64(U64s* view, const uint64_t[::1] array) noexcept:
    view.items = <uint64_t*> &array[0]
    view.length = array.shape[0]


include "articles.pxi"
include "counting.pxi"
include "descending.pxi"
