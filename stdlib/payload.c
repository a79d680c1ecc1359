/* SPDX-License-Identifier: MIT */
/*
 * payload: values with a format.
 *
 *   payload.new(v)         a Payload of any value: format LUA, or ERROR for an error object
 *   payload.format         format names: JSON YAML STRING BYTES MSGPACK LUA GOLANG ERROR
 *
 *   p:get_format()         the name of the format
 *   p:data()               the Lua value; nil, err INTERNAL
 *   p:unmarshal()          the same, decoded
 *   p:transcode(format)    a new Payload; nil, err INTERNAL when there is no way
 */
#include "stdlib/payload.h"

#include <lauxlib.h>

#include "vm/payload.h"

static int payload_new(lua_State *L)
{
    lua_settop(L, 1);
    payload_push_value(L, 1);
    return 1;
}

static const struct lazy_entry format_entries[] = {
    LAZY_S("JSON", "json/plain"),
    LAZY_S("YAML", "yaml/plain"),
    LAZY_S("STRING", "text/plain"),
    LAZY_S("BYTES", "application/octet-stream"),
    LAZY_S("MSGPACK", "application/msgpack"),
    LAZY_S("LUA", "lua/any"),
    LAZY_S("GOLANG", "golang/any"),
    LAZY_S("ERROR", "golang/error"),
    LAZY_DONE,
};

const struct lazy_entry std_payload_entries[] = {
    LAZY_F("new", payload_new),
    LAZY_T("format", format_entries),
    LAZY_DONE,
};
