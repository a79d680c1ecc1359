/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/window_rig.h"

static struct rig rig;

/* ---- numbers that could be addresses ---- */

/* A table and the stack are part of the image. */
static int setup_table(lua_State *L, void *user, void *ctx)
{
    (void)ctx;
    ((struct rig_owner *)user)->self = user;
    lua_createtable(L, 2, 2);
    for (int i = 1; i <= 2; i++) {
        lua_pushboolean(L, true);
        lua_rawseti(L, 1, i);
        lua_pushboolean(L, true);
        lua_rawsetp(L, 1, &rig.places + i);
    }
    return 0;
}

static void begin(void)
{
    rig_open(&rig, setup_table, false);
}

static void end(void)
{
    rig_close(&rig);
}

static int nothing(lua_State *L)
{
    return lua_gettop(L);
}

/* Where a value can be, in the image and behind it. It is on top, and nothing else is left of it on the stack. */
enum {
    ON_THE_STACK,
    IN_AN_ARRAY,
    IN_A_NODE,
    IN_A_NEW_ARRAY,
    AS_A_KEY,
    IN_A_CLOSURE,
    IN_AN_UPVALUE,
    ON_A_THREAD,
    OF_A_USERDATA,
    KEEPERS
};

static void keep_new(lua_State *L, int keeper)
{
    if (keeper == AS_A_KEY) {
        lua_createtable(L, 0, 2);
        lua_insert(L, -2);
        lua_pushboolean(L, true);
        lua_rawset(L, -3);
    }
    if (keeper == IN_A_CLOSURE)
        lua_pushcclosure(L, nothing, 1);
    if (keeper == IN_AN_UPVALUE) {
        cr_assert_eq(luaL_loadstring(L, "local x = ... return function() return x end"), LUA_OK);
        lua_insert(L, -2);
        lua_call(L, 1, 1);
    }
    if (keeper == OF_A_USERDATA) {
        memset(lua_newuserdata(L, 16), 0, 16);
        lua_insert(L, -2);
        lua_setuservalue(L, -2);
    }
    if (keeper == ON_A_THREAD) {
        lua_State *thread = lua_newthread(L);
        lua_insert(L, -2);
        lua_xmove(L, thread, 1);
    }
}

static void keep(lua_State *L, int keeper)
{
    if (keeper == IN_AN_ARRAY)
        lua_rawseti(L, 1, 2);
    if (keeper == IN_A_NODE)
        lua_rawsetp(L, 1, &rig.places + 1);
    if (keeper == IN_A_NEW_ARRAY) {
        lua_createtable(L, 1, 0);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    }
    keep_new(L, keeper);
    lua_checkstack(L, 12);
    int top = lua_gettop(L);
    for (int i = 0; i < 12; i++)
        lua_pushnil(L);
    lua_settop(L, top);
}

static void push_number(lua_State *L, bool is_integer, uintptr_t bits)
{
    lua_Number number;
    memcpy(&number, &bits, sizeof number);
    if (is_integer)
        lua_pushinteger(L, (lua_Integer)bits);
    else
        lua_pushnumber(L, number);
}

static bool moves_with(bool is_integer, int keeper, intptr_t offset)
{
    lua_State *L = rig_lodge(&rig);
    push_number(L, is_integer, (uintptr_t)rig.heap + (uintptr_t)offset);
    keep(L, keeper);
    bool moves = rig_move(&rig);
    rig_leave(&rig);
    return moves;
}

Test(delta_state, a_number_like_an_address_makes_it_stay, .init = begin, .fini = end)
{
    static const intptr_t inside[] = {0, 8, 101, RIG_ROOM / 2, RIG_ROOM - 1, RIG_ROOM};
    static const intptr_t outside[] = {-1, RIG_ROOM + 1, INT64_C(1) << 32, -(INT64_C(1) << 32)};
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        for (int is_integer = 0; is_integer < 2; is_integer++) {
            for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
                cr_assert_not(moves_with(is_integer, keeper, inside[i]), "place %d, address %zu", keeper, i);
            for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
                cr_assert(moves_with(is_integer, keeper, outside[i]), "place %d, address %zu", keeper, i);
        }
    }
}

/* The same bits as a light userdata are an address, and move along. */
Test(delta_state, an_address_that_is_no_number_moves, .init = begin, .fini = end)
{
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        lua_State *L = rig_lodge(&rig);
        lua_pushlightuserdata(L, (char *)rig.heap + 1000);
        keep(L, keeper);
        cr_assert(rig_move(&rig), "place %d", keeper);
        rig_leave(&rig);
    }
    lua_State *L = rig_lodge(&rig);
    lua_pushlightuserdata(L, (char *)rig.heap + 1000);
    lua_pushlightuserdata(L, (char *)rig.heap - 8);
    void *below = (char *)rig.heap - 8;
    cr_assert(rig_move(&rig));
    L = rig_state(&rig);
    cr_assert_eq(lua_touserdata(L, 2), (char *)rig.heap + 1000);
    cr_assert_eq(lua_touserdata(L, 3), below);
    rig_leave(&rig);
}

/* When the number is gone the state moves. */
Test(delta_state, a_number_that_is_gone_keeps_nobody, .init = begin, .fini = end)
{
    lua_State *L = rig_lodge(&rig);
    push_number(L, true, (uintptr_t)rig.heap + 64);
    cr_assert_not(rig_move(&rig));
    cr_assert_eq((uintptr_t)lua_tointeger(L, 2), (uintptr_t)rig.heap + 64, "it is as it was");
    lua_pop(L, 1);
    lua_pushnil(L);
    cr_assert(rig_move(&rig));
    rig_leave(&rig);
}

Test(delta_state, the_user_area_moves_along, .init = begin, .fini = end)
{
    rig_lodge(&rig);
    for (int i = 0; i < 3; i++) {
        cr_assert(rig_move(&rig));
        struct rig_owner *owner = heap_user(rig.heap);
        cr_assert_eq(owner->self, owner);
        void *ud;
        cr_assert_eq(*(void **)lua_getextraspace(owner->L), owner);
        cr_assert_eq(lua_getallocf(owner->L, &ud), heap_alloc);
        cr_assert_eq(ud, rig.heap);
    }
    rig_leave(&rig);
}

/* ---- objects ---- */

/* Userdata with their tables, closures of C, long strings, and what has come to be in the string table. */
Test(delta_state, all_kinds_of_objects_move, .init = begin, .fini = end)
{
    lua_State *L = rig_lodge(&rig);
    lua_settop(L, 0);
    char *bytes = lua_newuserdata(L, 40);
    memset(bytes, 9, 40);
    lua_newtable(L);
    lua_pushstring(L, "its value");
    lua_rawseti(L, -2, 1);
    lua_setuservalue(L, 1);
    lua_pushfstring(L, "%s %s", "a string that is longer than forty characters,",
                    "so it is not in the table of strings");
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, nothing, 1);
    for (int i = 0; i < 40; i++) {
        lua_pushfstring(L, "short %d", i);
        lua_pushvalue(L, -1);
        lua_rawset(L, LUA_REGISTRYINDEX);
    }
    cr_assert_eq(lua_gettop(L), 3);
    for (int i = 0; i < 4; i++) {
        cr_assert(rig_move(&rig));
        L = rig_state(&rig);
        cr_assert_eq(((char *)lua_touserdata(L, 1))[39], 9);
        lua_getuservalue(L, 1);
        lua_rawgeti(L, -1, 1);
        cr_assert_str_eq(lua_tostring(L, -1), "its value");
        cr_assert_str_eq(lua_tostring(L, 2),
                         "a string that is longer than forty characters, so it is not in the table of strings");
        cr_assert_str_eq(lua_getupvalue(L, 3, 1), "");
        cr_assert(lua_rawequal(L, -1, 1));
        for (int k = 0; k < 40; k++) {
            lua_pushfstring(L, "short %d", k);
            lua_pushvalue(L, -1);
            lua_rawget(L, LUA_REGISTRYINDEX);
            cr_assert(lua_rawequal(L, -1, -2), "a string is not found");
            lua_settop(L, 3);
        }
        lua_gc(L, LUA_GCCOLLECT, 0);
    }
    rig_leave(&rig);
}

static int setup_coroutine(lua_State *L, void *user, void *ctx)
{
    (void)user;
    (void)ctx;
    luaL_requiref(L, "coroutine", luaopen_coroutine, 1);
    lua_settop(L, 0);
    return 0;
}

/* A suspended function that has a local with so many closures: they still have it, and not a copy. False: it does not move. */
static bool shares_a_local(int closures)
{
    static const char *const parts[] = {"local n, t = 0, {} for i = 1, ",
                                        " do t[i] = function() n = n + i return n end end "
                                        "local m = coroutine.yield(t) return n + m"};
    lua_State *L = rig_lodge(&rig);
    lua_State *thread = lua_newthread(L);
    lua_pushfstring(L, "%s%d%s", parts[0], closures, parts[1]);
    cr_assert_eq(luaL_loadstring(thread, lua_tostring(L, -1)), LUA_OK);
    lua_pop(L, 1);
    cr_assert_eq(lua_resume(thread, L, 0), LUA_YIELD);
    bool moves = rig_move(&rig);
    L = rig_state(&rig);
    thread = lua_tothread(L, 1);
    for (int i = 1; i <= closures; i++) {
        lua_rawgeti(thread, -1, i);
        lua_xmove(thread, L, 1);
        cr_assert_eq(lua_pcall(L, 0, 1, 0), LUA_OK);
        cr_assert_eq(lua_tointeger(L, -1), i * (i + 1) / 2);
        lua_pop(L, 1);
    }
    lua_settop(thread, 0);
    lua_pushinteger(thread, 1000);
    cr_assert_eq(lua_resume(thread, L, 1), LUA_OK);
    cr_assert_eq(lua_tointeger(thread, -1), 1000 + closures * (closures + 1) / 2);
    rig_leave(&rig);
    return moves;
}

Test(delta_state, closures_share_a_local_as_before)
{
    rig_open(&rig, setup_coroutine, false);
    for (int closures = 1; closures < 30; closures++)
        cr_assert(shares_a_local(closures), "%d closures", closures);
    end();
}
