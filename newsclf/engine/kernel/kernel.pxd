# The C rooms as the kernel sees them.

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GetLength(object text) except -1
    uint32_t* PyUnicode_AsUCS4(object text, uint32_t* buffer, Py_ssize_t room, int end) except NULL
    object PyUnicode_Substring(object text, Py_ssize_t start, Py_ssize_t end)

cdef extern from "scoring.h" nogil:
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
    ctypedef struct Bucket:
        pass
    ctypedef struct Buckets:
        Bucket* items
    ctypedef struct Table:
        Buckets memory
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
    ctypedef struct Characters:
        U16s page
        U32s folded
        U8s alnum
    ctypedef struct Block:
        size_t used
        unsigned shortest
        unsigned longest
        bint any
    ctypedef struct Group:
        pass
    ctypedef struct Groups:
        Group* items
    ctypedef struct Ngrams:
        Groups memory
        uint32_t first_id
    ctypedef struct Tally:
        U32s count
    ctypedef struct Work:
        Cut cut
        Tally tally
    ctypedef void AddHalves(U16s rows, size_t themes, const uint32_t* ids, const float* values,
                            size_t n, float* sums)
    AddHalves* best_add_halves()
    ctypedef struct Model:
        const Dictionary* dictionary
        const Characters* characters
        Block blocks[2]
        Ngrams ngrams
        float title_share
        F32s idf
        size_t n_themes
        U16s half
        F32s single
        F32s bias
        AddHalves* add_halves
    ctypedef struct RowsSoFar:
        uint32_t* indices
        float* values
        size_t count
    ctypedef struct Occurrences:
        uint32_t* items
        size_t count

    bint REFIT(...)
    void RELEASE(...)
    uint16_t code_of(const Dictionary* dictionary, uint32_t character)
    uint32_t fold_character(const Characters* characters, uint32_t character)
    bint table_make(Table* table, size_t count)
    uint32_t table_find(const Table* table, uint64_t key)
    void table_add(Table* table, uint64_t key, uint32_t value, uint32_t proof)
    bint block_make(Block* block, size_t n_terms, size_t n_letters)
    void block_free(Block* block)
    bint cut_fit(Cut* cut, size_t n)
    void cut_free(Cut* cut)
    void cut_text(const Dictionary* dictionary, const uint32_t* text, size_t n, bint hmm, Cut* cut)
    int DECODED, BAD_END, BAD_UTF8
    size_t utf8_length(U8s utf8)
    int terms_decode(U8s utf8, U32s ends, U32s text, U32s lengths)
    int block_fill(Block* block, const uint32_t* text, const uint32_t* lengths, size_t n,
                   uint32_t first_id)
    int FILLED, TERM_TWICE, TOO_MANY_NODES, NO_MEMORY
    int ngrams_fill(Ngrams* ngrams, const uint32_t* text, const uint32_t* lengths, size_t n,
                    unsigned shortest, unsigned longest)
    void work_free(Work* work)
    bint score_articles(const Model* model, Work* work, uint32_t* text, const uint64_t* bounds,
                        size_t n, float* scores)
    bint row_articles(const Model* model, Work* work, uint32_t* text, const uint64_t* bounds,
                      size_t n, int64_t* indptr, RowsSoFar* rows)
    bint find_occurrences(const Model* model, Work* work, uint32_t* text, size_t middle,
                          size_t end, Occurrences* found)
    const bint IS_CHECKED
    const size_t n_accesses "accesses"

cdef extern from "collecting.h" nogil:
    ctypedef struct Collector:
        Model model
        int which
        size_t count
        uint32_t* indices
        uint32_t* counts
        size_t n_entries
    void collector_free(Collector* collector)
    bint collect_articles(Collector* collector, Work* work, uint32_t* text,
                          const uint64_t* bounds, size_t n, int64_t* ends)
    size_t collected_letters(const Collector* collector, size_t id, uint32_t* letters)

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
        Floats cost
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
