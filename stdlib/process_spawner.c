/* SPDX-License-Identifier: MIT */
/*
 * process_spawner: Spawner objects. Immutable: every with_* returns a new one.
 *
 *   process.with_context(values), process.with_options(options)      a Spawner
 *
 *   s:with_context(values)        string-keyed values in the plain-data form, over those that the child inherits
 *   s:with_options(options)       string-keyed options of the spawn, over those before
 *   s:with_actor(actor), s:with_scope(scope)      security identity of the child
 *   s:with_name(name)             spawn or signal: if a process has the name none is made, its PID is returned and it gets the messages
 *   s:with_message(topic, ...)    a message that the child finds before all others; from() is ""
 *   s:spawn(id, host, ...), spawn_monitored, spawn_linked, spawn_linked_monitored, exec      as in process
 *
 * Wrong arguments of with_* raise.
 */
#include "stdlib/process_spawner.h"

#include <lauxlib.h>

#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/names.h"
#include "vm/plain.h"
#include "vm/spawn.h"
#include "vm/spawner.h"
#include "vm/state.h"
#include "vm/type.h"

enum { TOPIC_MAX = 65535 };

/* Its user value are the settings. */
struct spawner {
    const struct type *type;
};

/* Turns the settings on top of the stack into a Spawner. */
static int give_spawner(lua_State *L)
{
    type_new(L, &process_spawner_type, sizeof(struct spawner));
    lua_insert(L, -2);
    lua_setuservalue(L, -2);
    return 1;
}

/* Puts the settings in the place of the Spawner at stack index 1. */
static void open_spawner(lua_State *L)
{
    type_check(L, 1, &process_spawner_type);
    lua_getuservalue(L, 1);
    lua_replace(L, 1);
}

/* ---- context and options ---- */

static int with_values_k(lua_State *L, int status, lua_KContext which);

/* The stack is settings, table. */
static int with_values(lua_State *L, enum spawner_values which)
{
    lua_settop(L, 2);
    spawner_push_holder(L);
    return with_values_k(L, LUA_OK, (lua_KContext)which);
}

static int with_values_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    enum spawner_values which = (enum spawner_values)ctx;
    const char *what = which == SPAWNER_CONTEXT ? "context" : "options";
    struct codec_bytes bytes = {0};
    enum codec_status outcome = plain_encode_fields(L, 2, 3, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, with_values_k);
    if (outcome != CODEC_OK)
        return plain_raise(L, what, outcome);
    int result = spawner_fill(L, 3, 1, which, bytes.data, bytes.length);
    encoding_done(L, &bytes);
    if (result != 0) {
        error_push(L, ERROR_INVALID, "%s cannot be stored: %s", what, context_message(result));
        return lua_error(L);
    }
    spawner_push_copy(L, 1);
    lua_insert(L, 3);
    spawner_set_values(L, 3, which);
    return give_spawner(L);
}

/* Raises unless all keys of the table at stack index 2, argument number `argument`, are strings. */
static void check_option_keys(lua_State *L, int argument)
{
    int count = 0;
    lua_settop(L, 2);
    if (!lazy_target(L, 2))
        lua_pushvalue(L, 2);
    for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_argerror(L, argument,
                          lua_pushfstring(L, "option names must be strings, got a %s", luaL_typename(L, -2)));
        if (++count > CONTEXT_KEYS_MAX)
            luaL_argerror(L, argument, "too many options");
    }
}

static int spawner_with_context(lua_State *L)
{
    open_spawner(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    return with_values(L, SPAWNER_CONTEXT);
}

static int spawner_with_options(lua_State *L)
{
    open_spawner(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    check_option_keys(L, 2);
    return with_values(L, SPAWNER_OPTIONS);
}

int process_with_context(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    spawner_push(L);
    lua_insert(L, 1);
    return with_values(L, SPAWNER_CONTEXT);
}

int process_with_options(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    spawner_push(L);
    lua_insert(L, 1);
    check_option_keys(L, 1);
    return with_values(L, SPAWNER_OPTIONS);
}

/* ---- identity: nothing makes actors and scopes yet, so all values are of a wrong type ---- */

static int refuse(lua_State *L, const char *wanted)
{
    open_spawner(L);
    const struct type *type = type_of(L, 2);
    const char *got = type ? type->name : luaL_typename(L, 2);
    return luaL_argerror(L, 2, lua_pushfstring(L, "%s expected, got %s", wanted, got));
}

static int spawner_with_actor(lua_State *L)
{
    return refuse(L, "actor");
}

static int spawner_with_scope(lua_State *L)
{
    return refuse(L, "scope");
}

/* ---- name and messages ---- */

static int spawner_with_name(lua_State *L)
{
    open_spawner(L);
    luaL_checktype(L, 2, LUA_TSTRING);
    luaL_argcheck(L, lua_rawlen(L, 2) > 0, 2, "name must not be empty");
    luaL_argcheck(L, lua_rawlen(L, 2) <= NAMES_LENGTH_MAX, 2, "name too long");
    lua_settop(L, 2);
    spawner_push_copy(L, 1);
    lua_insert(L, 2);
    spawner_set_name(L, 2);
    return give_spawner(L);
}

static int with_message_k(lua_State *L, int status, lua_KContext top)
{
    (void)status;
    struct codec_bytes bytes = {0};
    if (top > 2) {
        enum codec_status outcome = encoding_run(L, 3, (int)top - 2, (int)top, &bytes);
        if (outcome == CODEC_MORE)
            return state_reschedule(L, top, with_message_k);
        if (outcome != CODEC_OK) {
            error_push(L, ERROR_INVALID, "message cannot be sent: %s", codec_message(outcome));
            return lua_error(L);
        }
    }
    encoding_push(L, &bytes);
    spawner_push_copy(L, 1);
    int copy = lua_gettop(L);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, copy - 1);
    spawner_add_message(L, copy);
    return give_spawner(L);
}

static int spawner_with_message(lua_State *L)
{
    size_t length;
    open_spawner(L);
    luaL_checktype(L, 2, LUA_TSTRING);
    const char *topic = lua_tolstring(L, 2, &length);
    luaL_argcheck(L, topic[0] != '@', 2, "cannot send to @ topics");
    luaL_argcheck(L, length <= TOPIC_MAX, 2, "topic too long");
    if (spawner_messages(L, 1) >= SPAWNER_MESSAGES_MAX)
        return luaL_error(L, "more than %d queued messages", SPAWNER_MESSAGES_MAX);
    return with_message_k(L, LUA_OK, lua_gettop(L));
}

/* ---- spawn ---- */

static int spawn(lua_State *L, unsigned flags)
{
    open_spawner(L);
    return spawn_from_lua(L, SPAWN_WITH | flags);
}

static int spawner_spawn(lua_State *L)
{
    return spawn(L, 0);
}

static int spawner_spawn_monitored(lua_State *L)
{
    return spawn(L, SPAWN_MONITOR);
}

static int spawner_spawn_linked(lua_State *L)
{
    return spawn(L, SPAWN_LINK);
}

static int spawner_spawn_linked_monitored(lua_State *L)
{
    return spawn(L, SPAWN_LINK | SPAWN_MONITOR);
}

static int spawner_exec(lua_State *L)
{
    return spawn(L, SPAWN_EXEC);
}

static const luaL_Reg spawner_methods[] = {
    {"with_context", spawner_with_context},
    {"with_options", spawner_with_options},
    {"with_actor", spawner_with_actor},
    {"with_scope", spawner_with_scope},
    {"with_name", spawner_with_name},
    {"with_message", spawner_with_message},
    {"spawn", spawner_spawn},
    {"spawn_monitored", spawner_spawn_monitored},
    {"spawn_linked", spawner_spawn_linked},
    {"spawn_linked_monitored", spawner_spawn_linked_monitored},
    {"exec", spawner_exec},
    {NULL, NULL},
};

const struct type process_spawner_type = {.name = "process.Spawner", .methods = spawner_methods};
