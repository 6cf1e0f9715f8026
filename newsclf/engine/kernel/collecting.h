/* Counting terms that nobody knows yet: what vocabularies are chosen from. */
#ifndef NEWSCLF_COLLECTING_H
#define NEWSCLF_COLLECTING_H

#include "scoring.h"

/* One block whose terms get their ids as they come. */
typedef struct Collector {
    Model model; /* its settings; of its blocks only `which` has terms */
    int which;
    U64s terms; /* by id: the key of a short term, or a hash mark and where its letters begin */
    size_t count;
    uint32_t *indices, *counts; /* sparse rows as they grow, features in order of occurrence */
    size_t n_entries, room;
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
static int collector_rehash(Block *block, size_t count) {
    Table old = block->ids;
    memset(&block->ids, 0, sizeof block->ids);
    RELEASE(block->filter);
    if (!table_make(&block->ids, 2 * count) ||
        !REFIT(block->filter, (block->ids.buckets.length << FILTER_BITS) / 8)) {
        RELEASE(block->ids.memory);
        block->ids = old;
        return 0;
    }
    for (size_t i = 0; i < old.buckets.length; i++)
        for (int way = 0; way < WAYS && old.buckets.items[i].key[way]; way++)
            table_add(&block->ids, old.buckets.items[i].key[way], old.buckets.items[i].value[way],
                      old.buckets.items[i].proof[way]);
    RELEASE(old.memory);
    return 1;
}

/* Room for the terms in the queue, should all of them be new. */
static int collector_fit(Collector *collector, Tally *tally) {
    Block *block = &collector->model.blocks[collector->which];
    size_t most = collector->count + PENDING, letters = block->used;
    int ok = 1;
    for (size_t i = 0; i < tally->n_pending; i++)
        letters += 2 * (size_t)(tally->pending[i].end - tally->pending[i].begin) + 1;
    GROW(collector->terms, most, ok);
    GROW(tally->count, most + 1, ok);
    GROW(tally->touched, most + 1, ok);
    GROW(block->letters, letters, ok);
    if (ok && WAYS * block->ids.buckets.length < 2 * most) ok = collector_rehash(block, most);
    return ok && most < UINT32_MAX && letters < UINT32_MAX;
}

static void collect_pending(Tally *tally, const uint32_t *text, const U32s *ends) {
    Collector *collector = tally->collector;
    Block *block = &collector->model.blocks[collector->which];
    if (!collector_fit(collector, tally)) tally->short_of_memory = 1;
    for (size_t i = 0; i < tally->n_pending && !tally->short_of_memory; i++) {
        const Term *term = &tally->pending[i];
        uint32_t id = find_term(block, text, term, ends);
        if (!id) {
            AT(collector->terms, collector->count) =
                KEY_IS_HASH(term->key) ? HASH_MARK | block->used : term->key;
            id = (uint32_t)++collector->count;
            block_put(block, text, term, ends, id);
        }
        AT(tally->touched, tally->n_touched) = id - 1;
        tally->n_touched += !AT(tally->count, id);
        AT(tally->count, id)++;
    }
    tally->n_pending = 0;
}

static void collector_free(Collector *collector) {
    block_free(&collector->model.blocks[0]);
    block_free(&collector->model.blocks[1]);
    RELEASE(collector->terms);
    free(collector->indices);
    free(collector->counts);
}

/* Count the terms of articles, as score_articles has them, and append a row for each. */
static int collect_articles(Collector *collector, Work *work, uint32_t *text,
                            const uint64_t *bounds, size_t n, int64_t *ends) {
    Tally *tally = &work->tally;
    tally->found = NULL;
    tally->rows = NULL;
    tally->collector = collector;
    fold_text(collector->model.characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++) {
        uint64_t start = bounds[2 * i], middle = bounds[2 * i + 1], end = bounds[2 * i + 2];
        tally->n_touched = 0;
        if (!count_part(&collector->model, work, collector->which, text + start, middle - start) ||
            !count_part(&collector->model, work, collector->which, text + middle, end - middle))
            return 0;
        if (collector->n_entries + tally->n_touched > collector->room) {
            size_t room = 2 * (collector->n_entries + tally->n_touched);
            uint32_t *indices = realloc(collector->indices, room * sizeof *indices);
            if (indices) collector->indices = indices;
            uint32_t *counts = realloc(collector->counts, room * sizeof *counts);
            if (counts) collector->counts = counts;
            if (!indices || !counts) return 0;
            collector->room = room;
        }
        for (size_t k = 0; k < tally->n_touched; k++) {
            uint32_t id = AT(tally->touched, k);
            collector->indices[collector->n_entries] = id;
            collector->counts[collector->n_entries++] = AT(tally->count, id + 1);
            AT(tally->count, id + 1) = 0;
        }
        ends[i] = (int64_t)collector->n_entries;
    }
    return 1;
}

/* Write the letters of a term to `letters`, which has room for them; return how many they are. */
static size_t collected_letters(const Collector *collector, size_t id, uint32_t *letters) {
    uint64_t key = AT(collector->terms, id);
    if (key & HASH_MARK) {
        const Block *block = &collector->model.blocks[collector->which];
        size_t at = (size_t)(key ^ HASH_MARK), n = AT(block->letters, at);
        memcpy(letters, &AT(block->letters, at + 1), n * sizeof *letters);
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
