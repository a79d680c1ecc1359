/* SPDX-License-Identifier: MIT */
/*
 * json: JSON text to and from Lua values. Both functions work in slices, so a large document holds nobody up.
 *
 *   json.encode(v)         text without white space; nil, err INTERNAL: a table inside itself, holes in an array, keys of both kinds or
 *                          others than strings and 1..n, nesting over 128, a function or coroutine; the message says where
 *   json.decode(text)      value; nil, err INVALID: no text; INTERNAL: not JSON, with line and column
 *
 * Encoding. An empty table is [], or {} if it was decoded from {}. Keys are sorted. Floats are the shortest text that reads back the same, without
 * a fraction if they have none; NaN and the infinities are null. < > & U+2028 U+2029 are escaped; bytes that are not UTF-8 become U+FFFD. Error
 * objects become their message, Time values RFC 3339 text, other objects what tostring says.
 *
 * Decoding. Integers that fit 64 bits are integers, all other numbers floats; 1e400 is an error. null is a missing key in an object and a hole in
 * an array. Of equal keys the last counts. Half of a surrogate pair becomes U+FFFD; a byte order mark is skipped.
 */
#include "stdlib/json.h"

#include <lauxlib.h>

#include "vm/error.h"

int json_encode(lua_State *L)
{
    return data_write(L, &json_sink);
}

int json_decode(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TSTRING)
        return error_return(L, ERROR_INVALID, "JSON text expected, got %s", luaL_typename(L, 1));
    if (lua_rawlen(L, 1) == 0)
        return error_return(L, ERROR_INVALID, "JSON text expected, got an empty string");
    return data_read(L, &json_format);
}

const struct lazy_entry std_json_entries[] = {
    LAZY_F("decode", json_decode),
    LAZY_F("encode", json_encode),
    LAZY_DONE,
};
