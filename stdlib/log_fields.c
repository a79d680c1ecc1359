/* SPDX-License-Identifier: MIT */
/*
 * log_fields: see log_fields.h. Everything is bounded, so no slice is taken: 32 KB of text, 10,000 values, 8 levels. A limit that is hit sets
 * `full`; log_fields_add then takes the unfinished field back, so the text is valid JSON at any time.
 */
#include "stdlib/log_fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "stdlib/unicode.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/type.h"

enum { LOG_NODES_MAX = 10000, LOG_STRING_MAX = 8192 };

/* ---- text ---- */

void log_text_open(lua_State *L, struct log_text *text)
{
    luaL_checkstack(L, 4 * LOG_DEPTH_MAX + 20, "log record");
    lua_pushnil(L);
    text->L = L;
    text->slot = lua_gettop(L);
    text->data = text->local;
    text->capacity = sizeof(text->local);
    text->length = 0;
    text->nodes = 0;
    text->full = false;
}

void log_text_close(lua_State *L, struct log_text *text)
{
    lua_settop(L, text->slot - 1);
}

static void grow(struct log_text *text, size_t needed)
{
    size_t capacity = text->capacity;
    while (capacity < needed)
        capacity *= 2;
    char *data = lua_newuserdata(text->L, capacity);
    memcpy(data, text->data, text->length);
    lua_replace(text->L, text->slot);
    text->data = data;
    text->capacity = capacity;
}

void log_text_add(struct log_text *text, const char *data, size_t length)
{
    if (text->full || length > LOG_TEXT_MAX - text->length) {
        text->full = true;
        return;
    }
    if (text->length + length > text->capacity)
        grow(text, text->length + length);
    memcpy(text->data + text->length, data, length);
    text->length += length;
}

static void add_literal(struct log_text *text, const char *literal)
{
    log_text_add(text, literal, strlen(literal));
}

static void add_escape(struct log_text *text, unsigned char c)
{
    char escape[8] = {'\\', (char)c, 0};
    switch (c) {
    case '\n':
        escape[1] = 'n';
        break;
    case '\r':
        escape[1] = 'r';
        break;
    case '\t':
        escape[1] = 't';
        break;
    case '"':
    case '\\':
        break;
    default:
        snprintf(escape, sizeof(escape), "\\u%04x", c);
    }
    add_literal(text, escape);
}

void log_text_add_string(struct log_text *text, const char *data, size_t length)
{
    const unsigned char *p = (const unsigned char *)data, *end = p + length, *plain = p;
    add_literal(text, "\"");
    while (p < end && !text->full) {
        size_t step = unicode_sequence(p, (size_t)(end - p));
        if (step && *p >= 0x20 && *p != '"' && *p != '\\') {
            p += step;
            continue;
        }
        log_text_add(text, (const char *)plain, (size_t)(p - plain));
        if (step)
            add_escape(text, *p);
        else
            add_literal(text, UNICODE_REPLACEMENT);
        plain = ++p;
    }
    log_text_add(text, (const char *)plain, (size_t)(p - plain));
    add_literal(text, "\"");
}

/* ---- values ---- */

/* The tables that are being written, outermost first: a table inside itself is cut. */
struct path {
    const void *tables[LOG_DEPTH_MAX];
    int depth;
};

static void add_value(lua_State *L, struct log_text *text, int index, struct path *path);

static void add_number(lua_State *L, struct log_text *text, int index)
{
    char number[48];
    if (lua_isinteger(L, index)) {
        snprintf(number, sizeof(number), LUA_INTEGER_FMT, lua_tointeger(L, index));
    } else {
        double value = lua_tonumber(L, index);
        int length = snprintf(number, sizeof(number),
                              isfinite(value) ? "%.14g"
                              : isnan(value)  ? "\"nan\""
                                              : "\"%g\"",
                              value);
        if (isfinite(value) && !strpbrk(number, ".e"))
            snprintf(number + length, sizeof(number) - (size_t)length, ".0");
    }
    add_literal(text, number);
}

/* A key of a map: strings as they are, numbers and booleans as text, others by their type. */
static void add_key(lua_State *L, struct log_text *text, int index)
{
    size_t length;
    const char *key;
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        lua_pushvalue(L, index);
        key = lua_tolstring(L, -1, &length);
        log_text_add_string(text, key, length);
        lua_pop(L, 1);
        break;
    case LUA_TSTRING:
        key = lua_tolstring(L, index, &length);
        log_text_add_string(text, key, length);
        break;
    case LUA_TBOOLEAN:
        add_literal(text, lua_toboolean(L, index) ? "\"true\"" : "\"false\"");
        break;
    default:
        key = luaL_typename(L, index);
        log_text_add_string(text, key, strlen(key));
    }
}

static void add_array(lua_State *L, struct log_text *text, int index, struct path *path)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);
    for (lua_Integer i = 1; i <= count && !text->full; i++) {
        add_literal(text, i == 1 ? "[" : ",");
        lua_rawgeti(L, index, i);
        add_value(L, text, -1, path);
        lua_pop(L, 1);
    }
    add_literal(text, "]");
}

static void add_map(lua_State *L, struct log_text *text, int index, struct path *path)
{
    const char *before = "{";
    lua_pushnil(L);
    while (lua_next(L, index)) {
        add_literal(text, before);
        before = ",";
        add_key(L, text, -2);
        add_literal(text, ":");
        add_value(L, text, -1, path);
        lua_pop(L, 1);
        if (text->full) {
            lua_pop(L, 1);
            break;
        }
    }
    add_literal(text, *before == '{' ? "{}" : "}");
}

static void add_table(lua_State *L, struct log_text *text, int index, struct path *path)
{
    const void *table = lua_topointer(L, index);
    for (int i = 0; i < path->depth; i++) {
        if (path->tables[i] == table) {
            add_literal(text, "\"(cycle)\"");
            return;
        }
    }
    if (path->depth == LOG_DEPTH_MAX) {
        add_literal(text, "\"(nested too deep)\"");
        return;
    }
    path->tables[path->depth++] = table;
    if (!lazy_target(L, index))
        lua_pushvalue(L, index);
    int content = lua_gettop(L);
    if (lua_rawlen(L, content) > 0)
        add_array(L, text, content, path);
    else
        add_map(L, text, content, path);
    lua_pop(L, 1);
    path->depth--;
}

/* Objects of the runtime: their tostring is C and cannot fail. */
static void add_object(lua_State *L, struct log_text *text, int index)
{
    size_t length;
    const struct type *type = type_of(L, index);
    const char *string = error_or_string(L, index, &length);
    if (!string && (!type || !type->tostring)) {
        string = type ? type->name : luaL_typename(L, index);
        length = strlen(string);
    }
    if (string) {
        log_text_add_string(text, string, length);
        return;
    }
    lua_pushcfunction(L, type->tostring);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    string = lua_tolstring(L, -1, &length);
    log_text_add_string(text, string ? string : "", string ? length : 0);
    lua_pop(L, 1);
}

/* Long strings lose their end. */
static void add_string(lua_State *L, struct log_text *text, int index)
{
    size_t length;
    const char *string = lua_tolstring(L, index, &length);
    if (length <= LOG_STRING_MAX) {
        log_text_add_string(text, string, length);
        return;
    }
    length = LOG_STRING_MAX;
    while (length > LOG_STRING_MAX - 4 && ((unsigned char)string[length] & 0xc0) == 0x80)
        length--; /* not inside a character */
    log_text_add_string(text, string, length);
    if (text->full)
        return;
    text->length--;
    add_literal(text, "(cut)\"");
}

static void add_value(lua_State *L, struct log_text *text, int index, struct path *path)
{
    index = lua_absindex(L, index);
    if (++text->nodes > LOG_NODES_MAX)
        text->full = true;
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        add_literal(text, "null");
        break;
    case LUA_TBOOLEAN:
        add_literal(text, lua_toboolean(L, index) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        add_number(L, text, index);
        break;
    case LUA_TSTRING:
        add_string(L, text, index);
        break;
    case LUA_TTABLE:
        add_table(L, text, index, path);
        break;
    default:
        add_object(L, text, index);
    }
}

void log_fields_value(lua_State *L, struct log_text *text, int index)
{
    struct path path = {.depth = 0};
    add_value(L, text, index, &path);
}

void log_fields_add(lua_State *L, struct log_text *text, const char *name, size_t length, int index)
{
    size_t start = text->length;
    if (text->full)
        return;
    text->nodes = 0;
    if (start)
        add_literal(text, ",");
    log_text_add_string(text, name, length);
    add_literal(text, ":");
    size_t value = text->length;
    if (!text->full)
        log_fields_value(L, text, index);
    if (!text->full)
        return;
    bool is_long_value = text->length > value && value > start && value + 16 < LOG_TEXT_MAX;
    text->length = is_long_value ? value : start;
    if (!is_long_value)
        return; /* a name that does not fit: nothing fits any more */
    text->full = false;
    add_literal(text, "\"(too long)\"");
}

void log_text_add_field(struct log_text *text, const char *field, size_t length)
{
    if (text->full || length + 1 > LOG_TEXT_MAX - text->length)
        return;
    log_text_add(text, ",", text->length ? 1 : 0);
    log_text_add(text, field, length);
}

void log_fields_process(lua_State *L, struct log_text *text)
{
    char location[256];
    const char *pid = process_pid_text(state_process(L));
    add_literal(text, text->length ? ",\"pid\":" : "\"pid\":");
    log_text_add_string(text, pid, strlen(pid));
    add_literal(text, ",\"location\":");
    log_text_add_string(text, location, state_location(L, location, sizeof(location)));
}
