/* SPDX-License-Identifier: MIT */
/*
 * Binary strings.
 *
 *   string.pack(format, ...)          the values as bytes
 *   string.packsize(format)           how many bytes pack would make
 *   string.unpack(format, s [, pos])  the values, and the position behind them
 *
 * A format may be as long as memory allows, so all three can be suspended between two options.
 */
#include <limits.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_pack.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

/* ---- pack ---- */

struct pack {
    struct string_pack_format format;
    int argument; /* the last one used */
    int top;      /* top + 1: nil, what a missing argument is; top + 2: the parked state; top + 3: the bytes */
    size_t debt;
    struct string_buf buf; /* all that was made so far, for alignment */
};

static void pack_integer(lua_State *L, struct pack *pack, const struct string_pack_option *option)
{
    lua_Integer value = luaL_checkinteger(L, pack->argument);
    bool is_signed = option->kind == PACK_SIGNED;
    if (option->size < sizeof value && is_signed) {
        lua_Integer limit = (lua_Integer)1 << (option->size * 8 - 1);
        luaL_argcheck(L, -limit <= value && value < limit, pack->argument, "integer overflow");
    } else if (option->size < sizeof value) {
        luaL_argcheck(L, (lua_Unsigned)value >> (option->size * 8) == 0, pack->argument, "unsigned overflow");
    }
    char *to = string_buf_reserve(L, &pack->buf, option->size);
    string_pack_integer(&pack->format, to, (lua_Unsigned)value, option->size, is_signed && value < 0);
    pack->buf.length += option->size;
}

static void pack_float(lua_State *L, struct pack *pack, const struct string_pack_option *option)
{
    double wide = luaL_checknumber(L, pack->argument);
    float narrow = (float)wide;
    const void *from = option->size == sizeof narrow ? (const void *)&narrow : &wide;
    char *to = string_buf_reserve(L, &pack->buf, option->size);
    string_pack_swap(&pack->format, to, from, option->size);
    pack->buf.length += option->size;
}

static void pack_text(lua_State *L, struct pack *pack, const struct string_pack_option *option)
{
    size_t length, size = option->size;
    const char *text = string_arg(L, pack->argument, &length);
    if (option->kind == PACK_FIXED) {
        luaL_argcheck(L, length <= size, pack->argument, "string longer than given size");
        char *to = string_buf_reserve(L, &pack->buf, size);
        memcpy(to, text, length);
        memset(to + length, 0, size - length);
        pack->buf.length += size;
        return;
    }
    if (option->kind == PACK_STRING) {
        luaL_argcheck(L, size >= sizeof length || length < (size_t)1 << (size * 8), pack->argument,
                      "string length does not fit in given size");
        string_pack_integer(&pack->format, string_buf_reserve(L, &pack->buf, size), length, size, false);
        pack->buf.length += size;
    } else {
        luaL_argcheck(L, !memchr(text, '\0', length), pack->argument, "string contains zeros");
    }
    string_buf_add(L, &pack->buf, text, length);
    if (option->kind == PACK_ZERO)
        string_buf_add_char(L, &pack->buf, '\0');
}

static void pack_zeros(lua_State *L, struct pack *pack, size_t count)
{
    if (count > 0)
        memset(string_buf_reserve(L, &pack->buf, count), 0, count);
    pack->buf.length += count;
}

static void pack_value(lua_State *L, struct pack *pack, const struct string_pack_option *option)
{
    pack_zeros(L, pack, option->padding);
    switch (option->kind) {
    case PACK_SIGNED:
    case PACK_UNSIGNED:
        pack->argument++;
        pack_integer(L, pack, option);
        break;
    case PACK_FLOAT:
        pack->argument++;
        pack_float(L, pack, option);
        break;
    case PACK_FIXED:
    case PACK_STRING:
    case PACK_ZERO:
        pack->argument++;
        pack_text(L, pack, option);
        break;
    case PACK_PAD:
        pack_zeros(L, pack, 1);
        break;
    case PACK_ALIGN:
    case PACK_NOTHING:
        break;
    }
}

static int pack_continue(lua_State *L, int status, lua_KContext slot);

static int pack_run(lua_State *L, struct pack *pack)
{
    struct string_pack_option option;
    while (string_pack_next(L, &pack->format, pack->buf.length, &option)) {
        pack_value(L, pack, &option);
        if (!string_owes(L, &pack->debt, 2 + option.size / 64))
            continue;
        struct pack *parked = string_park(L, pack->top + 2, pack, sizeof *pack);
        if (parked != pack)
            string_buf_moved(&parked->buf, &pack->buf);
        return state_reschedule(L, pack->top + 2, pack_continue);
    }
    string_buf_push(L, &pack->buf);
    return 1;
}

static int pack_continue(lua_State *L, int status, lua_KContext slot)
{
    (void)status;
    return pack_run(L, lua_touserdata(L, (int)slot));
}

int string_pack(lua_State *L)
{
    struct pack pack;
    string_pack_begin(L, &pack.format);
    pack.argument = 1;
    pack.debt = 0;
    pack.top = lua_gettop(L);
    luaL_checkstack(L, 4, NULL);
    lua_settop(L, pack.top + 3);
    string_buf_init(&pack.buf, pack.top + 3);
    return pack_run(L, &pack);
}

/* ---- packsize ---- */

struct packsize {
    struct string_pack_format format;
    size_t total;
    size_t debt;
};

static int packsize_continue(lua_State *L, int status, lua_KContext context);

static int packsize_run(lua_State *L, struct packsize *packsize)
{
    struct string_pack_option option;
    while (string_pack_next(L, &packsize->format, packsize->total, &option)) {
        luaL_argcheck(L, option.kind != PACK_STRING && option.kind != PACK_ZERO, 1, "variable-length format");
        size_t size = option.size + option.padding;
        luaL_argcheck(L, packsize->total <= (size_t)INT_MAX - size, 1, "format result too large");
        packsize->total += size;
        if (string_owes(L, &packsize->debt, 2)) {
            string_park(L, 2, packsize, sizeof *packsize);
            return state_reschedule(L, 0, packsize_continue);
        }
    }
    lua_pushinteger(L, (lua_Integer)packsize->total);
    return 1;
}

static int packsize_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return packsize_run(L, lua_touserdata(L, 2));
}

int string_packsize(lua_State *L)
{
    struct packsize packsize = {.total = 0};
    string_pack_begin(L, &packsize.format);
    lua_settop(L, 1);
    lua_settop(L, 2);
    return packsize_run(L, &packsize);
}

/* ---- unpack: the values stay on the stack above the state at index 3 ---- */

struct unpack {
    struct string_pack_format format;
    const char *data;
    size_t length, position;
    size_t debt;
    int count;
};

static void unpack_float(lua_State *L, const struct unpack *unpack, size_t size)
{
    float narrow;
    double wide;
    if (size == sizeof narrow) {
        string_pack_swap(&unpack->format, (char *)&narrow, unpack->data + unpack->position, size);
        wide = narrow;
    } else {
        string_pack_swap(&unpack->format, (char *)&wide, unpack->data + unpack->position, size);
    }
    lua_pushnumber(L, wide);
}

/* Pushes the bytes behind a length; moves the position behind them but for the `size` bytes of the length. */
static void unpack_string(lua_State *L, struct unpack *unpack, size_t size)
{
    const char *from = unpack->data + unpack->position;
    size_t length = (size_t)string_unpack_integer(L, &unpack->format, from, size, false);
    luaL_argcheck(L, length <= unpack->length - unpack->position - size, 2, "data string too short");
    lua_pushlstring(L, from + size, length);
    unpack->position += length;
}

static void unpack_zero(lua_State *L, struct unpack *unpack)
{
    const char *from = unpack->data + unpack->position;
    size_t left = unpack->length - unpack->position;
    const char *zero = memchr(from, '\0', left);
    size_t length = zero ? (size_t)(zero - from) : left; /* as in stock Lua the end of the string counts as a NUL */
    lua_pushlstring(L, from, length);
    unpack->position += length + 1;
}

static void unpack_value(lua_State *L, struct unpack *unpack, const struct string_pack_option *option)
{
    const char *from = unpack->data + unpack->position;
    unpack->count++;
    switch (option->kind) {
    case PACK_SIGNED:
    case PACK_UNSIGNED:
        lua_pushinteger(L, string_unpack_integer(L, &unpack->format, from, option->size, option->kind == PACK_SIGNED));
        break;
    case PACK_FLOAT:
        unpack_float(L, unpack, option->size);
        break;
    case PACK_FIXED:
        lua_pushlstring(L, from, option->size);
        break;
    case PACK_STRING:
        unpack_string(L, unpack, option->size);
        break;
    case PACK_ZERO:
        unpack_zero(L, unpack);
        break;
    default:
        unpack->count--;
    }
    unpack->position += option->size;
}

static int unpack_continue(lua_State *L, int status, lua_KContext context);

static int unpack_run(lua_State *L, struct unpack *unpack)
{
    struct string_pack_option option;
    while (string_pack_next(L, &unpack->format, unpack->position, &option)) {
        /* behind the end: after a string without its NUL */
        bool is_behind = unpack->position > unpack->length;
        if (is_behind || option.padding + option.size > unpack->length - unpack->position)
            luaL_argerror(L, 2, "data string too short");
        unpack->position += option.padding;
        luaL_checkstack(L, 2, "too many results");
        unpack_value(L, unpack, &option);
        if (string_owes(L, &unpack->debt, 4)) {
            string_park(L, 3, unpack, sizeof *unpack);
            return state_reschedule(L, 0, unpack_continue);
        }
    }
    lua_pushinteger(L, (lua_Integer)unpack->position + 1);
    return unpack->count + 1;
}

static int unpack_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return unpack_run(L, lua_touserdata(L, 3));
}

int string_unpack(lua_State *L)
{
    struct unpack unpack = {.count = 0};
    string_pack_begin(L, &unpack.format);
    unpack.data = string_arg(L, 2, &unpack.length);
    size_t position = (size_t)string_position(luaL_optinteger(L, 3, 1), unpack.length) - 1;
    luaL_argcheck(L, position <= unpack.length, 3, "initial position out of string");
    unpack.position = position;
    lua_settop(L, 2);
    lua_settop(L, 3);
    return unpack_run(L, &unpack);
}
