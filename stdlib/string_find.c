/* SPDX-License-Identifier: MIT */
/*
 * Searching with patterns.
 *
 *   s:find(pattern [, init [, plain]])   first and last position of the first match, and its captures
 *   s:match(pattern [, init])            the captures of the first match, or the match
 *   s:gmatch(pattern)                    iterator over the captures of all matches
 *
 * Also here: running the matcher and pushing captures, for all of the string library.
 */
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "sched/base/compiler.h"
#include "stdlib/pattern.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_search.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

/* ---- the matcher seen from Lua ---- */

int string_raise_pattern(lua_State *L, const struct pattern *m)
{
    if (m->error_capture > 0 || m->error_capture < 0)
        return luaL_error(L, "%s %%%d", m->error, m->error_capture);
    return luaL_error(L, "%s", m->error);
}

void string_push_capture(lua_State *L, const struct pattern *m, int index)
{
    if (index >= m->level) {
        if (index != 0)
            luaL_error(L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(L, m->start, (size_t)(m->end - m->start));
        return;
    }
    const struct pattern_capture *capture = &m->captures[index];
    if (capture->length >= 0)
        lua_pushlstring(L, capture->start, (size_t)capture->length);
    else if (capture->length == PATTERN_POSITION)
        lua_pushinteger(L, capture->start - m->subject + 1);
    else
        luaL_error(L, "unfinished capture");
}

int string_push_captures(lua_State *L, const struct pattern *m, bool whole)
{
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(L, count, "too many captures");
    for (int i = 0; i < count; i++)
        string_push_capture(L, m, i);
    return count;
}

int string_run_pattern(lua_State *L, struct pattern *m)
{
    for (;;) {
        enum pattern_result result = pattern_run(m);
        if (result == PATTERN_BAD)
            string_raise_pattern(L, m);
        if (result != PATTERN_MORE)
            return result;
        if (string_is_over(L, pattern_work(m)))
            return PATTERN_MORE;
    }
}

void string_park_pattern(lua_State *L, int slot, const struct pattern *m)
{
    struct pattern *parked = lua_touserdata(L, slot);
    if (!parked) {
        parked = lua_newuserdata(L, sizeof *parked);
        lua_replace(L, slot);
    }
    pattern_move(parked, m);
}

void string_unpark_pattern(lua_State *L, int slot, struct pattern *m)
{
    pattern_move(m, lua_touserdata(L, slot));
}

/* ---- find, match ---- */

/* Stack: s, pattern, init, plain, parked struct find_plain, parked matcher. */
enum { FIND_PLAIN = 5, FIND_PATTERN = 6 };

/* A find that is, or may turn out to be, a plain search. */
struct find_plain {
    size_t examined; /* bytes of the pattern that are no special characters */
    struct string_search search;
};

static int push_match(lua_State *L, const struct pattern *m, bool positions)
{
    if (!positions)
        return string_push_captures(L, m, true);
    lua_pushinteger(L, m->start - m->subject + 1);
    lua_pushinteger(L, m->end - m->subject);
    return string_push_captures(L, m, false) + 2;
}

static int find_pattern_continue(lua_State *L, int status, lua_KContext positions);

static int find_pattern_run(lua_State *L, struct pattern *m, bool positions)
{
    int result = string_run_pattern(L, m);
    if (likely(result == PATTERN_YES))
        return push_match(L, m, positions);
    if (result == PATTERN_MORE) {
        lua_settop(L, FIND_PATTERN);
        string_park_pattern(L, FIND_PATTERN, m);
        return state_reschedule(L, positions, find_pattern_continue);
    }
    lua_pushnil(L);
    return 1;
}

static int find_pattern_continue(lua_State *L, int status, lua_KContext positions)
{
    struct pattern m;
    (void)status;
    string_unpark_pattern(L, FIND_PATTERN, &m);
    return find_pattern_run(L, &m, positions != 0);
}

static int find_pattern(lua_State *L, const struct string_search *search, bool positions)
{
    struct pattern m;
    pattern_init(&m, search->text, search->length, search->needle, search->needle_length, true);
    pattern_seek(&m, search->text + search->at, NULL);
    return find_pattern_run(L, &m, positions);
}

static int find_plain_continue(lua_State *L, int status, lua_KContext context);

static int find_plain_yield(lua_State *L, struct find_plain *find)
{
    lua_settop(L, FIND_PATTERN);
    string_park(L, FIND_PLAIN, find, sizeof *find);
    return state_reschedule(L, 0, find_plain_continue);
}

static int find_plain_run(lua_State *L, struct find_plain *find)
{
    struct string_search *search = &find->search;
    while (find->examined < search->needle_length) {
        size_t left = search->needle_length - find->examined;
        size_t size = left < STRING_PIECE / 4 ? left : STRING_PIECE / 4;
        if (!pattern_is_plain(search->needle + find->examined, size))
            return find_pattern(L, search, true);
        find->examined += size;
        if (size < left && string_is_over(L, STRING_WORK_UNIT))
            return find_plain_yield(L, find);
    }
    enum string_search_result result;
    while ((result = string_search_run(search)) == SEARCH_MORE) {
        if (string_is_over(L, STRING_WORK_UNIT))
            return find_plain_yield(L, find);
    }
    if (result == SEARCH_NO) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, (lua_Integer)search->at + 1);
    lua_pushinteger(L, (lua_Integer)(search->at + search->needle_length));
    return 2;
}

static int find_plain_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return find_plain_run(L, lua_touserdata(L, FIND_PLAIN));
}

/*
 * Reads s, pattern and init; false: init is behind the end of s. Only text, needle, their lengths and `at` of *search
 * are set.
 */
static bool find_arguments(lua_State *L, struct string_search *search)
{
    search->text = string_arg(L, 1, &search->length);
    search->needle = string_arg(L, 2, &search->needle_length);
    lua_Integer init = string_position(luaL_optinteger(L, 3, 1), search->length);
    if (init < 1)
        init = 1;
    search->at = (size_t)init - 1;
    lua_settop(L, 4); /* the slots above are ours */
    return init <= (lua_Integer)search->length + 1;
}

/* Both strings are short: no struct find_plain is needed. */
static int find_short(lua_State *L, const struct string_search *search)
{
    const char *text = search->text, *from = text + search->at;
    const char *found = string_search_short(from, search->length - search->at, search->needle, search->needle_length);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - text + 1);
    lua_pushinteger(L, found - text + (lua_Integer)search->needle_length);
    return 2;
}

int string_find(lua_State *L)
{
    struct find_plain find;
    struct string_search *search = &find.search;
    if (!find_arguments(L, search)) {
        lua_pushnil(L);
        return 1;
    }
    bool is_plain = lua_toboolean(L, 4);
    if (string_search_is_short(search->length, search->needle_length)) {
        if (is_plain || pattern_is_plain(search->needle, search->needle_length))
            return find_short(L, search);
        return find_pattern(L, search, true);
    }
    find.examined = is_plain ? search->needle_length : 0;
    string_search_init(search, search->text, search->length, search->needle, search->needle_length, search->at);
    return find_plain_run(L, &find);
}

int string_match(lua_State *L)
{
    struct string_search search;
    if (!find_arguments(L, &search)) {
        lua_pushnil(L);
        return 1;
    }
    return find_pattern(L, &search, false);
}

/* ---- gmatch: a closure over s, pattern and the end of the latest match (-1: none yet) ---- */

static int gmatch_continue(lua_State *L, int status, lua_KContext context);

static int gmatch_run(lua_State *L, struct pattern *m)
{
    int result = string_run_pattern(L, m);
    if (result == PATTERN_MORE) {
        string_park_pattern(L, 1, m);
        return state_reschedule(L, 0, gmatch_continue);
    }
    if (result == PATTERN_NO)
        return 0;
    lua_pushinteger(L, m->end - m->subject);
    lua_replace(L, lua_upvalueindex(3));
    return string_push_captures(L, m, true);
}

static int gmatch_continue(lua_State *L, int status, lua_KContext context)
{
    struct pattern m;
    (void)status;
    (void)context;
    string_unpark_pattern(L, 1, &m);
    return gmatch_run(L, &m);
}

static int gmatch_next(lua_State *L)
{
    struct pattern m;
    size_t length, pattern_length;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &length);
    const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(3));
    pattern_init(&m, s, length, pattern, pattern_length, false);
    if (last >= 0)
        pattern_seek(&m, s + last, s + last);
    lua_settop(L, 0);
    lua_pushnil(L);
    return gmatch_run(L, &m);
}

/* Pushes argument `arg` as a true string. */
static void push_text(lua_State *L, int arg)
{
    size_t length;
    const char *text = string_arg(L, arg, &length);
    if (lua_type(L, arg) == LUA_TSTRING)
        lua_pushvalue(L, arg);
    else
        lua_pushlstring(L, text, length);
}

int string_gmatch(lua_State *L)
{
    push_text(L, 1);
    push_text(L, 2);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 3);
    return 1;
}
