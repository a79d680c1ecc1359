/* SPDX-License-Identifier: MIT */
/*
 * delta_self_test: does what delta.h says hold with the liblua of this machine? A clone makes objects of each kind and uses them as keys, moves to another
 * window while its old one is overwritten, and has to find all of them again, before and after a full collection. And a number that could be a
 * pointer has to be seen, of either kind, wherever numbers are kept.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "vm/delta.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/slab_asan.h"
#include "vm/template.h"
#include "vm/template_fitted.h"

/* What the clone has as its user area. */
struct owner {
    lua_State *L;
    struct owner *self;
};

struct trial {
    struct windows *windows;
    struct window_cache places;
    struct slab_cache *cache;
    struct template_fitted fitted;
    struct template *tmpl;
    struct heap *heap;
    uint64_t delta[(DELTA_MAX + 7) / 8];
};

enum { OBJECTS = 4, ROOM = 1900 /* bytes that the trials need */ };

static int setup(lua_State *L, void *user, void *ctx)
{
    (void)ctx;
    ((struct owner *)user)->self = user;
    lua_newtable(L);
    return 0;
}

static lua_State *state(const struct heap *heap)
{
    return ((struct owner *)heap_user((struct heap *)heap))->L;
}

static int back(lua_State *L)
{
    return lua_gettop(L);
}

/* The stack gets an object of each kind; the table at index 1 has them as keys. */
static int plant(lua_State *L)
{
    lua_newtable(L);
    lua_pushinteger(L, 7);
    lua_pushcclosure(L, back, 1);
    lua_newthread(L);
    lua_newuserdata(L, 24);
    for (int i = 1; i <= OBJECTS; i++) {
        lua_pushvalue(L, 1 + i);
        lua_pushfstring(L, "object %d", i);
        lua_rawset(L, 1);
        lua_pushinteger(L, i);
        lua_rawsetp(L, 1, lua_topointer(L, 1 + i));
    }
    return OBJECTS + 1;
}

static bool finds_all(lua_State *L)
{
    for (int i = 1; i <= OBJECTS; i++) {
        char text[24];
        snprintf(text, sizeof text, "object %d", i);
        lua_pushvalue(L, 1 + i);
        if (lua_rawget(L, 1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), text) != 0)
            return false;
        if (lua_rawgetp(L, 1, lua_topointer(L, 1 + i)) != LUA_TNUMBER || lua_tointeger(L, -1) != i)
            return false;
        lua_settop(L, OBJECTS + 1);
    }
    return true;
}

static const char *fresh(struct trial *trial, struct heap *at)
{
    return template_fresh(trial->tmpl, trial->cache, &trial->fitted, at, heap_room(trial->heap));
}

/* From one window to another one, which is not where the first one is. False: memory is out, or there is no delta. */
static bool move(struct trial *trial)
{
    struct delta *delta = (struct delta *)trial->delta;
    struct heap *from = trial->heap, *to = window_take(&trial->places, trial->windows, window_number(from));
    if (!to)
        return false;
    const char *copy = fresh(trial, from);
    bool ok = copy && heap_is_movable(from) && delta_write(delta, from, copy);
    if (ok && (copy = fresh(trial, to))) {
        delta_apply(delta, to, copy);
        slab_unpoison(from, WINDOW_SIZE);
        memset(from, 0xAA, WINDOW_SIZE);
        trial->heap = to;
        to = from;
    }
    window_give(&trial->places, trial->windows, to);
    return ok && copy;
}

/* Objects are found wherever the heap is. */
static const char *try_objects(struct trial *trial)
{
    lua_State *L = state(trial->heap);
    lua_pushcfunction(L, plant);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 1, OBJECTS + 1, 0) != LUA_OK)
        return "not enough memory";
    lua_remove(L, 1);
    for (int i = 0; i < 3; i++) {
        if (!move(trial))
            return "a state has no delta";
        L = state(trial->heap);
        if (!finds_all(L))
            return "objects are not found in a state that has been moved";
        lua_gc(L, LUA_GCCOLLECT, 0);
        if (!finds_all(L))
            return "objects are not found after a collection in a state that has been moved";
    }
    return NULL;
}

static void push_number(lua_State *L, bool is_integer, const void *address)
{
    lua_Number number;
    memcpy(&number, &address, sizeof number);
    if (is_integer)
        lua_pushinteger(L, (lua_Integer)(uintptr_t)address);
    else
        lua_pushnumber(L, number);
}

/* Keeps the number on top somewhere: on the stack, in either part of a table, as a key, in a closure, with a userdata. */
enum { KEEPERS = 7 };

static void keep_number(lua_State *L, int keeper)
{
    if (keeper == 1)
        lua_rawseti(L, 1, 1);
    if (keeper == 2)
        lua_setfield(L, 1, "field");
    if (keeper == 3)
        lua_rawsetp(L, 1, &keep_number);
    if (keeper == 4)
        lua_pushcclosure(L, back, 1);
    if (keeper == 5) {
        memset(lua_newuserdata(L, 16), 0, 16);
        lua_insert(L, -2);
        lua_setuservalue(L, -2);
    }
    if (keeper == 6) {
        lua_pushboolean(L, true);
        lua_rawset(L, 1);
    }
    lua_pushnil(L); /* it is nowhere else: not in what is free of the stack either */
    lua_pop(L, 1);
}

static const char *lodge(struct trial *trial)
{
    void *window = window_take_any(&trial->places, trial->windows);
    trial->heap =
        window ? template_clone_to(trial->tmpl, trial->cache, &trial->fitted, window, WINDOW_SIZE - CACHE_LINE) : NULL;
    if (window && !trial->heap)
        window_give(&trial->places, trial->windows, window);
    return trial->heap ? NULL : "not enough memory";
}

static void leave(struct trial *trial)
{
    heap_drop(trial->heap, trial->cache, UINT32_MAX);
    window_give(&trial->places, trial->windows, trial->heap);
}

/* A number that is like an address keeps a state from being moved, and another one does not. */
static const char *try_number(struct trial *trial, bool is_integer, int keeper)
{
    const char *reason = lodge(trial);
    for (int is_address = 0; !reason && is_address < 2; is_address++) {
        push_number(state(trial->heap), is_integer, is_address ? (char *)trial->heap + 100 : (char *)1000);
        keep_number(state(trial->heap), keeper);
        if (move(trial) == is_address)
            reason = is_address ? "a number that is like an address is not told from it" : "a state has no delta";
    }
    if (trial->heap)
        leave(trial);
    return reason;
}

static const char *try_all(struct trial *trial)
{
    const char *reason = lodge(trial);
    if (reason)
        return reason;
    reason = try_objects(trial);
    leave(trial);
    for (int i = 0; !reason && i < 2 * KEEPERS; i++)
        reason = try_number(trial, i % 2, i / 2);
    return reason;
}

int delta_self_test(struct slab_depot *depot, struct windows *windows, char *message, size_t size)
{
    struct trial trial = {.windows = windows, .cache = slab_cache_new(depot)};
    struct template_config config = {
        .depot = depot,
        .user = sizeof(struct owner),
        .lua_offset = offsetof(struct owner, L),
        .setup = setup,
    };
    int status = template_new(&trial.tmpl, &config, message, size);
    if (status == 0) {
        template_learn(trial.tmpl, template_image_size(trial.tmpl) + ROOM);
        const char *reason = try_all(&trial);
        if (reason) {
            snprintf(message, size, "%s", reason);
            status = -EFAULT;
        }
        template_fitted_drop(&trial.fitted);
        template_unref(trial.tmpl);
    }
    window_flush(&trial.places, windows);
    slab_cache_free(trial.cache);
    return status;
}
