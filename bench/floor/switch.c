/* SPDX-License-Identifier: MIT */
/*
 * switch: a number passed on from one lua_State to the next. Each state is suspended in a receive of the loop that the application has; send notes
 * the number and who is next, and whoever resumes the states goes on there. So a message is what Lua itself takes for it: a resume, a yield,
 * the calls of receive and send, and by the inbox the objects that are made on the way. No mailbox, no address to read, no
 * encoding, no scheduler, one thread.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>

/* What the state that sent last has sent. */
struct mail {
    lua_Integer to, number;
};

static struct mail mail;

static const char listens[] = "local tokens, send, next_pid = ...\n"
                              "while true do\n"
                              "  local left = tokens:receive()\n"
                              "  send(next_pid, 'token', left - 1)\n"
                              "end\n";

static const char has_inbox[] = "local inbox, send, next_pid = ...\n"
                                "while true do\n"
                                "  local left = inbox:receive():payload():data()\n"
                                "  send(next_pid, 'token', left - 1)\n"
                                "end\n";

static int call_send(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TSTRING);
    mail = (struct mail){lua_tointeger(L, 1), lua_tointeger(L, 3)};
    lua_pushboolean(L, 1);
    return 1;
}

static int received(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    lua_pushinteger(L, mail.number);
    return 1;
}

static int method_receive(lua_State *L)
{
    return lua_yieldk(L, 0, 0, received);
}

/* Pushes an object that holds a number. */
static void push_object(lua_State *L, const char *type, lua_Integer number)
{
    lua_Integer *object = lua_newuserdata(L, sizeof *object);
    *object = number;
    luaL_setmetatable(L, type);
}

static int message_received(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    push_object(L, "message", mail.number);
    return 1;
}

static int method_receive_message(lua_State *L)
{
    return lua_yieldk(L, 0, 0, message_received);
}

static int method_payload(lua_State *L)
{
    push_object(L, "payload", *(lua_Integer *)lua_touserdata(L, 1));
    return 1;
}

static int method_data(lua_State *L)
{
    lua_pushinteger(L, *(lua_Integer *)lua_touserdata(L, 1));
    return 1;
}

/* The metatable of a type with one method. */
static void add_type(lua_State *L, const char *type, const char *name, lua_CFunction method)
{
    luaL_newmetatable(L, type);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, method);
    lua_setfield(L, -2, name);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

/* A state that waits for its first number. */
static lua_State *new_node(lua_Integer next, bool by_inbox)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    add_type(L, "channel", "receive", by_inbox ? method_receive_message : method_receive);
    add_type(L, "message", "payload", method_payload);
    add_type(L, "payload", "data", method_data);
    floor_must(L, luaL_loadstring(L, by_inbox ? has_inbox : listens));
    push_object(L, "channel", 0);
    lua_pushcfunction(L, call_send);
    lua_pushinteger(L, next);
    int status = lua_resume(L, NULL, 3);
    floor_must(L, status == LUA_YIELD ? LUA_OK : status);
    return L;
}

/* Seconds that `hops` of a number through a ring of states take. */
static double pass_on(long states, long hops, bool by_inbox)
{
    lua_State **nodes = calloc((size_t)states, sizeof(lua_State *));
    for (long i = 0; nodes && i < states; i++)
        nodes[i] = new_node((i + states - 1) % states, by_inbox);
    mail = (struct mail){0, hops};
    long passed = 0;
    double began = floor_now_seconds();
    for (; nodes && mail.number > 0; passed++) {
        lua_State *node = nodes[mail.to];
        int status = lua_resume(node, NULL, 0);
        floor_must(node, status == LUA_YIELD ? LUA_OK : status);
    }
    double seconds = floor_now_seconds() - began;
    for (long i = 0; nodes && i < states; i++)
        lua_close(nodes[i]);
    free(nodes);
    if (passed == hops && mail.to == (states - hops % states) % states)
        return seconds;
    fputs("floor: the number ended too early or in the wrong state\n", stderr);
    exit(1);
}

void floor_ring(long states, long hops, bool by_inbox)
{
    double seconds = pass_on(states, hops, by_inbox);
    printf("RESULT %s %.3f hops/s\n", by_inbox ? "ring_inbox" : "ring", (double)hops / seconds);
}

void floor_pingpong(long trips)
{
    double seconds = pass_on(2, 2 * trips, false);
    printf("RESULT pingpong_1 %.3f round trips/s\n", (double)trips / seconds);
}
