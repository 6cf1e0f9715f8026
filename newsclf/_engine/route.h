/* The likeliest way through the dictionary's words: jieba's get_DAG and calc in one pass. */
#ifndef NEWSCLF_ROUTE_H
#define NEWSCLF_ROUTE_H

#include <math.h>

#include "trie.h"

#define AHEAD 12 /* characters between a prefetch and its use */

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

/* Fill `length`: how long the word is that the best route takes at each place. `codes` holds n
 * codes and a 0 after them; `score` has n + 1 places. A code of 0 ends jieba's block. */
static void find_route(const Dictionary *dictionary, const U16s codes, size_t n, F64s score,
                       U16s length) {
    const int any_added = dictionary->added.used;
    AT(score, n) = 0.0;
    for (size_t i = n; i-- > 0;) {
        uint16_t code = AT(codes, i);
        if (i >= AHEAD) {
            uint32_t base = AT(dictionary->root_base, AT(codes, i - AHEAD));
            PREFETCH(dictionary->nodes.items + base + AT(codes, i - AHEAD + 1));
        }
        if (!code) {
            AT(score, i) = 0.0;
            AT(length, i) = 1;
            continue;
        }
        if (any_added && AT(dictionary->added.first, code)) {
            route_at_added(dictionary, codes, n, score, length, i);
            continue;
        }
        size_t chosen = 0, limit = n - i < dictionary->longest ? n : i + dictionary->longest;
        double best = -INFINITY;
        uint16_t frequency = AT(dictionary->root_frequency, code);
        if (frequency) TRY_WORD(AT(dictionary->weight, frequency), i + 1);
        uint32_t base = AT(dictionary->root_base, code);
        for (size_t j = i + 1; base && j < limit; j++) {
            uint16_t next = AT(codes, j);
            uint64_t node = AT(dictionary->nodes, base + next);
            if (NODE_CODE(node) != next) break;
            if ((frequency = NODE_FREQUENCY(node)))
                TRY_WORD(AT(dictionary->weight, frequency), j + 1);
            base = NODE_BASE(node);
        }
        if (!chosen) {
            best = dictionary->unknown + AT(score, i + 1);
            chosen = 1;
        }
        AT(score, i) = best;
        AT(length, i) = (uint16_t)chosen;
    }
}

#endif
