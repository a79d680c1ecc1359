/* SPDX-License-Identifier: MIT */
/* typed_match: values that are looked at without going into them, and what annotations say of a value. See typed_check.h. */
#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/error.h"
#include "vm/lang/shape.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/typed_check.h"
#include "vm/vm_struct.h"

enum { NAME_MAX_LENGTH = 60 };

static bool literal_matches(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    if (n->kind == SHAPE_TRUTH)
        return lua_toboolean(L, value) == (int)n->scalar;
    if (n->kind == SHAPE_STRING) {
        size_t have, want;
        const char *text = lua_tolstring(L, value, &have), *literal = shape_text_of(c->shapes, n->scalar, &want);
        return have == want && memcmp(text, literal, have) == 0;
    }
    if (n->kind != SHAPE_INTEGER && n->kind != SHAPE_FLOAT)
        return false;
    if (n->kind == SHAPE_INTEGER)
        lua_pushinteger(L, shape_int64(shape_words(c->shapes, n)));
    else
        lua_pushnumber(L, shape_double(shape_words(c->shapes, n)));
    bool matches = lua_rawequal(L, value, -1);
    lua_pop(L, 1);
    return matches;
}

static bool is_integral(lua_State *L, int value)
{
    lua_Number number = lua_tonumber(L, value);
    return lua_isinteger(L, value) || (number - number == 0 && floor(number) == number);
}

/* Methods are looked for with __index, which may run Lua code or raise: nothing is held here. */
static bool has_methods(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    uint32_t count;
    const uint32_t *method = shape_fields(c->shapes, n, &count);
    bool found = true;
    if (lua_type(L, value) != LUA_TTABLE) {
        if (luaL_getmetafield(L, value, "__index") == LUA_TNIL)
            return false;
        lua_pop(L, 1);
    }
    for (uint32_t i = 0; i < count && found; i++, method += SHAPE_FIELD_WORDS) {
        found = lua_getfield(L, value, shape_text_of(c->shapes, method[0], NULL)) == LUA_TFUNCTION;
        lua_pop(L, 1);
    }
    return found;
}

/* "time.Duration" is a userdata of that name; the one type of a module may be called as the module is ("channel"). */
static bool is_host_type(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    char full[NAME_MAX_LENGTH * 2 + 2];
    const struct type *type = lua_type(L, value) == LUA_TUSERDATA ? type_of(L, value) : NULL;
    const uint32_t *words = shape_words(c->shapes, n);
    size_t module_length, name_length;
    const char *module = shape_text_of(c->shapes, words[0], &module_length);
    const char *name = shape_text_of(c->shapes, words[1], &name_length);
    if (!type || module_length > NAME_MAX_LENGTH || name_length > NAME_MAX_LENGTH)
        return false;
    memcpy(full, module, module_length);
    full[module_length] = '.';
    memcpy(full + module_length + 1, name, name_length + 1);
    return strcmp(type->name, full) == 0 || strcasecmp(type->name, name) == 0;
}

bool check_matches(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    switch (n->kind) {
    case BUILTIN_INTEGER:
        return is_integral(L, value);
    case BUILTIN_ERROR:
        return type_test(L, value, &error_type) != NULL;
    case SHAPE_HOST:
        return is_host_type(L, c, n, value);
    case SHAPE_INTERFACE:
        return has_methods(L, c, n, value);
    default:
        return literal_matches(L, c, n, value);
    }
}

/* ---- annotations ---- */

/* Is the number less (or greater) than the argument? NaN is neither of what is wanted. */
static bool is_within(lua_State *L, const uint32_t *words, int value, bool is_minimum)
{
    if (words[1] == SHAPE_ARG_INTEGER)
        lua_pushinteger(L, shape_int64(words + 2));
    else if (words[1] == SHAPE_ARG_FLOAT)
        lua_pushnumber(L, shape_double(words + 2));
    else
        return true;
    bool is_within = is_minimum ? lua_compare(L, -1, value, LUA_OPLE) : lua_compare(L, value, -1, LUA_OPLE);
    lua_pop(L, 1);
    return is_within;
}

static bool length_is_within(lua_State *L, const uint32_t *words, int value, bool is_minimum)
{
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, value));
    bool result = is_within(L, words, lua_gettop(L), is_minimum);
    lua_pop(L, 1);
    return result;
}

/* 1, 0, or -1: it is no regular expression. */
static int matches_pattern(lua_State *L, const struct check *c, const uint32_t *words, int value)
{
    size_t pattern_length, length;
    const struct vm *vm = state_vm(L);
    if (words[1] != SHAPE_ARG_STRING || !vm->config.match)
        return 1;
    const char *pattern = shape_text_of(c->shapes, words[2], &pattern_length);
    const char *text = lua_tolstring(L, value, &length);
    return vm->config.match(L, pattern, pattern_length, text, length);
}

/* What the annotation has against the value; -1: nothing. */
static int find_fault(lua_State *L, const struct check *c, const char *name, const uint32_t *words, int value)
{
    int type = lua_type(L, value);
    bool has_length = type == LUA_TSTRING || type == LUA_TTABLE;
    if (type == LUA_TNUMBER && strcmp(name, "min") == 0)
        return is_within(L, words, value, true) ? -1 : CHECK_BELOW_MINIMUM;
    if (type == LUA_TNUMBER && strcmp(name, "max") == 0)
        return is_within(L, words, value, false) ? -1 : CHECK_ABOVE_MAXIMUM;
    if (has_length && strcmp(name, "min_len") == 0)
        return length_is_within(L, words, value, true) ? -1 : CHECK_LENGTH_BELOW;
    if (has_length && strcmp(name, "max_len") == 0)
        return length_is_within(L, words, value, false) ? -1 : CHECK_LENGTH_ABOVE;
    if (type == LUA_TSTRING && strcmp(name, "pattern") == 0) {
        int matches = matches_pattern(L, c, words, value);
        return matches > 0 ? -1 : matches < 0 ? CHECK_INVALID_REGEX : CHECK_PATTERN;
    }
    return -1;
}

bool check_annotations(lua_State *L, struct check *c, uint32_t node, int value)
{
    const struct shape_node *n = shape_node(c->shapes, node);
    const uint32_t *words = shape_words(c->shapes, n), *end = words + n->word_count;
    for (; words < end; words += SHAPE_ANNOTATION_WORDS) {
        const char *name = shape_text_of(c->shapes, words[0], NULL);
        int reason = find_fault(L, c, name, words, value);
        if (reason < 0)
            continue;
        check_fail(L, c, (enum check_reason)reason, node, value);
        c->constraint = name;
        return false;
    }
    return true;
}
