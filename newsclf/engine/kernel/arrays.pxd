# Arrays of NumPy and texts of Python as C reads them.

from cpython.buffer cimport Py_buffer
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from "array.h" nogil:
    ctypedef struct U8s:
        uint8_t* items
        size_t length
    ctypedef struct U16s:
        uint16_t* items
        size_t length
    ctypedef struct U32s:
        uint32_t* items
        size_t length
    ctypedef struct U64s:
        uint64_t* items
        size_t length
    ctypedef struct F64s:
        double* items
        size_t length
    ctypedef struct F32s:
        float* items
        size_t length
    bint REFIT(...)
    void RELEASE(...)
    void VIEW(...)
    const bint IS_CHECKED
    const size_t n_accesses "accesses"

cdef extern from "rows.h" nogil:
    ctypedef struct GrowingRows:
        uint32_t* indices
        void* values
        size_t count
    void rows_free(GrowingRows* rows)

cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GetLength(object text) except -1
    uint32_t* PyUnicode_AsUCS4(object text, uint32_t* buffer, Py_ssize_t length, int end) except NULL
    object PyUnicode_Substring(object text, Py_ssize_t start, Py_ssize_t end)

cdef extern from "characters.h" nogil:
    ctypedef struct Characters:
        U16s page
        U32s normalized
        U8s alnum

cdef enum:
    LONGEST_TEXT = 0x7FFFFFFF


cdef class Buffer:
    cdef Py_buffer view
    cdef void* items
    cdef size_t length


cdef class Batch:
    cdef uint32_t* text
    cdef uint64_t* bounds
    cdef size_t count, longest


cdef class CharacterTable:
    cdef Characters own
    cdef uint8_t known[0x1100]

    cdef int learn(self, uint32_t page) except -1
    cdef int learn_all(self, Batch batch) except -1


cdef int expect(bint fine, str what, str of) except -1
cdef object array_of(const void* items, size_t count, dtype)
