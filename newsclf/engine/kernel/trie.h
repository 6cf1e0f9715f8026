/* jieba's dictionary (a double-array trie, see build_dictionary.py) and a model's added words. */
#ifndef NEWSCLF_TRIE_H
#define NEWSCLF_TRIE_H

#include "table.h"

#define NODE_BASE(node) ((uint32_t)(node))
#define NODE_CODE(node) ((uint16_t)((node) >> 32))
#define NODE_FREQUENCY(node) ((uint16_t)((node) >> 48))

/* Codes of build_dictionary.py: what jieba's regular expressions ask about a character. */
#define CODE_IS_DIGIT(code) ((code) >= 1 && (code) <= 10)
#define CODE_IS_ALNUM(code) ((code) >= 1 && (code) <= 62)
#define CODE_POINT 63
#define CODE_PERCENT 64
#define CODE_IS_HAN(code) ((code) >= 70)

/* Added words in a trie of their own, walked beside jieba's: nodes count from 1, 0 is the root,
 * and the child of a node by a code is found in a table. */
typedef struct {
    Table children;
    F64s weight;  /* by node: log probability, when `known` */
    U8s known;    /* by node: 0 a prefix only, 1 a word, 2 a word of frequency 0 (a deleted one) */
    U8s first;    /* by code: does a word start so? */
    size_t longest;
    int used;
} Added;

typedef struct {
    U16s codes; /* by code point below 0x10000 */
    U64s nodes;
    U32s root_base;
    U16s root_frequency;
    F64s weight; /* by index of frequency: log(frequency) - log(total), as jieba sums them */
    double unknown;
    F64s emit; /* four a code: B, E, M, S */
    double start[4], move[4][4];
    size_t longest; /* no walk is longer, whatever the file says: time stays linear */
    Added added;
} Dictionary;

static inline uint16_t code_of(const Dictionary *dictionary, uint32_t character) {
    return character < 0x10000 ? AT(dictionary->codes, character) : 0;
}

/* The child of an added word's node, or 0. */
static inline uint32_t added_child(const Added *added, uint32_t node, uint16_t code) {
    return table_find(&added->children, (uint64_t)node << 16 | code);
}

/* Does jieba's FREQ give these characters a frequency above 0? */
static int is_known_word(const Dictionary *dictionary, const uint16_t *codes, size_t n) {
    const Added *added = &dictionary->added;
    if (added->used && n <= added->longest) {
        uint32_t node = 0;
        for (size_t i = 0; i < n; i++)
            if (!(node = added_child(added, node, codes[i]))) break;
        if (node && AT(added->known, node)) return AT(added->known, node) == 1;
    }
    if (n > dictionary->longest) return 0;
    uint32_t base = AT(dictionary->root_base, codes[0]);
    uint16_t frequency = AT(dictionary->root_frequency, codes[0]);
    for (size_t i = 1; i < n; i++) {
        if (!base) return 0;
        uint64_t node = AT(dictionary->nodes, base + codes[i]);
        if (NODE_CODE(node) != codes[i]) return 0;
        base = NODE_BASE(node);
        frequency = NODE_FREQUENCY(node);
    }
    return frequency != 0;
}

#endif
