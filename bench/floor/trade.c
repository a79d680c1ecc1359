/* SPDX-License-Identifier: MIT */
/*
 * trade: pingpong of tables between two states. Ping makes a table and reads the answer, field by field, as the application does; send visits
 * the table and notes its keys and scalars; the continuation of receive makes it anew in the other state. Both states share nothing, so each
 * string of a table is looked up where it arrives. No mailbox, no address to read, no scheduler, one thread: what is left is Lua's.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

enum { FIELDS = 4, TEXT = 16 };

/* A key or a string of the table, or a number. */
struct text {
    unsigned char length;
    char bytes[TEXT];
};

struct field {
    struct text key, text;
    int type; /* LUA_TNUMBER, of which is_integer, or LUA_TSTRING */
    bool is_integer;
    lua_Integer integer;
    lua_Number number;
};

/* What was sent last. */
static struct field fields[FIELDS];
static unsigned count;

static const char ping[] =
    "local pongs, send, trips = ...\n"
    "local right = 0\n"
    "for i = 1, trips do\n"
    "  send('partner', 'ping', { id = i, name = 'ping', share = i * 0.5 })\n"
    "  local answer = pongs:receive()\n"
    "  if answer.id == i and answer.name == 'ping' and answer.share == i * 0.5 then right = right + 1 end\n"
    "end\n"
    "return right\n";

static const char pong[] = "local pings, send = ...\n"
                           "while true do send('partner', 'pong', pings:receive()) end\n";

static void note_text(lua_State *L, int index, struct text *text)
{
    size_t length;
    const char *bytes = lua_tolstring(L, index, &length);
    if (length > TEXT)
        luaL_error(L, "a string of the table is too long");
    text->length = (unsigned char)length;
    memcpy(text->bytes, bytes, length);
}

/* The value on top, and the key under it. */
static void note_field(lua_State *L, struct field *field)
{
    note_text(L, -2, &field->key);
    field->type = lua_type(L, -1);
    if (field->type == LUA_TSTRING) {
        note_text(L, -1, &field->text);
        return;
    }
    field->is_integer = lua_isinteger(L, -1);
    if (field->is_integer)
        field->integer = lua_tointeger(L, -1);
    else
        field->number = lua_tonumber(L, -1);
}

static int call_send(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TSTRING);
    count = 0;
    lua_pushnil(L);
    while (lua_next(L, 3)) {
        if (count == FIELDS)
            return luaL_error(L, "the table has too many fields");
        note_field(L, &fields[count++]);
        lua_pop(L, 1);
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int received(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    lua_createtable(L, 0, (int)count);
    for (unsigned i = 0; i < count; i++) {
        const struct field *field = &fields[i];
        lua_pushlstring(L, field->key.bytes, field->key.length);
        if (field->type == LUA_TSTRING)
            lua_pushlstring(L, field->text.bytes, field->text.length);
        else if (field->is_integer)
            lua_pushinteger(L, field->integer);
        else
            lua_pushnumber(L, field->number);
        lua_rawset(L, -3);
    }
    return 1;
}

static int method_receive(lua_State *L)
{
    return lua_yieldk(L, 0, 0, received);
}

static lua_State *new_side(const char *source, lua_Integer trips)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    floor_must(L, luaL_loadstring(L, source));
    lua_newuserdata(L, 1); /* the channel */
    lua_createtable(L, 0, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, method_receive);
    lua_setfield(L, -2, "receive");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushcfunction(L, call_send);
    lua_pushinteger(L, trips);
    return L;
}

static bool goes_on(lua_State *L, int arguments)
{
    int status = lua_resume(L, NULL, arguments);
    floor_must(L, status == LUA_YIELD ? LUA_OK : status);
    return status == LUA_YIELD;
}

void floor_trade(long trips)
{
    lua_State *left = new_side(ping, trips), *right = new_side(pong, trips);
    goes_on(right, 3);
    double began = floor_now_seconds();
    for (bool more = goes_on(left, 3); more; more = goes_on(left, 0))
        goes_on(right, 0);
    double seconds = floor_now_seconds() - began;
    lua_Integer answered = lua_tointeger(left, -1);
    lua_close(left);
    lua_close(right);
    if (answered != trips) {
        fputs("floor: wrong answers\n", stderr);
        exit(1);
    }
    printf("RESULT pingpong_table_1 %.3f round trips/s\n", (double)trips / seconds);
}
