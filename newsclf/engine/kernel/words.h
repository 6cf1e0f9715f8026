/* Words and n-grams of words: newsclf/engine/terms/words.py defines them. */
#ifndef NEWSCLF_WORDS_H
#define NEWSCLF_WORDS_H

#include "block.h"

static inline int is_word(const Characters *characters, const Cut *cut, const uint32_t *text,
                          size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
        uint16_t code = AT(cut->codes, i);
        if (CODE_IS_HAN(code) || CODE_IS_ALNUM(code)) return 1;
        if (!code && is_alnum(characters, text[i])) return 1;
    }
    return 0;
}

/* Queue the word n-grams of a text: to be looked up, or to be learnt. */
static inline int words_count(const Block *block, const Language *language, Cut *cut,
                              const uint32_t *text, size_t length, Counts *counts) {
    const Terms *terms = &block->terms;
    if (!cut_fit(cut, length)) return 0;
    cut_text(language->dictionary, text, length, 1, cut);
    size_t begin = 0, run = 0; /* words since the last sign that is none */
    for (size_t word = 0; word < cut->count; word++) {
        size_t end = AT(cut->ends, word);
        run = is_word(language->characters, cut, text, begin, end) ? run + 1 : 0;
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
            counts_fit(counts, terms, text, &cut->ends, 1);
            counts_queue(counts, terms, key, start, end, first);
        }
        begin = end;
    }
    counts->flush(counts, terms, text, &cut->ends);
    return !counts->short_of_memory;
}

static inline int words_fill(Block *block, const uint32_t *text, size_t n_letters,
                             const uint32_t *lengths, size_t n, uint32_t first_id) {
    if (!terms_make(&block->terms, n, n_letters)) return NO_MEMORY;
    return terms_fill(&block->terms, text, lengths, n, first_id);
}

static const Kind WORDS = {"words", words_fill, words_count, words_count};

#endif
