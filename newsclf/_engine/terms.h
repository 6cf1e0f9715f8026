/* Terms of an article (word and character n-grams), looked up in a model's vocabulary and counted.
 * newsclf/features.py defines them. */
#ifndef NEWSCLF_TERMS_H
#define NEWSCLF_TERMS_H

#include "cutting.h"

/* What Python's str methods and the folding table say about characters, a page of 256 at a time. */
typedef struct {
    U16s page;   /* by code point / 256: which page of `folded`; 0: folded to themselves */
    U32s folded;
    U8s alnum;   /* bits, by code point */
} Characters;

static inline uint32_t fold_character(const Characters *characters, uint32_t c) {
    uint16_t page = AT(characters->page, c >> 8);
    return page ? AT(characters->folded, (uint32_t)page << 8 | (c & 255)) : c;
}

static inline int is_alnum(const Characters *characters, uint32_t c) {
    return AT(characters->alnum, c >> 3) >> (c & 7) & 1;
}

/* The runs within which character n-grams lie: HAN of features.py. */
static inline int is_han(uint32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007;
}

/* Up to three characters are packed into the key of a term, 21 bits each, so equal keys are equal
 * terms. Longer terms have a hash with the highest bit set, and their letters to compare. */
#define KEY_IS_HASH(key) ((key) >> 63)

static inline uint64_t key_add(uint64_t key, unsigned n, uint32_t c) {
    if (n < 3) return key << 21 | (c + 1);
    key = (key ^ (c + 1)) * 0x9E3779B97F4A7C15u;
    return (key ^ key >> 32) | (uint64_t)1 << 63;
}

typedef struct {
    Table ids;    /* key -> feature id; proof: where the letters of a long term begin */
    U32s letters; /* of long terms: their number, then they themselves */
    size_t used;
    unsigned shortest, longest; /* n-grams; 0, 0: no such block */
} Block;

/* One occurrence of an n-gram: characters begin to end; words of it end at ends[word], ... */
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

/* The slot of a term, or the free slot where it belongs. */
static inline Slot *term_slot(const Block *block, const uint32_t *text, const Term *term,
                              const U32s *ends) {
    size_t at = table_home(&block->ids, term->key);
    for (;; at = table_next(&block->ids, at)) {
        Slot *slot = &AT(block->ids.slots, at);
        if (!slot->key) return slot;
        if (slot->key == term->key &&
            (!KEY_IS_HASH(term->key) || same_letters(block->letters, slot->proof, text, term, ends)))
            return slot;
    }
}

/* Add a term to a block with room for it; 0 when it is there already. */
static int block_add(Block *block, const uint32_t *text, uint32_t n, uint32_t id) {
    Term term = {0, 0, n, 0};
    for (uint32_t i = 0; i < n; i++) term.key = key_add(term.key, i, text[i]);
    Slot *slot = term_slot(block, text, &term, NULL);
    if (slot->key) return 0;
    slot->key = term.key;
    slot->value = id;
    if (KEY_IS_HASH(term.key)) {
        slot->proof = (uint32_t)block->used;
        AT(block->letters, block->used) = n;
        for (uint32_t i = 0; i < n; i++) AT(block->letters, block->used + 1 + i) = text[i];
        block->used += 1 + n;
    }
    block->ids.count++;
    return 1;
}

/* Where terms of an article occur, when somebody wants to know. */
typedef struct {
    uint32_t *items; /* feature, part (0 title, 1 text), begin, end */
    size_t count, room;
} Occurrences;

static int occurrences_add(Occurrences *found, uint32_t id, uint32_t part, const Term *term) {
    if (found->count == found->room) {
        size_t room = found->room ? 2 * found->room : 256;
        uint32_t *items = realloc(found->items, room * 4 * sizeof *items);
        if (!items) return 0;
        found->items = items;
        found->room = room;
    }
    uint32_t *row = found->items + 4 * found->count++;
    row[0] = id, row[1] = part, row[2] = term->begin, row[3] = term->end;
    return 1;
}

#define PENDING 32 /* terms whose slots are fetched before the first is looked at */

/* Counts of one article. */
typedef struct {
    U32s count;   /* by feature */
    U32s touched; /* features with a count, in the order of their first occurrence */
    size_t n_touched;
    Term pending[PENDING];
    size_t n_pending;
    uint32_t weight, part; /* of the part being counted: title or text */
    Occurrences *found;    /* NULL: nobody asks */
    const char *weights;   /* rows to prefetch */
    const float *idf;
    size_t row_size;
    int short_of_memory;
} Tally;

static inline void tally_flush(Tally *tally, const Block *block, const uint32_t *text,
                               const U32s *ends) {
    for (size_t i = 0; i < tally->n_pending; i++) {
        const Term *term = &tally->pending[i];
        const Slot *slot = term_slot(block, text, term, ends);
        if (!slot->key) continue;
        uint32_t id = slot->value;
        if (!AT(tally->count, id)) {
            AT(tally->touched, tally->n_touched) = id;
            tally->n_touched++;
            if (tally->weights) {
                const char *row = tally->weights + id * tally->row_size;
                PREFETCH(tally->idf + id);
                PREFETCH(row);
                PREFETCH(row + tally->row_size - 1);
            }
        }
        AT(tally->count, id) += tally->weight;
        if (tally->found && !occurrences_add(tally->found, id, tally->part, term))
            tally->short_of_memory = 1;
    }
    tally->n_pending = 0;
}

static inline void tally_add(Tally *tally, const Block *block, const uint32_t *text,
                             const U32s *ends, Term term) {
    PREFETCH(&block->ids.slots.items[table_home(&block->ids, term.key)]);
    tally->pending[tally->n_pending++] = term;
    if (tally->n_pending == PENDING) tally_flush(tally, block, text, ends);
}

static inline int is_word(const Characters *characters, const Cut *cut, const uint32_t *text,
                          size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
        uint16_t code = AT(cut->codes, i);
        if (CODE_IS_HAN(code) || CODE_IS_ALNUM(code)) return 1;
        if (!code && is_alnum(characters, text[i])) return 1;
    }
    return 0;
}

/* Count the word n-grams of a text that has been cut. */
static void count_words(const Block *block, const Characters *characters, const uint32_t *text,
                        const Cut *cut, Tally *tally) {
    uint32_t begin = 0;
    size_t run = 0; /* words since the last sign that is none */
    for (size_t word = 0; word < cut->count; word++) {
        uint32_t end = AT(cut->ends, word);
        run = is_word(characters, cut, text, begin, end) ? run + 1 : 0;
        size_t most = run < block->longest ? run : block->longest;
        for (size_t n = block->shortest; n <= most; n++) {
            size_t first = word + 1 - n;
            uint32_t start = first ? AT(cut->ends, first - 1) : 0;
            Term term = {0, start, end, (uint32_t)first};
            unsigned letters = 0;
            for (uint32_t i = start, w = (uint32_t)first; i < end; i++) {
                if (i > start && i == AT(cut->ends, w)) {
                    term.key = key_add(term.key, letters++, ' ');
                    w++;
                }
                term.key = key_add(term.key, letters++, text[i]);
            }
            tally_add(tally, block, text, &cut->ends, term);
        }
        begin = end;
    }
    tally_flush(tally, block, text, &cut->ends);
}

/* Count the character n-grams of a text, within its runs of Han characters. */
static void count_chars(const Block *block, const uint32_t *text, size_t length, Tally *tally) {
    for (size_t i = 0; i < length; i++) {
        Term term = {0, (uint32_t)i, (uint32_t)i, 0};
        for (unsigned n = 0; n < block->longest; n++) {
            if (term.end == length || !is_han(text[term.end])) break;
            term.key = key_add(term.key, n, text[term.end++]);
            if (n + 1 >= block->shortest) tally_add(tally, block, text, NULL, term);
        }
    }
    tally_flush(tally, block, text, NULL);
}

#endif
