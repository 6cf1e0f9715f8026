/* From counts to features (damped, times idf, one norm a block) and from features to scores. */
#ifndef NEWSCLF_SCORING_H
#define NEWSCLF_SCORING_H

#include <math.h>

#include "summing.h"
#include "terms.h"

typedef struct {
    const Dictionary *dictionary;
    const Characters *characters;
    Block blocks[2]; /* words, characters */
    Ngrams ngrams;   /* of characters; blocks[1] has no terms but in a collector */
    uint32_t title_weight;
    F32s idf;        /* by feature */
    size_t n_themes; /* 0: a model without weights makes rows only */
    U16s half;       /* weights, feature by feature: in half precision ... */
    F32s single;     /* ... or in single; the other is empty */
    F32s bias;       /* by theme */
    AddHalves *add_halves; /* the best way that this processor has */
} Model;

#define DAMPED 64

/* Room for one article at a time. */
typedef struct {
    Cut cut;
    Tally tally;
    F32s sums;             /* by theme */
    F32s values;           /* of the touched features */
    U32s sorted;           /* as long as tally.touched */
    double damped[DAMPED]; /* 1 + ln(count) of small counts */
} Work;

/* Sparse rows as they grow. */
typedef struct {
    uint32_t *indices;
    float *values;
    size_t count, room;
} RowsSoFar;

static int work_fit(Work *work, const Model *model) {
    for (int i = 1; i < DAMPED; i++) work->damped[i] = 1.0 + log((double)i);
    size_t n = model->idf.length + 1;
    return REFIT(work->tally.count, n) && REFIT(work->tally.touched, n) &&
           REFIT(work->sorted, n) && REFIT(work->values, n) &&
           REFIT(work->sums, model->n_themes + 1);
}

static void work_free(Work *work) {
    cut_free(&work->cut);
    RELEASE(work->tally.count);
    RELEASE(work->tally.touched);
    RELEASE(work->sums);
    RELEASE(work->values);
    RELEASE(work->sorted);
}

static inline double damped(const Work *work, uint32_t count) {
    return count < DAMPED ? work->damped[count] : 1.0 + log((double)count);
}

static void fold_text(const Characters *characters, uint32_t *text, size_t n) {
    for (size_t i = 0; i < n; i++) text[i] = fold_character(characters, text[i]);
}

/* Count one block of an article whose title is text[0:middle] and whose text is
 * text[middle:end]; both are folded. 0 when memory is short. */
static int count_block(const Model *model, Work *work, int which, const uint32_t *text,
                       size_t middle, size_t end) {
    const Block *block = &model->blocks[which];
    Tally *tally = &work->tally;
    tally->n_touched = 0;
    if (!block->longest) return 1;
    for (uint32_t part = 0; part < 2; part++) {
        const uint32_t *start = part ? text + middle : text;
        size_t n = part ? end - middle : middle;
        tally->part = part;
        tally->weight = part ? 1 : model->title_weight;
        if (!n || !tally->weight) continue;
        if (which == 0) {
            if (!cut_fit(&work->cut, n)) return 0;
            cut_text(model->dictionary, start, n, 1, &work->cut);
            count_words(block, model->characters, start, &work->cut, tally);
        } else if (tally->collector) {
            collect_chars(block, start, n, tally);
        } else {
            count_chars(&model->ngrams, block, start, n, tally);
        }
    }
    return !tally->short_of_memory;
}

/* Sort the touched features by id, eight bits a pass. */
static void sort_touched(Work *work) {
    Tally *tally = &work->tally;
    uint32_t *from = tally->touched.items, *to = work->sorted.items;
    size_t n = tally->n_touched;
    for (unsigned shift = 0; shift < 32 && work->tally.count.length >> shift; shift += 8) {
        uint32_t starts[256] = {0}, sum = 0;
        for (size_t i = 0; i < n; i++) starts[from[i] >> shift & 255]++;
        for (size_t digit = 0; digit < 256; digit++) {
            uint32_t here = starts[digit];
            starts[digit] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++) to[starts[from[i] >> shift & 255]++] = from[i];
        uint32_t *other = from;
        from = to, to = other;
    }
    if (from != tally->touched.items) memcpy(tally->touched.items, from, n * sizeof *from);
}

/* Append the counted block to the rows; counts are zero again afterwards. */
static int take_row(const Model *model, Work *work, RowsSoFar *rows) {
    Tally *tally = &work->tally;
    size_t n = tally->n_touched;
    if (rows->count + n > rows->room) {
        size_t room = 2 * (rows->count + n);
        uint32_t *indices = realloc(rows->indices, room * sizeof *indices);
        if (indices) rows->indices = indices;
        float *values = realloc(rows->values, room * sizeof *values);
        if (values) rows->values = values;
        if (!indices || !values) return 0;
        rows->room = room;
    }
    sort_touched(work);
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = AT(tally->touched, i);
        double x = damped(work, AT(tally->count, id + 1)) * AT(model->idf, id);
        squares += x * x;
    }
    double norm = squares > 0 ? sqrt(squares) : 1;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = AT(tally->touched, i);
        double x = damped(work, AT(tally->count, id + 1)) * AT(model->idf, id);
        rows->indices[rows->count] = id;
        rows->values[rows->count++] = (float)(x / norm);
        AT(tally->count, id + 1) = 0;
    }
    return 1;
}

/* Add the counted block's share to the scores; counts are zero again afterwards. */
static void take_scores(const Model *model, Work *work, float *scores) {
    Tally *tally = &work->tally;
    const size_t themes = model->n_themes, n = tally->n_touched;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = AT(tally->touched, i);
        float x = (float)(damped(work, AT(tally->count, id + 1)) * AT(model->idf, id));
        AT(tally->count, id + 1) = 0;
        squares += (double)x * x;
        AT(work->values, i) = x;
    }
    memset(work->sums.items, 0, themes * sizeof *work->sums.items);
    if (model->half.length)
        model->add_halves(model->half, themes, tally->touched.items, work->values.items, n,
                          work->sums.items);
    else
        add_singles(model->single, themes, tally->touched.items, work->values.items, n,
                    work->sums.items);
    float scale = squares > 0 ? (float)(1 / sqrt(squares)) : 1;
    for (size_t k = 0; k < themes; k++) scores[k] += scale * AT(work->sums, k);
}

/* Articles lie one after the other in `text`: title i from bounds[2i] to bounds[2i + 1], text i
 * from there to bounds[2i + 2]. Texts are folded where they lie. All return 0 when memory is
 * short. */
static int score_articles(const Model *model, Work *work, uint32_t *text, const uint64_t *bounds,
                          size_t n, float *scores) {
    if (!work_fit(work, model)) return 0;
    work->tally.found = NULL;
    work->tally.collector = NULL;
    work->tally.idf = model->idf.items;
    work->tally.row_size = model->n_themes * (model->half.length ? 2 : 4);
    work->tally.rows = model->half.length ? (const char *)model->half.items
                                          : (const char *)model->single.items;
    fold_text(model->characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++, scores += model->n_themes) {
        uint64_t start = bounds[2 * i], middle = bounds[2 * i + 1], end = bounds[2 * i + 2];
        size_t n_features = 0;
        memcpy(scores, model->bias.items, model->n_themes * sizeof *scores);
        for (int which = 0; which < 2; which++) {
            if (!count_block(model, work, which, text + start, middle - start, end - start))
                return 0;
            n_features += work->tally.n_touched;
            take_scores(model, work, scores);
        }
        /* Nothing is known of such a text, so no bias may speak. */
        for (size_t k = 0; !n_features && k < model->n_themes; k++) scores[k] = -INFINITY;
    }
    return 1;
}

static int row_articles(const Model *model, Work *work, uint32_t *text, const uint64_t *bounds,
                        size_t n, int64_t *indptr, RowsSoFar *rows) {
    if (!work_fit(work, model)) return 0;
    work->tally.found = NULL;
    work->tally.collector = NULL;
    work->tally.rows = NULL;
    fold_text(model->characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++) {
        uint64_t start = bounds[2 * i], middle = bounds[2 * i + 1], end = bounds[2 * i + 2];
        for (int which = 0; which < 2; which++)
            if (!count_block(model, work, which, text + start, middle - start, end - start) ||
                !take_row(model, work, rows))
                return 0;
        indptr[i + 1] = (int64_t)rows->count;
    }
    return 1;
}

/* Where the features of one article occur. */
static int find_occurrences(const Model *model, Work *work, uint32_t *text, size_t middle,
                            size_t end, Occurrences *found) {
    if (!work_fit(work, model)) return 0;
    fold_text(model->characters, text, end);
    work->tally.found = found;
    work->tally.collector = NULL;
    work->tally.rows = NULL;
    for (int which = 0; which < 2; which++) {
        int fine = count_block(model, work, which, text, middle, end);
        for (size_t i = 0; i < work->tally.n_touched; i++)
            AT(work->tally.count, AT(work->tally.touched, i) + 1) = 0;
        if (!fine) return 0;
    }
    return 1;
}

#endif
