/* The likeliest way through the dictionary's words: jieba's get_DAG and calc in one pass. */
#ifndef NEWSCLF_ROUTE_H
#define NEWSCLF_ROUTE_H

#include <math.h>

#include "trie.h"

#define AHEAD 32 /* characters between asking memory for a step and taking it */
#define RING 128 /* more than two such stretches */

/* Candidate words that start at i are tried from short to long, and an equal score wins: jieba
 * takes the maximum of (score, end). Sums are jieba's, in jieba's order, in doubles. */
#define TRY_WORD(word_weight, end)                     \
    do {                                               \
        double s = (word_weight) + AT(score, end);     \
        if (s >= best) best = s, chosen = (end) - i;   \
    } while (0)

/* Where an added word may start, both tries are walked side by side; the added word's frequency
 * replaces the dictionary's. */
static void route_at_added(const Dictionary *dictionary, const U16s codes, size_t n, F64s score,
                           U16s length, size_t i) {
    const Added *added = &dictionary->added;
    size_t longest = added->longest > dictionary->longest ? added->longest : dictionary->longest;
    size_t limit = n - i < longest ? n : i + longest;
    double best = 0;
    size_t chosen = 0;
    uint32_t base = 0, extra = 0;
    int in_dictionary = 1, in_added = 1;
    for (size_t j = i; j < limit && (in_dictionary || in_added); j++) {
        uint16_t code = AT(codes, j), frequency = 0;
        if (in_dictionary) {
            if (j == i) {
                base = AT(dictionary->root_base, code);
                frequency = AT(dictionary->root_frequency, code);
            } else {
                uint64_t node = base ? AT(dictionary->nodes, base + code) : 0;
                in_dictionary = base && NODE_CODE(node) == code && j - i < dictionary->longest;
                base = NODE_BASE(node);
                frequency = in_dictionary ? NODE_FREQUENCY(node) : 0;
            }
        }
        if (in_added) in_added = code && (extra = added_child(added, extra, code)) != 0;
        int known = in_added ? AT(added->known, extra) : 0;
        if (known == 2 || (!known && !frequency)) continue;
        double weight =
            known ? AT(added->weight, extra) : AT(dictionary->weight, frequency);
        if (!chosen) best = -INFINITY;
        TRY_WORD(weight, j + 1);
    }
    if (!chosen) {
        best = dictionary->unknown + AT(score, i + 1);
        chosen = 1;
    }
    AT(score, i) = best;
    AT(length, i) = (uint16_t)chosen;
}

/* The child of a node by a code, or 0: no branch, for which words a text holds cannot be
 * foreseen. */
static inline uint64_t child_of(const Dictionary *dictionary, uint64_t parent, uint16_t code) {
    uint64_t node = AT(dictionary->nodes, NODE_BASE(parent) + code);
    return node & -(uint64_t)(NODE_CODE(node) == code);
}

/* The weight of a node's word; minus infinity where there is none. */
static inline double weight_of(const Dictionary *dictionary, uint64_t node) {
    return AT(dictionary->weight, NODE_FREQUENCY(node));
}

static inline void fetch_child(const Dictionary *dictionary, uint64_t parent, uint16_t code) {
    PREFETCH(dictionary->nodes.items + NODE_BASE(parent) + code);
}

/* Fill `length`: how long the word is that the best route takes at each place. `codes` holds n
 * codes and three zeros after them; `score` has n + 3 places. A code of 0 ends jieba's block.
 *
 * The trie is larger than the caches, so each of the first three steps down it is asked of memory
 * at one place and taken AHEAD places later, while others are asked for. */
static void find_route(const Dictionary *dictionary, const U16s codes, size_t n, F64s score,
                       U16s length) {
    const int any_added = dictionary->added.used;
    uint64_t second[RING], third[RING];
    AT(score, n) = AT(score, n + 1) = AT(score, n + 2) = 0.0;
    for (size_t i = n + 3 * AHEAD; i-- > 0;) {
        size_t at = i - 3 * AHEAD;
        if (at < n)
            fetch_child(dictionary, AT(dictionary->root_base, AT(codes, at)), AT(codes, at + 1));
        at = i - 2 * AHEAD;
        if (at < n) {
            second[at % RING] = child_of(dictionary, AT(dictionary->root_base, AT(codes, at)),
                                         AT(codes, at + 1));
            fetch_child(dictionary, second[at % RING], AT(codes, at + 2));
        }
        at = i - AHEAD;
        if (at < n) {
            third[at % RING] = child_of(dictionary, second[at % RING], AT(codes, at + 2));
            fetch_child(dictionary, third[at % RING], AT(codes, at + 3));
        }
        if (i >= n) continue;
        uint16_t code = AT(codes, i);
        if (!code) {
            AT(score, i) = 0.0;
            AT(length, i) = 1;
            continue;
        }
        if (any_added && AT(dictionary->added.first, code)) {
            route_at_added(dictionary, codes, n, score, length, i);
            continue;
        }
        uint16_t frequency = AT(dictionary->root_frequency, code);
        double one = AT(dictionary->weight, frequency) + AT(score, i + 1);
        double two = weight_of(dictionary, second[i % RING]) + AT(score, i + 2);
        double three = weight_of(dictionary, third[i % RING]) + AT(score, i + 3);
        size_t chosen = two >= one ? 2 : 1; /* the longer wins a tie */
        double best = one > two ? one : two;
        chosen = three >= best ? 3 : chosen;
        best = best > three ? best : three;
        size_t limit = n - i < dictionary->longest ? n : i + dictionary->longest;
        uint64_t node = third[i % RING];
        for (size_t j = i + 3; NODE_BASE(node) && j < limit; j++) {
            node = child_of(dictionary, node, AT(codes, j));
            double s = weight_of(dictionary, node) + AT(score, j + 1);
            if (s >= best) best = s, chosen = j + 1 - i;
        }
        if (best == -INFINITY) {
            best = dictionary->unknown + AT(score, i + 1);
            chosen = 1;
        }
        AT(score, i) = best;
        AT(length, i) = (uint16_t)chosen;
    }
}

#endif
