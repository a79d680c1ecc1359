/* SPDX-License-Identifier: MIT */
/*
 * typed_error: what is said about a value that is not of its type. The frames of the check tell the way to it: fields, elements, keys.
 */
#include <stdio.h>

#include <lauxlib.h>

#include "vm/error.h"
#include "vm/lang/shape.h"
#include "vm/lang/shape_text.h"
#include "vm/type.h"
#include "vm/typed.h"
#include "vm/typed_check.h"

enum { KEY_SHOWN = 100, STACK_NEEDED = 12 };

/* ---- that ---- */

static const char *name_what(lua_State *L, int index)
{
    return typed_test(L, index) ? "type" : luaL_typename(L, index);
}

void check_fail(lua_State *L, struct check *c, enum check_reason reason, uint32_t node, int value)
{
    c->reason = reason;
    c->expected = node;
    c->got = name_what(L, value);
    c->constraint = NULL;
}

/* ---- where ---- */

/* A key as text; others than strings and numbers by their type. */
static void add_key(lua_State *L, luaL_Buffer *path, int key)
{
    size_t length;
    char number[40];
    if (lua_type(L, key) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, key, &length);
        luaL_addlstring(path, text, length < KEY_SHOWN ? length : KEY_SHOWN);
    } else if (lua_isinteger(L, key)) {
        snprintf(number, sizeof number, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, key));
        luaL_addstring(path, number);
    } else if (lua_type(L, key) == LUA_TNUMBER) {
        snprintf(number, sizeof number, "%.14g", (double)lua_tonumber(L, key));
        luaL_addstring(path, number);
    } else if (lua_type(L, key) == LUA_TBOOLEAN) {
        luaL_addstring(path, lua_toboolean(L, key) ? "true" : "false");
    } else {
        luaL_addstring(path, luaL_typename(L, key));
    }
}

static void add_field(luaL_Buffer *path, const char *text, size_t length, bool *any)
{
    if (*any)
        luaL_addchar(path, '.');
    luaL_addlstring(path, text, length);
    *any = true;
}

static void add_index(luaL_Buffer *path, uint32_t index, bool *any)
{
    char text[16];
    snprintf(text, sizeof text, "[%u]", index);
    luaL_addstring(path, text);
    *any = true;
}

/* A map's key that is wrong stands in brackets, a value's key does if it is no string. */
static void add_entry(lua_State *L, luaL_Buffer *path, const struct check_frame *f, bool *any)
{
    int key = f->base + 1;
    bool is_name = f->state != CHECK_KEY && lua_type(L, key) == LUA_TSTRING;
    if (is_name && *any)
        luaL_addchar(path, '.');
    if (!is_name)
        luaL_addchar(path, '[');
    add_key(L, path, key);
    if (!is_name)
        luaL_addchar(path, ']');
    *any = true;
}

static void add_step(lua_State *L, luaL_Buffer *path, const struct check *c, const struct check_frame *f, bool *any)
{
    const struct shape_node *n = shape_node(c->shapes, f->node);
    size_t length;
    switch (f->kind) {
    case SHAPE_RECORD:
        if (f->state != CHECK_BEGIN) {
            add_entry(L, path, f, any);
        } else {
            uint32_t name = shape_words(c->shapes, n)[(size_t)(f->next - 1) * SHAPE_FIELD_WORDS];
            const char *text = shape_text_of(c->shapes, name, &length);
            add_field(path, text, length, any);
        }
        break;
    case SHAPE_MAP:
        add_entry(L, path, f, any);
        break;
    case SHAPE_INTERFACE: {
        uint32_t name = shape_words(c->shapes, n)[SHAPE_NAMED_WORDS + (size_t)(f->next - 1) * SHAPE_FIELD_WORDS];
        const char *text = shape_text_of(c->shapes, name, &length);
        if (name) /* not a base */
            add_field(path, text, length, any);
        break;
    }
    case SHAPE_ARRAY:
    case SHAPE_TUPLE:
        add_index(path, f->next, any);
        break;
    default:
        break;
    }
}

static void push_path(lua_State *L, const struct check *c)
{
    luaL_Buffer path;
    bool any = false;
    luaL_buffinit(L, &path);
    for (int i = 0; i < c->depth; i++)
        add_step(L, &path, c, &c->frames[i], &any);
    luaL_pushresult(&path);
}

/* ---- what ---- */

/* An alias of something simple, of an array or a map is shown as that, all else by its name. */
static void push_expected(lua_State *L, const struct check *c)
{
    char text[SHAPE_TEXT_MESSAGE];
    uint32_t node = shape_look(c->shapes, c->expected, true);
    const struct shape_node *n = shape_node(c->shapes, node);
    bool by_name = n->kind == SHAPE_RECORD || n->kind == SHAPE_UNION || n->kind == SHAPE_INTERSECTION;
    if (n->kind == SHAPE_FUNCTION)
        lua_pushliteral(L, "function");
    else
        lua_pushlstring(L, text, shape_text(c->shapes, by_name ? c->expected : node, text, sizeof text));
}

static const char *says(enum check_reason reason)
{
    static const char *const texts[] = {
        [CHECK_MISSING] = "required field missing",    [CHECK_BELOW_MINIMUM] = "value below minimum",
        [CHECK_ABOVE_MAXIMUM] = "value above maximum", [CHECK_LENGTH_BELOW] = "length below minimum",
        [CHECK_LENGTH_ABOVE] = "length above maximum", [CHECK_PATTERN] = "pattern mismatch",
        [CHECK_INVALID_REGEX] = "invalid regex",       [CHECK_RECURSION] = "recursion limit exceeded",
    };
    return texts[reason];
}

/* [path, expected] are on top. */
static void push_message(lua_State *L, const struct check *c)
{
    const char *path = lua_tostring(L, -2), *expected = lua_tostring(L, -1), *separator = *path ? ": " : "";
    if (c->reason == CHECK_TYPE)
        lua_pushfstring(L, "%s%sexpected %s, got %s", path, separator, expected, c->got);
    else if (c->reason == CHECK_UNRESOLVED)
        lua_pushfstring(L, "%s%sunresolved type %s", path, separator, expected);
    else
        lua_pushfstring(L, "%s%s%s", path, separator, says(c->reason));
}

/* The value below the table on top as details.key. */
static void set_detail(lua_State *L, const char *key, int value)
{
    lua_pushstring(L, key);
    lua_pushvalue(L, value);
    lua_rawset(L, -3);
}

void check_push_error(lua_State *L, const struct check *c)
{
    size_t length;
    luaL_checkstack(L, STACK_NEEDED, "error");
    push_path(L, c);
    int path = lua_gettop(L), expected = path + 1;
    push_expected(L, c);
    push_message(L, c);
    lua_newtable(L);
    if (c->depth && *lua_tostring(L, path))
        set_detail(L, "field", path);
    set_detail(L, "expected", expected);
    lua_pushstring(L, c->got);
    lua_setfield(L, -2, "got");
    if (c->constraint) {
        lua_pushstring(L, c->constraint);
        lua_setfield(L, -2, "constraint");
    }
    const char *message = lua_tolstring(L, path + 2, &length);
    error_push_full(L, ERROR_INVALID, message, length, -1, path + 3);
    lua_replace(L, path);
    lua_settop(L, path);
}
