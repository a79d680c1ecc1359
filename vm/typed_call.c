/* SPDX-License-Identifier: MIT */
/* typed_call: T(v), G(A, B) and T:is(v). See typed.h. */
#include <lauxlib.h>

#include "vm/host_type.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_text.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/typed.h"
#include "vm/typed_check.h"
#include "vm/vm_struct.h"

/* Stack of a validation: perhaps the type value, the value, perhaps the names of its set, perhaps a cursor. */
enum mode { MODE_IS, MODE_CALL };

/* What a continuation is told: the mode, and where the value is. */
static lua_KContext context_of(enum mode mode, int value)
{
    return (lua_KContext)value << 1 | mode;
}

static int answer(lua_State *L, const struct check *check, enum check_status status, lua_KContext ctx)
{
    bool is_call = (ctx & 1) == MODE_CALL;
    if (status == CHECK_VALID) {
        lua_settop(L, (int)(ctx >> 1));
        if (is_call)
            return 1;
        lua_pushnil(L);
        return 2;
    }
    if (!is_call)
        lua_pushnil(L);
    check_push_error(L, check);
    return is_call ? lua_error(L) : 2;
}

static const struct type cursor_type = {.name = "type check"};

/* Pushes the same check as a cursor, which begins anew and goes on after slices and calls. */
static struct check *push_cursor(lua_State *L, const struct check *from)
{
    struct check *c = type_new(L, &cursor_type, sizeof *c);
    check_begin(c, from->shapes, from->node, from->value, from->base, from->base + 2);
    lua_newtable(L);
    c->memo = from->base + 2;
    c->is_resumable = true;
    return c;
}

static int go_on(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct check *check = lua_touserdata(L, (int)(ctx >> 1) + 2);
    enum check_status outcome;
    while ((outcome = check_run(L, check)) == CHECK_MORE || outcome == CHECK_CALL) {
        if (outcome == CHECK_CALL)
            lua_callk(L, 2, 1, ctx, go_on);
        else if (state_can_yield(L))
            return state_reschedule(L, ctx, go_on);
        else
            state_check(L);
    }
    return answer(L, check, outcome, ctx);
}

/* Pushes the names if it is worth it. Their index, or 0. */
static int push_names(lua_State *L, struct typed *typed, int type)
{
    if (typed->checks < TYPED_HOT) {
        typed->checks++;
        return 0;
    }
    typed_push_names(L, type);
    return lua_gettop(L);
}

/* The value is on top; the type value is at index `type`. Large values, and those that call functions, begin again with a cursor. */
static int validate(lua_State *L, int type, enum mode mode, int value)
{
    struct check check;
    struct typed *typed = lua_touserdata(L, type);
    int names = push_names(L, typed, type);
    check_begin(&check, typed->shapes, typed->node, value, names, names ? names : value);
    enum check_status status = check_run(L, &check);
    if (status == CHECK_VALID || status == CHECK_INVALID)
        return answer(L, &check, status, context_of(mode, value));
    lua_settop(L, value);
    typed_push_names(L, type);
    check.base = value + 1;
    push_cursor(L, &check);
    return go_on(L, LUA_OK, context_of(mode, value));
}

/* Called as T:is(v) or T.is(v); T:is() asks about nil. */
int typed_is(lua_State *L)
{
    const struct typed *typed = lua_touserdata(L, lua_upvalueindex(1));
    int value = lua_touserdata(L, 1) == typed ? 2 : 1;
    lua_settop(L, value);
    return validate(L, lua_upvalueindex(1), MODE_IS, value);
}

/* The number of types that it wants; 0: none, for it is not generic. */
static uint32_t count_params(lua_State *L, const struct typed *generic, const struct shape_node *n)
{
    if (n->kind == SHAPE_GENERIC)
        return n->word_count - SHAPE_NAMED_WORDS;
    const struct type *host =
        n->kind == SHAPE_HOST ? host_type_of(state_vm(L)->config.libraries, generic->shapes, n) : NULL;
    return host && host->is_generic;
}

static void push_instance(lua_State *L, const struct typed *generic, uint32_t node, uint32_t count)
{
    uint32_t *args = lua_newuserdata(L, (size_t)count * sizeof *args);
    struct shape_builder builder;
    shape_begin(&builder);
    for (uint32_t i = 0; i < count; i++) {
        const struct typed *arg = lua_touserdata(L, 2 + (int)i);
        args[i] = shape_import(&builder, arg->shapes, arg->node);
    }
    uint32_t new = shape_import(&builder, generic->shapes, node);
    shape_complete(&builder);
    new = shape_instance(&builder, new, args, count);
    if (builder.is_too_deep) {
        shape_end(&builder);
        luaL_error(L, "a type cannot be nested so deeply");
    }
    typed_push_built(L, &builder, new);
}

static int instantiate(lua_State *L, const struct typed *generic, int count)
{
    char name[SHAPE_TEXT_MESSAGE];
    uint32_t node = shape_look(generic->shapes, generic->node, false);
    const struct shape_node *n = shape_node(generic->shapes, node);
    uint32_t wanted = count_params(L, generic, n);
    shape_text(generic->shapes, generic->node, name, sizeof name);
    if (!wanted)
        return luaL_error(L, "%s is not generic: it takes no type arguments", name);
    if ((uint32_t)count != wanted)
        return luaL_error(L, "%s takes %d type argument%s, got %d", name, (int)wanted, wanted == 1 ? "" : "s", count);
    if (n->kind == SHAPE_HOST)
        lua_settop(L, 1); /* it does not know what is in it */
    else
        push_instance(L, generic, node, wanted);
    return 1;
}

/*
 * Also called as T(address, v) for what the source says as T:is(v), with the address of the chunk's types (erase.h): programs have no light
 * userdata.
 */
int typed_call(lua_State *L)
{
    enum { ADDRESS = 2, VALUE };
    if (lua_islightuserdata(L, ADDRESS)) {
        lua_settop(L, VALUE);
        return validate(L, 1, MODE_IS, VALUE);
    }
    int count = lua_gettop(L) - 1, types = 0;
    const struct typed *typed = type_check(L, 1, &typed_type);
    for (int i = 0; i < count; i++)
        types += typed_test(L, 2 + i) != NULL;
    if (count == 1 && types == 0)
        return validate(L, 1, MODE_CALL, 2);
    if (count > 0 && types == count)
        return instantiate(L, typed, count);
    if (count == 0)
        return luaL_error(L, "a type is called with the value to check, got none");
    if (types == 0)
        return luaL_error(L, "a type is called with one value to check, got %d", count);
    return luaL_error(L, "a type is called with one value or with types, not with both");
}
