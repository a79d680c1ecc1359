/* SPDX-License-Identifier: MIT */
/*
 * broadcast: a table with a number and a text of 900 bytes from one lua_State to each of many that wait for it in the loop of the application.
 * A send looks at all fields of the table and makes it anew in the receiver, which is resumed for it; a broadcast looks at them once. So the
 * two differ by what can be shared at all: how a receiver gets its table and what it does with it is the same. No mailboxes, no scheduler,
 * one thread.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>

enum { FIELDS = 4, ROUNDS = 5 };

struct field {
    const char *key, *text; /* text NULL: a number */
    size_t key_length, text_length;
    lua_Integer number;
};

/* What a look at the table finds; the strings stay with the table. */
struct news {
    struct field fields[FIELDS];
    int count;
};

struct crowd {
    lua_State **members;
    long count;
    long length; /* of all texts that members have told of */
};

static const char listens[] = "local receive, done, count = ...\n"
                              "while true do\n"
                              "  local length = 0\n"
                              "  for i = 1, count do\n"
                              "    local got = receive()\n"
                              "    if got.number == i then length = length + #got.text end\n"
                              "  end\n"
                              "  done(length)\n"
                              "end\n";

static const char sends[] = "local send, members, count, text = ...\n"
                            "for i = 1, count do\n"
                            "  local news = {number = i, text = text}\n"
                            "  for to = 1, members do send(news, to) end\n"
                            "end\n";

static const char broadcasts[] = "local broadcast, members, count, text = ...\n"
                                 "for i = 1, count do broadcast({number = i, text = text}) end\n";

static struct crowd *crowd_of(lua_State *L)
{
    return *(struct crowd **)lua_getextraspace(L);
}

static int call_receive(lua_State *L)
{
    return lua_yield(L, 0); /* what it is resumed with is what it returns */
}

static int call_done(lua_State *L)
{
    crowd_of(L)->length += lua_tointeger(L, 1);
    return 0;
}

/* The table at stack index 1. */
static struct news look(lua_State *L)
{
    struct news news = {.count = 0};
    lua_settop(L, 1);
    lua_pushnil(L);
    while (news.count < FIELDS && lua_next(L, 1)) {
        struct field *field = &news.fields[news.count++];
        field->key = lua_tolstring(L, -2, &field->key_length);
        field->text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &field->text_length) : NULL;
        field->number = field->text ? 0 : lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    return news;
}

static void give(lua_State *to, const struct news *news)
{
    lua_createtable(to, 0, news->count);
    for (int i = 0; i < news->count; i++) {
        const struct field *field = &news->fields[i];
        lua_pushlstring(to, field->key, field->key_length);
        if (field->text)
            lua_pushlstring(to, field->text, field->text_length);
        else
            lua_pushinteger(to, field->number);
        lua_rawset(to, -3);
    }
    int status = lua_resume(to, NULL, 1);
    floor_must(to, status == LUA_YIELD ? LUA_OK : status);
}

static int call_send(lua_State *L)
{
    struct crowd *crowd = crowd_of(L);
    lua_Integer to = lua_tointeger(L, 2);
    struct news news = look(L);
    give(crowd->members[to - 1], &news);
    return 0;
}

static int call_broadcast(lua_State *L)
{
    struct crowd *crowd = crowd_of(L);
    struct news news = look(L);
    for (long i = 0; i < crowd->count; i++)
        give(crowd->members[i], &news);
    return 0;
}

static lua_State *new_member(struct crowd *crowd, long count)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    *(struct crowd **)lua_getextraspace(L) = crowd;
    floor_must(L, luaL_loadstring(L, listens));
    lua_pushcfunction(L, call_receive);
    lua_pushcfunction(L, call_done);
    lua_pushinteger(L, count);
    int status = lua_resume(L, NULL, 3);
    floor_must(L, status == LUA_YIELD ? LUA_OK : status);
    return L;
}

/* Nanoseconds per message. */
static double measure(struct crowd *crowd, const char *source, lua_CFunction function, long count)
{
    lua_State *L = floor_new_state();
    *(struct crowd **)lua_getextraspace(L) = crowd;
    floor_must(L, luaL_loadstring(L, source));
    lua_pushcfunction(L, function);
    lua_pushinteger(L, crowd->count);
    lua_pushinteger(L, count);
    floor_must(L, luaL_dostring(L, "return ('breaking news, '):rep(60)"));
    long expected = crowd->count * count * (long)lua_rawlen(L, -1);
    crowd->length = 0;
    double began = floor_cpu_seconds();
    floor_must(L, lua_pcall(L, 4, 0, 0));
    double seconds = floor_cpu_seconds() - began;
    lua_close(L);
    if (crowd->length != expected) {
        fputs("floor: news got lost\n", stderr);
        exit(1);
    }
    return seconds * 1e9 / (double)(crowd->count * count);
}

void floor_broadcast(long members, long count)
{
    struct crowd crowd = {calloc((size_t)members, sizeof(lua_State *)), members, 0};
    if (!crowd.members)
        exit(1);
    for (long i = 0; i < members; i++)
        crowd.members[i] = new_member(&crowd, count);
    double at_once = 0, to_each = 0;
    measure(&crowd, broadcasts, call_broadcast, count); /* pays for the growth of all heaps */
    /* In turn: where the collectors of the members stand makes a round cheaper or dearer. */
    for (int i = 0; i < ROUNDS; i++) {
        at_once += measure(&crowd, broadcasts, call_broadcast, count) / ROUNDS;
        to_each += measure(&crowd, sends, call_send, count) / ROUNDS;
    }
    printf("RESULT broadcast %.3f ns\nRESULT broadcast_send %.3f ns\n", at_once, to_each);
    for (long i = 0; i < members; i++)
        lua_close(crowd.members[i]);
    free(crowd.members);
}
