/* Terms of an article (word and character n-grams), looked up in a model's vocabulary and counted.
 * newsclf/engine/features.py defines them. */
#ifndef NEWSCLF_TERMS_H
#define NEWSCLF_TERMS_H

#include "cutting.h"
#include "ngrams.h"
#include "utf8.h"

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
    return (c - 0x4E00 <= 0x9FFF - 0x4E00) | (c - 0x3400 <= 0x4DBF - 0x3400) | (c == 0x3007);
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
    Table ids;    /* key -> feature id + 1; proof: where the letters of a long term begin */
    U8s filter;   /* a bit for each key's hash, small enough for the cache; 0: not in `ids` */
    U32s letters; /* of long terms: their number, then they themselves */
    size_t used;
    unsigned shortest, longest; /* n-grams; 0, 0: no such block */
    int any; /* n-grams of characters: over the whole text, not within runs of Han characters */
} Block;

#define FILTER_BITS 4 /* the filter has 2^4 bits a bucket */

static inline size_t filter_home(const Block *block, uint64_t key) {
    return (size_t)(key_spread(key) >> (block->ids.shift - FILTER_BITS));
}

static inline int may_hold(const Block *block, uint64_t key) {
    size_t bit = filter_home(block, key);
    return AT(block->filter, bit >> 3) >> (bit & 7) & 1;
}

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

/* The feature id of a term + 1, or 0. */
static inline uint32_t find_term(const Block *block, const uint32_t *text, const Term *term,
                                 const U32s *ends) {
    if (LIKELY(!KEY_IS_HASH(term->key))) return table_find(&block->ids, term->key);
    for (size_t at = table_home(&block->ids, term->key);; at = table_next(&block->ids, at)) {
        const Bucket *bucket = &AT(block->ids.buckets, at);
        for (int way = 0; way < WAYS; way++) {
            if (!bucket->key[way]) return 0;
            if (bucket->key[way] == term->key &&
                same_letters(block->letters, bucket->proof[way], text, term, ends))
                return bucket->value[way];
        }
    }
}

/* Make room for `n_terms` terms of `n_letters` letters together. */
static int block_make(Block *block, size_t n_terms, size_t n_letters) {
    block->used = 0;
    return table_make(&block->ids, n_terms) && REFIT(block->letters, n_terms + n_letters + 1) &&
           REFIT(block->filter, (block->ids.buckets.length << FILTER_BITS) / 8);
}

static void block_free(Block *block) {
    RELEASE(block->ids.memory);
    RELEASE(block->letters);
    RELEASE(block->filter);
}

/* Add a term that is not there yet, with its letters where its key is only a hash. */
static void block_put(Block *block, const uint32_t *text, const Term *term, const U32s *ends,
                      uint32_t value) {
    table_add(&block->ids, term->key, value, (uint32_t)block->used);
    size_t bit = filter_home(block, term->key);
    AT(block->filter, bit >> 3) |= (uint8_t)(1 << (bit & 7));
    if (!KEY_IS_HASH(term->key)) return;
    size_t at = block->used++;
    for (uint32_t i = term->begin, word = term->word; i < term->end; i++) {
        if (ends && i > term->begin && i == AT(*ends, word)) {
            AT(block->letters, block->used) = ' ';
            block->used++;
            word++;
        }
        AT(block->letters, block->used) = text[i];
        block->used++;
    }
    AT(block->letters, at) = (uint32_t)(block->used - at - 1);
}

/* Add n terms whose letters lie one after the other; ids count from first_id. Keys are made a wave at a time, so that their buckets have come when they are filled. */
static int block_fill(Block *block, const uint32_t *text, const uint32_t *lengths, size_t n,
                      uint32_t first_id) {
    Term terms[WAVE];
    for (size_t from = 0; from < n; from += WAVE) {
        size_t count = n - from < WAVE ? n - from : WAVE;
        for (size_t k = 0; k < count; k++) {
            Term term = {0, 0, lengths[from + k], 0};
            for (uint32_t i = 0; i < term.end; i++) term.key = key_add(term.key, i, text[i]);
            PREFETCH(&block->ids.buckets.items[table_home(&block->ids, term.key)]);
            PREFETCH(&block->filter.items[filter_home(block, term.key) >> 3]);
            terms[k] = term;
            text += term.end;
        }
        const uint32_t *letters = text;
        for (size_t k = 0; k < count; k++) letters -= terms[k].end;
        for (size_t k = 0; k < count; k++) {
            if (find_term(block, letters, &terms[k], NULL)) return TERM_TWICE;
            block_put(block, letters, &terms[k], NULL, first_id + (uint32_t)(from + k) + 1);
            letters += terms[k].end;
        }
    }
    return FILLED;
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

#define PENDING 96 /* terms in the queue: looked up together, so that memory is waited for once */

/* Counts of one article. */
typedef struct {
    U32s count;   /* by feature id + 1; count[0] takes what is not in the vocabulary */
    U32s touched; /* ids with a count, in the order of their first occurrence */
    size_t n_touched;
    Term pending[PENDING];
    size_t n_pending;
    uint32_t part; /* 0 title, 1 text: to say where features occur */
    Occurrences *found;    /* NULL: nobody asks */
    const float *idf;      /* to fetch ahead, as are the rows of weights; NULL: no weights */
    const char *rows;
    size_t row_size;
    struct Collector *collector; /* learns new terms; NULL: the vocabulary is fixed */
    int short_of_memory;
} Tally;

static void collect_pending(Tally *tally, const uint32_t *text, const U32s *ends);

/* Count features (ids + 1; 0: none), and ask memory for what is needed of each afterwards. */
static void tally_count(Tally *tally, const uint32_t *ids, size_t n) {
    AT(tally->count, 0) = 1; /* so that it is never touched */
    for (size_t i = 0; i < n; i++) {
        uint32_t id = ids[i];
        AT(tally->touched, tally->n_touched) = id - 1;
        tally->n_touched += !AT(tally->count, id);
        AT(tally->count, id)++;
        if (tally->rows) {
            const char *row = tally->rows + (id - (id != 0)) * tally->row_size;
            PREFETCH(tally->idf + id);
            PREFETCH(row);
            PREFETCH(row + tally->row_size - 1);
        }
    }
}

/* Look up and count the terms in the queue. Each loop asks memory for what the next one needs. */
static void tally_flush(Tally *tally, const Block *block, const uint32_t *text, const U32s *ends) {
    uint32_t ids[PENDING] = {0};
    size_t n = 0;
    if (tally->collector) {
        collect_pending(tally, text, ends);
        return;
    }
    for (size_t i = 0; i < tally->n_pending; i++) {
        tally->pending[n] = tally->pending[i];
        n += (size_t)may_hold(block, tally->pending[i].key);
    }
    for (size_t i = 0; i < n; i++)
        PREFETCH(&block->ids.buckets.items[table_home(&block->ids, tally->pending[i].key)]);
    for (size_t i = 0; i < n; i++) {
        ids[i] = find_term(block, text, &tally->pending[i], ends);
        PREFETCH(&tally->count.items[ids[i]]);
    }
    tally_count(tally, ids, n);
    for (size_t i = 0; tally->found && i < n; i++)
        if (ids[i] && !occurrences_add(tally->found, ids[i] - 1, tally->part, &tally->pending[i]))
            tally->short_of_memory = 1;
    tally->n_pending = 0;
}

/* Put a term in the queue, which has room. */
static inline void tally_add(Tally *tally, const Block *block, uint64_t key, size_t begin,
                             size_t end, size_t word) {
    Term *term = &tally->pending[INDEX(tally->n_pending, PENDING)];
    term->key = key;
    term->begin = (uint32_t)begin;
    term->end = (uint32_t)end;
    term->word = (uint32_t)word;
    PREFETCH(&block->filter.items[filter_home(block, key) >> 3]);
    tally->n_pending++;
}

static inline void tally_make_room(Tally *tally, const Block *block, const uint32_t *text,
                                   const U32s *ends, size_t n) {
    if (tally->n_pending + n > PENDING) tally_flush(tally, block, text, ends);
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

/* The key of a text of one to three letters; reads three. */
static inline uint64_t short_key(const uint32_t *text, size_t n) {
    uint64_t key = (uint64_t)(text[0] + 1) << 42 | (uint64_t)(text[1] + 1) << 21 | (text[2] + 1);
    return key >> 21 * (3 - n);
}

/* Count the word n-grams of a text that has been cut. */
static void count_words(const Block *block, const Characters *characters, const uint32_t *text,
                        const Cut *cut, Tally *tally) {
    size_t begin = 0, run = 0; /* words since the last sign that is none */
    for (size_t word = 0; word < cut->count; word++) {
        size_t end = AT(cut->ends, word);
        run = is_word(characters, cut, text, begin, end) ? run + 1 : 0;
        size_t most = run < block->longest ? run : block->longest;
        for (size_t n = block->shortest; n <= most; n++) {
            size_t first = word + 1 - n;
            size_t start = n == 1 ? begin : first ? AT(cut->ends, first - 1) : 0;
            uint64_t key = 0;
            if (n == 1 && end - start <= 3) {
                key = short_key(text + start, end - start);
            } else {
                unsigned letters = 0;
                for (size_t i = start, w = first; i < end; i++) {
                    if (i > start && i == AT(cut->ends, w)) {
                        key = key_add(key, letters++, ' ');
                        w++;
                    }
                    key = key_add(key, letters++, text[i]);
                }
            }
            tally_make_room(tally, block, text, &cut->ends, 1);
            tally_add(tally, block, key, start, end, first);
        }
        begin = end;
    }
    tally_flush(tally, block, text, &cut->ends);
}

/* Collect the character n-grams of a text, within its runs of Han characters or anywhere. */
static void collect_chars(const Block *block, const uint32_t *text, size_t length, Tally *tally) {
    const unsigned shortest = block->shortest, longest = block->longest;
    uint64_t last = 0; /* the last three letters, as a key */
    size_t run = 0;
    for (size_t i = 0; i < length; i++) {
        run = block->any || is_han(text[i]) ? run + 1 : 0;
        if (!run) continue;
        last = (last << 21 | (text[i] + 1)) & (((uint64_t)1 << 63) - 1);
        tally_make_room(tally, block, text, NULL, longest);
        for (unsigned n = shortest; n <= longest && n <= run; n++) {
            uint64_t key = 0;
            if (n <= 3) {
                key = last & (((uint64_t)1 << 21 * n) - 1);
            } else {
                for (unsigned k = 0; k < n; k++) key = key_add(key, k, text[i + 1 - n + k]);
            }
            tally_add(tally, block, key, i + 1 - n, i + 1, 0);
        }
    }
    tally_flush(tally, block, text, NULL);
}

/* Places in a text where n-grams may go on, a wave of them. */
typedef struct {
    uint64_t places[WAVE];
    uint32_t ends[WAVE]; /* of the n-grams, in the text */
    uint32_t nodes[WAVE], ids[WAVE];
    size_t n;
} Wave;

/* Look up the places of a wave; `ids` become what the tally counts. */
static void wave_find(Wave *wave, const Ngrams *ngrams, Tally *tally) {
    for (size_t k = 0; k < wave->n; k++)
        PREFETCH(&ngrams->groups.items[ngrams_home(ngrams, wave->places[k])]);
    for (size_t k = 0; k < wave->n; k++) {
        uint32_t node = ngrams_find(ngrams, wave->places[k]);
        wave->nodes[k] = node;
        wave->ids[k] = (ngrams->first_id + node) & -(uint32_t)(node - 1 < ngrams->n_terms);
        PREFETCH(&tally->count.items[wave->ids[k]]);
    }
}

static void wave_count(const Wave *wave, unsigned size, Tally *tally) {
    tally_count(tally, wave->ids, wave->n);
    for (size_t k = 0; tally->found && k < wave->n; k++) {
        Term term = {0, wave->ends[k] - size, wave->ends[k], 0};
        if (wave->ids[k] && !occurrences_add(tally->found, wave->ids[k] - 1, tally->part, &term))
            tally->short_of_memory = 1;
    }
}

/* Count the character n-grams of a text that a vocabulary holds. A wave of places goes down the
 * trie together, level by level; what cannot go on drops out. */
static void count_chars(const Ngrams *ngrams, const Block *block, const uint32_t *text,
                        size_t length, Tally *tally) {
    Wave wave;
    for (size_t from = 0; from < length; from += WAVE) {
        size_t to = length - from < WAVE ? length : from + WAVE;
        wave.n = 0;
        for (size_t i = from; i < to && block->shortest == 1; i++) {
            wave.places[wave.n] = PLACE(ONE_CHARACTER(text[i]), ALONE);
            wave.ends[wave.n] = (uint32_t)i + 1;
            wave.n += block->any | is_han(text[i]);
        }
        wave_find(&wave, ngrams, tally);
        wave_count(&wave, 1, tally);
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
            wave_find(&wave, ngrams, tally);
            wave_count(&wave, size, tally);
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
}

#endif
