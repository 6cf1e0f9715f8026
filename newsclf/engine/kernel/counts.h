/* Counts of the features of one article, and where they occur. */
#ifndef NEWSCLF_COUNTS_H
#define NEWSCLF_COUNTS_H

#include "terms.h"

/* Where features of an article occur, when somebody wants to know. */
typedef struct {
    uint32_t *items; /* feature, part (0 title, 1 text), begin, end */
    size_t count, capacity;
} Occurrences;

static int occurrences_add(Occurrences *found, uint32_t id, uint32_t part, const Term *term) {
    if (found->count == found->capacity) {
        size_t capacity = found->capacity ? 2 * found->capacity : 256;
        uint32_t *items = realloc(found->items, capacity * 4 * sizeof *items);
        if (!items) return 0;
        found->items = items;
        found->capacity = capacity;
    }
    uint32_t *row = found->items + 4 * found->count++;
    row[0] = id, row[1] = part, row[2] = term->begin, row[3] = term->end;
    return 1;
}

#define PENDING 96 /* terms in the queue: looked up together, so that memory is waited for once */

typedef struct Counts Counts;

/* Count the terms in the queue and empty it: those of a vocabulary, or whatever they are. */
typedef void Flush(Counts *counts, const Terms *terms, const uint32_t *text, const U32s *ends);

struct Counts {
    U32s count;   /* by feature id + 1; count[0] takes what is not in the vocabulary */
    U32s touched; /* ids with a count, in the order of their first occurrence */
    size_t n_touched;
    Term pending[PENDING];
    size_t n_pending;
    Flush *flush;
    void *learner;      /* what `flush` may need: who gives ids to terms that nobody knows yet */
    uint32_t part;      /* 0 title, 1 text: to say where features occur */
    Occurrences *found; /* NULL: nobody asks */
    const float *idf;   /* to fetch ahead, as are the rows of weights; NULL: no weights */
    const char *rows;
    size_t row_size;
    int short_of_memory;
};

/* Count features (ids + 1; 0: none), and ask memory for what is needed of each afterwards. */
static inline void counts_add(Counts *counts, const uint32_t *ids, size_t n) {
    AT(counts->count, 0) = 1; /* so that it is never touched */
    for (size_t i = 0; i < n; i++) {
        uint32_t id = ids[i];
        AT(counts->touched, counts->n_touched) = id - 1;
        counts->n_touched += !AT(counts->count, id);
        AT(counts->count, id)++;
        if (counts->rows) {
            const char *row = counts->rows + (id - (id != 0)) * counts->row_size;
            PREFETCH(counts->idf + id);
            PREFETCH(row);
            PREFETCH(row + counts->row_size - 1);
        }
    }
}

/* Look up and count the terms in the queue. Each loop asks memory for what the next one needs. */
static inline void count_known(Counts *counts, const Terms *terms, const uint32_t *text,
                               const U32s *ends) {
    uint32_t ids[PENDING] = {0};
    size_t n = 0;
    for (size_t i = 0; i < counts->n_pending; i++) {
        counts->pending[n] = counts->pending[i];
        n += (size_t)may_hold(terms, counts->pending[i].key);
    }
    for (size_t i = 0; i < n; i++)
        PREFETCH(&terms->ids.buckets.items[table_home(&terms->ids, counts->pending[i].key)]);
    for (size_t i = 0; i < n; i++) {
        ids[i] = terms_find(terms, text, &counts->pending[i], ends);
        PREFETCH(&counts->count.items[ids[i]]);
    }
    counts_add(counts, ids, n);
    for (size_t i = 0; counts->found && i < n; i++)
        if (ids[i] &&
            !occurrences_add(counts->found, ids[i] - 1, counts->part, &counts->pending[i]))
            counts->short_of_memory = 1;
    counts->n_pending = 0;
}

/* Put a term in the queue, which has place for it. */
static inline void counts_queue(Counts *counts, const Terms *terms, uint64_t key, size_t begin,
                                size_t end, size_t word) {
    Term *term = &counts->pending[INDEX(counts->n_pending, PENDING)];
    term->key = key;
    term->begin = (uint32_t)begin;
    term->end = (uint32_t)end;
    term->word = (uint32_t)word;
    PREFETCH(&terms->filter.items[filter_home(terms, key) >> 3]);
    counts->n_pending++;
}

/* Empty the queue where it has no place for n more terms. */
static inline void counts_fit(Counts *counts, const Terms *terms, const uint32_t *text,
                              const U32s *ends, size_t n) {
    if (counts->n_pending + n > PENDING) counts->flush(counts, terms, text, ends);
}

#endif
