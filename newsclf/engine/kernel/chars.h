/* N-grams of characters: newsclf/engine/terms/chars.py defines them. */
#ifndef NEWSCLF_CHARS_H
#define NEWSCLF_CHARS_H

#include "block.h"

/* Queue the character n-grams of a text, within its runs of Han characters or anywhere. */
static inline int chars_collect(const Block *block, const Language *language, Cut *cut,
                                const uint32_t *text, size_t length, Counts *counts) {
    const unsigned shortest = block->shortest, longest = block->longest;
    const Terms *terms = &block->terms;
    uint64_t last = 0; /* the last three letters, as a key */
    size_t run = 0;
    (void)language, (void)cut;
    for (size_t i = 0; i < length; i++) {
        run = block->any || is_han(text[i]) ? run + 1 : 0;
        if (!run) continue;
        last = (last << 21 | (text[i] + 1)) & (((uint64_t)1 << 63) - 1);
        counts_fit(counts, terms, text, NULL, longest);
        for (unsigned n = shortest; n <= longest && n <= run; n++) {
            uint64_t key = 0;
            if (n <= 3) {
                key = last & (((uint64_t)1 << 21 * n) - 1);
            } else {
                for (unsigned k = 0; k < n; k++) key = key_add(key, k, text[i + 1 - n + k]);
            }
            counts_queue(counts, terms, key, i + 1 - n, i + 1, 0);
        }
    }
    counts->flush(counts, terms, text, NULL);
    return !counts->short_of_memory;
}

/* Places in a text where n-grams may go on, a wave of them. */
typedef struct {
    uint64_t places[WAVE];
    uint32_t ends[WAVE]; /* of the n-grams, in the text */
    uint32_t nodes[WAVE], ids[WAVE];
    size_t n;
} Wave;

/* Look up the places of a wave; `ids` become what is counted. */
static inline void wave_find(Wave *wave, const Ngrams *ngrams, Counts *counts) {
    for (size_t k = 0; k < wave->n; k++)
        PREFETCH(&ngrams->groups.items[ngrams_home(ngrams, wave->places[k])]);
    for (size_t k = 0; k < wave->n; k++) {
        uint32_t node = ngrams_find(ngrams, wave->places[k]);
        wave->nodes[k] = node;
        wave->ids[k] = (ngrams->first_id + node) & -(uint32_t)(node - 1 < ngrams->n_terms);
        PREFETCH(&counts->count.items[wave->ids[k]]);
    }
}

static inline void wave_count(const Wave *wave, unsigned size, Counts *counts) {
    counts_add(counts, wave->ids, wave->n);
    for (size_t k = 0; counts->found && k < wave->n; k++) {
        Term term = {0, wave->ends[k] - size, wave->ends[k], 0};
        if (wave->ids[k] && !occurrences_add(counts->found, wave->ids[k] - 1, counts->part, &term))
            counts->short_of_memory = 1;
    }
}

/* Count the character n-grams of a text that a vocabulary holds. A wave of places goes down the
 * trie together, level by level; what cannot go on drops out. */
static inline int chars_count(const Block *block, const Language *language, Cut *cut,
                              const uint32_t *text, size_t length, Counts *counts) {
    const Ngrams *ngrams = &block->ngrams;
    Wave wave;
    (void)language, (void)cut;
    for (size_t from = 0; from < length; from += WAVE) {
        size_t to = length - from < WAVE ? length : from + WAVE;
        wave.n = 0;
        for (size_t i = from; i < to && block->shortest == 1; i++) {
            wave.places[wave.n] = PLACE(ONE_CHARACTER(text[i]), ALONE);
            wave.ends[wave.n] = (uint32_t)i + 1;
            wave.n += block->any | is_han(text[i]);
        }
        wave_find(&wave, ngrams, counts);
        wave_count(&wave, 1, counts);
        wave.n = 0;
        int here = block->any | is_han(text[from]);
        for (size_t i = from; i < to && i + 1 < length; i++) {
            int next = block->any | is_han(text[i + 1]);
            wave.places[wave.n] = PLACE(ONE_CHARACTER(text[i]), text[i + 1]);
            wave.ends[wave.n] = (uint32_t)i + 2;
            wave.n += here & next;
            here = next;
        }
        for (unsigned size = 2; size <= block->longest && wave.n; size++) {
            wave_find(&wave, ngrams, counts);
            wave_count(&wave, size, counts);
            size_t n = wave.n;
            wave.n = 0;
            for (size_t k = 0; k < n; k++) {
                uint32_t end = wave.ends[k], next = text[end];
                wave.places[wave.n] = PLACE(wave.nodes[k], next);
                wave.ends[wave.n] = end + 1;
                wave.n += (wave.nodes[k] != 0) & (end < length) & (block->any | is_han(next));
            }
        }
    }
    return !counts->short_of_memory;
}

static inline int chars_fill(Block *block, const uint32_t *text, size_t n_letters,
                             const uint32_t *lengths, size_t n, uint32_t first_id) {
    (void)n_letters;
    block->ngrams.first_id = first_id;
    return ngrams_fill(&block->ngrams, text, lengths, n, block->shortest, block->longest);
}

static const Kind CHARS = {"chars", chars_fill, chars_count, chars_collect};

#endif
