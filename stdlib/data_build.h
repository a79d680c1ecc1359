/* SPDX-License-Identifier: MIT */
/*
 * data_build: Lua values from a tape (stdlib/data_tape.h), a slice at a time. Integers that fit are Lua integers, others floats; a null
 * is a missing key in a map and a hole in a list; an empty map is remembered to be one (stdlib/data_empty.h).
 *
 * Keys of 32 bytes and more: Lua hashes only some of their bytes, so whoever writes the text can make them collide and each insertion as
 * slow as the map is long. Tables are made in their final size, so nothing is inserted twice; and such a key counts as work for the worst case,
 * so the slice ends in time.
 */
#ifndef STDLIB_DATA_BUILD_H
#define STDLIB_DATA_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "stdlib/data_tape.h"

struct data_build_frame {
    uint32_t index; /* list: values so far; map: long keys so far */
    bool is_map;
    bool has_key, is_weak; /* map: the key of the coming value is on the stack; it counts only if it is new */
};

/* On the C stack at first; the caller moves it to a userdata when it yields. */
struct data_build {
    const uint64_t *words, *next;
    const unsigned char *strings;
    size_t debt; /* work not yet reported */
    int depth;
    struct data_build_frame frames[DATA_MAX_DEPTH];
};

void data_build_init(struct data_build *build, const struct data_tape *tape);

/*
 * True: the value is on top of the stack. False: the slice is over and the caller can yield; what is above the former top stays there
 * until the next call. Raises when memory is out or the process is to end; the tape must be safe then.
 */
bool data_build_run(lua_State *L, struct data_build *build);

#endif
