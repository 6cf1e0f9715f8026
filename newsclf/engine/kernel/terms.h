/* Terms in a hash table: words, n-grams of words, and n-grams of characters that nobody knows yet.
 *
 * Up to three characters are packed into the key of a term, 21 bits each, so equal keys are equal
 * terms. Longer terms have a hash with the highest bit set, and their letters to compare. */
#ifndef NEWSCLF_TERMS_H
#define NEWSCLF_TERMS_H

#include "filling.h"
#include "table.h"

#define KEY_IS_HASH(key) ((key) >> 63)

static inline uint64_t key_add(uint64_t key, unsigned n, uint32_t c) {
    if (n < 3) return key << 21 | (c + 1);
    key = (key ^ (c + 1)) * 0x9E3779B97F4A7C15u;
    return (key ^ key >> 32) | (uint64_t)1 << 63;
}

/* The key of a text of one to three letters; reads three. */
static inline uint64_t short_key(const uint32_t *text, size_t n) {
    uint64_t key = (uint64_t)(text[0] + 1) << 42 | (uint64_t)(text[1] + 1) << 21 | (text[2] + 1);
    return key >> 21 * (3 - n);
}

typedef struct {
    Table ids;    /* key -> feature id + 1; proof: where the letters of a long term begin */
    U8s filter;   /* a bit for each key's hash, small enough for the cache; 0: not in `ids` */
    U32s letters; /* of long terms: their number, then they themselves */
    size_t used;
} Terms;

#define FILTER_BITS 4 /* the filter has 2^4 bits a bucket */

static inline size_t filter_home(const Terms *terms, uint64_t key) {
    return (size_t)(key_spread(key) >> (terms->ids.shift - FILTER_BITS));
}

static inline int may_hold(const Terms *terms, uint64_t key) {
    size_t bit = filter_home(terms, key);
    return AT(terms->filter, bit >> 3) >> (bit & 7) & 1;
}

/* One occurrence of a term: characters begin to end; words of it end at ends[word], ... */
typedef struct {
    uint64_t key;
    uint32_t begin, end, word;
} Term;

/* Are these the letters of the term? Words are joined by one space. */
static int same_letters(const U32s letters, size_t at, const uint32_t *text, const Term *term,
                        const U32s *ends) {
    uint32_t n = AT(letters, at), seen = 0, word = term->word;
    for (uint32_t i = term->begin; i < term->end; i++) {
        if (ends && i > term->begin && i == AT(*ends, word)) {
            if (seen == n || AT(letters, at + 1 + seen) != ' ') return 0;
            seen++;
            word++;
        }
        if (seen == n || AT(letters, at + 1 + seen) != text[i]) return 0;
        seen++;
    }
    return seen == n;
}

/* The feature id of a term + 1, or 0. */
static inline uint32_t terms_find(const Terms *terms, const uint32_t *text, const Term *term,
                                  const U32s *ends) {
    if (LIKELY(!KEY_IS_HASH(term->key))) return table_find(&terms->ids, term->key);
    for (size_t at = table_home(&terms->ids, term->key);; at = table_next(&terms->ids, at)) {
        const Bucket *bucket = &AT(terms->ids.buckets, at);
        for (int way = 0; way < WAYS; way++) {
            if (!bucket->key[way]) return 0;
            if (bucket->key[way] == term->key &&
                same_letters(terms->letters, bucket->proof[way], text, term, ends))
                return bucket->value[way];
        }
    }
}

/* Make tables for `n_terms` terms of `n_letters` letters together; 0 when memory is short. */
static inline int terms_make(Terms *terms, size_t n_terms, size_t n_letters) {
    terms->used = 0;
    return table_make(&terms->ids, n_terms) && REFIT(terms->letters, n_terms + n_letters + 1) &&
           REFIT(terms->filter, (terms->ids.buckets.length << FILTER_BITS) / 8);
}

static inline void terms_free(Terms *terms) {
    RELEASE(terms->ids.memory);
    RELEASE(terms->letters);
    RELEASE(terms->filter);
}

/* Add a term that is not there yet, with its letters where its key is only a hash. */
static void terms_put(Terms *terms, const uint32_t *text, const Term *term, const U32s *ends,
                      uint32_t value) {
    table_add(&terms->ids, term->key, value, (uint32_t)terms->used);
    size_t bit = filter_home(terms, term->key);
    AT(terms->filter, bit >> 3) |= (uint8_t)(1 << (bit & 7));
    if (!KEY_IS_HASH(term->key)) return;
    size_t at = terms->used++;
    for (uint32_t i = term->begin, word = term->word; i < term->end; i++) {
        if (ends && i > term->begin && i == AT(*ends, word)) {
            AT(terms->letters, terms->used) = ' ';
            terms->used++;
            word++;
        }
        AT(terms->letters, terms->used) = text[i];
        terms->used++;
    }
    AT(terms->letters, at) = (uint32_t)(terms->used - at - 1);
}

/* Add n terms whose letters lie one after the other; ids count from first_id. Keys are made a wave
 * at a time, so that their buckets have come when they are filled. */
static inline int terms_fill(Terms *terms, const uint32_t *text, const uint32_t *lengths,
                             size_t n, uint32_t first_id) {
    Term wave[WAVE];
    for (size_t from = 0; from < n; from += WAVE) {
        size_t count = n - from < WAVE ? n - from : WAVE;
        for (size_t k = 0; k < count; k++) {
            Term term = {0, 0, lengths[from + k], 0};
            for (uint32_t i = 0; i < term.end; i++) term.key = key_add(term.key, i, text[i]);
            PREFETCH(&terms->ids.buckets.items[table_home(&terms->ids, term.key)]);
            PREFETCH(&terms->filter.items[filter_home(terms, term.key) >> 3]);
            wave[k] = term;
            text += term.end;
        }
        const uint32_t *letters = text;
        for (size_t k = 0; k < count; k++) letters -= wave[k].end;
        for (size_t k = 0; k < count; k++) {
            if (terms_find(terms, letters, &wave[k], NULL)) return TERM_TWICE;
            terms_put(terms, letters, &wave[k], NULL, first_id + (uint32_t)(from + k) + 1);
            letters += wave[k].end;
        }
    }
    return FILLED;
}

#endif
