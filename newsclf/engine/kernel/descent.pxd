# Linear SVMs by dual coordinate descent.

from libc.stdint cimport int8_t, int32_t, int64_t, uint64_t

from newsclf.engine.kernel.arrays cimport Buffer, F32s, F64s, U32s, U8s

cdef extern from "descent.h" nogil:
    ctypedef struct Offsets:
        const int64_t* items
        size_t length
    ctypedef struct Ids:
        const int32_t* items
        size_t length
    ctypedef struct Floats:
        const float* items
        size_t length
    ctypedef struct Signs:
        const int8_t* items
        size_t length
    ctypedef struct Design:
        size_t n_rows
        size_t n_features
        size_t n_dense
        Offsets indptr
        Ids indices
        Floats values
        Floats dense
        Floats sample_weight
        F32s squares
    ctypedef struct Machines:
        size_t lanes
        Floats own
        Signs signs
        F32s alpha
        F32s weights
        F64s beside
    ctypedef struct Descent:
        U32s rows
        U8s asleep
        uint64_t random
    const size_t LANES
    void square_rows(Design* design)
    float descend(const Design* design, Machines* machines, Descent* descent, float tolerance,
                  size_t passes, float* scores)


cdef class LinearDesign:
    cdef Design own
    cdef list held

    cdef Buffer hold(self, array, str kind)
