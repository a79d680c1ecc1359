/* SPDX-License-Identifier: MIT */
/*
 * spawner: see spawner.h. Settings are an array: holders of context and options, the name (each false if there is none), then topic and body of
 * every message.
 */
#include "vm/spawner.h"

#include <stdbool.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/context.h"
#include "vm/fiber.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/state.h"
#include "vm/type.h"

enum { NAME = SPAWNER_OPTIONS + 1, HEAD = NAME };

/* ---- holders ---- */

struct holder {
    const struct type *type;
    struct handle handle;
    struct context *context;
};

static void release(struct handle *handle)
{
    struct holder *holder = container_of(handle, struct holder, handle);
    context_unref(holder->context);
    holder->context = NULL;
}

static int finalize(lua_State *L)
{
    struct holder *holder = lua_touserdata(L, 1);
    heap_charge(heap_of_user(state_of(L)), -(ptrdiff_t)context_size(holder->context));
    handle_close(&holder->handle);
    return 0;
}

static const struct type holder_type = {.name = "values", .finalize = finalize};

void spawner_push_holder(lua_State *L)
{
    struct holder *holder = type_new(L, &holder_type, sizeof *holder);
    handle_keep(L, &holder->handle, release);
}

int spawner_fill(lua_State *L, int holder_index, int index, enum spawner_values which, const void *data, size_t length)
{
    struct holder *holder = lua_touserdata(L, holder_index);
    int result = context_merge(&holder->context, spawner_values(L, index, which), data, length);
    if (result == 0)
        heap_charge(heap_of_user(state_of(L)), (ptrdiff_t)context_size(holder->context));
    return result;
}

/* ---- settings ---- */

void spawner_push(lua_State *L)
{
    lua_createtable(L, HEAD, 0);
    for (int i = 1; i <= HEAD; i++) {
        lua_pushboolean(L, false);
        lua_rawseti(L, -2, i);
    }
}

void spawner_push_copy(lua_State *L, int index)
{
    int count = (int)lua_rawlen(L, index);
    index = lua_absindex(L, index);
    lua_createtable(L, count, 0);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, index, i);
        lua_rawseti(L, -2, i);
    }
}

void spawner_set_values(lua_State *L, int index, enum spawner_values which)
{
    lua_rawseti(L, index, which);
}

void spawner_set_name(lua_State *L, int index)
{
    lua_rawseti(L, index, NAME);
}

void spawner_add_message(lua_State *L, int index)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);
    lua_rawseti(L, index, count + 2);
    lua_rawseti(L, index, count + 1);
}

struct context *spawner_values(lua_State *L, int index, enum spawner_values which)
{
    lua_rawgeti(L, index, which);
    const struct holder *holder = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return holder ? holder->context : NULL;
}

static const char *get_string(lua_State *L, int index, lua_Integer at, size_t *length)
{
    lua_rawgeti(L, index, at);
    const char *text = lua_tolstring(L, -1, length);
    lua_pop(L, 1);
    return text;
}

const char *spawner_name(lua_State *L, int index, size_t *length)
{
    return get_string(L, index, NAME, length);
}

unsigned spawner_messages(lua_State *L, int index)
{
    return (unsigned)(lua_rawlen(L, index) - HEAD) / 2;
}

void spawner_message(lua_State *L, int index, unsigned which, struct spawner_message *out)
{
    lua_Integer at = HEAD + 2 * (lua_Integer)which;
    out->topic = get_string(L, index, at + 1, &out->topic_length);
    out->body = get_string(L, index, at + 2, &out->length);
}
