/* SPDX-License-Identifier: MIT */
/* typed_match: values that are looked at without going into them, what annotations say of a value, what is known of tables. See typed_check.h. */
#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/error.h"
#include "vm/host_type.h"
#include "vm/lang/shape.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/typed_check.h"
#include "vm/vm_struct.h"

static bool literal_matches(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    if (n->kind == SHAPE_TRUTH)
        return lua_toboolean(L, value) == (int)n->scalar;
    if (n->kind == SHAPE_STRING) {
        size_t have, want;
        if (lua_type(L, value) != LUA_TSTRING)
            return false;
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
    if (lua_isinteger(L, value))
        return true;
    lua_Number number = lua_tonumber(L, value);
    return number - number == 0 && floor(number) == number;
}

static bool is_host_type(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    const struct type *type = type_of(L, value);
    return type && type == host_type_of(state_vm(L)->config.libraries, c->shapes, n);
}

static bool is_one_of_texts(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    size_t length, other_length;
    const char *text = lua_tolstring(L, value, &length);
    const uint32_t *members = shape_words(c->shapes, n);
    for (uint32_t i = 0; i < n->word_count; i++) {
        const struct shape_node *member = shape_node(c->shapes, members[i]);
        if (member->kind != SHAPE_STRING)
            continue;
        const char *other = shape_text_of(c->shapes, member->scalar, &other_length);
        if (length == other_length && memcmp(text, other, length) == 0)
            return true;
    }
    return false;
}

/* A union of literals. */
static bool is_one_of(lua_State *L, const struct check *c, const struct shape_node *n, int value)
{
    int type = lua_type(L, value);
    if (type == LUA_TSTRING)
        return is_one_of_texts(L, c, n, value);
    const uint32_t *members = shape_words(c->shapes, n);
    for (uint32_t i = 0; i < n->word_count; i++) {
        const struct shape_node *member = shape_node(c->shapes, members[i]);
        if (member->maybe >> type & 1 && literal_matches(L, c, member, value))
            return true;
    }
    return false;
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
    case SHAPE_UNION:
        return is_one_of(L, c, n, value);
    default:
        return literal_matches(L, c, n, value);
    }
}

/* ---- methods of interfaces ---- */

/* C functions without upvalues are ours, as far as they are an __index, and do not wait. */
static bool may_wait(lua_State *L, int function)
{
    if (!lua_iscfunction(L, function))
        return true;
    bool has_upvalues = lua_getupvalue(L, function, 1) != NULL;
    lua_pop(L, has_upvalues);
    return has_upvalues;
}

bool check_read(lua_State *L, int value, const char *name)
{
    enum { LINKS_MAX = 2000 };
    lua_pushvalue(L, value);
    for (int i = 0; i < LINKS_MAX; i++) {
        if (lua_istable(L, -1)) {
            lua_pushstring(L, name);
            bool found = lua_rawget(L, -2) != LUA_TNIL;
            lua_remove(L, found ? -2 : -1);
            if (found)
                return true;
        }
        if (luaL_getmetafield(L, -1, "__index") == LUA_TNIL) {
            lua_pushnil(L);
            lua_replace(L, -2);
            return true;
        }
        if (!lua_isfunction(L, -1)) {
            lua_remove(L, -2);
            continue;
        }
        bool waits = may_wait(L, -1);
        lua_insert(L, -2);
        lua_pushstring(L, name);
        if (!waits)
            lua_call(L, 2, 1);
        return !waits;
    }
    return luaL_error(L, "'__index' chain too long; possibly a loop");
}

/* ---- annotations ---- */

/* Is the number at least (or at most) the argument? NaN is neither. Integers beyond 2^53 are compared as Lua does. */
static bool compare_slowly(lua_State *L, const uint32_t *words, int value, bool is_minimum)
{
    if ((words[1] & SHAPE_ARGUMENT_MASK) == SHAPE_ARG_INTEGER)
        lua_pushinteger(L, shape_int64(words + 2));
    else
        lua_pushnumber(L, shape_double(words + 2));
    bool is_within = is_minimum ? lua_compare(L, -1, value, LUA_OPLE) : lua_compare(L, value, -1, LUA_OPLE);
    lua_pop(L, 1);
    return is_within;
}

static bool is_within(lua_State *L, const uint32_t *words, int value, bool is_minimum)
{
    enum { EXACT = 1 << 30 };
    uint32_t argument = words[1] & SHAPE_ARGUMENT_MASK;
    if (argument != SHAPE_ARG_INTEGER && argument != SHAPE_ARG_FLOAT)
        return true;
    int64_t limit = argument == SHAPE_ARG_INTEGER ? shape_int64(words + 2) : INT64_MAX;
    if (limit > EXACT || limit < -EXACT)
        return compare_slowly(L, words, value, is_minimum);
    lua_Number number = lua_tonumber(L, value); /* rounding does not carry it over the limit */
    return is_minimum ? number >= (lua_Number)limit : number <= (lua_Number)limit;
}

static bool length_is_within(lua_State *L, const uint32_t *words, int value, bool is_minimum)
{
    uint32_t argument = words[1] & SHAPE_ARGUMENT_MASK;
    double length = (double)lua_rawlen(L, value), limit;
    if (argument == SHAPE_ARG_INTEGER)
        limit = (double)shape_int64(words + 2);
    else if (argument == SHAPE_ARG_FLOAT)
        limit = shape_double(words + 2);
    else
        return true;
    return is_minimum ? length >= limit : length <= limit;
}

/* 1, 0, or -1: it is no regular expression. */
static int matches_pattern(lua_State *L, const struct check *c, const uint32_t *words, int value)
{
    size_t pattern_length, length;
    const struct vm *vm = state_vm(L);
    if ((words[1] & SHAPE_ARGUMENT_MASK) != SHAPE_ARG_STRING || !vm->config.match)
        return 1;
    const char *pattern = shape_text_of(c->shapes, words[2], &pattern_length);
    const char *text = lua_tolstring(L, value, &length);
    return vm->config.match(L, pattern, pattern_length, text, length);
}

/* What the annotation has against the value; -1: nothing. */
static int find_fault(lua_State *L, const struct check *c, const uint32_t *words, int value, int type)
{
    int matches;
    enum shape_validator validator = (enum shape_validator)(words[1] >> SHAPE_VALIDATOR);
    bool is_minimum = validator == SHAPE_MIN || validator == SHAPE_MIN_LEN;
    switch (validator) {
    case SHAPE_MIN:
    case SHAPE_MAX:
        if (type != LUA_TNUMBER || is_within(L, words, value, is_minimum))
            return -1;
        return is_minimum ? CHECK_BELOW_MINIMUM : CHECK_ABOVE_MAXIMUM;
    case SHAPE_MIN_LEN:
    case SHAPE_MAX_LEN:
        if ((type != LUA_TSTRING && type != LUA_TTABLE) || length_is_within(L, words, value, is_minimum))
            return -1;
        return is_minimum ? CHECK_LENGTH_BELOW : CHECK_LENGTH_ABOVE;
    case SHAPE_PATTERN:
        matches = type == LUA_TSTRING ? matches_pattern(L, c, words, value) : 1;
        return matches > 0 ? -1 : matches < 0 ? CHECK_INVALID_REGEX : CHECK_PATTERN;
    default:
        return -1;
    }
}

bool check_annotations(lua_State *L, struct check *c, uint32_t node, int value)
{
    const struct shape_node *n = shape_node(c->shapes, node);
    const uint32_t *words = shape_words(c->shapes, n), *end = words + n->word_count;
    int type = lua_type(L, value);
    for (; words < end; words += SHAPE_ANNOTATION_WORDS) {
        int reason = find_fault(L, c, words, value, type);
        if (reason < 0)
            continue;
        check_fail(L, c, (enum check_reason)reason, node, value);
        c->constraint = shape_text_of(c->shapes, words[0], NULL);
        return false;
    }
    return true;
}

/* ---- the memo: a table for each node, of tables and verdicts ---- */

int check_recall(lua_State *L, const struct check *c, uint32_t node, int value)
{
    int verdict = -1, top = lua_gettop(L);
    if (lua_rawgeti(L, c->memo, node) == LUA_TTABLE) {
        lua_pushvalue(L, value);
        if (lua_rawget(L, -2) == LUA_TBOOLEAN)
            verdict = lua_toboolean(L, -1);
    }
    lua_settop(L, top);
    return verdict;
}

void check_remember(lua_State *L, const struct check *c, const struct check_frame *f, bool is_valid)
{
    if (lua_rawgeti(L, c->memo, f->node) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, c->memo, f->node);
    }
    lua_pushvalue(L, f->value);
    lua_pushboolean(L, is_valid);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}
