/* Rows of weights times values, summed by theme: sums[k] += values[i] * rows[ids[i]][k], in the
 * order of the features and without fused operations, so that every way to do it gives the same
 * bits. */
#ifndef NEWSCLF_SUMMING_H
#define NEWSCLF_SUMMING_H

#include "array.h"

typedef void AddHalves(U16s rows, size_t themes, const uint32_t *ids, const float *values, size_t n,
                       float *sums);

static void add_singles(F32s rows, size_t themes, const uint32_t *ids, const float *values,
                        size_t n, float *sums) {
    for (size_t i = 0; i < n; i++) {
        const float *row = &AT(rows, ids[i] * themes);
        for (size_t k = 0; k < themes; k++) sums[k] += values[i] * row[k];
    }
}

/* Half to single precision by arithmetic that compilers can do on several numbers at once:
 * 2^112 is what the exponents' biases differ by. Finite numbers only, as models hold. */
static inline float single_of_half(uint16_t half) {
    uint32_t bits = (uint32_t)(half & 0x7FFF) << 13;
    float value;
    memcpy(&value, &bits, 4);
    value *= 5192296858534827628530496329220096.0f;
    memcpy(&bits, &value, 4);
    bits |= (uint32_t)(half & 0x8000) << 16;
    memcpy(&value, &bits, 4);
    return value;
}

/* From theme `first` on. */
static inline void add_halves_from(size_t first, U16s rows, size_t themes, const uint32_t *ids,
                                   const float *values, size_t n, float *sums) {
    for (size_t i = 0; i < n; i++) {
        const uint16_t *row = &AT(rows, ids[i] * themes);
        for (size_t k = first; k < themes; k++) sums[k] += values[i] * single_of_half(row[k]);
    }
}

static void add_halves(U16s rows, size_t themes, const uint32_t *ids, const float *values, size_t n,
                       float *sums) {
    add_halves_from(0, rows, themes, ids, values, n, sums);
}

/* Where a processor can, eight halves are converted at once. */
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <cpuid.h>
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,f16c")))

/* Eight themes a lane, from `first` on; their sums stay in registers. */
static inline AVX2 __attribute__((always_inline)) void add_lanes(
    const int lanes, size_t first, U16s rows, size_t themes, const uint32_t *ids,
    const float *values, size_t n, float *sums) {
    __m256 sum[4];
    for (int lane = 0; lane < lanes; lane++) sum[lane] = _mm256_loadu_ps(sums + first + 8 * lane);
    for (size_t i = 0; i < n; i++) {
        const uint16_t *row = &AT(rows, ids[i] * themes + first);
        __m256 value = _mm256_set1_ps(values[i]);
        for (int lane = 0; lane < lanes; lane++) {
            __m256 weights = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(row + 8 * lane)));
            sum[lane] = _mm256_add_ps(sum[lane], _mm256_mul_ps(value, weights));
        }
    }
    for (int lane = 0; lane < lanes; lane++) _mm256_storeu_ps(sums + first + 8 * lane, sum[lane]);
}

static AVX2 void add_halves_avx2(U16s rows, size_t themes, const uint32_t *ids,
                                 const float *values, size_t n, float *sums) {
    size_t k = 0;
    for (; themes - k >= 32; k += 32) add_lanes(4, k, rows, themes, ids, values, n, sums);
    for (; themes - k >= 24; k += 24) add_lanes(3, k, rows, themes, ids, values, n, sums);
    for (; themes - k >= 8; k += 8) add_lanes(1, k, rows, themes, ids, values, n, sums);
    if (k < themes) add_halves_from(k, rows, themes, ids, values, n, sums);
}

static AddHalves *best_add_halves(void) {
    unsigned a, b, c = 0, d;
    int converts = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
    return converts && __builtin_cpu_supports("avx2") ? add_halves_avx2 : add_halves;
}
#else
static AddHalves *best_add_halves(void) { return add_halves; }
#endif

#endif
