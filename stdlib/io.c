/* SPDX-License-Identifier: MIT */
/*
 * io: the terminal of the process. In a process without one all but args give nil and an error of kind UNAVAILABLE.
 *
 *   io.write(...)    the values as text, nothing between
 *   io.print(...)    a TAB between, a newline at the end
 *   io.eprint(...)   the same to standard error
 *   io.read(n=1024)  up to n bytes as soon as there are any; suspends
 *   io.readline()    a line without its newline; suspends
 *   io.raw(on=true)  raw mode, counted, given back when the process ends
 *   io.flush()       nothing is buffered here, so it has nothing to do
 *   io.args()        the arguments of the program
 *
 * All but args return true or a string; or nil and an error. At the end of input read and readline fail with the message EOF.
 */
#include "stdlib/io.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "io/stdio.h"
#include "stdlib/await.h"
#include "vm/address.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/type.h"

enum { READ_DEFAULT = 1024, READ_MAX = 16 * 1024, LINE_PIECES_MAX = 4096 };

static struct terminal *get_terminal(lua_State *L)
{
    return process_terminal(state_process(L));
}

static int no_terminal(lua_State *L)
{
    return error_return(L, ERROR_UNAVAILABLE, "no terminal");
}

static int system_error(lua_State *L, const char *what, long error)
{
    if (error == -EBUSY)
        return error_return(L, ERROR_CONFLICT, "%s: somebody else is reading", what);
    const char *text = strerrordesc_np((int)-error);
    return error_return(L, ERROR_INTERNAL, "%s: %s", what, text ? text : "unknown error");
}

/* ---- output ---- */

/* Writes all arguments with `between` between them and `after` behind. */
static int write_values(lua_State *L, bool to_error, const char *between, const char *after)
{
    struct terminal *terminal = get_terminal(L);
    if (!terminal)
        return no_terminal(L);
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addstring(&buffer, between);
        address_tolstring(L, i, NULL);
        luaL_addvalue(&buffer);
    }
    luaL_addstring(&buffer, after);
    luaL_pushresult(&buffer);
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    int error = io_stdio_write(terminal->stdio, to_error, text, length);
    if (error)
        return system_error(L, "write", error);
    lua_pushboolean(L, true);
    return 1;
}

static int io_lua_write(lua_State *L)
{
    return write_values(L, false, "", "");
}

static int io_lua_print(lua_State *L)
{
    return write_values(L, false, "\t", "\n");
}

static int io_lua_eprint(lua_State *L)
{
    return write_values(L, true, "\t", "\n");
}

static int io_lua_flush(lua_State *L)
{
    if (!get_terminal(L))
        return no_terminal(L);
    lua_pushboolean(L, true);
    return 1;
}

/* ---- input ---- */

static int end_of_input(lua_State *L)
{
    return error_return(L, ERROR_INTERNAL, "EOF");
}

static int read_ready(lua_State *L, int status, lua_KContext ctx);

/* The number of bytes wanted is at stack index 1. */
static int read_some(lua_State *L)
{
    char data[READ_MAX];
    struct await *await;
    lua_Integer size = lua_tointeger(L, 1);
    long n = await_input(L, get_terminal(L)->stdio, data, size < READ_MAX ? (size_t)size : READ_MAX, 0, &await);
    if (n == -EAGAIN)
        return await_wait(L, await, read_ready);
    if (n == 0)
        return end_of_input(L);
    if (n < 0)
        return system_error(L, "read", n);
    lua_pushlstring(L, data, (size_t)n);
    return 1;
}

static int read_ready(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    await_end(ctx);
    return read_some(L);
}

static int io_lua_read(lua_State *L)
{
    lua_Integer size = luaL_optinteger(L, 1, READ_DEFAULT);
    if (!get_terminal(L))
        return no_terminal(L);
    lua_settop(L, 0);
    lua_pushinteger(L, size > 0 ? size : READ_DEFAULT);
    return read_some(L);
}

static int line_ready(lua_State *L, int status, lua_KContext ctx);

/* The pieces of the line are all that is on the stack; joins them without the newline. */
static int finish_line(lua_State *L)
{
    lua_concat(L, lua_gettop(L));
    size_t length;
    const char *line = lua_tolstring(L, -1, &length);
    if (length && line[length - 1] == '\n')
        lua_pushlstring(L, line, length - 1);
    return 1;
}

static int read_line(lua_State *L)
{
    char data[READ_MAX];
    struct await *await;
    for (;;) {
        luaL_checkstack(L, 8, "line too long");
        long n = await_input(L, get_terminal(L)->stdio, data, sizeof(data), IO_STDIO_LINE, &await);
        if (n == -EAGAIN)
            return await_wait(L, await, line_ready);
        if (n < 0)
            return system_error(L, "readline", n);
        if (n == 0)
            return lua_gettop(L) ? finish_line(L) : end_of_input(L);
        lua_pushlstring(L, data, (size_t)n);
        if (data[n - 1] == '\n')
            return finish_line(L);
        if (lua_gettop(L) > LINE_PIECES_MAX) /* terminals give small pieces */
            lua_concat(L, lua_gettop(L));
        state_check(L);
    }
}

static int line_ready(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    await_end(ctx);
    return read_line(L);
}

static int io_lua_readline(lua_State *L)
{
    if (!get_terminal(L))
        return no_terminal(L);
    lua_settop(L, 0);
    return read_line(L);
}

/* ---- raw mode ---- */

/* How often this process has asked for raw mode; one per state, in the registry. */
struct raw_mode {
    const struct type *type;
    struct handle handle;
    struct io_stdio *stdio;
    unsigned count;
};

static void raw_release(struct handle *handle)
{
    struct raw_mode *raw = container_of(handle, struct raw_mode, handle);
    for (; raw->count; raw->count--)
        io_stdio_raw(raw->stdio, false);
}

static int raw_finalize(lua_State *L)
{
    struct raw_mode *raw = lua_touserdata(L, 1);
    if (raw->stdio)
        handle_close(&raw->handle);
    return 0;
}

static const struct type raw_type = {.name = "raw mode", .finalize = raw_finalize};
static const char raw_key = 0;

static struct raw_mode *get_raw_mode(lua_State *L, struct terminal *terminal)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &raw_key) == LUA_TUSERDATA) {
        struct raw_mode *raw = lua_touserdata(L, -1);
        lua_pop(L, 1);
        return raw;
    }
    struct raw_mode *raw = type_new(L, &raw_type, sizeof(*raw));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &raw_key);
    raw->stdio = terminal->stdio;
    handle_open(L, &raw->handle, raw_release);
    return raw;
}

static int io_lua_raw(lua_State *L)
{
    bool on = lua_isnoneornil(L, 1) || lua_toboolean(L, 1);
    struct terminal *terminal = get_terminal(L);
    if (!terminal)
        return no_terminal(L);
    lua_settop(L, 0);
    struct raw_mode *raw = get_raw_mode(L, terminal);
    if (on || raw->count) {
        int error = io_stdio_raw(terminal->stdio, on);
        if (error)
            return system_error(L, "raw", error);
        raw->count += on ? 1 : -1u;
    }
    lua_pushboolean(L, true);
    return 1;
}

/* ---- arguments ---- */

static int io_lua_args(lua_State *L)
{
    struct terminal *terminal = get_terminal(L);
    lua_newtable(L);
    for (int i = 0; terminal && terminal->args && terminal->args[i]; i++) {
        lua_pushstring(L, terminal->args[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

const struct lazy_entry std_io_entries[] = {
    LAZY_F("write", io_lua_write), LAZY_F("print", io_lua_print),       LAZY_F("eprint", io_lua_eprint),
    LAZY_F("read", io_lua_read),   LAZY_F("readline", io_lua_readline), LAZY_F("raw", io_lua_raw),
    LAZY_F("flush", io_lua_flush), LAZY_F("args", io_lua_args),         LAZY_DONE,
};
