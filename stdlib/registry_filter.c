/* SPDX-License-Identifier: MIT */
/*
 * The filter of registry.find: a table of criteria, all of which must hold.
 *
 *   [".kind"] [".ns"] [".name"] [".id"]   the text; a star in it stands for any characters
 *   ["meta.path"]     the value at that path of meta is this one (a text, number or boolean); a list of meta holds it. A list: all of it is there
 *   ["~meta.path"]    a regular expression (RE2) matches the text, or one item of the list
 *   ["*meta.path"]    the text contains this one; a list holds it
 *   ["^meta.path"] ["$meta.path"]     the text, or one item of the list, begins or ends with this one
 *
 * Other keys restrict nothing; a log record says so.
 */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "stdlib/cxx/regex.h"
#include "stdlib/registry.h"
#include "stdlib/registry_lib.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/lazy.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm.h"

enum {
    CRITERIA_MAX = 100,
    KEYS_MAX = 1000,
    LIST_MAX = 1000,
    PATTERN_MAX = 1000,
    REGEX_MEMORY = 256 * 1024,
    SHOWN = 100,
    WARNINGS = 3 /* of one call */
};

/* Its user value is an array that holds all strings it points into. */
struct filter_object {
    const struct type *type;
    struct handle handle; /* owns what the criteria point to */
    struct registry_criterion *items;
    size_t count, capacity;
    unsigned ignored; /* keys */
};

static void release_filter(struct handle *handle)
{
    struct filter_object *filter = container_of(handle, struct filter_object, handle);
    for (size_t i = 0; i < filter->count; i++) {
        free(filter->items[i].values);
        regex_free(filter->items[i].regex);
    }
    free(filter->items);
}

static int finalize_filter(lua_State *L)
{
    struct filter_object *filter = lua_touserdata(L, 1);
    handle_close(&filter->handle);
    return 0;
}

static const struct type filter_type = {.name = "registry.Filter", .finalize = finalize_filter};

static struct filter_object *push_filter(lua_State *L)
{
    struct filter_object *filter = type_new(L, &filter_type, sizeof *filter);
    handle_keep(L, &filter->handle, release_filter);
    lua_newtable(L);
    lua_setuservalue(L, -2);
    return filter;
}

static struct registry_criterion *add_criterion(struct filter_object *filter)
{
    if (filter->count == filter->capacity) {
        filter->capacity = filter->capacity ? 2 * filter->capacity : 2;
        filter->items = memory_resize(filter->items, filter->capacity * sizeof *filter->items, "a filter");
    }
    struct registry_criterion *criterion = &filter->items[filter->count++];
    *criterion = (struct registry_criterion){0};
    return criterion;
}

/* ---- one criterion; the filter object is at stack index `at`, key and value on top ---- */

/* Keeps the string at `index` alive as long as the filter. */
static const char *keep(lua_State *L, int at, int index, size_t *length)
{
    index = lua_absindex(L, index);
    const char *text = lua_tolstring(L, index, length);
    lua_getuservalue(L, at);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
    return text;
}

/* The scalar at `index`; false: it is none. */
static bool read_scalar(lua_State *L, int at, int index, struct registry_scalar *out)
{
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        out->type = REGISTRY_BOOLEAN;
        out->boolean = lua_toboolean(L, index);
        return true;
    case LUA_TNUMBER:
        out->type = lua_isinteger(L, index) ? REGISTRY_INTEGER : REGISTRY_NUMBER;
        if (out->type == REGISTRY_INTEGER)
            out->integer = lua_tointeger(L, index);
        else
            out->number = lua_tonumber(L, index);
        return true;
    case LUA_TSTRING:
        out->type = REGISTRY_TEXT;
        out->text.data = keep(L, at, index, &out->text.length);
        return true;
    default:
        return false;
    }
}

/* All return true, or false with nil and an error pushed. */
static bool refuse(lua_State *L, const char *key, const char *what)
{
    error_return(L, ERROR_INVALID, "criterion %.*s: %s", SHOWN, key, what);
    return false;
}

static bool read_list(lua_State *L, int at, const char *key, struct registry_criterion *criterion)
{
    int list = lua_gettop(L);
    if (lazy_target(L, list))
        list++;
    lua_Unsigned count = lua_rawlen(L, list);
    if (count > LIST_MAX)
        return refuse(L, key, "a list of more than 1000 values");
    lua_pushnil(L);
    if (count == 0 && lua_next(L, list))
        return refuse(L, key, "must be a text, a number, a boolean or a list of them, not a table with names");
    lua_settop(L, list);
    criterion->values = memory_zeroed((count + 1) * sizeof *criterion->values, "a criterion");
    criterion->count = count;
    for (lua_Unsigned i = 0; i < count; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        if (!read_scalar(L, at, -1, &criterion->values[i]))
            return refuse(L, key, "a list may hold texts, numbers and booleans");
        lua_pop(L, 1);
    }
    return true;
}

static bool read_one(lua_State *L, int at, const char *key, struct registry_criterion *criterion)
{
    criterion->values = memory_zeroed(sizeof *criterion->values, "a criterion");
    criterion->count = 1;
    if (!read_scalar(L, at, -1, criterion->values))
        return refuse(L, key, "must be a text, a number or a boolean");
    return true;
}

static bool read_text(lua_State *L, int at, const char *key, struct registry_criterion *criterion)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        return refuse(L, key, "must be a text");
    return read_one(L, at, key, criterion);
}

static bool compile(lua_State *L, const char *key, struct registry_criterion *criterion)
{
    char problem[200], what[240];
    const struct registry_scalar *pattern = criterion->values;
    if (pattern->text.length > PATTERN_MAX)
        return refuse(L, key, "a regular expression of more than 1000 bytes");
    criterion->regex = regex_new(pattern->text.data, pattern->text.length, REGEX_MEMORY, problem, sizeof problem);
    if (criterion->regex)
        return true;
    snprintf(what, sizeof what, "no regular expression: %s", problem);
    return refuse(L, key, what);
}

static bool read_value(lua_State *L, int at, const char *key, struct registry_criterion *criterion)
{
    switch (criterion->op) {
    case REGISTRY_EQUAL:
        return lua_istable(L, -1) ? read_list(L, at, key, criterion) : read_one(L, at, key, criterion);
    case REGISTRY_CONTAINS:
        return read_one(L, at, key, criterion);
    case REGISTRY_REGEX:
        return read_text(L, at, key, criterion) && compile(L, key, criterion);
    default:
        if (!read_text(L, at, key, criterion))
            return false;
        criterion->is_pattern =
            criterion->op <= REGISTRY_ID && memchr(criterion->values->text.data, '*', criterion->values->text.length);
        return true;
    }
}

/* Finds out what the key asks for; false: nothing. */
static bool read_key(const char *key, size_t length, struct registry_criterion *criterion)
{
    static const struct {
        const char *name;
        enum registry_operator op;
    } roots[] = {{".kind", REGISTRY_KIND}, {".ns", REGISTRY_NAMESPACE}, {".name", REGISTRY_NAME}, {".id", REGISTRY_ID}};
    static const char signs[] = "~*^$";
    static const enum registry_operator operators[] = {REGISTRY_REGEX, REGISTRY_CONTAINS, REGISTRY_PREFIX,
                                                       REGISTRY_SUFFIX};
    if (strlen(key) != length)
        return false;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (!strcmp(key, roots[i].name)) {
            criterion->op = roots[i].op;
            return true;
        }
    const char *sign = *key ? strchr(signs, *key) : NULL;
    criterion->op = sign ? operators[sign - signs] : REGISTRY_EQUAL;
    key += sign != NULL;
    criterion->path = key + strlen("meta.");
    return !strncmp(key, "meta.", strlen("meta.")) && *criterion->path;
}

static void warn_ignored(lua_State *L, const char *key)
{
    char where[200];
    struct log *log = vm_log(state_vm(L));
    if (!log_is_on(log, LOG_WARN))
        return;
    where[state_location(L, where, sizeof where - 1)] = 0;
    log_printf(
        log, LOG_WARN, "registry",
        "%s: find ignores the key '%.*s'; criteria are .kind, .ns, .name, .id, and meta. with or without one of ~*^$",
        where, SHOWN, key);
}

/* Reads the key and value on top of the stack, which stay there. */
static bool read_criterion(lua_State *L, int at, struct filter_object *filter)
{
    struct registry_criterion read = {0};
    int key_index = lua_gettop(L) - 1;
    size_t length;
    const char *key = lua_type(L, key_index) == LUA_TSTRING ? lua_tolstring(L, key_index, &length) : NULL;
    if (!key || !read_key(key, length, &read)) {
        if (filter->ignored++ < WARNINGS)
            warn_ignored(L, key ? key : "(no text)");
        return true;
    }
    if (filter->count == CRITERIA_MAX)
        return refuse(L, key, "there are more than 100");
    keep(L, at, key_index, &length);
    struct registry_criterion *criterion = add_criterion(filter);
    criterion->op = read.op;
    criterion->path = read.path;
    return read_value(L, at, key, criterion);
}

/* ---- filters ---- */

static bool read_table(lua_State *L, int index, int at, struct filter_object *filter)
{
    unsigned keys = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        int top = lua_gettop(L);
        if (++keys > KEYS_MAX) {
            error_return(L, ERROR_INVALID, "a filter of more than %d keys", KEYS_MAX);
            return false;
        }
        if (!read_criterion(L, at, filter))
            return false;
        lua_settop(L, top - 1);
    }
    return true;
}

bool registry_parse_filter(lua_State *L, int index, struct registry_filter *out)
{
    *out = (struct registry_filter){0};
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return true;
    }
    luaL_checktype(L, index, LUA_TTABLE);
    if (lazy_target(L, index))
        lua_replace(L, index);
    struct filter_object *filter = push_filter(L);
    int at = lua_gettop(L);
    if (!read_table(L, index, at, filter))
        return false;
    lua_settop(L, at);
    *out = (struct registry_filter){filter->items, filter->count};
    return true;
}

void registry_filter_namespace(lua_State *L, int index, struct registry_filter *out)
{
    struct filter_object *filter = push_filter(L);
    int at = lua_gettop(L);
    struct registry_criterion *criterion = add_criterion(filter);
    criterion->op = REGISTRY_NAMESPACE;
    criterion->values = memory_zeroed(sizeof *criterion->values, "a criterion");
    criterion->count = 1;
    read_scalar(L, at, index, criterion->values);
    *out = (struct registry_filter){filter->items, 1};
}
