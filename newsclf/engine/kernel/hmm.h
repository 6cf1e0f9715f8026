/* Words that no dictionary knows: jieba's four-state model over a run of Han characters. */
#ifndef NEWSCLF_HMM_H
#define NEWSCLF_HMM_H

#include "trie.h"

enum { STATE_B, STATE_E, STATE_M, STATE_S };

/* The states that may come before each, the later letter of the alphabet second: it wins a tie, as
 * in jieba's max of (score, letter). */
static const uint8_t BEFORE[4][2] = {
    {STATE_E, STATE_S}, {STATE_B, STATE_M}, {STATE_B, STATE_M}, {STATE_E, STATE_S}};

/* Decide for each of n characters (n > 0) whether a word ends after it; `track` gets the states. */
static void find_states(const Dictionary *dictionary, const uint16_t *codes, size_t n, U8s track) {
    double score[4], next[4];
    const double *emit = &AT(dictionary->emit, 4 * (size_t)codes[0]);
    for (int s = 0; s < 4; s++) score[s] = dictionary->start[s] + emit[s];
    for (size_t i = 1; i < n; i++) {
        uint8_t choices = 0;
        emit = &AT(dictionary->emit, 4 * (size_t)codes[i]);
        for (int s = 0; s < 4; s++) {
            uint8_t early = BEFORE[s][0], late = BEFORE[s][1];
            double a = score[early] + dictionary->move[early][s] + emit[s];
            double b = score[late] + dictionary->move[late][s] + emit[s];
            choices |= (uint8_t)((b >= a) << s);
            next[s] = b >= a ? b : a;
        }
        memcpy(score, next, sizeof score);
        AT(track, i) = choices;
    }
    uint8_t state = score[STATE_S] >= score[STATE_E] ? STATE_S : STATE_E;
    for (size_t i = n; i-- > 1;) {
        uint8_t choices = AT(track, i);
        AT(track, i) = state;
        state = BEFORE[state][choices >> state & 1];
    }
    AT(track, 0) = state;
}

#endif
