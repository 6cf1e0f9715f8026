# Features, scores and occurrences.

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from newsclf.engine.kernel.arrays cimport (
    Batch, Buffer, CharacterTable, F32s, GrowingRows, U16s, U32s, U8s
)
from newsclf.engine.kernel.blocks cimport Block, Language
from newsclf.engine.kernel.cutting cimport Cutter

cdef extern from "utf8.h" nogil:
    int DECODED, BAD_END, BAD_UTF8
    size_t utf8_length(U8s utf8)
    int terms_decode(U8s utf8, U32s ends, U32s text, U32s lengths)

cdef extern from "scoring.h" nogil:
    ctypedef void AddHalves(U16s rows, size_t themes, const uint32_t* ids, const float* values,
                            size_t n, float* sums)
    AddHalves* best_add_halves()
    ctypedef struct Scorer:
        Language language
        Block* blocks
        size_t n_blocks
        float title_share
        F32s idf
        size_t n_themes
        U16s half
        F32s single
        F32s bias
        AddHalves* add_halves
    ctypedef struct Work:
        pass
    ctypedef struct Occurrences:
        uint32_t* items
        size_t count
    void work_free(Work* work)
    bint score_articles(const Scorer* scorer, Work* work, uint32_t* text, const uint64_t* bounds,
                        size_t n, float* scores)
    bint row_articles(const Scorer* scorer, Work* work, uint32_t* text, const uint64_t* bounds,
                      size_t n, int64_t* indptr, GrowingRows* rows)
    bint find_occurrences(const Scorer* scorer, Work* work, uint32_t* text,
                          const uint64_t* bounds, Occurrences* found)


cdef class Workspace:
    cdef Work work


cdef class CompiledScorer:
    cdef Scorer own
    cdef Cutter cutter
    cdef CharacterTable characters
    cdef Buffer idf, weights, bias
    cdef list spare

    cdef uint32_t fill(self, Block* block, terms, uint32_t first_id) except? 0
    cdef int set_weights(self, weights, bias) except -1
    cdef Workspace borrow(self)
    cdef int give_back(self, Workspace space, Batch batch) except -1
