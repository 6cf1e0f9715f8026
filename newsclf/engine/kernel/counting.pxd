# Counts of terms that nobody knows yet.

from libc.stdint cimport int64_t, uint32_t, uint64_t

from newsclf.engine.kernel.arrays cimport CharacterTable, GrowingRows
from newsclf.engine.kernel.blocks cimport Block, Language
from newsclf.engine.kernel.cutting cimport Cutter

cdef extern from "collecting.h" nogil:
    ctypedef struct Collector:
        Language language
        Block block
        size_t n_terms
        GrowingRows rows
    void collector_free(Collector* collector)
    bint collect_articles(Collector* collector, uint32_t* text, const uint64_t* bounds, size_t n,
                          int64_t* ends)
    size_t collected_letters(const Collector* collector, size_t id, uint32_t* letters)


cdef class TermCounter:
    cdef Collector own
    cdef Cutter cutter
    cdef CharacterTable characters
    cdef list ends
    cdef bint broken
