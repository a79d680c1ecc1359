/* SPDX-License-Identifier: MIT */
/*
 * data_build: see data_build.h. One loop that handles a word per turn, with the open tables in frames and on the Lua stack: [table], or
 * [table, key] while the value of a pair is made. It stops only between two words.
 */
#include "stdlib/data_build.h"

#include <assert.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/data_empty.h"
#include "stdlib/string_work.h"

enum {
    STACK_NEEDED = 6,
    WORK_VALUE = 5,
    BYTES_PER_WORK = 64,  /* of a string */
    LONG_KEY = 32,        /* Lua does not hash all bytes from here on */
    LONG_KEY_WORK = 8192, /* the most that one counts as */
};

void data_build_init(struct data_build *build, const struct data_tape *tape)
{
    build->words = tape->words;
    build->next = tape->words + 1;
    build->strings = tape->strings;
    build->debt = 0;
    build->depth = 0;
}

static struct data_build_frame *top_frame(struct data_build *build)
{
    return build->depth ? &build->frames[build->depth - 1] : NULL;
}

static uint32_t push_string(lua_State *L, struct data_build *build, uint64_t word)
{
    uint32_t length;
    const unsigned char *at = build->strings + data_payload(word);
    memcpy(&length, at, sizeof length);
    lua_pushlstring(L, (const char *)at + sizeof length, length);
    build->debt += length / BYTES_PER_WORK;
    return length;
}

/* The value on top is whole: puts it where it belongs, if it is not the outermost. */
static void store(lua_State *L, struct data_build_frame *frame)
{
    if (!frame)
        return;
    if (!frame->is_map) {
        lua_rawseti(L, -2, ++frame->index);
        return;
    }
    bool is_weak = frame->is_weak;
    frame->has_key = frame->is_weak = false;
    if (is_weak) {
        lua_pushvalue(L, -2);
        bool is_new = lua_rawget(L, -4) == LUA_TNIL;
        lua_pop(L, 1);
        if (!is_new) {
            lua_pop(L, 2);
            return;
        }
    }
    lua_rawset(L, -3);
}

static void open_table(lua_State *L, struct data_build *build, uint64_t word)
{
    bool is_map = data_tag(word) == DATA_MAP;
    int count = (int)data_count(word);
    assert(build->depth < DATA_MAX_DEPTH);
    luaL_checkstack(L, STACK_NEEDED, "nested value");
    lua_createtable(L, is_map ? 0 : count, is_map ? count : 0);
    build->debt += (size_t)count / 8;
    if (is_map && count == 0)
        data_empty_mark(L, -1);
    build->frames[build->depth++] = (struct data_build_frame){.is_map = is_map};
}

/* A number: the second word has its value. */
static void push_number(lua_State *L, struct data_build *build, enum data_tag tag)
{
    uint64_t bits = *build->next++;
    double number;
    switch (tag) {
    case DATA_INTEGER:
        lua_pushinteger(L, (lua_Integer)bits);
        break;
    case DATA_UNSIGNED:
        lua_pushnumber(L, (lua_Number)bits);
        break;
    default:
        memcpy(&number, &bits, sizeof number);
        lua_pushnumber(L, number);
    }
}

static void push_scalar(lua_State *L, struct data_build *build, uint64_t word)
{
    enum data_tag tag = data_tag(word);
    switch (tag) {
    case DATA_STRING:
        push_string(L, build, word);
        break;
    case DATA_TRUE:
    case DATA_FALSE:
        lua_pushboolean(L, tag == DATA_TRUE);
        break;
    case DATA_NULL:
        lua_pushnil(L);
        break;
    default:
        push_number(L, build, tag);
    }
}

/* The word is a key, or says that a weak one follows. */
static void get_key(lua_State *L, struct data_build *build, struct data_build_frame *frame, uint64_t word)
{
    if (data_tag(word) == DATA_WEAK) {
        frame->is_weak = true;
        return;
    }
    frame->has_key = true;
    if (data_tag(word) != DATA_STRING)
        push_scalar(L, build, word);
    else if (push_string(L, build, word) >= LONG_KEY)
        build->debt += frame->index < LONG_KEY_WORK ? ++frame->index : LONG_KEY_WORK;
}

/* Handles the next word. */
static void step(lua_State *L, struct data_build *build)
{
    uint64_t word = *build->next++;
    enum data_tag tag = data_tag(word);
    struct data_build_frame *frame = top_frame(build);
    if (tag == DATA_LIST_END || tag == DATA_MAP_END) {
        build->depth--;
        store(L, top_frame(build));
    } else if (frame && frame->is_map && !frame->has_key) {
        get_key(L, build, frame, word);
    } else if (tag == DATA_LIST || tag == DATA_MAP) {
        open_table(L, build, word);
    } else {
        push_scalar(L, build, word);
        store(L, frame);
    }
}

bool data_build_run(lua_State *L, struct data_build *build)
{
    luaL_checkstack(L, STACK_NEEDED, "value");
    do {
        if (unlikely(string_owes(L, &build->debt, WORK_VALUE)))
            return false;
        step(L, build);
    } while (build->depth > 0);
    return true;
}
