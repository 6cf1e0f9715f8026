/* Counting terms that nobody knows yet: what vocabularies are chosen from. */
#ifndef NEWSCLF_COLLECTING_H
#define NEWSCLF_COLLECTING_H

#include "blocks.h"
#include "rows.h"

/* One block whose terms get their ids as they come. */
typedef struct {
    Language language;
    Block block;
    Cut cut;
    Counts counts;
    U64s terms; /* by id: the key of a short term, or a hash mark and where its letters begin */
    size_t n_terms;
    GrowingRows rows; /* counts; features in order of occurrence */
} Collector;

#define HASH_MARK ((uint64_t)1 << 63)

/* Double an array, keeping what it holds. */
#define GROW(array, wanted, ok)                                                            \
    do {                                                                                   \
        size_t length = (array).length ? (array).length : 1024;                            \
        while (length < (wanted)) length *= 2;                                             \
        if (length > (array).length) {                                                     \
            void *items = realloc((array).items, length * sizeof *(array).items);          \
            if (items) {                                                                   \
                (array).items = items;                                                     \
                memset((array).items + (array).length, 0,                                  \
                       (length - (array).length) * sizeof *(array).items);                 \
                (array).length = length;                                                   \
            }                                                                              \
            (ok) = (ok) && items != NULL;                                                  \
        }                                                                                  \
    } while (0)

/* A table twice as large with the same terms. */
static int collector_rehash(Terms *terms, size_t count) {
    Table old = terms->ids;
    memset(&terms->ids, 0, sizeof terms->ids);
    RELEASE(terms->filter);
    if (!table_make(&terms->ids, 2 * count) ||
        !REFIT(terms->filter, (terms->ids.buckets.length << FILTER_BITS) / 8)) {
        RELEASE(terms->ids.memory);
        terms->ids = old;
        return 0;
    }
    for (size_t i = 0; i < old.buckets.length; i++)
        for (int way = 0; way < WAYS && old.buckets.items[i].key[way]; way++)
            table_add(&terms->ids, old.buckets.items[i].key[way], old.buckets.items[i].value[way],
                      old.buckets.items[i].proof[way]);
    RELEASE(old.memory);
    return 1;
}

/* Make place for the terms in the queue, should all of them be new. */
static int collector_fit(Collector *collector) {
    Counts *counts = &collector->counts;
    Terms *terms = &collector->block.terms;
    size_t most = collector->n_terms + PENDING, letters = terms->used;
    int ok = 1;
    for (size_t i = 0; i < counts->n_pending; i++)
        letters += 2 * (size_t)(counts->pending[i].end - counts->pending[i].begin) + 1;
    GROW(collector->terms, most, ok);
    GROW(counts->count, most + 1, ok);
    GROW(counts->touched, most + 1, ok);
    GROW(terms->letters, letters, ok);
    if (ok && WAYS * terms->ids.buckets.length < 2 * most) ok = collector_rehash(terms, most);
    return ok && most < UINT32_MAX && letters < UINT32_MAX;
}

/* Count the terms in the queue, giving ids to those that are new. A block lends its terms to be
 * read only; they are the collector's own. */
static void count_any(Counts *counts, const Terms *lent, const uint32_t *text, const U32s *ends) {
    Collector *collector = counts->learner;
    Terms *terms = &collector->block.terms;
    (void)lent;
    if (!collector_fit(collector)) counts->short_of_memory = 1;
    for (size_t i = 0; i < counts->n_pending && !counts->short_of_memory; i++) {
        const Term *term = &counts->pending[i];
        uint32_t id = terms_find(terms, text, term, ends);
        if (!id) {
            AT(collector->terms, collector->n_terms) =
                KEY_IS_HASH(term->key) ? HASH_MARK | terms->used : term->key;
            id = (uint32_t)++collector->n_terms;
            terms_put(terms, text, term, ends, id);
        }
        AT(counts->touched, counts->n_touched) = id - 1;
        counts->n_touched += !AT(counts->count, id);
        AT(counts->count, id)++;
    }
    counts->n_pending = 0;
}

static void collector_free(Collector *collector) {
    block_free(&collector->block);
    cut_free(&collector->cut);
    RELEASE(collector->counts.count);
    RELEASE(collector->counts.touched);
    RELEASE(collector->terms);
    rows_free(&collector->rows);
}

/* Count the terms of articles, which lie as for score_articles, and append a row for each. */
static int collect_articles(Collector *collector, uint32_t *text, const uint64_t *bounds, size_t n,
                            int64_t *ends) {
    const Block *block = &collector->block;
    Counts *counts = &collector->counts;
    GrowingRows *rows = &collector->rows;
    counts->flush = count_any;
    counts->learner = collector;
    normalize_text(collector->language.characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++) {
        counts->n_touched = 0;
        for (size_t part = 2 * i; part < 2 * i + 2; part++) {
            size_t length = bounds[part + 1] - bounds[part];
            if (length && !block->kind->collect(block, &collector->language, &collector->cut,
                                                text + bounds[part], length, counts))
                return 0;
        }
        if (!rows_fit(rows, counts->n_touched)) return 0;
        uint32_t *values = rows->values;
        for (size_t k = 0; k < counts->n_touched; k++) {
            uint32_t id = AT(counts->touched, k);
            rows->indices[rows->count] = id;
            values[rows->count++] = AT(counts->count, id + 1);
            AT(counts->count, id + 1) = 0;
        }
        ends[i] = (int64_t)rows->count;
    }
    return 1;
}

/* Write the letters of a term to `letters`, which is long enough; return how many they are. */
static size_t collected_letters(const Collector *collector, size_t id, uint32_t *letters) {
    const U32s *known = &collector->block.terms.letters;
    uint64_t key = AT(collector->terms, id);
    if (key & HASH_MARK) {
        size_t at = (size_t)(key ^ HASH_MARK), n = AT(*known, at);
        memcpy(letters, &AT(*known, at + 1), n * sizeof *letters);
        return n;
    }
    size_t n = 0;
    for (int shift = 42; shift >= 0; shift -= 21) {
        uint32_t letter = (uint32_t)(key >> shift & 0x1FFFFF);
        if (letter) letters[n++] = letter - 1;
    }
    return n;
}

#endif
