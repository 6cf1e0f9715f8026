# jieba's segmentation.

from libc.stdint cimport uint16_t, uint32_t, uint64_t

from newsclf.engine.kernel.arrays cimport Buffer, F64s, U16s, U32s, U64s, U8s

cdef extern from "table.h" nogil:
    ctypedef struct Bucket:
        pass
    ctypedef struct Buckets:
        Bucket* items
    ctypedef struct Table:
        Buckets memory
    bint table_make(Table* table, size_t count)
    uint32_t table_find(const Table* table, uint64_t key)
    void table_add(Table* table, uint64_t key, uint32_t value, uint32_t proof)

cdef extern from "cutting.h" nogil:
    ctypedef struct Added:
        Table children
        F64s weight
        U8s known
        U8s first
        size_t longest
        int used
    ctypedef struct Dictionary:
        U16s codes
        U64s nodes
        U32s root_base
        U16s root_frequency
        F64s weight
        double unknown
        F64s emit
        double start[4]
        double move[4][4]
        size_t longest
        Added added
    ctypedef struct Cut:
        U32s ends
        size_t count
    uint16_t code_of(const Dictionary* dictionary, uint32_t character)
    bint cut_fit(Cut* cut, size_t n)
    void cut_free(Cut* cut)
    void cut_text(const Dictionary* dictionary, const uint32_t* text, size_t n, bint hmm, Cut* cut)


cdef class Cutter:
    cdef Dictionary own
    cdef list held

    cdef Buffer hold(self, array, str kind)
    cdef int check(self, size_t n_frequencies) except -1
    cdef int weigh(self, frequencies, total) except -1
    cdef int add(self, list words, total) except -1
