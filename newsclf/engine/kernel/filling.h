/* Filling a vocabulary with its terms. */
#ifndef NEWSCLF_FILLING_H
#define NEWSCLF_FILLING_H

#define WAVE 128 /* terms that are put or looked up together, so that memory is waited for once */

enum { FILLED, TERM_TWICE, TOO_MANY_NODES, NO_MEMORY };

#endif
