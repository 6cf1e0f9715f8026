/* The character n-grams of a vocabulary as a trie. Its nodes hang in one hash table, child by
 * (parent, character), eight bytes each: half of what whole n-grams as keys would take, and
 * what is small stays in the caches. Longer n-grams are looked up only where shorter ones lead
 * on. */
#ifndef NEWSCLF_NGRAMS_H
#define NEWSCLF_NGRAMS_H

#include "array.h"
#include "filling.h"

#define GROUP 4
#define NODE_BITS 21
#define MOST_NODES (((uint32_t)1 << NODE_BITS) - 1)

/* A place is a parent and a character. A character alone is a parent without being looked up;
 * whether it is a term itself is asked with a character that there is not. */
#define PLACE(parent, character) ((uint64_t)(parent) << 21 | (character))
#define ONE_CHARACTER(character) ((uint32_t)1 << NODE_BITS | (character))
#define ALONE 0x1FFFFF

/* Half a cache line; compared without branches, as in table.h. */
typedef struct {
    uint64_t node[GROUP]; /* place << NODE_BITS | child; 0: free; filled from the first on */
} Group;

ARRAY_OF(Group, Groups);

typedef struct {
    Groups groups;
    Groups memory;     /* the groups begin in it where none lies across two cache lines */
    unsigned shift;    /* 64 - log2(number of groups) */
    uint32_t first_id; /* of the first term, as a feature */
    uint32_t n_terms;  /* nodes 1 to n_terms are the terms in their order; later ones lead to some */
    uint32_t n_nodes;
} Ngrams;

static inline size_t ngrams_home(const Ngrams *ngrams, uint64_t place) {
    return (size_t)((place ^ place >> 29) * 0x9E3779B97F4A7C15u >> ngrams->shift);
}

static inline size_t ngrams_next(const Ngrams *ngrams, size_t at) {
    return (at + 1) & (ngrams->groups.length - 1);
}

/* The child at a place, or 0. */
static inline uint32_t ngrams_find(const Ngrams *ngrams, uint64_t place) {
    for (size_t at = ngrams_home(ngrams, place);; at = ngrams_next(ngrams, at)) {
        const Group *group = &AT(ngrams->groups, at);
        uint32_t child = 0;
        for (int i = 0; i < GROUP; i++) {
            uint64_t rest = group->node[i] ^ place << NODE_BITS;
            child = rest <= MOST_NODES ? (uint32_t)rest : child;
        }
        /* One branch, nearly always taken: whether there is a child cannot be foreseen. */
        if (LIKELY((child != 0) | (group->node[GROUP - 1] == 0))) return child;
    }
}

static inline void ngrams_put(Ngrams *ngrams, uint64_t place, uint32_t child) {
    for (size_t at = ngrams_home(ngrams, place);; at = ngrams_next(ngrams, at)) {
        Group *group = &AT(ngrams->groups, at);
        for (int i = 0; i < GROUP; i++) {
            if (group->node[i]) continue;
            group->node[i] = place << NODE_BITS | child;
            return;
        }
    }
}

/* Make place for `count` nodes, at no more than two thirds of the places; what was there moves. */
static inline int ngrams_fit(Ngrams *ngrams, size_t count) {
    Ngrams old = *ngrams;
    unsigned bits = 1;
    while (2 * ((size_t)GROUP << bits) < 3 * count) bits++;
    if (ngrams->groups.length >> bits) return 1;
    memset(&ngrams->memory, 0, sizeof ngrams->memory);
    if (!REFIT(ngrams->memory, ((size_t)1 << bits) + 1)) {
        *ngrams = old;
        return 0;
    }
    size_t over = (uintptr_t)ngrams->memory.items % sizeof(Group);
    ngrams->shift = 64 - bits;
    ngrams->groups.length = (size_t)1 << bits;
    ngrams->groups.items =
        (Group *)((char *)ngrams->memory.items + (over ? sizeof(Group) - over : 0));
    for (size_t at = 0; at < old.groups.length; at++)
        for (int i = 0; i < GROUP; i++) {
            uint64_t node = old.groups.items[at].node[i];
            if (node) ngrams_put(ngrams, node >> NODE_BITS, (uint32_t)(node & MOST_NODES));
        }
    RELEASE(old.memory);
    return 1;
}

/* Add the terms of shortest to longest letters out of n, whose letters lie one after the other.
 * Shorter ones go first, so that a node which leads to a term is known to be one itself. Places are
 * looked up a wave at a time, so that their groups have come when they are needed. */
static inline int ngrams_fill(Ngrams *ngrams, const uint32_t *text, const uint32_t *lengths,
                              size_t n, unsigned shortest, unsigned longest) {
    const uint32_t *letters[WAVE];
    uint64_t places[WAVE];
    uint32_t nodes[WAVE], terms[WAVE];
    if (n > MOST_NODES) return TOO_MANY_NODES;
    if (!ngrams_fit(ngrams, n)) return NO_MEMORY;
    ngrams->n_terms = ngrams->n_nodes = (uint32_t)n;
    for (unsigned size = shortest; size && size <= longest; size++) {
        const uint32_t *next = text;
        for (size_t i = 0; i < n;) {
            size_t count = 0;
            for (; i < n && count < WAVE; next += lengths[i++]) {
                letters[count] = next;
                nodes[count] = ONE_CHARACTER(next[0]);
                terms[count] = (uint32_t)i + 1;
                count += lengths[i] == size;
            }
            if (!ngrams_fit(ngrams, ngrams->n_nodes + count * size)) return NO_MEMORY;
            for (unsigned at = 1; at < size || at == 1; at++) {
                for (size_t k = 0; k < count; k++) {
                    places[k] = PLACE(nodes[k], size == 1 ? ALONE : letters[k][at]);
                    PREFETCH(&ngrams->groups.items[ngrams_home(ngrams, places[k])]);
                }
                for (size_t k = 0; k < count; k++) {
                    nodes[k] = ngrams_find(ngrams, places[k]);
                    if (at + 1 >= size ? nodes[k] : ngrams->n_nodes == MOST_NODES)
                        return nodes[k] ? TERM_TWICE : TOO_MANY_NODES;
                    if (nodes[k]) continue;
                    nodes[k] = at + 1 >= size ? terms[k] : ++ngrams->n_nodes;
                    ngrams_put(ngrams, places[k], nodes[k]);
                }
            }
        }
    }
    return FILLED;
}

#endif
