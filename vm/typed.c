/* SPDX-License-Identifier: MIT */
/* typed: see typed.h. */
#include "vm/typed.h"

#include <string.h>

#include <lauxlib.h>

#include "vm/host_type.h"
#include "vm/lang/erase.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_relate.h"
#include "vm/lang/shape_text.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm_struct.h"

/* IS_OWNER: the upvalue of an `is` behind the type value. */
enum { STACK_NEEDED = 12, IS_OWNER = 2 };

/* Where things lie: in the metatable the table of all type values, in that the tables of hot sets, by address. Integers are found fastest. */
enum { VALUES = 1, HOT_OWNER = 0 };

static lua_Integer hot_key(const struct shapes *shapes)
{
    return (lua_Integer)(uintptr_t)shapes;
}

const struct typed *typed_test(lua_State *L, int index)
{
    return type_test(L, index, &typed_type);
}

/* ---- pushing ---- */

/*
 * Pushes the metatable of type values and true; false and nothing if there is none yet. It is where no field of the registry is needed: with light
 * userdata, whose metatable is the filler (lazy.c) until then.
 */
static bool push_metatable(lua_State *L)
{
    lua_pushlightuserdata(L, NULL);
    if (lua_getmetatable(L, -1)) {
        lua_remove(L, -2);
        if (lua_rawgeti(L, -1, VALUES) == LUA_TTABLE) {
            lua_pop(L, 1);
            return true;
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return false;
}

/*
 * Makes the metatable; the table on top of the stack becomes the one of all type values. What Lua says of a type that is indexed, added and so
 * on has the __name: one entry where an own function for each event would be twenty. Of the __mode Lua looks for a "v"; the name of an event
 * is a string that is there already.
 */
static void begin_values(lua_State *L)
{
    type_make_metatable(L, &typed_type);
    lua_pushliteral(L, "__mode");
    lua_pushliteral(L, "__div");
    lua_rawset(L, -3);
    lua_pushliteral(L, "__name");
    lua_pushstring(L, typed_type.name);
    lua_rawset(L, -3);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, VALUES);
    lua_pushlightuserdata(L, NULL);
    lua_pushvalue(L, -2);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_setmetatable(L, -2);
}

/* Pushes the weak table of all type values of the state. It has their metatable: that is what makes it weak. */
static void push_values(lua_State *L)
{
    if (push_metatable(L)) {
        lua_rawgeti(L, -1, VALUES);
        lua_remove(L, -2);
    } else {
        lua_newtable(L);
        begin_values(L);
    }
}

/* Is the value on top of the stack the type? */
static bool is_type(lua_State *L, struct shape_ref ref)
{
    const struct typed *typed = lua_type(L, -1) == LUA_TUSERDATA ? lua_touserdata(L, -1) : NULL;
    return typed && shape_is_same((struct shape_ref){typed->shapes, typed->node}, ref);
}

static void new_typed(lua_State *L, int owner, struct shape_ref ref)
{
    struct typed *typed = lua_newuserdata(L, sizeof *typed);
    *typed = (struct typed){.type = &typed_type, .shapes = ref.shapes, .node = ref.node};
    push_metatable(L);
    lua_setmetatable(L, -2);
    if (!owner)
        return;
    lua_pushvalue(L, owner);
    lua_setuservalue(L, -2);
}

/*
 * Pushes the value of a type; `owner`: stack index of the userdata that its set lies in, 0: it outlives the state. Values are found by a number
 * that is made of all they are. Should two types share one, they displace each other and are just not one value for ever.
 */
static void push_typed(lua_State *L, int owner, struct shape_ref ref)
{
    if (ref.node < BUILTINS) {
        ref.shapes = shape_builtins();
        owner = 0;
    }
    luaL_checkstack(L, STACK_NEEDED, "type");
    push_values(L);
    lua_Integer key = (lua_Integer)shape_hash(ref);
    lua_rawgeti(L, -1, key);
    if (!is_type(L, ref)) {
        lua_pop(L, 1);
        new_typed(L, owner, ref);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, key);
    }
    lua_remove(L, -2);
}

void typed_push(lua_State *L, const struct shapes *shapes, uint32_t node)
{
    push_typed(L, 0, (struct shape_ref){shapes, node});
}

void typed_push_builtin(lua_State *L, unsigned kind)
{
    push_typed(L, 0, (struct shape_ref){shape_builtins(), kind});
}

void typed_push_host(lua_State *L, const struct type *type)
{
    const struct vm *vm = state_vm(L);
    typed_push(L, vm->host_types, host_types_node(vm->config.libraries, type));
}

/* Pushes the userdata that the set of the type value at `index` lies in, or nil. */
static void push_owner(lua_State *L, int index)
{
    int type = lua_getuservalue(L, index);
    if (type != LUA_TTABLE && type != LUA_TFUNCTION)
        return;
    if (type == LUA_TTABLE)
        lua_rawgeti(L, -1, HOT_OWNER);
    else if (!lua_getupvalue(L, -1, IS_OWNER))
        lua_pushnil(L);
    lua_remove(L, -2);
}

void typed_push_part(lua_State *L, int whole, uint32_t node)
{
    const struct typed *typed = lua_touserdata(L, whole);
    luaL_checkstack(L, STACK_NEEDED, "type");
    push_owner(L, whole);
    push_typed(L, lua_isnil(L, -1) ? 0 : lua_gettop(L), (struct shape_ref){typed->shapes, node});
    lua_remove(L, -2);
}

/* ---- hot types ---- */

static lua_Integer is_key(const struct typed *typed)
{
    return -1 - (lua_Integer)typed->node;
}

/* Pushes a new table for the hot types of a set; `owner` is the stack index of its userdata or of nil. */
static void new_hot(lua_State *L, int owner, const struct shapes *shapes)
{
    enum { FEW = 64 };
    lua_createtable(L, shapes->name_count <= FEW ? (int)shapes->name_count : 0, 1);
    if (lua_isnil(L, owner))
        return;
    lua_pushvalue(L, owner);
    lua_rawseti(L, -2, HOT_OWNER);
}

/* Pushes the table that the hot types of the set share. */
static void push_hot(lua_State *L, int index, const struct shapes *shapes)
{
    push_owner(L, index);
    int owner = lua_gettop(L);
    bool is_owned = lua_type(L, owner) == LUA_TUSERDATA;
    push_values(L);
    int type = is_owned ? lua_getuservalue(L, owner) : lua_rawgeti(L, -1, hot_key(shapes));
    if (type != LUA_TTABLE) {
        lua_pop(L, 1);
        new_hot(L, owner, shapes);
        lua_pushvalue(L, -1);
        if (is_owned)
            lua_setuservalue(L, owner);
        else
            lua_rawseti(L, -3, hot_key(shapes));
    }
    lua_replace(L, owner);
    lua_settop(L, owner);
}

void typed_push_names(lua_State *L, int index)
{
    const struct typed *typed = lua_touserdata(L, index);
    int type = lua_getuservalue(L, index);
    if (type == LUA_TTABLE)
        return;
    luaL_checkstack(L, STACK_NEEDED, "type");
    push_hot(L, index, typed->shapes);
    lua_insert(L, -2);
    if (type == LUA_TFUNCTION)
        lua_rawseti(L, -2, is_key(typed));
    else
        lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_setuservalue(L, index);
}

/* [set as a userdata] becomes [type value]. */
static void push_from_set(lua_State *L, uint32_t node)
{
    push_typed(L, lua_gettop(L), (struct shape_ref){lua_touserdata(L, -1), node});
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

void typed_give_chunk(lua_State *L, int function, const struct shapes *shapes)
{
    lua_pushlightuserdata(L, (void *)shapes);
    lua_setupvalue(L, function < 0 ? function - 1 : function, ERASE_TYPES_UPVALUE);
}

/* Where the function on top of the stack has its chunk's types; all functions of the chunk share the variable. 0: nowhere. */
static int find_chunk(lua_State *L, const void *shapes)
{
    for (int i = 1; lua_getupvalue(L, -1, i); i++) {
        bool found = lua_touserdata(L, -1) == shapes;
        lua_pop(L, 1);
        if (found)
            return i;
    }
    return 0;
}

/* Puts a table in place of the address at 1 and leaves it there. The first of a state is also the table of all type values. */
static void make_chunk(lua_State *L, const struct shapes *shapes)
{
    lua_Debug caller;
    lua_createtable(L, (int)shapes->use_count, 1);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 0);
    if (push_metatable(L))
        lua_setmetatable(L, -2);
    else
        begin_values(L);
    lua_replace(L, 1);
    if (!lua_getstack(L, 1, &caller) || !lua_getinfo(L, "f", &caller))
        return;
    int at = find_chunk(L, shapes);
    lua_pushvalue(L, 1);
    if (at)
        lua_setupvalue(L, -2, at);
}

/* [types of a chunk, number]: pushes the type and keeps it; 0: the address, as if it were a table already. */
int typed_index_chunk(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, 2);
    luaL_checkstack(L, STACK_NEEDED, "types");
    if (lua_islightuserdata(L, 1))
        make_chunk(L, lua_touserdata(L, 1));
    lua_rawgeti(L, 1, 0);
    if (i == 0)
        return 1;
    const struct shapes *shapes = lua_touserdata(L, -1);
    typed_push(L, shapes, shape_all_words(shapes)[shapes->uses + i - 1]);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, i);
    return 1;
}

/* ---- the type of type values ---- */

/* Pushes the `is` of the type value at 1, made once. */
static void push_is(lua_State *L)
{
    int type = lua_getuservalue(L, 1);
    if (type == LUA_TFUNCTION ||
        (type == LUA_TTABLE && lua_rawgeti(L, -1, is_key(lua_touserdata(L, 1))) == LUA_TFUNCTION))
        return;
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    push_owner(L, 1);
    bool is_owned = !lua_isnil(L, -1);
    if (!is_owned)
        lua_pop(L, 1);
    lua_pushcclosure(L, typed_is, is_owned ? IS_OWNER : 1);
    lua_pushvalue(L, -1);
    if (type == LUA_TTABLE) {
        lua_getuservalue(L, 1);
        lua_insert(L, -2);
        lua_rawseti(L, -2, is_key(lua_touserdata(L, 1)));
        lua_pop(L, 1);
    } else {
        lua_setuservalue(L, 1);
    }
}

/* Of a type value; or, for they have the same metatable, of the types of a chunk. */
static int typed_index(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TUSERDATA)
        return typed_index_chunk(L);
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
