/* A hash table from 64-bit keys to numbers above 0. Keys are compared whole; a key that is itself
 * only a hash (of a long term) carries a second number by which the caller verifies a hit.
 *
 * Four keys share a bucket, a bucket is one cache line, and all four are compared without a branch:
 * whether a term is in a vocabulary cannot be foreseen, and a wrong guess costs more than the
 * comparisons. */
#ifndef NEWSCLF_TABLE_H
#define NEWSCLF_TABLE_H

#include "array.h"

#define WAYS 4

typedef struct {
    uint64_t key[WAYS]; /* 0: free; filled from the first on */
    uint32_t value[WAYS];
    uint32_t proof[WAYS];
} Bucket;

ARRAY_OF(Bucket, Buckets);

typedef struct {
    Buckets buckets;
    Buckets memory; /* the buckets begin in it at the first cache line */
    unsigned shift; /* 64 - log2(number of buckets) */
} Table;

static inline uint64_t key_spread(uint64_t key) {
    key ^= key >> 29;
    return key * 0x9E3779B97F4A7C15u;
}

static inline size_t table_home(const Table *table, uint64_t key) {
    return (size_t)(key_spread(key) >> table->shift);
}

static inline size_t table_next(const Table *table, size_t at) {
    return (at + 1) & (table->buckets.length - 1);
}

/* Make a table for `count` keys, at no more than two thirds of the slots. */
static inline int table_make(Table *table, size_t count) {
    unsigned bits = 1;
    while (2 * ((size_t)WAYS << bits) < 3 * count) bits++;
    table->shift = 64 - bits;
    if (!REFIT(table->memory, ((size_t)1 << bits) + 1)) return 0;
    size_t over = (uintptr_t)table->memory.items % sizeof(Bucket);
    table->buckets.items =
        (Bucket *)((char *)table->memory.items + (over ? sizeof(Bucket) - over : 0));
    table->buckets.length = (size_t)1 << bits;
    return 1;
}

/* The value of a key whose comparison is exact, or 0. */
static inline uint32_t table_find(const Table *table, uint64_t key) {
    for (size_t at = table_home(table, key);; at = table_next(table, at)) {
        const Bucket *bucket = &AT(table->buckets, at);
        uint32_t value = 0;
        for (int way = 0; way < WAYS; way++)
            value |= bucket->value[way] & -(uint32_t)(bucket->key[way] == key);
        if (LIKELY((value != 0) | (bucket->key[WAYS - 1] == 0))) return value;
    }
}

/* Add a key that is not there yet; there must be place for it. */
static inline void table_add(Table *table, uint64_t key, uint32_t value, uint32_t proof) {
    for (size_t at = table_home(table, key);; at = table_next(table, at)) {
        Bucket *bucket = &AT(table->buckets, at);
        for (int way = 0; way < WAYS; way++) {
            if (bucket->key[way]) continue;
            bucket->key[way] = key;
            bucket->value[way] = value;
            bucket->proof[way] = proof;
            return;
        }
    }
}

#endif
