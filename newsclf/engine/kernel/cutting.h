/* Text into words: jieba.lcut, as the ends of words. */
#ifndef NEWSCLF_CUTTING_H
#define NEWSCLF_CUTTING_H

#include "hmm.h"
#include "route.h"

/* Buffers for one text; they grow, and are used again for the next. */
typedef struct {
    U16s codes;  /* n + 3 */
    F64s score;  /* n + 3 */
    U16s length; /* n: of the word that the best route takes here */
    U8s track;   /* n: states of the HMM */
    U32s ends;   /* n at most: where words end */
    size_t count;
} Cut;

static int cut_fit(Cut *cut, size_t n) {
    size_t capacity = n + 3;
    /* Not new buffers for each longer text. */
    if (cut->codes.length < capacity) capacity += capacity / 4;
    return REFIT(cut->codes, capacity) && REFIT(cut->score, capacity) &&
           REFIT(cut->length, capacity) && REFIT(cut->track, capacity) &&
           REFIT(cut->ends, capacity);
}

static void cut_free(Cut *cut) {
    RELEASE(cut->codes);
    RELEASE(cut->score);
    RELEASE(cut->length);
    RELEASE(cut->track);
    RELEASE(cut->ends);
}

static inline void end_word(Cut *cut, size_t end) {
    AT(cut->ends, cut->count) = (uint32_t)end;
    cut->count++;
}

/* jieba's re_skip on what is not Han: [a-zA-Z0-9]+(?:\.\d+)?%? are words, and so is what lies
 * between two of them. */
static void cut_signs(Cut *cut, size_t start, size_t end) {
    size_t i = start;
    while (i < end) {
        if (!CODE_IS_ALNUM(AT(cut->codes, i))) {
            while (i < end && !CODE_IS_ALNUM(AT(cut->codes, i))) i++;
        } else {
            while (i < end && CODE_IS_ALNUM(AT(cut->codes, i))) i++;
            if (i + 1 < end && AT(cut->codes, i) == CODE_POINT &&
                CODE_IS_DIGIT(AT(cut->codes, i + 1))) {
                i++;
                while (i < end && CODE_IS_DIGIT(AT(cut->codes, i))) i++;
            }
            if (i < end && AT(cut->codes, i) == CODE_PERCENT) i++;
        }
        end_word(cut, i);
    }
}

/* A run of single characters on the best route: words by the HMM, unless the run is a word. */
static void cut_unknown(const Dictionary *dictionary, Cut *cut, size_t start, size_t end) {
    if (end - start < 2 ||
        is_known_word(dictionary, cut->codes.items + start, end - start)) {
        for (size_t i = start; i < end; i++) end_word(cut, i + 1);
        return;
    }
    for (size_t i = start, j; i < end; i = j) {
        int han = CODE_IS_HAN(AT(cut->codes, i));
        for (j = i; j < end && CODE_IS_HAN(AT(cut->codes, j)) == han;) j++;
        if (!han) {
            cut_signs(cut, i, j);
            continue;
        }
        find_states(dictionary, cut->codes.items + i, j - i, cut->track);
        for (size_t k = i; k < j; k++) {
            uint8_t state = AT(cut->track, k - i);
            if (state == STATE_E || state == STATE_S) end_word(cut, k + 1);
        }
    }
}

/* Without the HMM, single letters and digits of the route join. */
static size_t cut_letters(Cut *cut, size_t i) {
    if (!CODE_IS_ALNUM(AT(cut->codes, i))) return i + 1;
    while (CODE_IS_ALNUM(AT(cut->codes, i)) && AT(cut->length, i) == 1) i++;
    return i;
}

/* Cut n characters; `cut` fits them. A route never crosses a code of 0, and the code after the
 * last character is 0. */
static void cut_text(const Dictionary *dictionary, const uint32_t *text, size_t n, int hmm,
                     Cut *cut) {
    cut->count = 0;
    for (size_t i = 0; i < n; i++) AT(cut->codes, i) = code_of(dictionary, text[i]);
    AT(cut->codes, n) = AT(cut->codes, n + 1) = AT(cut->codes, n + 2) = 0;
    find_route(dictionary, cut->codes, n, cut->score, cut->length);
    for (size_t i = 0; i < n;) {
        size_t start = i;
        if (!AT(cut->codes, i)) { /* jieba's re_skip knows one separator of two characters */
            i += text[i] == '\r' && i + 1 < n && text[i + 1] == '\n' ? 2 : 1;
            end_word(cut, i);
        } else if (AT(cut->length, i) > 1) {
            i += AT(cut->length, i);
            end_word(cut, i);
        } else if (hmm) {
            while (AT(cut->codes, i) && AT(cut->length, i) == 1) i++;
            cut_unknown(dictionary, cut, start, i);
        } else {
            i = cut_letters(cut, i);
            end_word(cut, i);
        }
    }
}

#endif
