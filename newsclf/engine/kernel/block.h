/* A block of features: one kind of terms, its settings and its vocabulary. */
#ifndef NEWSCLF_BLOCK_H
#define NEWSCLF_BLOCK_H

#include "characters.h"
#include "counts.h"
#include "cutting.h"
#include "ngrams.h"

/* What every block reads texts with. */
typedef struct {
    const Dictionary *dictionary;
    const Characters *characters;
} Language;

typedef struct Kind Kind;

typedef struct {
    const Kind *kind;
    unsigned shortest, longest; /* n-grams; 0, 0: the block is left out */
    int any;       /* n-grams of characters: over the whole text, not within runs of Han */
    Terms terms;   /* its vocabulary, in whichever of the two forms its kind keeps it; */
    Ngrams ngrams; /* terms that nobody knows yet are always in the first */
} Block;

/* Count the terms of a text, which is normalized; 0 when memory is short. */
typedef int CountText(const Block *block, const Language *language, Cut *cut, const uint32_t *text,
                      size_t n, Counts *counts);

/* What a kind of terms has to know. newsclf/engine/terms defines the terms. */
struct Kind {
    const char *name; /* as in newsclf/engine/features.py */
    /* Take n terms with ids from first_id on, whose letters (n_letters at most) lie one after the
     * other; FILLED, or what is wrong. */
    int (*fill)(Block *block, const uint32_t *text, size_t n_letters, const uint32_t *lengths,
                size_t n, uint32_t first_id);
    CountText *count;   /* those of the vocabulary, into the counts */
    CountText *collect; /* all of them, into the queue of the counts */
};

static inline void block_free(Block *block) {
    terms_free(&block->terms);
    RELEASE(block->ngrams.memory);
}

#endif
