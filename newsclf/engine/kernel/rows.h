/* Sparse rows as they grow: features and what stands beside them, four bytes each. */
#ifndef NEWSCLF_ROWS_H
#define NEWSCLF_ROWS_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
    uint32_t *indices;
    void *values; /* float or uint32_t */
    size_t count, capacity;
} GrowingRows;

/* Make place for n more entries; 0 when memory is short. */
static inline int rows_fit(GrowingRows *rows, size_t n) {
    if (rows->count + n <= rows->capacity) return 1;
    size_t capacity = 2 * (rows->count + n);
    uint32_t *indices = realloc(rows->indices, capacity * 4);
    if (indices) rows->indices = indices;
    void *values = realloc(rows->values, capacity * 4);
    if (values) rows->values = values;
    if (!indices || !values) return 0;
    rows->capacity = capacity;
    return 1;
}

static inline void rows_free(GrowingRows *rows) {
    free(rows->indices);
    free(rows->values);
}

#endif
