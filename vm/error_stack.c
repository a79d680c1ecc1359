/* SPDX-License-Identifier: MIT */
/*
 * error_stack: where an error was created. The frames are kept as the text that stack() shows, a line per Lua function
 * ("  source:line (name)"): short, ready to travel, and easy to take apart for errors.call_stack. C functions are left
 * out; what is too long is cut at a whole line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/error.h"

enum { FRAMES_LIMIT = 16, LEVELS_LIMIT = 64 };

static const char *const no_frames = "  [C]:-1 (?)";

static const char *function_name(const lua_Debug *ar)
{
    if (strcmp(ar->what, "main") == 0)
        return "main chunk";
    return ar->name ? ar->name : "anonymous";
}

/* Writes one line, 0 if it does not fit. Control bytes in names would break the lines. */
static size_t write_frame(char *at, size_t room, const lua_Debug *ar)
{
    int length = snprintf(at, room, "  %s:%d (%s)\n", ar->short_src, ar->currentline, function_name(ar));
    if (length < 0 || (size_t)length >= room)
        return 0;
    for (int i = 0; i < length - 1; i++)
        at[i] = (unsigned char)at[i] < ' ' ? '?' : at[i];
    return (size_t)length;
}

void error_capture(lua_State *L, struct error_parts *parts, char *buffer)
{
    lua_Debug ar;
    size_t length = 0;
    int frames = 0;
    for (int level = 0; level < LEVELS_LIMIT && frames < FRAMES_LIMIT && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (*ar.what == 'C')
            continue;
        lua_getinfo(L, "n", &ar);
        size_t more = write_frame(buffer + length, ERROR_FRAMES_MAX - length, &ar);
        if (!more)
            break;
        length += more;
        frames++;
    }
    parts->text[ERROR_TEXT_FRAMES] = (struct error_text){buffer, length};
    parts->in_coroutine = !lua_pushthread(L);
    lua_pop(L, 1);
}

void error_push_stack(lua_State *L, const struct error_parts *parts)
{
    const struct error_text *context = &parts->text[ERROR_TEXT_CONTEXT];
    const struct error_text *frames = &parts->text[ERROR_TEXT_FRAMES];
    const struct error_text *cause = &parts->text[ERROR_TEXT_CAUSE];
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    luaL_addlstring(&buffer, context->data, context->length);
    if (context->length)
        luaL_addchar(&buffer, '\n');
    luaL_addlstring(&buffer, frames->data, frames->length);
    luaL_addlstring(&buffer, cause->data, cause->length);
    if (buffer.n > 0 && buffer.b[buffer.n - 1] == '\n')
        buffer.n--;
    if (buffer.n == 0)
        luaL_addstring(&buffer, no_frames);
    luaL_pushresult(&buffer);
}

/* The colon of ":<line> (" in a line of text that ends with a NUL somewhere behind `end`, or NULL. */
static const char *find_line_number(const char *at, const char *end)
{
    for (const char *colon = at; (colon = memchr(colon, ':', (size_t)(end - colon))) != NULL; colon++) {
        const char *digits = colon + 1 + (colon[1] == '-');
        size_t count = strspn(digits, "0123456789");
        if (count > 0 && digits + count + 2 < end && strncmp(digits + count, " (", 2) == 0)
            return colon;
    }
    return NULL;
}

/* Pushes {level, source, line, name, type} of "  source:line (name)"; false if the text is none. */
static bool push_frame(lua_State *L, const char *at, const char *end, int level)
{
    const char *colon = find_line_number(at, end);
    if (!colon || colon - at < 2)
        return false;
    char *behind;
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, level);
    lua_setfield(L, -2, "level");
    lua_pushlstring(L, at + 2, (size_t)(colon - at - 2));
    lua_setfield(L, -2, "source");
    lua_pushinteger(L, strtol(colon + 1, &behind, 10));
    lua_setfield(L, -2, "line");
    const char *name = behind + 2;
    lua_pushlstring(L, name, (size_t)(end - 1 - name));
    lua_pushstring(L, strncmp(name, "main chunk)", strlen("main chunk)")) == 0 ? "main" : "Lua");
    lua_setfield(L, -3, "type");
    lua_setfield(L, -2, "name");
    return true;
}

static void push_frames(lua_State *L, const struct error_text *frames)
{
    const char *at = frames->data, *end = at + frames->length;
    int level = 0;
    lua_newtable(L);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        newline = newline ? newline : end;
        if (push_frame(L, at, newline, level + 1))
            lua_rawseti(L, -2, ++level);
        at = newline + 1;
    }
}

void error_push_call_stack(lua_State *L, const struct error_parts *parts)
{
    if (!parts->text[ERROR_TEXT_FRAMES].length) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 2);
    lua_pushstring(L, parts->in_coroutine ? "coroutine" : "main");
    lua_setfield(L, -2, "thread");
    push_frames(L, &parts->text[ERROR_TEXT_FRAMES]);
    lua_setfield(L, -2, "frames");
}
