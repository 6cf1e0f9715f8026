/* Linear SVMs with squared hinge loss by dual coordinate descent (Hsieh et al., "A dual coordinate
 * descent method for large-scale linear SVM", 2008), many over the same rows at once. Eight of them
 * lie side by side, so a row's features are read once for all, and what is added is added in the
 * same order whatever the processor: the same bits everywhere. */
#ifndef NEWSCLF_DESCENT_H
#define NEWSCLF_DESCENT_H

#include <math.h>

#include "array.h"

#define LANES 8
#define MOST (3 * LANES)
#define RELAXED 1.5f /* steps this much longer than to the best of one row: far fewer passes */
#define FAR 0.3f     /* a row at zero and further than this from leaving it is left out */
#define NEARER 0.01f /* how much nearer to the optimum before all rows are looked at again */
#define IDLE 4       /* looks at all rows that may bring nothing */

ARRAY_OF(const int32_t, Ids);
ARRAY_OF(const int64_t, Offsets);
ARRAY_OF(const float, Floats);
ARRAY_OF(const int8_t, Signs);

/* What all machines see: sparse features, and dense columns beside them. */
typedef struct {
    size_t n_rows, n_features, n_dense;
    Offsets indptr;
    Ids indices;
    Floats values;
    Floats dense;   /* n_rows x n_dense */
    Floats sample_weight; /* what a row counts for, times C; above 0 */
    F32s squares;   /* of each row's features and dense columns, summed */
} Design;

/* Machines side by side. Each has one more column of its own. */
typedef struct {
    size_t lanes; /* 1, LANES or MOST */
    Floats own;   /* n_rows x lanes */
    Signs signs;  /* n_rows x lanes: 1 or -1; 0 leaves a row out of a machine, with alpha 0 */
    F32s alpha;   /* n_rows x lanes: the solution, from whatever it was before */
    F32s weights; /* n_features x lanes */
    F64s beside;  /* (n_dense + 1) x lanes: weights of the dense columns and of the own one. Almost
                   * every step moves these, and single precision would lose most of it. */
} Machines;

typedef struct {
    U32s rows;   /* those still looked at */
    U8s asleep;  /* n_rows x lanes: at zero, and far from leaving it */
    size_t n_awake;
    uint64_t random;
} Descent;

#define INLINE static inline __attribute__((always_inline))
#if !defined(__GNUC__) && !defined(__clang__)
#undef INLINE
#define INLINE static __forceinline
#endif

/* Add `value` times what each machine has here: eight numbers at once, or one. */
#if defined(__GNUC__) || defined(__clang__)
typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef double Wide __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define ADD_PRODUCT(type, lanes, sums, value, row)                                    \
    do {                                                                              \
        for (size_t k_ = 0; k_ + LANES <= (lanes); k_ += LANES)                       \
            *(type *)((sums) + k_) += (value) * *(const type *)((row) + k_);          \
        if ((lanes) == 1) *(sums) += (value) * *(row);                                \
    } while (0)
#else
#define ADD_PRODUCT(type, lanes, sums, value, row)                                    \
    do {                                                                              \
        for (size_t k_ = 0; k_ < (lanes); k_++) (sums)[k_] += (value) * (row)[k_];    \
    } while (0)
#endif

INLINE void add_feature(const size_t lanes, const Design *design, const Machines *machines,
                        size_t p, float *sums) {
    const float *row = &AT(machines->weights, (size_t)AT(design->indices, p) * lanes);
    float value = AT(design->values, p);
    ADD_PRODUCT(Lanes, lanes, sums, value, row);
}

/* Four sums a machine, for an addition has to wait for the one before it. */
INLINE void scores_of(const size_t lanes, const Design *design, const Machines *machines, size_t i,
                      float *scores) {
    float sums[4][MOST] = {{0}};
    double dense[MOST] = {0};
    size_t p = (size_t)AT(design->indptr, i), end = (size_t)AT(design->indptr, i + 1);
    for (; p + 4 <= end; p += 4)
        for (size_t q = 0; q < 4; q++) add_feature(lanes, design, machines, p + q, sums[q]);
    for (; p < end; p++) add_feature(lanes, design, machines, p, sums[0]);
    for (size_t j = 0; j < design->n_dense; j++) {
        const double *row = &AT(machines->beside, j * lanes);
        double value = AT(design->dense, i * design->n_dense + j);
        ADD_PRODUCT(Wide, lanes, dense, value, row);
    }
    const double *last = &AT(machines->beside, design->n_dense * lanes);
    const float *own = &AT(machines->own, i * lanes);
    for (size_t k = 0; k < lanes; k++) {
        float sparse = (sums[0][k] + sums[1][k]) + (sums[2][k] + sums[3][k]);
        scores[k] = (float)(sparse + dense[k] + own[k] * last[k]);
    }
}

/* Add `steps` times row i to the weights. */
INLINE void add_row(const size_t lanes, const Design *design, Machines *machines, size_t i,
                    const float *steps) {
    double wide[MOST];
    for (size_t k = 0; k < lanes; k++) wide[k] = steps[k];
    size_t end = (size_t)AT(design->indptr, i + 1);
    for (size_t p = (size_t)AT(design->indptr, i); p < end; p++) {
        float *row = &AT(machines->weights, (size_t)AT(design->indices, p) * lanes);
        float value = AT(design->values, p);
        ADD_PRODUCT(Lanes, lanes, row, value, steps);
    }
    for (size_t j = 0; j < design->n_dense; j++) {
        double *row = &AT(machines->beside, j * lanes);
        double value = AT(design->dense, i * design->n_dense + j);
        ADD_PRODUCT(Wide, lanes, row, value, wide);
    }
    double *last = &AT(machines->beside, design->n_dense * lanes);
    const float *own = &AT(machines->own, i * lanes);
    for (size_t k = 0; k < lanes; k++) last[k] += own[k] * wide[k];
}

/* The weights that the solution stands for, without what rounding has added up. */
INLINE void weigh(const size_t lanes, const Design *design, Machines *machines) {
    if (machines->weights.length)
        memset(machines->weights.items, 0, machines->weights.length * sizeof(float));
    memset(machines->beside.items, 0, machines->beside.length * sizeof(double));
    for (size_t i = 0; i < design->n_rows; i++) {
        float steps[MOST], any = 0;
        for (size_t k = 0; k < lanes; k++) {
            steps[k] = AT(machines->alpha, i * lanes + k) * AT(machines->signs, i * lanes + k);
            any += fabsf(steps[k]);
        }
        if (any > 0) add_row(lanes, design, machines, i, steps);
    }
}

static inline uint32_t drawn(Descent *descent) {
    descent->random = descent->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(descent->random >> 33);
}

/* How far the machines are from their optimum, as liblinear has it: the largest projected gradient
 * minus the smallest one. */
typedef struct {
    float highest[MOST], lowest[MOST];
} Misses;

INLINE void miss(Misses *misses, size_t k, float alpha, float slope) {
    float projected = alpha == 0 && slope > 0 ? 0 : slope;
    misses->highest[k] = projected > misses->highest[k] ? projected : misses->highest[k];
    misses->lowest[k] = projected < misses->lowest[k] ? projected : misses->lowest[k];
}

INLINE float worst_of(const size_t lanes, const Misses *misses) {
    float worst = 0;
    for (size_t k = 0; k < lanes; k++)
        worst = fmaxf(worst, misses->highest[k] - misses->lowest[k]);
    return worst;
}

/* One pass over the rows that are awake, in a new order. A row at zero falls asleep where it is
 * further than `limit` from leaving it. Returns by how much the worst machine misses its
 * optimum. */
INLINE float pass_over(const size_t lanes, const Design *design, Machines *machines,
                       Descent *descent, float limit) {
    Misses misses;
    memset(&misses, 0, sizeof misses);
    size_t n = descent->n_awake, kept = 0;
    for (size_t a = n; a > 1; a--) {
        size_t b = drawn(descent) % a;
        uint32_t row = AT(descent->rows, a - 1);
        AT(descent->rows, a - 1) = AT(descent->rows, b);
        AT(descent->rows, b) = row;
    }
    for (size_t a = 0; a < n; a++) {
        size_t i = AT(descent->rows, a), at = i * lanes;
        const float half = 0.5f / AT(design->sample_weight, i);
        float scores[MOST], steps[MOST] = {0};
        int moved = 0, awake = 0;
        scores_of(lanes, design, machines, i, scores);
        for (size_t k = 0; k < lanes; k++) {
            float sign = AT(machines->signs, at + k);
            if (AT(descent->asleep, at + k)) continue;
            float *alpha = &AT(machines->alpha, at + k), own = AT(machines->own, at + k);
            float slope = sign * scores[k] - 1 + *alpha * half;
            if (*alpha == 0 && slope > limit) {
                AT(descent->asleep, at + k) = 1;
                continue;
            }
            awake = 1;
            miss(&misses, k, *alpha, slope);
            float next = *alpha - RELAXED * slope / (AT(design->squares, i) + own * own + half);
            next = next > 0 ? next : 0;
            steps[k] = (next - *alpha) * sign;
            moved |= steps[k] != 0;
            *alpha = next;
        }
        if (moved) add_row(lanes, design, machines, i, steps);
        if (awake) AT(descent->rows, kept++) = (uint32_t)i;
    }
    descent->n_awake = kept;
    return worst_of(lanes, &misses);
}

/* Look at all rows: their scores, who is awake, and by how much the worst machine misses. */
INLINE float look(const size_t lanes, const Design *design, const Machines *machines,
                  Descent *descent, float *scores) {
    Misses misses;
    memset(&misses, 0, sizeof misses);
    descent->n_awake = 0;
    for (size_t i = 0; i < design->n_rows; i++) {
        const float half = 0.5f / AT(design->sample_weight, i);
        int awake = 0;
        scores_of(lanes, design, machines, i, scores + i * lanes);
        for (size_t k = 0; k < lanes; k++) {
            size_t at = i * lanes + k;
            float sign = AT(machines->signs, at), alpha = AT(machines->alpha, at);
            float slope = sign * scores[at] - 1 + alpha * half;
            int asleep = sign == 0 || (alpha == 0 && slope > FAR);
            AT(descent->asleep, at) = (uint8_t)asleep;
            if (!asleep) miss(&misses, k, alpha, slope);
            awake |= !asleep;
        }
        if (awake) AT(descent->rows, descent->n_awake++) = (uint32_t)i;
    }
    return worst_of(lanes, &misses);
}

/* Passes over what is awake until that is solved, then a look at all, which wakes what has to move;
 * until nothing does, or single precision tells no more. Returns how far from the optimum the last
 * look found it; `scores` are those of that look. */
INLINE float descend_in(const size_t lanes, const Design *design, Machines *machines,
                        Descent *descent, float tolerance, size_t passes, float *scores) {
    size_t done = 0, idle = 0;
    float best = INFINITY;
    for (;;) {
        weigh(lanes, design, machines);
        float whole = look(lanes, design, machines, descent, scores);
        idle = whole < 0.5f * best ? 0 : idle + 1;
        best = fminf(whole, best);
        if (whole <= tolerance || idle > IDLE || done >= passes) return whole;
        float aim = fmaxf(NEARER * whole, tolerance), worst = whole;
        while (done < passes && worst > aim) {
            worst = pass_over(lanes, design, machines, descent, fminf(worst, FAR));
            done++;
        }
    }
}

/* Compiled for each number of machines, and below for two kinds of processors. */
#define DESCEND                                                                             \
    (const Design *design, Machines *machines, Descent *descent, float tolerance,           \
     size_t passes, float *scores) {                                                        \
        if (machines->lanes == 1)                                                           \
            return descend_in(1, design, machines, descent, tolerance, passes, scores);     \
        if (machines->lanes == LANES)                                                       \
            return descend_in(LANES, design, machines, descent, tolerance, passes, scores); \
        return descend_in(MOST, design, machines, descent, tolerance, passes, scores);      \
    }

static float descend_plain DESCEND

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
static __attribute__((target("avx2"))) float descend_avx2 DESCEND

static float descend(const Design *design, Machines *machines, Descent *descent, float tolerance,
                     size_t passes, float *scores) {
    return (__builtin_cpu_supports("avx2") ? descend_avx2 : descend_plain)(
        design, machines, descent, tolerance, passes, scores);
}
#else
#define descend descend_plain
#endif

/* The squares of all rows, summed in the order in which they lie. */
static void square_rows(Design *design) {
    for (size_t i = 0; i < design->n_rows; i++) {
        double sum = 0;
        size_t end = (size_t)AT(design->indptr, i + 1);
        for (size_t p = (size_t)AT(design->indptr, i); p < end; p++)
            sum += (double)AT(design->values, p) * AT(design->values, p);
        for (size_t j = i * design->n_dense; j < (i + 1) * design->n_dense; j++)
            sum += (double)AT(design->dense, j) * AT(design->dense, j);
        AT(design->squares, i) = (float)sum;
    }
}

#endif
