# cython: language_level=3
"""Articles into features, scores and evidence: words and features in one pass over the characters.

Python objects own the arrays and check them once; the headers (``*.h``) walk over them without the
GIL. What is computed is defined by newsclf/engine/terms and newsclf/engine/reference.py.
"""

from libc.math cimport isfinite
from libc.stdint cimport int64_t, uint16_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memset

from newsclf.engine.kernel.arrays cimport (
    REFIT, RELEASE, VIEW, array_of, expect, n_accesses, rows_free
)
from newsclf.engine.kernel.blocks cimport (
    NO_MEMORY, N_KINDS, TERM_TWICE, TOO_MANY_NODES, block_free, set_block
)

import numpy as np

from newsclf.engine.features import Rows
from newsclf.errors import ModelError

__all__ = ["CompiledScorer", "accesses"]

cdef enum:
    MANY = 1 << 20  # characters; buffers for longer texts are given back after use


def accesses():
    """Return how many accesses to arrays the checked build has counted here, else 0."""
    return n_accesses


cdef class Workspace:
    """Buffers of one thread."""

    def __dealloc__(self):
        work_free(&self.work)


cdef class CompiledScorer:
    """Features, scores and occurrences over one vocabulary; see `newsclf.engine.protocol.Scorer`.

    Parameters
    ----------
    cutter : Cutter
    characters : CharacterTable
    blocks : sequence of (str, (int, int), str, (uint8 array, uint32 array))
        Of each block its kind, n-grams, runs of characters (han or any), and terms as UTF-8, one
        after the other, with the offset at which each ends.
    idf : float32 array of shape (n_features,)
        Block after block.
    title_share : float
    weights : float16 or float32 array of shape (n_features, n_themes), optional
    bias : float32 array of shape (n_themes,), optional

    Raises
    ------
    ModelError
        The arrays do not fit each other, or hold what would lead the engine outside them.
    InputError
        A setting means nothing.
    """

    def __cinit__(self, Cutter cutter not None, CharacterTable characters not None, blocks,
                  idf, title_share, weights=None, bias=None):
        cdef uint32_t n_features = 0
        cdef Block* block
        self.spare = []
        self.cutter, self.characters = cutter, characters
        self.own.language.dictionary = &cutter.own
        self.own.language.characters = &characters.own
        expect(0 <= title_share < 1, "a title share from 0 to below 1", of="settings")
        self.own.title_share = title_share
        expect(len(blocks) <= <Py_ssize_t> N_KINDS, "each kind of block once", of="settings")
        for name, ngrams, runs, terms in blocks:
            block = &self.own.blocks[self.own.n_blocks]
            self.own.n_blocks += 1
            set_block(block, name, ngrams, runs)
            n_features = self.fill(block, terms, n_features)
        self.idf = Buffer(np.ascontiguousarray(idf, np.float32), "f4")
        VIEW(self.own.idf, self.idf.items, self.idf.length)
        expect(self.idf.length == n_features and np.isfinite(idf).all(),
               "one finite idf a feature", of="model")
        if weights is not None:
            self.set_weights(weights, bias)

    def __dealloc__(self):
        for i in range(self.own.n_blocks):
            block_free(&self.own.blocks[i])

    cdef uint32_t fill(self, Block* block, terms, uint32_t first_id) except? 0:
        """Build the table of a block's terms; return the id after its last one."""
        cdef int filled
        cdef U8s utf8
        cdef U32s ends, text, lengths
        cdef Buffer joined = Buffer(terms[0], "u1")
        cdef Buffer offsets = Buffer(terms[1], "u4")
        VIEW(utf8, joined.items, joined.length)
        VIEW(ends, offsets.items, offsets.length)
        memset(&text, 0, sizeof(text))
        memset(&lengths, 0, sizeof(lengths))
        try:
            if not (REFIT(text, utf8_length(utf8) + 1) and REFIT(lengths, ends.length + 1)):
                raise MemoryError
            filled = terms_decode(utf8, ends, text, lengths)
            expect(filled != BAD_END,
                   "terms that end one after the other, the last where they all do", of="model")
            expect(filled == DECODED, "terms in UTF-8", of="model")
            filled = block.kind.fill(block, text.items, text.length, lengths.items, ends.length,
                                     first_id)
            if filled == NO_MEMORY:
                raise MemoryError
            expect(filled != TERM_TWICE, "terms that differ from each other", of="model")
            if filled == TOO_MANY_NODES:
                raise ModelError(
                    f"{ends.length} n-grams of characters are too many: the engine numbers them "
                    "and their beginnings up to 2,097,151; train with fewer features or shorter "
                    "n-grams"
                )
        finally:
            RELEASE(text)
            RELEASE(lengths)
        return first_id + <uint32_t> ends.length

    cdef int set_weights(self, weights, bias) except -1:
        cdef size_t i
        cdef uint16_t odd = 0
        expect(weights.ndim == 2 and weights.shape[0] == self.own.idf.length
               and weights.shape[1] > 0, "weights of shape (n_features, n_themes)", of="model")
        self.bias = Buffer(np.ascontiguousarray(bias, np.float32), "f4")
        VIEW(self.own.bias, self.bias.items, self.bias.length)
        self.own.n_themes = weights.shape[1]
        expect(self.bias.length == self.own.n_themes and np.isfinite(bias).all(),
               "one finite bias a theme", of="model")
        if weights.dtype == np.float16:
            self.weights = Buffer(weights, "f2")
            VIEW(self.own.half, self.weights.items, self.weights.length)
            self.own.add_halves = best_add_halves()
            for i in range(self.own.half.length):  # eight at a time, as it is compiled
                odd |= (self.own.half.items[i] & 0x7C00) == 0x7C00
        else:
            self.weights = Buffer(weights, "f4")
            VIEW(self.own.single, self.weights.items, self.weights.length)
            for i in range(self.own.single.length):
                odd |= not isfinite(self.own.single.items[i])
        expect(not odd, "finite weights", of="model")
        return 0

    cdef Workspace borrow(self):
        return self.spare.pop() if self.spare else Workspace()

    cdef int give_back(self, Workspace space, Batch batch) except -1:
        # Kept only after success (its counts are zero then) and while it is small.
        if batch.longest <= MANY:
            self.spare.append(space)
        return 0

    def scores(self, titles, texts):
        """Return the scores of articles, float32 of shape (n_articles, n_themes)."""
        cdef Batch batch = Batch(titles, texts)
        cdef Workspace space = self.borrow()
        cdef bint fine
        if not self.own.n_themes:
            raise ModelError("a scorer without weights has rows, but no scores: give it weights")
        result = np.empty((batch.count, self.own.n_themes), np.float32)
        cdef Buffer buffer = Buffer(result, "f4", True)
        self.characters.learn_all(batch)
        with nogil:
            fine = score_articles(&self.own, &space.work, batch.text, batch.bounds, batch.count,
                                  <float*> buffer.items)
        if not fine:
            raise MemoryError
        self.give_back(space, batch)
        return result

    def rows(self, titles, texts):
        """Return the features of articles as sparse rows."""
        cdef Batch batch = Batch(titles, texts)
        cdef Workspace space = self.borrow()
        cdef GrowingRows rows
        cdef bint fine
        memset(&rows, 0, sizeof(rows))
        indptr = np.zeros(batch.count + 1, np.int64)
        cdef Buffer ends = Buffer(indptr, "i8", True)
        self.characters.learn_all(batch)
        try:
            with nogil:
                fine = row_articles(&self.own, &space.work, batch.text, batch.bounds, batch.count,
                                    <int64_t*> ends.items, &rows)
            if not fine:
                raise MemoryError
            self.give_back(space, batch)
            return Rows(indptr, array_of(rows.indices, rows.count, np.int32),
                        array_of(rows.values, rows.count, np.float32))
        finally:
            rows_free(&rows)

    def occurrences(self, title, text):
        """Say where the features of an article occur: int32 of shape (n_occurrences, 4)."""
        cdef Batch batch = Batch([title], [text])
        cdef Workspace space = self.borrow()
        cdef Occurrences found
        cdef bint fine
        memset(&found, 0, sizeof(found))
        self.characters.learn_all(batch)
        try:
            with nogil:
                fine = find_occurrences(&self.own, &space.work, batch.text, batch.bounds, &found)
            if not fine:
                raise MemoryError
            self.give_back(space, batch)
            return array_of(found.items, 4 * found.count, np.int32).reshape(-1, 4)
        finally:
            free(found.items)
