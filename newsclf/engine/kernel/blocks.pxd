# Blocks of features: what scores and counts of new terms both need.

from libc.stdint cimport uint32_t

from newsclf.engine.kernel.arrays cimport Characters, expect
from newsclf.engine.kernel.cutting cimport Dictionary

cdef extern from "blocks.h" nogil:
    ctypedef struct Language:
        const Dictionary* dictionary
        const Characters* characters
    ctypedef struct Terms:
        size_t used
    ctypedef struct Block:
        const Kind* kind
        unsigned shortest
        unsigned longest
        bint any
        Terms terms
    ctypedef int Fill(Block* block, const uint32_t* text, size_t n_letters, const uint32_t* lengths,
                      size_t n, uint32_t first_id)
    ctypedef struct Kind:
        Fill* fill
    const size_t N_KINDS
    int FILLED, TERM_TWICE, TOO_MANY_NODES, NO_MEMORY
    const Kind* kind_named(const char* name)
    void block_free(Block* block)
    bint terms_make(Terms* terms, size_t n_terms, size_t n_letters)


cdef inline int set_block(Block* block, str name, ngrams, str runs) except -1:
    """Make a block of a kind, without terms yet."""
    shortest, longest = ngrams
    block.kind = kind_named(name.encode())
    expect(block.kind != NULL, "a kind of block that the engine knows", of="settings")
    expect((shortest, longest) == (0, 0) or 1 <= shortest <= longest <= 64,
           "n-grams from 1 to 64, or (0, 0)", of="settings")
    expect(runs in ("han", "any"), "runs of han or any", of="settings")
    block.shortest, block.longest = shortest, longest
    block.any = runs == "any"
    return 0
