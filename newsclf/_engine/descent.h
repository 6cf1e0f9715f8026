/* Linear SVMs with squared hinge loss by dual coordinate descent (Hsieh et al., "A dual coordinate
 * descent method for large-scale linear SVM", 2008), many over the same rows at once. Eight of them
 * lie side by side, so a row's features are read once for all, and what is added is added in the
 * same order whatever the processor: the same bits everywhere. */
#ifndef NEWSCLF_DESCENT_H
#define NEWSCLF_DESCENT_H

#include <math.h>

#include "array.h"

#define LANES 8
#define FINEST 4e-6f /* part of the largest score that sums in single precision can tell */
#define NEARER 0.01f /* how much nearer to the optimum before all rows are looked at again */

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
    Floats cost;    /* what a row counts for, above 0 */
    F32s squares;   /* of each row's features and dense columns, summed */
} Design;

/* Machines side by side. Each has one more column of its own. */
typedef struct {
    size_t lanes; /* LANES or 3 * LANES */
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
    float largest; /* score of the last pass, by magnitude */
    uint64_t random;
} Descent;

#define INLINE static inline __attribute__((always_inline))
#if !defined(__GNUC__) && !defined(__clang__)
#undef INLINE
#define INLINE static __forceinline
#endif

/* Eight numbers, in a register where the processor has such. */
#if defined(__GNUC__) || defined(__clang__)
typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef double Wide __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define ADD_PRODUCT(sum, value, row) ((sum) += (value) * (row))
#else
typedef struct {
    float lane[LANES];
} Lanes;
typedef struct {
    double lane[LANES];
} Wide;
#define ADD_PRODUCT(sum, value, row)                                                  \
    do {                                                                              \
        for (int lane_ = 0; lane_ < LANES; lane_++)                                   \
            (sum).lane[lane_] += (value) * (row).lane[lane_];                         \
    } while (0)
#endif

INLINE void scores_of(const size_t lanes, const Design *design, const Machines *machines, size_t i,
                      float *scores) {
    const size_t blocks = lanes / LANES;
    Lanes sparse[3];
    Wide dense[3];
    memset(sparse, 0, sizeof sparse);
    memset(dense, 0, sizeof dense);
    size_t end = (size_t)AT(design->indptr, i + 1);
    for (size_t p = (size_t)AT(design->indptr, i); p < end; p++) {
        const size_t at = (size_t)AT(design->indices, p) * lanes;
        const Lanes *row = (const Lanes *)&AT(machines->weights, at);
        float value = AT(design->values, p);
        for (size_t b = 0; b < blocks; b++) ADD_PRODUCT(sparse[b], value, row[b]);
    }
    for (size_t j = 0; j < design->n_dense; j++) {
        const Wide *row = (const Wide *)&AT(machines->beside, j * lanes);
        double value = AT(design->dense, i * design->n_dense + j);
        for (size_t b = 0; b < blocks; b++) ADD_PRODUCT(dense[b], value, row[b]);
    }
    const double *last = &AT(machines->beside, design->n_dense * lanes);
    const float *own = &AT(machines->own, i * lanes);
    for (size_t k = 0; k < lanes; k++)
        scores[k] = (float)(((const float *)sparse)[k] + ((const double *)dense)[k] + own[k] * last[k]);
}

/* Add `steps` times row i to the weights. */
INLINE void add_row(const size_t lanes, const Design *design, Machines *machines, size_t i,
                    const float *steps) {
    const size_t blocks = lanes / LANES;
    Lanes step[3];
    double wide[3 * LANES];
    memcpy(step, steps, lanes * sizeof *steps);
    for (size_t k = 0; k < lanes; k++) wide[k] = steps[k];
    size_t end = (size_t)AT(design->indptr, i + 1);
    for (size_t p = (size_t)AT(design->indptr, i); p < end; p++) {
        const size_t at = (size_t)AT(design->indices, p) * lanes;
        Lanes *row = (Lanes *)&AT(machines->weights, at);
        float value = AT(design->values, p);
        for (size_t b = 0; b < blocks; b++) ADD_PRODUCT(row[b], value, step[b]);
    }
    for (size_t j = 0; j < design->n_dense; j++) {
        Wide *row = (Wide *)&AT(machines->beside, j * lanes);
        double value = AT(design->dense, i * design->n_dense + j);
        for (size_t b = 0; b < blocks; b++) ADD_PRODUCT(row[b], value, ((const Wide *)wide)[b]);
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
        float steps[3 * LANES], any = 0;
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

/* One pass over the rows that are awake, in a new order. A row at zero falls asleep where it is
 * further than `limit` from leaving it. Returns by how much the worst machine misses its optimum. */
INLINE float pass_over(const size_t lanes, const Design *design, Machines *machines,
                       Descent *descent, float limit) {
    float highest[3 * LANES] = {0}, lowest[3 * LANES] = {0}, worst = 0;
    size_t n = descent->n_awake, kept = 0;
    descent->largest = 0;
    for (size_t a = n; a > 1; a--) {
        size_t b = drawn(descent) % a;
        uint32_t row = AT(descent->rows, a - 1);
        AT(descent->rows, a - 1) = AT(descent->rows, b);
        AT(descent->rows, b) = row;
    }
    for (size_t a = 0; a < n; a++) {
        size_t i = AT(descent->rows, a), at = i * lanes;
        const float half = 0.5f / AT(design->cost, i);
        float scores[3 * LANES], steps[3 * LANES] = {0};
        int moved = 0, awake = 0;
        scores_of(lanes, design, machines, i, scores);
        for (size_t k = 0; k < lanes; k++) {
            float sign = AT(machines->signs, at + k);
            if (sign == 0 || AT(descent->asleep, at + k)) continue;
            float *alpha = &AT(machines->alpha, at + k), own = AT(machines->own, at + k);
            float slope = sign * scores[k] - 1 + *alpha * half;
            if (*alpha == 0 && slope > limit) {
                AT(descent->asleep, at + k) = 1;
                continue;
            }
            awake = 1;
            if (fabsf(scores[k]) > descent->largest) descent->largest = fabsf(scores[k]);
            float projected = *alpha == 0 && slope > 0 ? 0 : slope;
            highest[k] = projected > highest[k] ? projected : highest[k];
            lowest[k] = projected < lowest[k] ? projected : lowest[k];
            float next = *alpha - slope / (AT(design->squares, i) + own * own + half);
            next = next > 0 ? next : 0;
            steps[k] = (next - *alpha) * sign;
            moved |= steps[k] != 0;
            *alpha = next;
        }
        if (moved) add_row(lanes, design, machines, i, steps);
        if (awake) AT(descent->rows, kept++) = (uint32_t)i;
    }
    descent->n_awake = kept;
    for (size_t k = 0; k < lanes; k++)
        if (highest[k] - lowest[k] > worst) worst = highest[k] - lowest[k];
    return worst;
}

static void wake(const Design *design, Descent *descent) {
    memset(descent->asleep.items, 0, descent->asleep.length);
    for (size_t i = 0; i < design->n_rows; i++) AT(descent->rows, i) = (uint32_t)i;
    descent->n_awake = design->n_rows;
}

/* Passes over what is awake until that is solved, then one over all, which wakes what has to move;
 * until nothing does. Returns 0, or after too many passes how far from the optimum the last was. */
INLINE float descend_in(const size_t lanes, const Design *design, Machines *machines,
                        Descent *descent, float tolerance, size_t passes) {
    size_t done = 0;
    float whole;
    for (;;) {
        weigh(lanes, design, machines);
        wake(design, descent);
        whole = pass_over(lanes, design, machines, descent, 0);
        if (tolerance < FINEST * descent->largest) tolerance = FINEST * descent->largest;
        if (whole <= tolerance || ++done >= passes) return whole <= tolerance ? 0 : whole;
        float aim = NEARER * whole > tolerance ? NEARER * whole : tolerance, worst = whole;
        while (done < passes && worst > aim) {
            worst = pass_over(lanes, design, machines, descent, worst);
            done++;
        }
    }
}

static inline float descend_plain(const Design *design, Machines *machines, Descent *descent,
                           float tolerance, size_t passes) {
    return machines->lanes == LANES
               ? descend_in(LANES, design, machines, descent, tolerance, passes)
               : descend_in(3 * LANES, design, machines, descent, tolerance, passes);
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
static __attribute__((target("avx2"))) float descend_avx2(const Design *design, Machines *machines,
                                                           Descent *descent, float tolerance,
                                                           size_t passes) {
    return machines->lanes == LANES
               ? descend_in(LANES, design, machines, descent, tolerance, passes)
               : descend_in(3 * LANES, design, machines, descent, tolerance, passes);
}

static float descend(const Design *design, Machines *machines, Descent *descent, float tolerance,
                     size_t passes) {
    return (__builtin_cpu_supports("avx2") ? descend_avx2 : descend_plain)(
        design, machines, descent, tolerance, passes);
}
#else
static float descend(const Design *design, Machines *machines, Descent *descent, float tolerance,
                     size_t passes) {
    return descend_plain(design, machines, descent, tolerance, passes);
}
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

/* The scores of all rows, n_rows x lanes. */
static void score_rows(const Design *design, const Machines *machines, float *scores) {
    for (size_t i = 0; i < design->n_rows; i++)
        if (machines->lanes == LANES)
            scores_of(LANES, design, machines, i, scores + i * LANES);
        else
            scores_of(3 * LANES, design, machines, i, scores + i * 3 * LANES);
}

#endif
