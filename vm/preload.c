/* SPDX-License-Identifier: MIT */
/*
 * preload: see preload.h. A hook sees every call before it happens. Afterwards all that can be reached is looked at: from the registry, which
 * has the globals, and the stack. The main thread, on which it ran, is at rest and holds nothing but that stack.
 */
#include "vm/preload.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <lauxlib.h>

#include "vm/boot.h"
#include "vm/lazy.h"
#include "vm/template.h"
#include "vm/type.h"
#include "vm/typed.h"

/* So much that the process that happens to make the template is not held up. Freed memory counts too. */
enum { INSTRUCTIONS_MAX = 20000, BYTES_MAX = 512 << 10, OBJECTS_MAX = 8192, DEPTH_MAX = 64 };

/* ---- while it runs ---- */

static void watch(lua_State *L, lua_Debug *event)
{
    if (event->event == LUA_HOOKCOUNT)
        luaL_error(L, "runs for long");
    lua_getinfo(L, "f", event);
    lua_CFunction function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    if (function && !lazy_is_pure(L, function))
        luaL_error(L, "calls a function that is not pure");
}

/* ---- what it has left ---- */

/* An open hash of the objects met so far. */
struct seen {
    const void *objects[2 * OBJECTS_MAX];
    unsigned count;
};

/* False: met before. */
static bool is_new(struct seen *seen, const void *object)
{
    unsigned at = (unsigned)(((uintptr_t)object * 0x9e3779b97f4a7c15u) >> 40) % (2 * OBJECTS_MAX);
    while (seen->objects[at] && seen->objects[at] != object)
        at = (at + 1) % (2 * OBJECTS_MAX);
    if (seen->objects[at])
        return false;
    seen->objects[at] = object;
    seen->count++;
    return true;
}

static bool is_copyable(lua_State *L, struct seen *seen, unsigned depth);

/* [table, key, value] are on top, which pops the value. An address of the region as key has its place by that address, too. */
static bool is_entry_copyable(lua_State *L, struct seen *seen, unsigned depth)
{
    int key = lua_type(L, -2);
    bool is_plain = key == LUA_TSTRING || key == LUA_TNUMBER || key == LUA_TBOOLEAN ||
                    (key == LUA_TLIGHTUSERDATA && !template_holds(L, lua_touserdata(L, -2)));
    bool is_good = is_plain && is_copyable(L, seen, depth);
    lua_pop(L, 1);
    return is_good;
}

/* The table on top and its metatable. */
static bool is_table_copyable(lua_State *L, struct seen *seen, unsigned depth)
{
    if (lua_getmetatable(L, -1)) {
        bool is_good = is_copyable(L, seen, depth);
        lua_pop(L, 1);
        if (!is_good)
            return false;
    }
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (!is_entry_copyable(L, seen, depth)) {
            lua_pop(L, 1);
            return false;
        }
    }
    return true;
}

static bool are_upvalues_copyable(lua_State *L, struct seen *seen, unsigned depth)
{
    for (int i = 1; lua_getupvalue(L, -1, i); i++) {
        bool is_good = is_copyable(L, seen, depth);
        lua_pop(L, 1);
        if (!is_good)
            return false;
    }
    return true;
}

/*
 * A userdata of no type is memory of the template itself. A type value only points to a set of the program or the VM; the set of one that was
 * made at run time lies in a userdata, its user value, and that is not copyable.
 */
static bool is_userdata_copyable(lua_State *L, struct seen *seen, unsigned depth)
{
    if (type_of(L, -1) && !typed_test(L, -1))
        return false;
    lua_getuservalue(L, -1);
    bool is_good = is_copyable(L, seen, depth);
    lua_pop(L, 1);
    return is_good;
}

/* The value on top, which stays. */
static bool is_copyable(lua_State *L, struct seen *seen, unsigned depth)
{
    int type = lua_type(L, -1);
    bool is_object = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA;
    if (type == LUA_TTHREAD)
        return lua_tothread(L, -1) == L;
    if (!is_object || !is_new(seen, lua_topointer(L, -1)))
        return true;
    if (depth == DEPTH_MAX || seen->count == OBJECTS_MAX || !lua_checkstack(L, 4))
        return false;
    if (type == LUA_TTABLE)
        return is_table_copyable(L, seen, depth + 1);
    return type == LUA_TFUNCTION ? are_upvalues_copyable(L, seen, depth + 1) : is_userdata_copyable(L, seen, depth + 1);
}

static bool is_all_copyable(lua_State *L)
{
    struct seen *seen = calloc(1, sizeof *seen);
    if (!seen)
        return false;
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    bool is_good = is_copyable(L, seen, 0);
    lua_pop(L, 1);
    for (int i = lua_gettop(L); is_good && i > 0; i--) {
        lua_pushvalue(L, i);
        is_good = is_copyable(L, seen, 0);
        lua_pop(L, 1);
    }
    free(seen);
    return is_good;
}

void preload_run(lua_State *L)
{
    lua_sethook(L, watch, LUA_MASKCALL | LUA_MASKCOUNT, INSTRUCTIONS_MAX);
    template_leave(L, BYTES_MAX);
    boot_preload(L);
    template_leave(L, SIZE_MAX);
    lua_sethook(L, NULL, 0, 0);
    luaL_checkstack(L, 4, "preload");
    if (!is_all_copyable(L))
        luaL_error(L, "leaves what cannot be copied");
}
