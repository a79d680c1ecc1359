/* SPDX-License-Identifier: MIT */
/*
 * template_self_test: does cloning work with the liblua of this machine? A program that uses every kind of object, some
 * made by the setup and some by itself, runs in a state of the classic path and in two clones whose template has been
 * overwritten; twice each, with full collections before and after. All must give the same text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/template.h"
#include "vm/template_image.h"

static const char source[] =
    "local planted, count, thread, object = ...\n"
    "local log = {}\n"
    "local function add(...) log[#log + 1] = table.concat({...}, ',') end\n"
    "local function counter(n) return function(step) n = n + step; return n end end\n"
    "local up, down = counter(10), counter(-0.5)\n"
    "add(up(1), up(2), down(-1), count(), count())\n"
    "add(planted.short, #planted.long, planted.long:sub(-4), planted.list[3], planted.inner.name)\n"
    "add(getmetatable(object) == planted.meta and object.answer or 'lost', tostring(planted.self == planted))\n"
    "local class = setmetatable({}, {__index = function(_, k) return k .. '!' end, __add = function(a, b) return 7 "
    "end})\n"
    "add(class.x, class + class, string.rep('ab', 30):len(), ('%d:%s'):format(42, 'x'))\n"
    "if coroutine.status(thread) == 'suspended' then\n"
    "  add('thread', select(2, coroutine.resume(thread, 5)))\n"
    "end\n"
    "local co = coroutine.wrap(function(a) for i = 1, 5 do a = a + coroutine.yield(a) end return 'end' end)\n"
    "add(co(1), co(2), co(3))\n"
    "local keep = {}\n"
    "for i = 1, 300 do\n"
    "  local key = 'key' .. i % 40\n"
    "  keep[key] = {i, tostring(i) .. string.rep('.', i % 50), function() return i, up end}\n"
    "  if i % 100 == 0 then collectgarbage() end\n"
    "end\n"
    "local sum = 0\n"
    "for i = 0, 39 do local e = keep['key' .. i]; sum = sum + e[1] + #e[2] + (e[3]()) end\n"
    "add(sum, select(2, pcall(error, 'caught', 0)), select('#', table.unpack(planted.list)))\n"
    "local list = {}\n"
    "for i = 1, 64 do list[i] = i * 7919 % 101 end\n"
    "table.sort(list, function(a, b) return a > b end)\n"
    "add(list[1], list[32], list[64])\n"
    "_G.kept = keep\n"
    "return table.concat(log, ';')\n";

struct dump {
    char *bytes;
    size_t length;
};

/* What the clones of the test have as their user area. */
struct owner {
    lua_State *L;
    struct owner *self;
};

static int write_dump(lua_State *L, const void *part, size_t size, void *ud)
{
    (void)L;
    struct dump *dump = ud;
    char *grown = realloc(dump->bytes, dump->length + size);
    if (!grown)
        return 1;
    memcpy(grown + dump->length, part, size);
    dump->bytes = grown;
    dump->length += size;
    return 0;
}

static int compile(struct dump *dump)
{
    *dump = (struct dump){0};
    lua_State *L = luaL_newstate();
    if (!L)
        return -ENOMEM;
    bool ok = luaL_loadbufferx(L, source, sizeof(source) - 1, "=self_test", "t") == LUA_OK &&
              lua_dump(L, write_dump, dump, 0) == 0;
    lua_close(L);
    return ok ? 0 : -ENOMEM;
}

static int next_count(lua_State *L)
{
    lua_pushinteger(L, lua_tointeger(L, lua_upvalueindex(1)) + 1);
    lua_copy(L, -1, lua_upvalueindex(1));
    return 1;
}

static int echo_thread(lua_State *L)
{
    lua_pushfstring(L, "echo %d", (int)lua_tointeger(L, 1));
    return lua_yield(L, 1);
}

static void plant_strings(lua_State *L)
{
    char text[200];
    lua_pushliteral(L, "short");
    lua_setfield(L, -2, "short");
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    lua_pushlstring(L, text, sizeof(text));
    lua_setfield(L, -2, "long");
}

/* The table that the program gets as its first argument. */
static void plant_table(lua_State *L)
{
    lua_newtable(L);
    plant_strings(L);
    lua_newtable(L);
    for (int i = 1; i <= 10; i++) {
        lua_pushinteger(L, i * i);
        lua_rawseti(L, -2, i);
    }
    lua_setfield(L, -2, "list");
    lua_newtable(L);
    lua_pushliteral(L, "inner");
    lua_setfield(L, -2, "name");
    lua_setfield(L, -2, "inner");
    lua_newtable(L);
    lua_newtable(L);
    lua_pushinteger(L, 42);
    lua_setfield(L, -2, "answer");
    lua_setfield(L, -2, "__index");
    lua_setfield(L, -2, "meta");
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "self");
}

static int setup(lua_State *L, void *user, void *ctx)
{
    static const luaL_Reg libraries[] = {
        {"_G", luaopen_base},
        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string},
        {LUA_COLIBNAME, luaopen_coroutine},
        {NULL, NULL},
    };
    for (const luaL_Reg *library = libraries; library->func; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
    const struct dump *dump = ctx;
    ((struct owner *)user)->self = user;
    if (template_undump(L, dump->bytes, dump->length, "=self_test") != LUA_OK)
        return -EINVAL;
    plant_table(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_count, 1);
    lua_pushcfunction(lua_newthread(L), echo_thread);
    lua_newuserdata(L, 24);
    lua_getfield(L, 2, "meta");
    lua_setmetatable(L, -2);
    return 0;
}

/* Runs the program as a protected call; the values that setup left stay for the next run. */
static int run_program(lua_State *L, char *text, size_t size)
{
    int top = lua_gettop(L);
    for (int i = 1; i <= top; i++)
        lua_pushvalue(L, i);
    int status = lua_pcall(L, top - 1, 1, 0);
    snprintf(text, size, "%s", lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?");
    lua_settop(L, top);
    return status == LUA_OK ? 0 : -EINVAL;
}

/* Two runs, the results in one text. */
static int run_state(struct heap *heap, char *text, size_t size)
{
    struct owner *owner = heap_user(heap);
    lua_State *L = owner->L;
    if (owner->self != owner || *(struct owner **)lua_getextraspace(L) != owner)
        return -EFAULT;
    int status = run_program(L, text, size);
    size_t length = strlen(text);
    lua_gc(L, LUA_GCCOLLECT, 0);
    if (status == 0)
        status = run_program(L, text + length, size - length);
    lua_pushnil(L);
    lua_setglobal(L, "kept");
    lua_gc(L, LUA_GCCOLLECT, 0);
    return status;
}

static void drop(struct heap *heap, struct slab_cache *cache)
{
    while (heap && !heap_drop(heap, cache, 64))
        ;
}

enum { TEXT = 2048 };

/* The text that the classic path gives. */
static int expected_text(const struct template_config *config, struct slab_cache *cache, char *text, char *message,
                         size_t size)
{
    struct template_config classic = *config;
    struct template *tmpl;
    classic.classic = true;
    int status = template_new(&tmpl, &classic, message, size);
    if (status < 0)
        return status;
    struct heap *heap = template_clone(tmpl, cache);
    status = heap ? run_state(heap, text, TEXT) : -ENOMEM;
    if (status < 0)
        snprintf(message, size, "the classic path failed: %s", heap ? text : "not enough memory");
    drop(heap, cache);
    template_unref(tmpl);
    return status;
}

static int compare_clones(const struct template_config *config, struct slab_cache *cache, const char *expected,
                          char *message, size_t size)
{
    struct template *tmpl;
    int status = template_new(&tmpl, config, message, size);
    if (status < 0)
        return status;
    struct heap *clones[2] = {template_clone(tmpl, cache), template_clone(tmpl, cache)};
    if (!clones[0] || !clones[1]) {
        snprintf(message, size, "not enough memory for a clone");
        status = -ENOMEM;
    }
    template_poison(tmpl);
    for (int i = 0; i < 2 && status == 0; i++) {
        char text[TEXT] = "";
        status = run_state(clones[i], text, sizeof(text));
        if (status == 0 && strcmp(text, expected) != 0)
            status = -EFAULT;
        if (status < 0)
            snprintf(message, size, "clone %d went wrong: %s", i + 1, text);
    }
    drop(clones[0], cache);
    drop(clones[1], cache);
    template_unref(tmpl);
    return status;
}

int template_self_test(struct slab_depot *depot, char *message, size_t size)
{
    struct dump dump;
    struct slab_cache *cache = slab_cache_new(depot);
    int status = compile(&dump);
    if (status < 0) {
        snprintf(message, size, "the test program does not compile");
        goto compile_failed;
    }
    struct template_config config = {
        .depot = depot,
        .user = sizeof(struct owner),
        .lua_offset = offsetof(struct owner, L),
        .setup = setup,
        .ctx = &dump,
        .fixed_addresses = slab_depot_is_fixed(depot),
    };
    char expected[TEXT];
    status = expected_text(&config, cache, expected, message, size);
    if (status == 0)
        status = compare_clones(&config, cache, expected, message, size);
compile_failed:
    free(dump.bytes);
    slab_cache_free(cache);
    return status;
}
