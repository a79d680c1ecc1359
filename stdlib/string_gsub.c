/* SPDX-License-Identifier: MIT */
/*
 * s:gsub(pattern, replacement [, n]): a copy of s with (the first n) matches replaced, and their number.
 *
 * The replacement is a string (%0-%9 stand for the match and its captures, %% for %), a table (looked up by the first
 * capture) or a function (called with the captures, and free to block); false or nil keeps the match.
 *
 * State: struct gsub, on the C stack or parked at index GSUB_STATE. It is in a userdata from the start if a function is
 * called, for any call may yield. The matcher is always on the C stack: between two matches nothing in it has to be
 * kept, and in the middle of one it is parked separately.
 */
#include <stddef.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "sched/base/compiler.h"
#include "stdlib/pattern.h"
#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

/* Stack: s, pattern, replacement, n, parked struct gsub, parked matcher, bytes of the result. */
enum { GSUB_SUBJECT = 1, GSUB_PATTERN, GSUB_REPLACEMENT, GSUB_LIMIT, GSUB_STATE, GSUB_MATCHER, GSUB_BYTES };

struct gsub {
    const char *replacement; /* if it is text */
    size_t replacement_length;
    size_t expanded;         /* of the replacement, in the match under way */
    const char *start, *end; /* the latest match */
    const char *copied;      /* the subject up to here is in the result */
    lua_Integer count, limit;
    size_t debt;
    bool is_matched; /* the matcher holds a match that is not replaced yet */
    struct string_buf buf;
};

static int gsub_continue(lua_State *L, int status, lua_KContext context);

/* Parks *g, wherever it is, with just so much of its first bytes as it may use. */
static struct gsub *gsub_park(lua_State *L, struct gsub *g)
{
    struct gsub *parked = string_park(L, GSUB_STATE, g, offsetof(struct gsub, buf.small) + g->buf.inside);
    if (parked != g)
        string_buf_moved(&parked->buf, &g->buf);
    return parked;
}

static int gsub_yield(lua_State *L, struct gsub *g, const struct pattern *m)
{
    gsub_park(L, g);
    string_park_pattern(L, GSUB_MATCHER, m);
    return state_reschedule(L, 0, gsub_continue);
}

/* Adds the value on top of the stack, the replacement of the latest match, and pops it. */
static void add_value(lua_State *L, struct gsub *g)
{
    size_t length;
    if (!lua_toboolean(L, -1)) {
        string_buf_add(L, &g->buf, g->start, (size_t)(g->end - g->start));
    } else {
        const char *text = string_of(L, -1, &length);
        if (!text)
            luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
        string_buf_add(L, &g->buf, text, length);
    }
    lua_pop(L, 1);
}

/* Adds what %c stands for. */
static void add_escape(lua_State *L, struct gsub *g, const struct pattern *m, char c)
{
    size_t length;
    if (c == '%') {
        string_buf_add_char(L, &g->buf, c);
    } else if (c == '0') {
        string_buf_add(L, &g->buf, m->start, (size_t)(m->end - m->start));
    } else if (c >= '1' && c <= '9') {
        string_push_capture(L, m, c - '1');
        const char *text = lua_tolstring(L, -1, &length);
        string_buf_add(L, &g->buf, text, length);
        lua_pop(L, 1);
    } else {
        luaL_error(L, "invalid use of '%%' in replacement string");
    }
}

/* Adds the replacement text for the match in *m, from g->expanded on. False: the slice is over. */
static bool add_text(lua_State *L, struct gsub *g, const struct pattern *m)
{
    const char *end = g->replacement + g->replacement_length;
    while (g->expanded < g->replacement_length) {
        const char *at = g->replacement + g->expanded;
        const char *escape = memchr(at, '%', (size_t)(end - at));
        size_t plain = (size_t)((escape ? escape : end) - at);
        string_buf_add(L, &g->buf, at, plain);
        g->expanded += plain;
        if (escape) {
            add_escape(L, g, m, escape + 1 < end ? escape[1] : '\0');
            g->expanded += 2;
        }
        if (string_owes(L, &g->debt, 1 + plain / 64))
            return false;
    }
    g->expanded = 0;
    return true;
}

/* The function has returned its value on top of the stack, or the table gave it. */
static void finish_match(lua_State *L, struct gsub *g)
{
    add_value(L, g);
    g->copied = g->end;
    g->count++;
}

static int gsub_called(lua_State *L, int status, lua_KContext context);

/* Replaces the match in *m. False: the slice is over, call again. */
static bool replace_match(lua_State *L, struct gsub *g, struct pattern *m)
{
    switch (lua_type(L, GSUB_REPLACEMENT)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, GSUB_REPLACEMENT);
        lua_callk(L, string_push_captures(L, m, true), 1, 0, gsub_called);
        finish_match(L, g);
        return true;
    case LUA_TTABLE:
        string_push_capture(L, m, 0);
        lua_gettable(L, GSUB_REPLACEMENT);
        finish_match(L, g);
        return true;
    default:
        if (!add_text(L, g, m))
            return false;
        g->copied = g->end;
        g->count++;
        return true;
    }
}

static int gsub_finish(lua_State *L, struct gsub *g, const struct pattern *m)
{
    string_buf_add(L, &g->buf, g->copied, (size_t)(m->subject_end - g->copied));
    string_buf_push(L, &g->buf);
    lua_pushinteger(L, g->count);
    return 2;
}

static int gsub_run(lua_State *L, struct gsub *g, struct pattern *m)
{
    while (g->count < g->limit) {
        if (!g->is_matched) {
            int result = string_run_pattern(L, m);
            if (result == PATTERN_MORE)
                return gsub_yield(L, g, m);
            if (result == PATTERN_NO)
                break;
            g->is_matched = true;
            g->start = m->start;
            g->end = m->end;
            string_buf_add(L, &g->buf, g->copied, (size_t)(m->start - g->copied));
        }
        if (!replace_match(L, g, m))
            return gsub_yield(L, g, m);
        g->is_matched = false;
        if (m->is_anchored)
            break;
        pattern_seek(m, g->end, g->end);
        if (string_owes(L, &g->debt, 8))
            return gsub_yield(L, g, m);
    }
    return gsub_finish(L, g, m);
}

static int gsub_continue(lua_State *L, int status, lua_KContext context)
{
    struct pattern m;
    (void)status;
    (void)context;
    string_unpark_pattern(L, GSUB_MATCHER, &m);
    return gsub_run(L, lua_touserdata(L, GSUB_STATE), &m);
}

static void init_matcher(lua_State *L, struct pattern *m)
{
    size_t length, pattern_length;
    const char *s = string_arg(L, GSUB_SUBJECT, &length), *pattern = string_arg(L, GSUB_PATTERN, &pattern_length);
    pattern_init(m, s, length, pattern, pattern_length, true);
}

/* The function has blocked or was preempted, and has returned now. */
static int gsub_called(lua_State *L, int status, lua_KContext context)
{
    struct gsub *g = lua_touserdata(L, GSUB_STATE);
    struct pattern m;
    (void)status;
    (void)context;
    init_matcher(L, &m);
    finish_match(L, g);
    g->is_matched = false;
    if (m.is_anchored)
        return gsub_finish(L, g, &m);
    pattern_seek(&m, g->end, g->end);
    return gsub_run(L, g, &m);
}

int string_gsub(lua_State *L)
{
    struct gsub gsub, *g = &gsub;
    struct pattern m;
    init_matcher(L, &m);
    int type = lua_type(L, GSUB_REPLACEMENT);
    g->replacement = NULL;
    if (type != LUA_TTABLE && type != LUA_TFUNCTION)
        g->replacement = string_of(L, GSUB_REPLACEMENT, &g->replacement_length);
    g->limit = luaL_optinteger(L, GSUB_LIMIT, m.subject_end - m.subject + 1);
    luaL_argcheck(L, g->replacement || type == LUA_TTABLE || type == LUA_TFUNCTION, GSUB_REPLACEMENT,
                  "string/function/table expected");
    g->copied = m.subject;
    g->count = 0;
    g->expanded = g->debt = 0;
    g->is_matched = false;
    lua_settop(L, GSUB_LIMIT);
    lua_settop(L, GSUB_BYTES);
    string_buf_init(&g->buf, GSUB_BYTES);
    if (type == LUA_TFUNCTION) { /* the rest of the first bytes would be paid for in every call */
        string_buf_shrink(&g->buf, 2 * (size_t)(m.subject_end - m.subject) + 16);
        g = gsub_park(L, g);
    }
    return gsub_run(L, g, &m);
}
