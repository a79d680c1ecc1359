/* SPDX-License-Identifier: MIT */
/*
 * lives: the sleeper of apps/timers in a state of stock Lua that is made as moonlet makes one, as a copy of a template. A life is a copy, in memory of its own;
 * a resume with its arguments, up to its sleep; and a resume in which it reports and ends. Who makes lives keeps the time and the calendar.
 */
#ifndef BENCH_FLOOR_LIVES_H
#define BENCH_FLOOR_LIVES_H

#include <stddef.h>
#include <stdint.h>

#include <lua.h>

enum { LIVES_LONGEST = 1000 /* ms that one sleeps */, LIVES_STEP = 7919, LIVES_US = 1000, LIVES_MS = 1000000 };

/* What the block of a life begins with. */
struct life {
    struct life *next; /* the maker's, while nothing of it runs */
    lua_State *L;
    char *bump, *end;
};

struct lives {
    /* The maker's. */
    lua_Integer (*now)(struct lives *lives); /* ns */
    void (*report)(struct lives *lives, lua_Integer late_us);

    char *image;         /* where the template is made; in the end its pointers are offsets */
    size_t copied, size; /* bytes of it; of a block with the room, whole lines */
    size_t function;     /* where it has what came after the bare state */
    uint32_t *pointers;  /* their places, in words */
    uint32_t *hot;       /* offsets of the lines that a wake-up touches */
    size_t pointer_count, hot_count;
};

/* `now` and `report` are set, the rest is zero. */
void lives_init(struct lives *lives);
void lives_destroy(struct lives *lives);

struct life *lives_clone(const struct lives *lives, void *memory); /* lives->size bytes */
/* Runs it up to its sleep; returns for how many ns that is to be. */
lua_Integer lives_begin(struct life *life, lua_Integer ms);
void lives_end(struct life *life);

/* Fetches what lives_end will touch; to the second-level cache: see fetch.c. */
static inline void lives_fetch(const struct lives *lives, const struct life *life)
{
    for (size_t i = 0; i < lives->hot_count; i++)
        __builtin_prefetch((const char *)life + lives->hot[i], 0, 2);
}

#endif
