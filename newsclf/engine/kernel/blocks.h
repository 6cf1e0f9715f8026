/* Every kind of block that the kernel knows. */
#ifndef NEWSCLF_BLOCKS_H
#define NEWSCLF_BLOCKS_H

#include "chars.h"
#include "words.h"

static const Kind *const KINDS[] = {&WORDS, &CHARS};
#define N_KINDS (sizeof KINDS / sizeof *KINDS)

/* The kind of that name, or NULL. */
static inline const Kind *kind_named(const char *name) {
    for (size_t i = 0; i < N_KINDS; i++)
        if (!strcmp(KINDS[i]->name, name)) return KINDS[i];
    return NULL;
}

#endif
