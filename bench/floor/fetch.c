/* SPDX-License-Identifier: MIT */
/*
 * fetch: what asking for memory ahead is good for. A hundred states are due at the same time, anywhere in memory; of each so many lines are asked for,
 * for one of two levels of the cache or not at all, and then they are read, each address taken from the line before it, as code follows pointers.
 * CPU time for each line, of both and of the reading alone.
 */
#include "floor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, DUE = 100, STEP = 7919, ROUNDS = 500 };

enum level { NONE, FIRST, SECOND };

static const char *const names[] = {"none", "first", "second"};

/* The empty instruction is for gcc, which takes a function that does nothing else for one without effect. */
static void ask(const char *state, long lines, enum level level)
{
    __asm__ volatile("");
    for (long line = 0; line < lines && level == FIRST; line++)
        __builtin_prefetch(state + line * LINE, 0, 3);
    for (long line = 0; line < lines && level == SECOND; line++)
        __builtin_prefetch(state + line * LINE, 0, 2);
}

/* Each line holds where the next one is, in lines from it: 1. */
static uint64_t follow(const char *state, long lines)
{
    uint64_t at = 0;
    for (long line = 0; line < lines; line++)
        at += *(const uint64_t *)(state + at * LINE);
    return at;
}

static void measure(const char *memory, long states, const struct floor_state *state, enum level level)
{
    double asked = 0, read = 0;
    uint64_t lines = 0;
    for (long round = 0; round < ROUNDS; round++) {
        double began = floor_cpu_seconds();
        for (long i = round * DUE; i < (round + 1) * DUE; i++)
            ask(memory + i * STEP % states * state->size, state->lines, level);
        double between = floor_cpu_seconds();
        for (long i = round * DUE; i < (round + 1) * DUE; i++)
            lines += follow(memory + i * STEP % states * state->size, state->lines);
        asked += between - began;
        read += floor_cpu_seconds() - between;
    }
    if (lines != (uint64_t)ROUNDS * DUE * (uint64_t)state->lines) {
        fputs("floor: lost lines\n", stderr);
        exit(1);
    }
    printf("RESULT fetch_%s %.3f ns\n", names[level], (asked + read) * 1e9 / (double)lines);
    printf("RESULT fetch_%s_read %.3f ns\n", names[level], read * 1e9 / (double)lines);
}

void floor_fetch(long states, const struct floor_state *state)
{
    size_t size = (size_t)states * (size_t)state->size;
    char *memory = floor_map(size);
    for (long i = 0; i < states; i++)
        for (long line = 0; line < state->lines; line++)
            *(uint64_t *)(memory + i * state->size + line * LINE) = 1;
    for (enum level level = NONE; level <= SECOND; level++)
        measure(memory, states, state, level);
    munmap(memory, size);
}
