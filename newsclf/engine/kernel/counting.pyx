# cython: language_level=3
"""Articles into counts of all their terms, known or not."""

from libc.stdint cimport int64_t, uint32_t

from newsclf.engine.kernel.arrays cimport Batch, Buffer, PyUnicode_Substring, array_of, expect
from newsclf.engine.kernel.blocks cimport set_block, terms_make

import sys

import numpy as np

__all__ = ["TermCounter"]


cdef class TermCounter:
    """Counts the terms of one block; ids are given in the order in which terms are first met.

    Parameters
    ----------
    cutter : Cutter
    characters : CharacterTable
    block : str
        Its kind.
    ngrams : (int, int)
    runs : {"han", "any"}

    Raises
    ------
    InputError
        A setting means nothing.
    """

    def __cinit__(self, Cutter cutter not None, CharacterTable characters not None, block, ngrams,
                  runs="han"):
        self.cutter, self.characters = cutter, characters
        self.own.language.dictionary = &cutter.own
        self.own.language.characters = &characters.own
        set_block(&self.own.block, block, ngrams, runs)
        expect(self.own.block.longest, "n-grams from 1 on", of="settings")
        if not terms_make(&self.own.block.terms, 1024, 0):
            raise MemoryError
        self.ends = [np.zeros(1, np.int64)]

    def __dealloc__(self):
        collector_free(&self.own)

    def add(self, titles, texts):
        """Count the terms of articles; each becomes a row."""
        cdef Batch batch = Batch(titles, texts)
        cdef bint fine
        ends = np.empty(batch.count, np.int64)
        cdef Buffer buffer = Buffer(ends, "i8", True)
        self.characters.learn_all(batch)
        if self.broken:
            raise MemoryError
        self.broken = True  # until all rows are there; also keeps a second thread out
        with nogil:
            fine = collect_articles(&self.own, batch.text, batch.bounds, batch.count,
                                    <int64_t*> buffer.items)
        if not fine:
            raise MemoryError
        self.broken = False
        self.ends.append(ends)

    def take(self):
        """Return the rows since the last call, and forget them: indptr, indices, counts."""
        indices = array_of(self.own.rows.indices, self.own.rows.count, np.int32)
        counts = array_of(self.own.rows.values, self.own.rows.count, np.int32)
        indptr = np.concatenate(self.ends)
        self.own.rows.count = 0
        self.ends = [np.zeros(1, np.int64)]
        return indptr, indices, counts

    def terms(self, ids=None):
        """Return the terms with these ids, an int64 array, or all of them in order."""
        ids = np.arange(self.own.n_terms) if ids is None else ids
        cdef Buffer asked = Buffer(ids, "i8")
        cdef const int64_t* wanted = <const int64_t*> asked.items
        cdef size_t i, at = 0, start = 0
        cdef bint fine = True
        for i in range(asked.length):
            fine &= 0 <= wanted[i] < <int64_t> self.own.n_terms
        expect(fine, "ids of terms that there are", of="training")
        letters = np.empty(3 * asked.length + self.own.block.terms.used, np.uint32)
        cdef Buffer buffer = Buffer(letters, "u4", True)
        stops = []
        for i in range(asked.length):
            at += collected_letters(&self.own, wanted[i], <uint32_t*> buffer.items + at)
            stops.append(at)
        codec = f"utf-32-{sys.byteorder[0]}e"
        joined = letters[:at].tobytes().decode(codec, "surrogatepass")
        found = []
        for stop in stops:
            found.append(PyUnicode_Substring(joined, start, stop))
            start = stop
        return found
