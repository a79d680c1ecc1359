/* SPDX-License-Identifier: MIT */
/* floor: what the workloads share, and where they begin. They end the program when something goes wrong. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <stdbool.h>

#include <stddef.h>

#include <lua.h>

/* A state with all libraries. */
lua_State *floor_new_state(void);

/* Exits with what Lua says when `status` is an error. */
void floor_must(lua_State *L, int status);

/* A function, compiled once, as a runtime would. */
struct floor_dump {
    char bytes[1024];
    size_t length;
};

void floor_compile(struct floor_dump *dump, const char *source, bool strip);
void floor_load(lua_State *L, const struct floor_dump *dump); /* pushes it */

/* New memory, in pages of 2 MB where the kernel has them; ends with munmap. */
void *floor_map(size_t size);

/* 100000: 100k */
void floor_count_name(char *name, size_t size, long count);

/* Of the memory of a process: its bytes, those that are copied at first, the lines of them that a wake-up touches. */
struct floor_state {
    long size, copied, lines;
};

double floor_now_seconds(void);
double floor_cpu_seconds(void); /* of the program */

void floor_payload(const char *name, long items, long trips);
void floor_least(const char *name, long items, long trips);
void floor_states(const char *metric, long count);
void floor_sleepers(const char *metric, long count);
void floor_sleepers_alone(const char *metric, long count, bool with_parts);
void floor_growth(long most);
void floor_ring(long states, long hops, bool by_inbox);
void floor_pingpong(long trips);
void floor_trade(long trips);
void floor_memory(long states, const struct floor_state *state);
void floor_fetch(long states, const struct floor_state *state); /* copied: not used */
void floor_lend(long megabytes);
void floor_watch(long count);
void floor_broadcast(long members, long count);

#endif
