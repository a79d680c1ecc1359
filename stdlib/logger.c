/* SPDX-License-Identifier: MIT */
/*
 * logger: log records with fields.
 *
 *   logger:debug(msg[, fields])   also info, warn, error; msg: string, number or error object; fields: a table with string keys
 *   logger:with(fields)           a Logger that adds the fields to every record
 *   logger:named(name)            a Logger of that name; names of names are joined by a dot
 *
 * Every record has the fields pid and location (entry id and line). A field of the program with one of these names is shown
 * as `field.pid`, `field.location`. Fields are turned into JSON at the moment of the call, also those of `with`.
 *
 * The user value of a Logger is a table from field name to its finished JSON, or nil. It is never changed, so Loggers can share it.
 */
#include "stdlib/logger.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/log.h"
#include "stdlib/log_fields.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm.h"

struct logger {
    const struct type *type;
    char name[]; /* "" for the root */
};

static const struct type logger_type;

static const char root_name[] = "lua";

/* Pushes a Logger of that name, its fields nil. */
static void push_logger(lua_State *L, const char *name)
{
    size_t size = strlen(name) + 1;
    struct logger *logger = type_new(L, &logger_type, sizeof(*logger) + size);
    memcpy(logger->name, name, size);
}

/* The message at 2: the value stays there, so the text stays valid. */
static const char *check_message(lua_State *L, size_t *length)
{
    const char *message = error_or_string(L, 2, length);
    if (!message)
        luaL_argerror(L, 2, lua_pushfstring(L, "string expected, got %s", luaL_typename(L, 2)));
    return message;
}

/* Replaces the table of fields at `index` by the table behind it, if it is a proxy. */
static void see_through(lua_State *L, int index)
{
    if (lua_istable(L, index) && lazy_target(L, index))
        lua_replace(L, index);
}

/* Has the name at stack index -2 (a key) to be shown as something else? Then pushes that name. */
static const char *field_name(lua_State *L, int key, size_t *length)
{
    const char *name = lua_tolstring(L, key, length);
    if (strcmp(name, "pid") != 0 && strcmp(name, "location") != 0) {
        lua_pushvalue(L, key);
        return name;
    }
    lua_pushfstring(L, "field.%s", name);
    return lua_tolstring(L, -1, length);
}

/* Adds the fields of the table at 3. */
static void add_own_fields(lua_State *L, struct log_text *text)
{
    lua_pushnil(L);
    while (lua_next(L, 3)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            size_t length;
            const char *name = field_name(L, -2, &length);
            log_fields_add(L, text, name, length, -2);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
}

/* Adds the fields of `with` (the table on top of the stack, popped) that the call does not give itself. */
static void add_kept_fields(lua_State *L, struct log_text *text)
{
    int kept = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, kept)) {
        bool is_given = false;
        if (lua_istable(L, 3)) {
            lua_pushvalue(L, -2);
            is_given = lua_rawget(L, 3) != LUA_TNIL;
            lua_pop(L, 1);
        }
        if (!is_given) {
            size_t length;
            const char *json = lua_tolstring(L, -1, &length);
            log_text_add_field(text, json, length);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static int write_record(lua_State *L, enum log_level level)
{
    struct logger *logger = type_check(L, 1, &logger_type);
    size_t length;
    const char *message = check_message(L, &length);
    if (!lua_isnoneornil(L, 3))
        luaL_checktype(L, 3, LUA_TTABLE);
    struct log *log = vm_log(state_vm(L));
    if (!log_is_on(log, level))
        return 0;
    lua_settop(L, 3);
    see_through(L, 3);
    struct log_text text;
    log_text_open(L, &text);
    log_fields_process(L, &text);
    if (lua_getuservalue(L, 1) == LUA_TTABLE)
        add_kept_fields(L, &text);
    else
        lua_pop(L, 1);
    if (lua_istable(L, 3))
        add_own_fields(L, &text);
    struct log_record record = {.level = level,
                                .logger = *logger->name ? logger->name : root_name,
                                .message = message,
                                .message_length = length,
                                .fields = text.data,
                                .fields_length = text.length};
    log_write(log, &record);
    return 0;
}

static int logger_debug(lua_State *L)
{
    return write_record(L, LOG_DEBUG);
}

static int logger_info(lua_State *L)
{
    return write_record(L, LOG_INFO);
}

static int logger_warn(lua_State *L)
{
    return write_record(L, LOG_WARN);
}

static int logger_error(lua_State *L)
{
    return write_record(L, LOG_ERROR);
}

/* Pushes a new table with what the Logger at 1 keeps. */
static void copy_kept_fields(lua_State *L)
{
    lua_newtable(L);
    if (lua_getuservalue(L, 1) == LUA_TTABLE) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -5);
        }
    }
    lua_pop(L, 1);
}

/* Stores the field key -> value (at -2 and -1) as JSON in the table at `kept`. */
static void keep_field(lua_State *L, int kept)
{
    size_t length;
    struct log_text text;
    int top = lua_gettop(L);
    log_text_open(L, &text);
    const char *name = field_name(L, top - 1, &length);
    log_fields_add(L, &text, name, length, top);
    lua_pushvalue(L, top - 1);
    lua_pushlstring(L, text.data, text.length);
    if (text.length)
        lua_rawset(L, kept);
    lua_settop(L, top);
}

static int logger_with(lua_State *L)
{
    struct logger *logger = type_check(L, 1, &logger_type);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    see_through(L, 2);
    copy_kept_fields(L);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        if (lua_type(L, -2) == LUA_TSTRING)
            keep_field(L, 3);
        lua_pop(L, 1);
    }
    push_logger(L, logger->name);
    lua_insert(L, 3);
    lua_setuservalue(L, 3);
    return 1;
}

static int logger_named(lua_State *L)
{
    struct logger *logger = type_check(L, 1, &logger_type);
    const char *name = luaL_checkstring(L, 2);
    luaL_argcheck(L, *name, 2, "name must not be empty");
    lua_settop(L, 2);
    if (*logger->name)
        name = lua_pushfstring(L, "%s.%s", logger->name, name);
    push_logger(L, name);
    lua_getuservalue(L, 1);
    lua_setuservalue(L, -2);
    return 1;
}

static int logger_tostring(lua_State *L)
{
    struct logger *logger = type_check(L, 1, &logger_type);
    lua_pushfstring(L, "logger.Logger{%s}", logger->name);
    return 1;
}

static const luaL_Reg logger_methods[] = {
    {"debug", logger_debug}, {"info", logger_info},   {"warn", logger_warn}, {"error", logger_error},
    {"with", logger_with},   {"named", logger_named}, {NULL, NULL},
};

static const struct type logger_type = {
    .name = "logger.Logger",
    .methods = logger_methods,
    .tostring = logger_tostring,
};

const struct lazy_entry std_logger_types[] = {
    LAZY_U("Logger", &logger_type),
    LAZY_DONE,
};

int std_open_logger(lua_State *L)
{
    push_logger(L, "");
    return 1;
}
