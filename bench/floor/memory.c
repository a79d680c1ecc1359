/* SPDX-License-Identifier: MIT */
/*
 * memory: what the memory of many states costs before anybody computes in it. For each, the bytes of a small moonlet process are copied into memory
 * that the program has not touched before, where the kernel has to clear a page; then lines of them all are read and written, in no order,
 * as a wake-up does. CPU time. Nothing of Lua is in it. How much a process has, how much of that is copied, and how many lines a wake-up touches, may be
 * said.
 *
 * lend: in a virtual machine the host may have taken back what nobody uses, and lends it anew at the first touch of a page, which costs ten times as
 * much as clearing one. So somebody touches it before the programs that are measured do.
 */
#include "floor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, LINE = 64 };

static void copy_all(unsigned char *memory, long states, const struct floor_state *state)
{
    unsigned char *image = malloc((size_t)state->copied);
    if (!image)
        exit(1);
    memset(image, 1, (size_t)state->copied);
    for (long i = 0; i < states; i++)
        memcpy(memory + i * state->size, image, (size_t)state->copied);
    free(image);
}

static void wake_all(unsigned char *memory, long states, const struct floor_state *state)
{
    long step = state->copied / state->lines / LINE * LINE;
    uint64_t random = 1;
    for (long i = 0; i < states; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
        unsigned char *at = memory + (long)((random >> 33) % (uint64_t)states) * state->size;
        for (long line = 0; line < state->lines; line++)
            at[line * step]++;
    }
}

/* All lines were 1; those of one state are touched together, and as many states as there are. */
static void check_all(const unsigned char *memory, long states, const struct floor_state *state)
{
    long step = state->copied / state->lines / LINE * LINE, touches = 0;
    bool is_right = true;
    for (long i = 0; i < states; i++) {
        const unsigned char *at = memory + i * state->size;
        touches += at[0] - 1;
        for (long line = 1; line < state->lines; line++)
            is_right = is_right && at[line * step] == at[0];
    }
    if (is_right && touches == states)
        return;
    fputs("floor: the memory is not what it should be\n", stderr);
    exit(1);
}

void *floor_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("floor: mmap");
        exit(1);
    }
    madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

void floor_memory(long states, const struct floor_state *state)
{
    size_t size = (size_t)states * (size_t)state->size;
    unsigned char *memory = floor_map(size);
    double began = floor_cpu_seconds();
    copy_all(memory, states, state);
    double copied = floor_cpu_seconds();
    wake_all(memory, states, state);
    double woken = floor_cpu_seconds();
    check_all(memory, states, state);
    munmap(memory, size);
    printf("RESULT memory_first %.3f us\n", (copied - began) / (double)states * 1e6);
    printf("RESULT memory_again %.3f us\n", (woken - copied) / (double)states * 1e6);
}

void floor_lend(long megabytes)
{
    size_t size = (size_t)megabytes << 20;
    unsigned char *memory = floor_map(size);
    for (size_t at = 0; at < size; at += PAGE)
        memory[at] = 1;
    munmap(memory, size);
}
