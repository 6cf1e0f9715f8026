/* Terms as model folders hold them: UTF-8, one after the other, and where each ends. */
#ifndef NEWSCLF_UTF8_H
#define NEWSCLF_UTF8_H

#include "array.h"

/* How many characters there are at most: bytes that go on with none. */
static inline size_t utf8_length(const U8s utf8) {
    size_t n = 0;
    for (size_t i = 0; i < utf8.length; i++) n += (utf8.items[i] & 0xC0) != 0x80;
    return n;
}

/* The character at `at` and how many bytes it has, or 0 bytes where none ends before `end`. Lone
 * surrogates pass, as they do with Python's "surrogatepass". */
static inline unsigned utf8_character(const U8s utf8, size_t at, size_t end, uint32_t *character) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = AT(utf8, at);
    unsigned size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t c = size == 1 ? first : first & (0x7Fu >> size);
    if (first > 0xF4 || !size || end - at < size) return 0;
    for (unsigned i = 1; i < size; i++) {
        uint8_t next = AT(utf8, at + i);
        if ((next & 0xC0) != 0x80) return 0;
        c = c << 6 | (next & 0x3F);
    }
    *character = c;
    return c >= least[size] && c < 0x110000 ? size : 0;
}

enum { DECODED, BAD_END, BAD_UTF8 };

/* Decode terms that have at least a letter each; `text` is long enough. */
static inline int terms_decode(const U8s utf8, const U32s ends, U32s text, U32s lengths) {
    size_t at = 0, letters = 0;
    for (size_t i = 0; i < ends.length; i++) {
        size_t end = AT(ends, i), before = letters;
        if (end <= at || end > utf8.length) return BAD_END;
        while (at < end) {
            unsigned size = utf8_character(utf8, at, end, &AT(text, letters));
            if (!size) return BAD_UTF8;
            at += size;
            letters++;
        }
        AT(lengths, i) = (uint32_t)(letters - before);
    }
    return at == utf8.length ? DECODED : BAD_END;
}

#endif
