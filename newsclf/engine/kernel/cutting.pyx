# cython: language_level=3
"""Text into words: jieba's segmentation, exactly."""

from libc.math cimport INFINITY, log
from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from newsclf.engine.kernel.arrays cimport (
    LONGEST_TEXT, REFIT, RELEASE, VIEW, Buffer, PyUnicode_AsUCS4, PyUnicode_GetLength,
    PyUnicode_Substring, expect, n_accesses
)

import numpy as np

from newsclf.errors import InputError

__all__ = ["Cutter", "accesses"]


def accesses():
    """Return how many accesses to arrays the checked build has counted here, else 0."""
    return n_accesses


cdef class Cutter:
    """jieba's segmentation with a model's added words.

    Parameters
    ----------
    arrays : mapping of str to array
        The packed dictionary, as ``newsclf.engine.kernel.dictionary.read`` gives it.
    added : sequence of (str, int)
        Words with their frequencies, added one after the other as ``jieba.add_word`` does.

    Raises
    ------
    ModelError
        The dictionary is damaged.
    InputError
        The frequencies are none.
    """

    def __cinit__(self, arrays, added=()):
        cdef Buffer buffer
        self.held = []
        buffer = self.hold(arrays["codes"], "u2")
        VIEW(self.own.codes, buffer.items, buffer.length)
        buffer = self.hold(arrays["nodes"], "u8")
        VIEW(self.own.nodes, buffer.items, buffer.length)
        buffer = self.hold(arrays["root_base"], "u4")
        VIEW(self.own.root_base, buffer.items, buffer.length)
        buffer = self.hold(arrays["root_frequency"], "u2")
        VIEW(self.own.root_frequency, buffer.items, buffer.length)
        buffer = self.hold(arrays["hmm_emit"], "f8")
        VIEW(self.own.emit, buffer.items, buffer.length)
        frequencies, start, move = (arrays[k] for k in ("frequencies", "hmm_start", "hmm_move"))
        expect(arrays["hmm_emit"].shape[1:] == (4,) and start.shape == (4,)
               and move.shape == (4, 4), "tables of four states", of="dictionary")
        expect(not any(np.isnan(table).any() for table in (arrays["hmm_emit"], start, move)),
               "probabilities that are numbers", of="dictionary")
        expect(arrays["longest"].shape == (1,) and arrays["total"].shape == (1,)
               and len(frequencies) > 0, "a longest word, a total and frequencies",
               of="dictionary")
        longest = int(arrays["longest"][0])
        expect(1 <= longest <= 1000, "a longest word of 1 to 1000 characters", of="dictionary")
        self.own.longest = longest
        self.check(len(frequencies))
        for i in range(4):
            self.own.start[i] = start[i]
            for j in range(4):
                self.own.move[i][j] = move[i, j]
        added = [(str(word), int(frequency)) for word, frequency in added]
        total = int(arrays["total"][0])
        expect(0 < total < 2**53, "a total of frequencies below 2**53", of="dictionary")
        total += sum(frequency for _, frequency in added)
        if min((frequency for _, frequency in added), default=0) < 0 or total >= 2**53:
            raise InputError(
                "frequencies of added words must not be negative, nor add up to 2**53; "
                f"the total is {total}: correct the added words"
            )
        self.weigh(frequencies, total)
        self.add(added, total)

    def __dealloc__(self):
        RELEASE(self.own.weight)
        RELEASE(self.own.added.children.memory)
        RELEASE(self.own.added.weight)
        RELEASE(self.own.added.known)
        RELEASE(self.own.added.first)

    cdef Buffer hold(self, array, str kind):
        buffer = Buffer(array, kind)
        self.held.append(buffer)
        return buffer

    cdef int check(self, size_t n_frequencies) except -1:
        """Refuse arrays by which the kernel would read outside them."""
        cdef size_t i, n_codes = self.own.root_base.length, n_nodes = self.own.nodes.length
        cdef uint64_t node
        cdef uint16_t highest = 0, frequency = 0
        cdef bint inside = True
        expect(self.own.codes.length == 0x10000, "a code for each of 65536 characters",
               of="dictionary")
        expect(71 <= n_codes < 0xFFFF and n_nodes >= n_codes,
               "at least 70 codes, and nodes for them", of="dictionary")
        expect(self.own.root_frequency.length == n_codes
               and self.own.emit.length == 4 * n_codes, "tables of one length", of="dictionary")
        for i in range(0x10000):
            highest = max(highest, self.own.codes.items[i])
        for i in range(n_codes):
            inside &= self.own.root_base.items[i] <= n_nodes - n_codes
            frequency = max(frequency, self.own.root_frequency.items[i])
        for i in range(n_nodes):
            node = self.own.nodes.items[i]
            inside &= <uint32_t> node <= n_nodes - n_codes
            # A node of code 0 would be the child of every sign that ends a block.
            inside &= (node >> 32 & 0xFFFF) != 0
            frequency = max(frequency, <uint16_t> (node >> 48))
        expect(highest < n_codes, "codes within the tables", of="dictionary")
        expect(inside, "nodes whose children lie inside the array", of="dictionary")
        expect(frequency < n_frequencies, "indices within the table of frequencies",
               of="dictionary")
        return 0

    cdef int weigh(self, frequencies, total) except -1:
        """Turn frequencies into jieba's weights: log(frequency) - log(total), in doubles."""
        cdef Buffer buffer = Buffer(frequencies, "i8")
        cdef const int64_t* counts = <const int64_t*> buffer.items
        cdef double log_total = log(<double> <int64_t> total)
        cdef size_t i
        cdef bint fine = True
        if not REFIT(self.own.weight, buffer.length):
            raise MemoryError
        self.own.unknown = 0.0 - log_total
        self.own.weight.items[0] = -INFINITY  # no word
        for i in range(1, buffer.length):
            fine &= counts[i] > 0
            self.own.weight.items[i] = log(<double> counts[i]) - log_total
        expect(fine, "frequencies above 0", of="dictionary")
        return 0

    cdef int add(self, list words, total) except -1:
        """Build the trie of added words."""
        cdef Added* added = &self.own.added
        cdef uint32_t node, child, letter
        cdef uint32_t count = 0
        cdef double log_total = log(<double> <int64_t> total)
        cdef size_t n_nodes = sum(len(word) for word, _ in words) + 1
        if not (table_make(&added.children, n_nodes) and REFIT(added.weight, n_nodes)
                and REFIT(added.known, n_nodes)
                and REFIT(added.first, self.own.root_base.length)):
            raise MemoryError
        for word, frequency in words:
            if len(word) >= 1000:
                raise InputError(
                    f"an added word has {len(word)} characters, expected less than 1000: shorten it"
                )
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
