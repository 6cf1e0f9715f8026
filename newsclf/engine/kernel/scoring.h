/* From counts to features (damped, times idf, one norm a part and block), and from them to
 * scores. */
#ifndef NEWSCLF_SCORING_H
#define NEWSCLF_SCORING_H

#include <math.h>

#include "blocks.h"
#include "rows.h"
#include "summing.h"

typedef struct {
    Language language;
    Block blocks[N_KINDS];
    size_t n_blocks;
    float title_share; /* the title's in a block; the text has the rest */
    F32s idf;          /* by feature */
    size_t n_themes;   /* 0: without weights there are rows only */
    U16s half;         /* weights, feature by feature: in half precision ... */
    F32s single;       /* ... or in single; the other is empty */
    F32s bias;         /* by theme */
    AddHalves *add_halves; /* the best way that this processor has */
} Scorer;

#define DAMPED 64

/* Buffers for one article at a time. */
typedef struct {
    Cut cut;
    Counts counts;
    F32s sums;             /* by theme, of the title and then of the text */
    F32s values;           /* of the touched features */
    F32s of_title;         /* for rows: the title's values, by feature; else 0 */
    U32s sorted;           /* as long as counts.touched */
    double damped[DAMPED]; /* 1 + ln(count) of small counts */
} Work;

/* One article of many that lie one after the other. */
typedef struct {
    const uint32_t *title, *text;
    size_t in_title, in_text;
} Parts;

/* Get ready to count features of the vocabulary; 0 when memory is short. */
static int work_start(Work *work, const Scorer *scorer, Occurrences *found) {
    Counts *counts = &work->counts;
    counts->flush = count_known;
    counts->found = found;
    counts->rows = NULL;
    for (int i = 1; i < DAMPED; i++) work->damped[i] = 1.0 + log((double)i);
    size_t n = scorer->idf.length + 1;
    return REFIT(counts->count, n) && REFIT(counts->touched, n) && REFIT(work->sorted, n) &&
           REFIT(work->values, n) && REFIT(work->sums, 2 * scorer->n_themes + 1);
}

static void work_free(Work *work) {
    cut_free(&work->cut);
    RELEASE(work->counts.count);
    RELEASE(work->counts.touched);
    RELEASE(work->sums);
    RELEASE(work->values);
    RELEASE(work->of_title);
    RELEASE(work->sorted);
}

static inline double damped(const Work *work, uint32_t count) {
    return count < DAMPED ? work->damped[count] : 1.0 + log((double)count);
}

/* Count one block of one part of an article; 0 when memory is short. */
static int count_part(const Scorer *scorer, Work *work, const Block *block, const uint32_t *text,
                      size_t n) {
    work->counts.n_touched = 0;
    if (!n || !block->longest) return 1;
    return block->kind->count(block, &scorer->language, &work->cut, text, n, &work->counts);
}

/* Title i goes from bounds[2i] to bounds[2i + 1], text i from there to bounds[2i + 2]. Without a
 * share titles are not read. */
static inline Parts parts_of(const Scorer *scorer, const uint32_t *text, const uint64_t *bounds,
                             size_t i) {
    size_t start = bounds[2 * i], middle = bounds[2 * i + 1], end = bounds[2 * i + 2];
    Parts parts = {text + start, text + middle, scorer->title_share > 0 ? middle - start : 0,
                   end - middle};
    return parts;
}

/* What the title counts for beside the text: a part without a feature leaves its share. */
static inline double share_of_title(const Scorer *scorer, size_t in_title, size_t in_text) {
    return !in_title ? 0 : !in_text ? 1 : scorer->title_share;
}

/* Sort the touched features by id, eight bits a pass. */
static void sort_touched(Work *work) {
    Counts *counts = &work->counts;
    uint32_t *from = counts->touched.items, *to = work->sorted.items;
    size_t n = counts->n_touched;
    for (unsigned shift = 0; shift < 32 && counts->count.length >> shift; shift += 8) {
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
    if (from != counts->touched.items) memcpy(counts->touched.items, from, n * sizeof *from);
}

static inline double value_of(const Scorer *scorer, const Work *work, uint32_t id) {
    return damped(work, AT(work->counts.count, id + 1)) * AT(scorer->idf, id);
}

/* What to divide the counted part by; features are to be in the order of their ids, so that the
 * sum is the same whatever the order of the text. */
static double norm_of(const Scorer *scorer, const Work *work, size_t n) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        double x = value_of(scorer, work, AT(work->counts.touched, i));
        squares += x * x;
    }
    return squares > 0 ? sqrt(squares) : 1;
}

/* Append a block of an article to the rows; counts and values are zero again afterwards. */
static int take_row(const Scorer *scorer, Work *work, const Block *block, Parts parts,
                    GrowingRows *rows) {
    Counts *counts = &work->counts;
    if (!count_part(scorer, work, block, parts.title, parts.in_title)) return 0;
    sort_touched(work);
    size_t n_title = counts->n_touched, from = rows->count;
    double norm = norm_of(scorer, work, n_title);
    if (!rows_fit(rows, n_title)) return 0;
    for (size_t i = 0; i < n_title; i++) {
        uint32_t id = AT(counts->touched, i);
        rows->indices[from + i] = id;
        AT(work->of_title, id) = (float)(value_of(scorer, work, id) / norm);
        AT(counts->count, id + 1) = 0;
    }
    if (!count_part(scorer, work, block, parts.text, parts.in_text)) return 0;
    sort_touched(work);
    size_t n_text = counts->n_touched;
    norm = norm_of(scorer, work, n_text);
    double share = share_of_title(scorer, n_title, n_text);
    for (size_t i = 0; i < n_title; i++) {
        uint32_t id = rows->indices[from + i];
        AT(counts->touched, counts->n_touched) = id;
        counts->n_touched += !AT(counts->count, id + 1);
    }
    sort_touched(work);
    if (!rows_fit(rows, counts->n_touched)) return 0;
    float *values = rows->values;
    for (size_t i = 0; i < counts->n_touched; i++) {
        uint32_t id = AT(counts->touched, i);
        double own = AT(counts->count, id + 1) ? value_of(scorer, work, id) / norm : 0;
        rows->indices[rows->count] = id;
        values[rows->count++] = (float)((1 - share) * own + share * AT(work->of_title, id));
        AT(work->of_title, id) = 0;
        AT(counts->count, id + 1) = 0;
    }
    return 1;
}

/* Sum the counted part's weights; counts are zero again afterwards. */
static void take_sums(const Scorer *scorer, Work *work, float *sums) {
    Counts *counts = &work->counts;
    const size_t themes = scorer->n_themes, n = counts->n_touched;
    const uint32_t *touched = counts->touched.items;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = AT(counts->touched, i);
        float x = (float)value_of(scorer, work, id);
        AT(counts->count, id + 1) = 0;
        squares += (double)x * x;
        AT(work->values, i) = x;
    }
    memset(sums, 0, themes * sizeof *sums);
    if (scorer->half.length)
        scorer->add_halves(scorer->half, themes, touched, work->values.items, n, sums);
    else
        add_singles(scorer->single, themes, touched, work->values.items, n, sums);
    float scale = squares > 0 ? (float)(1 / sqrt(squares)) : 1;
    for (size_t k = 0; k < themes; k++) sums[k] *= scale;
}

/* Add a block of an article to its scores. */
static int take_scores(const Scorer *scorer, Work *work, const Block *block, Parts parts,
                       float *scores, size_t *n_features) {
    float *of_title = work->sums.items, *of_text = of_title + scorer->n_themes;
    if (!count_part(scorer, work, block, parts.title, parts.in_title)) return 0;
    size_t n_title = work->counts.n_touched;
    take_sums(scorer, work, of_title);
    if (!count_part(scorer, work, block, parts.text, parts.in_text)) return 0;
    size_t n_text = work->counts.n_touched;
    take_sums(scorer, work, of_text);
    float share = (float)share_of_title(scorer, n_title, n_text);
    for (size_t k = 0; k < scorer->n_themes; k++)
        scores[k] += share * of_title[k] + (1 - share) * of_text[k];
    *n_features += n_title + n_text;
    return 1;
}

/* The scores of n articles; see parts_of for how they lie. Texts are normalized where they lie. All
 * of these return 0 when memory is short. */
static int score_articles(const Scorer *scorer, Work *work, uint32_t *text, const uint64_t *bounds,
                          size_t n, float *scores) {
    if (!work_start(work, scorer, NULL)) return 0;
    work->counts.idf = scorer->idf.items;
    work->counts.row_size = scorer->n_themes * (scorer->half.length ? 2 : 4);
    work->counts.rows = scorer->half.length ? (const char *)scorer->half.items
                                            : (const char *)scorer->single.items;
    normalize_text(scorer->language.characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++, scores += scorer->n_themes) {
        Parts parts = parts_of(scorer, text, bounds, i);
        size_t n_features = 0;
        memcpy(scores, scorer->bias.items, scorer->n_themes * sizeof *scores);
        for (size_t b = 0; b < scorer->n_blocks; b++)
            if (!take_scores(scorer, work, &scorer->blocks[b], parts, scores, &n_features))
                return 0;
        /* Nothing is known of such a text, so no bias may speak. */
        for (size_t k = 0; !n_features && k < scorer->n_themes; k++) scores[k] = -INFINITY;
    }
    return 1;
}

static int row_articles(const Scorer *scorer, Work *work, uint32_t *text, const uint64_t *bounds,
                        size_t n, int64_t *indptr, GrowingRows *rows) {
    if (!work_start(work, scorer, NULL) || !REFIT(work->of_title, scorer->idf.length + 1)) return 0;
    normalize_text(scorer->language.characters, text, bounds[2 * n]);
    for (size_t i = 0; i < n; i++) {
        Parts parts = parts_of(scorer, text, bounds, i);
        for (size_t b = 0; b < scorer->n_blocks; b++)
            if (!take_row(scorer, work, &scorer->blocks[b], parts, rows)) return 0;
        indptr[i + 1] = (int64_t)rows->count;
    }
    return 1;
}

/* Where the features of one article occur. */
static int find_occurrences(const Scorer *scorer, Work *work, uint32_t *text,
                            const uint64_t *bounds, Occurrences *found) {
    Counts *counts = &work->counts;
    if (!work_start(work, scorer, found)) return 0;
    normalize_text(scorer->language.characters, text, bounds[2]);
    Parts parts = parts_of(scorer, text, bounds, 0);
    for (size_t i = 0; i < 2 * scorer->n_blocks; i++) {
        const Block *block = &scorer->blocks[i / 2];
        counts->part = i % 2;
        int fine = counts->part ? count_part(scorer, work, block, parts.text, parts.in_text)
                                : count_part(scorer, work, block, parts.title, parts.in_title);
        for (size_t k = 0; k < counts->n_touched; k++)
            AT(counts->count, AT(counts->touched, k) + 1) = 0;
        if (!fine) return 0;
    }
    return 1;
}

#endif
