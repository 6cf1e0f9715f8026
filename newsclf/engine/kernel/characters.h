/* Characters: what each is normalized to, and what Python's str methods say about it. */
#ifndef NEWSCLF_CHARACTERS_H
#define NEWSCLF_CHARACTERS_H

#include "array.h"

typedef struct {
    U16s page;       /* by code point / 256: which page of `normalized`; 0: they stay as they are */
    U32s normalized; /* pages of 256 */
    U8s alnum;       /* bits, by code point */
} Characters;

static inline uint32_t normalize_character(const Characters *characters, uint32_t c) {
    uint16_t page = AT(characters->page, c >> 8);
    return page ? AT(characters->normalized, (uint32_t)page << 8 | (c & 255)) : c;
}

static inline void normalize_text(const Characters *characters, uint32_t *text, size_t n) {
    for (size_t i = 0; i < n; i++) text[i] = normalize_character(characters, text[i]);
}

static inline int is_alnum(const Characters *characters, uint32_t c) {
    return AT(characters->alnum, c >> 3) >> (c & 7) & 1;
}

/* The runs within which character n-grams lie: HAN of newsclf/engine/terms/chars.py. */
static inline int is_han(uint32_t c) {
    return (c - 0x4E00 <= 0x9FFF - 0x4E00) | (c - 0x3400 <= 0x4DBF - 0x3400) | (c == 0x3007);
}

#endif
