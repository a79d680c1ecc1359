/* SPDX-License-Identifier: MIT */
/* typed: see typed.h. */
#include "vm/typed.h"

#include <string.h>

#include <lauxlib.h>

#include "vm/lang/erase.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_relate.h"
#include "vm/lang/shape_text.h"
#include "vm/type.h"

enum { STACK_NEEDED = 12, KEY_DEPTH_MAX = 300 };

static const char values_key, chunk_key;

const struct typed *typed_test(lua_State *L, int index)
{
    return type_test(L, index, &typed_type);
}

/* ---- the key under which a type is known in its state ---- */

static void add_key(luaL_Buffer *to, const struct shapes *shapes, uint32_t node, int depth);

static void add_words(luaL_Buffer *to, const struct shapes *shapes, const struct shape_node *n, int depth)
{
    const uint32_t *words = shape_words(shapes, n);
    for (uint32_t i = 0; i < n->word_count; i++) {
        enum shape_reference what = shape_word(n, words, i);
        if (what == SHAPE_IS_NODE) {
            add_key(to, shapes, words[i], depth + 1);
        } else if (what == SHAPE_IS_NAME) {
            size_t length;
            const char *text = shape_text_of(shapes, words[i], &length);
            luaL_addlstring(to, (const char *)&length, sizeof length);
            luaL_addlstring(to, text, length);
        } else {
            luaL_addlstring(to, (const char *)&words[i], sizeof words[i]);
        }
    }
}

static void add_key(luaL_Buffer *to, const struct shapes *shapes, uint32_t node, int depth)
{
    const struct shape_node *n = shape_node(shapes, node);
    bool has_origin = n->kind == SHAPE_ALIAS || n->kind == SHAPE_INTERFACE || n->kind == SHAPE_GENERIC;
    luaL_addchar(to, (char)n->kind);
    if (n->kind < BUILTINS || depth > KEY_DEPTH_MAX)
        return;
    if (has_origin) {
        luaL_addlstring(to, (const char *)shape_words(shapes, n), SHAPE_NAME * sizeof(uint32_t));
        return;
    }
    luaL_addchar(to, (char)n->flags);
    luaL_addlstring(to, (const char *)&n->word_count, sizeof n->word_count);
    add_words(to, shapes, n, depth);
    if (n->kind == SHAPE_INSTANCE)
        return;
    if (shape_scalar(n) == SHAPE_IS_NODE)
        add_key(to, shapes, n->scalar, depth + 1);
    else if (shape_scalar(n) == SHAPE_IS_NAME)
        luaL_addstring(to, shape_text_of(shapes, n->scalar, NULL));
    else
        luaL_addlstring(to, (const char *)&n->scalar, sizeof n->scalar);
}

static void push_key(lua_State *L, const struct shapes *shapes, uint32_t node)
{
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    add_key(&buffer, shapes, node, 0);
    luaL_pushresult(&buffer);
}

/* ---- pushing ---- */

/* Pushes the table of all type values of the state. */
static void push_values(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &values_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "__mode");
    lua_pushliteral(L, "v");
    lua_rawset(L, -3);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &values_key);
}

/* Pushes the home table of a set that outlives the state. */
static void push_home(lua_State *L, const struct shapes *shapes)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, shapes) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, shapes);
}

void typed_push(lua_State *L, int home, const struct shapes *shapes, uint32_t node)
{
    luaL_checkstack(L, STACK_NEEDED, "type");
    if (node < BUILTINS && shapes != shape_builtins()) {
        typed_push_builtin(L, node);
        return;
    }
    home = lua_absindex(L, home);
    push_values(L);
    push_key(L, shapes, node);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TUSERDATA) {
        lua_replace(L, -3);
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 1);
    struct typed *typed = type_new(L, &typed_type, sizeof *typed);
    typed->shapes = shapes;
    typed->node = node;
    lua_pushvalue(L, home);
    lua_setuservalue(L, -2);
    lua_pushvalue(L, -1);
    lua_insert(L, -4); /* value, values, key, value */
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

void typed_push_builtin(lua_State *L, unsigned kind)
{
    luaL_checkstack(L, STACK_NEEDED, "type");
    push_home(L, shape_builtins());
    typed_push(L, -1, shape_builtins(), kind);
    lua_remove(L, -2);
}

/* [set as a userdata] becomes [type value]. */
static void push_from_set(lua_State *L, uint32_t node)
{
    const struct shapes *shapes = lua_touserdata(L, -1);
    lua_createtable(L, 0, 1);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 0);
    typed_push(L, -1, shapes, node);
    lua_remove(L, -2);
}

/* ---- sets of the process ---- */

struct built {
    const struct shape_builder *builder;
    size_t size;
    uint32_t node;
};

static int push_built(lua_State *L)
{
    const struct built *built = lua_touserdata(L, 1);
    shape_write(built->builder, lua_newuserdata(L, built->size));
    push_from_set(L, built->node);
    return 1;
}

void typed_push_built(lua_State *L, struct shape_builder *builder, uint32_t node)
{
    struct built built = {builder, shape_sealed_size(builder), node};
    lua_pushcfunction(L, push_built); /* protected, for the builder's memory is malloc's */
    lua_pushlightuserdata(L, &built);
    int status = lua_pcall(L, 1, 1, 0);
    shape_end(builder);
    if (status != LUA_OK)
        lua_error(L);
}

/* ---- messages ---- */

size_t typed_begin_bytes(const struct typed *typed, struct shape_builder *builder)
{
    shape_begin(builder);
    shape_use(builder, shape_import(builder, typed->shapes, typed->node));
    return shape_sealed_size(builder);
}

bool typed_push_bytes(lua_State *L, const void *data, size_t size)
{
    luaL_checkstack(L, STACK_NEEDED, "type");
    struct shapes *shapes = lua_newuserdata(L, size);
    memcpy(shapes, data, size);
    if (!shape_is_sound(shapes, size) || shapes->use_count != 1) {
        lua_pop(L, 1);
        return false;
    }
    push_from_set(L, shape_all_words(shapes)[shapes->uses]);
    return true;
}

/* ---- the types of a chunk ---- */

/* __index of the table of a chunk's types: types, number. */
static int index_chunk(lua_State *L)
{
    lua_rawgeti(L, 1, 0);
    const struct shapes *shapes = lua_touserdata(L, -1);
    lua_Integer i = lua_tointeger(L, 2);
    uint32_t node = shape_all_words(shapes)[shapes->uses + i - 1];
    push_home(L, shapes);
    typed_push(L, -1, shapes, node);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, i);
    return 1;
}

void typed_give_chunk(lua_State *L, int function, const struct shapes *shapes)
{
    function = lua_absindex(L, function);
    luaL_checkstack(L, STACK_NEEDED, "types");
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, (void *)shapes);
    lua_rawseti(L, -2, 0);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &chunk_key) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        lua_pushliteral(L, "__index");
        lua_pushcfunction(L, index_chunk);
        lua_rawset(L, -3);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &chunk_key);
    }
    lua_setmetatable(L, -2);
    lua_setupvalue(L, function, ERASE_TYPES_UPVALUE);
}

/* ---- the type of type values ---- */

/* Pushes the `is` of the type value at 1, made once. */
static void push_is(lua_State *L)
{
    const void *key = lua_touserdata(L, 1);
    lua_getuservalue(L, 1);
    if (lua_rawgetp(L, -1, key) == LUA_TFUNCTION)
        return;
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, typed_is, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, key);
}

static int typed_index(lua_State *L)
{
    const char *name = lua_tostring(L, 2);
    if (!name)
        return 0;
    if (name[0] == 'i' && name[1] == 's' && !name[2]) {
        push_is(L);
        return 1;
    }
    return typed_reflect(L, typed_test(L, 1));
}

static int typed_tostring(lua_State *L)
{
    char text[SHAPE_TEXT_MAX];
    const struct typed *typed = type_check(L, 1, &typed_type);
    lua_pushlstring(L, text, shape_text(typed->shapes, typed->node, text, sizeof text));
    return 1;
}

/* Both operands of a comparison; raises if one is no type. */
static void read_both(lua_State *L, struct shape_ref both[2])
{
    for (int i = 0; i < 2; i++) {
        const struct typed *typed = typed_test(L, i + 1);
        if (!typed)
            luaL_error(L, "attempt to compare a type with a %s value", luaL_typename(L, i + 1));
        both[i] = (struct shape_ref){typed->shapes, typed->node};
    }
}

static int typed_eq(lua_State *L)
{
    struct shape_ref both[2];
    bool are_types = typed_test(L, 1) && typed_test(L, 2);
    if (are_types)
        read_both(L, both);
    lua_pushboolean(L, are_types && shape_is_equal(both[0], both[1]));
    return 1;
}

static int typed_le(lua_State *L)
{
    struct shape_ref both[2];
    read_both(L, both);
    lua_pushboolean(L, shape_is_subtype(both[0], both[1]));
    return 1;
}

static int typed_lt(lua_State *L)
{
    struct shape_ref both[2];
    read_both(L, both);
    lua_pushboolean(L, shape_is_subtype(both[0], both[1]) && !shape_is_subtype(both[1], both[0]));
    return 1;
}

const struct type typed_type = {
    .name = "type",
    .tostring = typed_tostring,
    .index = typed_index,
    .call = typed_call,
    .eq = typed_eq,
    .le = typed_le,
    .lt = typed_lt,
};
