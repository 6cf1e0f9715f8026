/* From counts to features (damped, times idf, one norm a part and block) and from them to scores. */
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
    float title_share; /* the title's in a block; the text has the rest */
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
    F32s sums;             /* by theme, of the title and then of the text */
    F32s values;           /* of the touched features */
    F32s of_title;         /* for rows: the title's values, by feature; else 0 */
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
           REFIT(work->sums, 2 * model->n_themes + 1);
}

static void work_free(Work *work) {
    cut_free(&work->cut);
    RELEASE(work->tally.count);
    RELEASE(work->tally.touched);
    RELEASE(work->sums);
    RELEASE(work->values);
    RELEASE(work->of_title);
    RELEASE(work->sorted);
}

static inline double damped(const Work *work, uint32_t count) {
    return count < DAMPED ? work->damped[count] : 1.0 + log((double)count);
}

static void fold_text(const Characters *characters, uint32_t *text, size_t n) {
    for (size_t i = 0; i < n; i++) text[i] = fold_character(characters, text[i]);
}

/* Count one block of one part of an article, which is folded. 0 when memory is short. */
static int count_part(const Model *model, Work *work, int which, const uint32_t *text, size_t n) {
    const Block *block = &model->blocks[which];
    Tally *tally = &work->tally;
    if (!n || !block->longest) return 1;
    if (which == 0) {
        if (!cut_fit(&work->cut, n)) return 0;
        cut_text(model->dictionary, text, n, 1, &work->cut);
        count_words(block, model->characters, text, &work->cut, tally);
    } else if (tally->collector) {
        collect_chars(block, text, n, tally);
    } else {
        count_chars(&model->ngrams, block, text, n, tally);
    }
    return !tally->short_of_memory;
}

/* A model with no share for titles does not read them. */
static inline size_t read_of_title(const Model *model, size_t n) {
    return model->title_share > 0 ? n : 0;
}

/* What the title counts for beside the text: a part without a feature leaves its share. */
static inline double share_of_title(const Model *model, size_t in_title, size_t in_text) {
    return !in_title ? 0 : !in_text ? 1 : model->title_share;
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

static int rows_fit(RowsSoFar *rows, size_t n) {
    if (rows->count + n <= rows->room) return 1;
    size_t room = 2 * (rows->count + n);
    uint32_t *indices = realloc(rows->indices, room * sizeof *indices);
    if (indices) rows->indices = indices;
    float *values = realloc(rows->values, room * sizeof *values);
    if (values) rows->values = values;
    if (!indices || !values) return 0;
    rows->room = room;
    return 1;
}

static inline double value_of(const Model *model, const Work *work, uint32_t id) {
    return damped(work, AT(work->tally.count, id + 1)) * AT(model->idf, id);
}

/* What to divide the counted part by; features are to be in the order of their ids, so that the
 * sum is the same whatever the order of the text. */
static double norm_of(const Model *model, const Work *work, size_t n) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        double x = value_of(model, work, AT(work->tally.touched, i));
        squares += x * x;
    }
    return squares > 0 ? sqrt(squares) : 1;
}

/* Append a block of an article to the rows; counts and values are zero again afterwards. */
static int take_row(const Model *model, Work *work, int which, const uint32_t *title,
                    size_t in_title, const uint32_t *text, size_t in_text, RowsSoFar *rows) {
    Tally *tally = &work->tally;
    tally->n_touched = 0;
    if (!count_part(model, work, which, title, read_of_title(model, in_title))) return 0;
    sort_touched(work);
    size_t n_title = tally->n_touched, from = rows->count;
    double norm = norm_of(model, work, n_title);
    if (!rows_fit(rows, n_title)) return 0;
    for (size_t i = 0; i < n_title; i++) {
        uint32_t id = AT(tally->touched, i);
        rows->indices[from + i] = id;
        AT(work->of_title, id) = (float)(value_of(model, work, id) / norm);
        AT(tally->count, id + 1) = 0;
    }
    tally->n_touched = 0;
    if (!count_part(model, work, which, text, in_text)) return 0;
    sort_touched(work);
    size_t n_text = tally->n_touched;
    norm = norm_of(model, work, n_text);
    double share = share_of_title(model, n_title, n_text);
    for (size_t i = 0; i < n_title; i++) {
        uint32_t id = rows->indices[from + i];
        AT(tally->touched, tally->n_touched) = id;
        tally->n_touched += !AT(tally->count, id + 1);
    }
    sort_touched(work);
    if (!rows_fit(rows, tally->n_touched)) return 0;
    for (size_t i = 0; i < tally->n_touched; i++) {
        uint32_t id = AT(tally->touched, i);
        double own = AT(tally->count, id + 1) ? value_of(model, work, id) / norm : 0;
        rows->indices[rows->count] = id;
        rows->values[rows->count++] = (float)((1 - share) * own + share * AT(work->of_title, id));
        AT(work->of_title, id) = 0;
        AT(tally->count, id + 1) = 0;
    }
    return 1;
}

/* Sum the counted part's weights; counts are zero again afterwards. */
static void take_sums(const Model *model, Work *work, float *sums) {
    Tally *tally = &work->tally;
    const size_t themes = model->n_themes, n = tally->n_touched;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = AT(tally->touched, i);
        float x = (float)value_of(model, work, id);
        AT(tally->count, id + 1) = 0;
        squares += (double)x * x;
        AT(work->values, i) = x;
    }
    memset(sums, 0, themes * sizeof *sums);
    if (model->half.length)
        model->add_halves(model->half, themes, tally->touched.items, work->values.items, n, sums);
    else
        add_singles(model->single, themes, tally->touched.items, work->values.items, n, sums);
    float scale = squares > 0 ? (float)(1 / sqrt(squares)) : 1;
    for (size_t k = 0; k < themes; k++) sums[k] *= scale;
}

/* Add a block of an article to its scores. */
static int take_scores(const Model *model, Work *work, int which, const uint32_t *title,
                       size_t in_title, const uint32_t *text, size_t in_text, float *scores,
                       size_t *n_features) {
    Tally *tally = &work->tally;
    float *of_title = work->sums.items, *of_text = of_title + model->n_themes;
    tally->n_touched = 0;
    if (!count_part(model, work, which, title, read_of_title(model, in_title))) return 0;
    size_t n_title = tally->n_touched;
    take_sums(model, work, of_title);
    tally->n_touched = 0;
    if (!count_part(model, work, which, text, in_text)) return 0;
    size_t n_text = tally->n_touched;
    take_sums(model, work, of_text);
    float share = (float)share_of_title(model, n_title, n_text);
    for (size_t k = 0; k < model->n_themes; k++)
        scores[k] += share * of_title[k] + (1 - share) * of_text[k];
    *n_features += n_title + n_text;
    return 1;
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
            if (!take_scores(model, work, which, text + start, middle - start, text + middle,
                             end - middle, scores, &n_features))
                return 0;
        }
        /* Nothing is known of such a text, so no bias may speak. */
        for (size_t k = 0; !n_features && k < model->n_themes; k++) scores[k] = -INFINITY;
    }
    return 1;
}

static int row_articles(const Model *model, Work *work, uint32_t *text, const uint64_t *bounds,
                        size_t n, int64_t *indptr, RowsSoFar *rows) {
    if (!work_fit(work, model) || !REFIT(work->of_title, model->idf.length + 1)) return 0;
    work->tally.found = NULL;
    work->tally.collector = NULL;
    work->tally.rows = NULL;
    fold_text(model->characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++) {
        uint64_t start = bounds[2 * i], middle = bounds[2 * i + 1], end = bounds[2 * i + 2];
        for (int which = 0; which < 2; which++)
            if (!take_row(model, work, which, text + start, middle - start, text + middle,
                          end - middle, rows))
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
    for (int part = 0; part < 4; part++) {
        int is_text = part & 1;
        work->tally.part = is_text;
        work->tally.n_touched = 0;
        int fine = count_part(model, work, part >> 1, is_text ? text + middle : text,
                              is_text ? end - middle : read_of_title(model, middle));
        for (size_t i = 0; i < work->tally.n_touched; i++)
            AT(work->tally.count, AT(work->tally.touched, i) + 1) = 0;
        if (!fine) return 0;
    }
    return 1;
}

#endif
