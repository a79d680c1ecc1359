/* SPDX-License-Identifier: MIT */
/* typed_reflect: what a type value tells about its type. See typed.h. */
#include <string.h>

#include <lauxlib.h>

#include "vm/lang/shape_build.h"
#include "vm/type.h"
#include "vm/typed.h"

/* The type value at 1, which is what push_node takes the parts of. */
static const struct typed *self(lua_State *L)
{
    const struct typed *typed = type_check(L, 1, &typed_type);
    lua_settop(L, 2);
    return typed;
}

/* What it stands for, through names and annotations. */
static const struct shape_node *looked(const struct typed *typed)
{
    return shape_node(typed->shapes, shape_look(typed->shapes, typed->node, true));
}

static int push_node(lua_State *L, uint32_t node)
{
    typed_push_part(L, 1, node);
    return 1;
}

static int push_name(lua_State *L, const struct typed *typed, uint32_t name)
{
    size_t length;
    const char *text = shape_text_of(typed->shapes, name, &length);
    lua_pushlstring(L, text, length);
    return 1;
}

/* ---- kind and name ---- */

static const char *kind_name(const struct typed *typed)
{
    static const char *const names[SHAPE_KINDS] = {
        [SHAPE_TRUTH] = "literal",
        [SHAPE_INTEGER] = "literal",
        [SHAPE_FLOAT] = "literal",
        [SHAPE_STRING] = "literal",
        [SHAPE_OPTIONAL] = "optional",
        [SHAPE_UNION] = "union",
        [SHAPE_INTERSECTION] = "intersection",
        [SHAPE_TUPLE] = "tuple",
        [SHAPE_RECORD] = "record",
        [SHAPE_ARRAY] = "array",
        [SHAPE_MAP] = "map",
        [SHAPE_FUNCTION] = "function",
        [SHAPE_INTERFACE] = "interface",
        [SHAPE_GENERIC] = "generic",
        [SHAPE_HOST] = "userdata",
    };
    uint32_t node = typed->node;
    const struct shape_node *n = shape_node(typed->shapes, node);
    for (int i = 0; n->kind == SHAPE_ALIAS || n->kind == SHAPE_ANNOTATED; i++) {
        n = shape_node(typed->shapes, n->scalar);
        if (i > SHAPE_LOOKS_MAX)
            return "recursive";
    }
    if (n->kind == SHAPE_INSTANCE)
        return "instantiated";
    const char *name = n->kind < BUILTINS ? word_builtin_name(n->kind) : names[n->kind];
    return name ? name : "unknown";
}

static int method_kind(lua_State *L)
{
    lua_pushstring(L, kind_name(self(L)));
    return 1;
}

static int method_name(lua_State *L)
{
    const struct typed *typed = self(L);
    unsigned kind = shape_node(typed->shapes, typed->node)->kind;
    bool has_name = kind >= SHAPE_ALIAS && kind <= SHAPE_INSTANCE;
    return has_name ? push_name(L, typed, shape_name_of(typed->shapes, typed->node)) : 0;
}

/* Methods that have nothing to tell answer nil. */
static int answer_nil(lua_State *L)
{
    lua_pushnil(L);
    return 1;
}

/* ---- parts ---- */

static int method_elem(lua_State *L)
{
    const struct typed *typed = self(L);
    const struct shape_node *n = looked(typed);
    return n->kind == SHAPE_ARRAY ? push_node(L, n->scalar) : answer_nil(L);
}

static int push_map_part(lua_State *L, int part)
{
    const struct typed *typed = self(L);
    const struct shape_node *n = looked(typed);
    if (n->kind == SHAPE_RECORD && n->scalar)
        n = shape_node(typed->shapes, n->scalar);
    return n->kind == SHAPE_MAP ? push_node(L, shape_words(typed->shapes, n)[part]) : answer_nil(L);
}

static int method_key(lua_State *L)
{
    return push_map_part(L, 0);
}

static int method_val(lua_State *L)
{
    return push_map_part(L, 1);
}

static int method_inner(lua_State *L)
{
    const struct typed *typed = self(L);
    const struct shape_node *n = looked(typed);
    return n->kind == SHAPE_OPTIONAL ? push_node(L, n->scalar) : answer_nil(L);
}

/* Several results are a tuple, which no source can write: it is made here. */
static int push_tuple(lua_State *L, const struct typed *typed, const uint32_t *nodes, uint32_t count)
{
    uint32_t *members = lua_newuserdata(L, count * sizeof *members);
    struct shape_builder builder;
    shape_begin(&builder);
    for (uint32_t i = 0; i < count; i++)
        members[i] = shape_import(&builder, typed->shapes, nodes[i]);
    uint32_t tuple = shape_add(&builder, SHAPE_TUPLE, 0, 0, members, count);
    typed_push_built(L, &builder, tuple);
    return 1;
}

static int method_ret(lua_State *L)
{
    const struct typed *typed = self(L);
    const struct shape_node *n = looked(typed);
    uint32_t skip = n->scalar * SHAPE_FIELD_WORDS;
    if (n->kind != SHAPE_FUNCTION || n->word_count == skip)
        return answer_nil(L);
    const uint32_t *results = shape_words(typed->shapes, n) + skip;
    uint32_t count = n->word_count - skip;
    return count == 1 ? push_node(L, results[0]) : push_tuple(L, typed, results, count);
}

static int method_optional(lua_State *L)
{
    size_t length;
    const struct typed *typed = self(L);
    const char *name = luaL_checklstring(L, 2, &length);
    const struct shape_node *n = looked(typed);
    bool has_fields = n->kind == SHAPE_RECORD || n->kind == SHAPE_INTERFACE;
    const uint32_t *field = has_fields ? shape_field(typed->shapes, n, name, length) : NULL;
    if (!field)
        return answer_nil(L);
    lua_pushboolean(L, shape_field_is_optional(typed->shapes, field));
    return 1;
}

/* ---- iterators: closures with the type value and the number of parts given ---- */

/* The type value of the iterator, at 1; the number of this part in *i. */
static const struct typed *iterate(lua_State *L, uint32_t *i)
{
    *i = (uint32_t)lua_tointeger(L, lua_upvalueindex(2));
    lua_pushinteger(L, (lua_Integer)*i + 1);
    lua_replace(L, lua_upvalueindex(2));
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    return lua_touserdata(L, 1);
}

static int push_iterator(lua_State *L, lua_CFunction next)
{
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next, 2);
    return 1;
}

static int next_field(lua_State *L)
{
    uint32_t i, count;
    const struct typed *typed = iterate(L, &i);
    const uint32_t *fields = shape_fields(typed->shapes, looked(typed), &count);
    if (i >= count)
        return answer_nil(L);
    fields += (size_t)i * SHAPE_FIELD_WORDS;
    push_name(L, typed, fields[0]);
    typed_push_part(L, 1, fields[1]);
    return 2;
}

static int method_fields(lua_State *L)
{
    const struct shape_node *n = looked(self(L));
    bool has_fields = n->kind == SHAPE_RECORD || n->kind == SHAPE_INTERFACE;
    return has_fields ? push_iterator(L, next_field) : answer_nil(L);
}

static int next_variant(lua_State *L)
{
    uint32_t i;
    const struct typed *typed = iterate(L, &i);
    const struct shape_node *n = looked(typed);
    return i < n->word_count ? push_node(L, shape_words(typed->shapes, n)[i]) : answer_nil(L);
}

static int method_variants(lua_State *L)
{
    return looked(self(L))->kind == SHAPE_UNION ? push_iterator(L, next_variant) : answer_nil(L);
}

static int next_param(lua_State *L)
{
    uint32_t i;
    const struct typed *typed = iterate(L, &i);
    const struct shape_node *n = looked(typed);
    if (i >= n->scalar)
        return answer_nil(L);
    return push_node(L, shape_words(typed->shapes, n)[(size_t)i * SHAPE_FIELD_WORDS + 1]);
}

static int method_params(lua_State *L)
{
    return looked(self(L))->kind == SHAPE_FUNCTION ? push_iterator(L, next_param) : answer_nil(L);
}

static int next_tparam(lua_State *L)
{
    uint32_t i;
    const struct typed *typed = iterate(L, &i);
    const struct shape_node *n = looked(typed);
    if (i >= n->word_count - SHAPE_NAMED_WORDS)
        return answer_nil(L);
    uint32_t param = shape_words(typed->shapes, n)[SHAPE_NAMED_WORDS + i];
    push_name(L, typed, shape_name_of(typed->shapes, param));
    uint32_t bound = shape_node(typed->shapes, param)->scalar;
    if (bound)
        typed_push_part(L, 1, bound);
    else
        lua_pushnil(L);
    return 2;
}

static int method_tparams(lua_State *L)
{
    return looked(self(L))->kind == SHAPE_GENERIC ? push_iterator(L, next_tparam) : answer_nil(L);
}

static const struct shape_node *annotated(const struct typed *typed)
{
    return shape_node(typed->shapes, shape_look(typed->shapes, typed->node, false));
}

static void push_argument(lua_State *L, const struct typed *typed, const uint32_t *words)
{
    switch ((enum shape_argument)(words[1] & SHAPE_ARGUMENT_MASK)) {
    case SHAPE_ARG_BOOLEAN:
        lua_pushboolean(L, words[2] != 0);
        break;
    case SHAPE_ARG_INTEGER:
        lua_pushinteger(L, shape_int64(words + 2));
        break;
    case SHAPE_ARG_FLOAT:
        lua_pushnumber(L, shape_double(words + 2));
        break;
    case SHAPE_ARG_STRING:
        push_name(L, typed, words[2]);
        break;
    default:
        lua_pushnil(L);
    }
}

static int next_annotation(lua_State *L)
{
    uint32_t i;
    const struct typed *typed = iterate(L, &i);
    const struct shape_node *n = annotated(typed);
    if (n->kind != SHAPE_ANNOTATED || i >= n->word_count / SHAPE_ANNOTATION_WORDS)
        return answer_nil(L);
    const uint32_t *words = shape_words(typed->shapes, n) + (size_t)i * SHAPE_ANNOTATION_WORDS;
    push_name(L, typed, words[0]);
    push_argument(L, typed, words);
    return 2;
}

static int method_annotations(lua_State *L)
{
    self(L);
    return push_iterator(L, next_annotation);
}

static const luaL_Reg methods[] = {
    {"annotations", method_annotations},
    {"elem", method_elem},
    {"fields", method_fields},
    {"inner", method_inner},
    {"key", method_key},
    {"kind", method_kind},
    {"name", method_name},
    {"optional", method_optional},
    {"params", method_params},
    {"ret", method_ret},
    {"tparams", method_tparams},
    {"val", method_val},
    {"variants", method_variants},
    {NULL, NULL},
};

/* The type of a field; not through optionals, for then the value may be nil. */
static int push_field(lua_State *L, const struct typed *typed)
{
    size_t length;
    const char *name = lua_tolstring(L, 2, &length);
    const struct shape_node *n = looked(typed);
    bool has_fields = n->kind == SHAPE_RECORD || n->kind == SHAPE_INTERFACE;
    const uint32_t *field = has_fields ? shape_field(typed->shapes, n, name, length) : NULL;
    if (!field)
        return answer_nil(L);
    return push_node(L, field[1]);
}

int typed_reflect(lua_State *L, const struct typed *typed)
{
    const char *name = lua_tostring(L, 2);
    for (const luaL_Reg *method = methods; method->name; method++)
        if (strcmp(method->name, name) == 0) {
            lua_pushcfunction(L, method->func);
            return 1;
        }
    return push_field(L, typed);
}
