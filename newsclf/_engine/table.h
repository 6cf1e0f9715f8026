/* A hash table from 64-bit keys to 32-bit values. Keys are compared whole; a key that is itself
 * only a hash (of a long term) carries a second number by which the caller verifies a hit. */
#ifndef NEWSCLF_TABLE_H
#define NEWSCLF_TABLE_H

#include "array.h"

typedef struct {
    uint64_t key; /* 0: free */
    uint32_t value;
    uint32_t proof;
} Slot;

ARRAY_OF(Slot, Slots);

typedef struct {
    Slots slots;
    size_t count;
    unsigned shift; /* 64 - log2(number of slots) */
} Table;

static inline size_t table_home(const Table *table, uint64_t key) {
    key ^= key >> 29;
    return (size_t)((key * 0x9E3779B97F4A7C15u) >> table->shift);
}

static inline size_t table_next(const Table *table, size_t at) {
    return (at + 1) & (table->slots.length - 1);
}

/* Make room for `count` keys at no more than half load. */
static int table_make(Table *table, size_t count) {
    unsigned bits = 4;
    while (((size_t)1 << bits) < 2 * count + 2) bits++;
    table->count = 0;
    table->shift = 64 - bits;
    table->slots.items = NULL;
    table->slots.length = 0;
    return REFIT(table->slots, (size_t)1 << bits);
}

/* The slot of a key whose comparison is exact, or the free slot where it belongs. */
static inline Slot *table_slot(const Table *table, uint64_t key) {
    size_t at = table_home(table, key);
    while (AT(table->slots, at).key && AT(table->slots, at).key != key) at = table_next(table, at);
    return &AT(table->slots, at);
}

#endif
