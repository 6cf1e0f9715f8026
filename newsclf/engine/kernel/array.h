/* Arrays that know their length. Built with NEWSCLF_CHECKED every access is checked and counted; a
 * wrong index ends the process with the place in the source. Otherwise AT(a, i) is a.items[i]. */
#ifndef NEWSCLF_ARRAY_H
#define NEWSCLF_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef NEWSCLF_CHECKED
#include <stdio.h>
#define IS_CHECKED 1
static size_t accesses;
static inline size_t checked_index(size_t i, size_t length, const char *file, int line) {
    accesses++;
    if (i >= length) {
        fprintf(stderr, "%s:%d: index %zu of %zu\n", file, line, i, length);
        abort();
    }
    return i;
}
#define INDEX(i, length) checked_index((size_t)(i), (length), __FILE__, __LINE__)
#else
#define IS_CHECKED 0
static const size_t accesses = 0;
#define INDEX(i, length) (i)
#endif

#define AT(array, i) ((array).items[INDEX(i, (array).length)])

#define ARRAY_OF(type, name) \
    typedef struct {         \
        type *items;         \
        size_t length;       \
    } name

ARRAY_OF(uint8_t, U8s);
ARRAY_OF(uint16_t, U16s);
ARRAY_OF(uint32_t, U32s);
ARRAY_OF(uint64_t, U64s);
ARRAY_OF(double, F64s);
ARRAY_OF(float, F32s);

/* Let an array be memory of somebody else, who keeps it. */
#define VIEW(array, memory, count) ((array).items = (memory), (array).length = (count))

/* Zeros for an array. Large ones ask for large pages: the first touch of each small page costs more
 * than what is then written to it. */
#define LARGE_PAGE ((size_t)1 << 21)
#if defined(__linux__)
#include <sys/mman.h>
#endif

static inline void *zeros(size_t count, size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    void *memory = NULL;
    if (size && count >= LARGE_PAGE / size && count <= SIZE_MAX / size) {
        if (posix_memalign(&memory, LARGE_PAGE, count * size)) return NULL;
        madvise(memory, count * size, MADV_HUGEPAGE); /* where it cannot be, it need not */
        return memset(memory, 0, count * size);
    }
#endif
    return calloc(count, size);
}

/* Let an array hold at least `wanted` items (contents are lost); 0 when memory is short. */
#define REFIT(array, wanted)                                                        \
    ((array).length >= (size_t)(wanted) ||                                         \
     (free((array).items), (array).items = zeros((wanted), sizeof *(array).items),  \
      (array).length = (array).items ? (size_t)(wanted) : 0, (array).items != NULL))

#define RELEASE(array) (free((array).items), (array).items = NULL, (array).length = 0)

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch(address)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#else
#define PREFETCH(address) ((void)(address))
#define LIKELY(x) (x)
#endif

#endif
