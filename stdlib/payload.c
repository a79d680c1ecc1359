/* SPDX-License-Identifier: MIT */
/*
 * payload: values with a format.
 *
 *   payload.new(v)         a Payload of any value: format LUA, or ERROR for an error object
 *   payload.format         format names: JSON YAML STRING BYTES MSGPACK LUA GOLANG ERROR
 *
 *   p:get_format()         the name of the format
 *   p:data()               the Lua value, decoded if it is a text of a format; nil, err INTERNAL
 *   p:unmarshal()          the same
 *   p:transcode(format)    a new Payload; nil, err INTERNAL when there is no way or the value cannot be encoded
 *
 * JSON, YAML and MSGPACK hold text of that format, STRING and BYTES any text, LUA a value, GOLANG a value that is plain data, ERROR an error
 * object. From and to STRING and BYTES the text stays as it is: JSON -> STRING gives the JSON text, STRING -> JSON takes one. Numbers and error
 * objects become STRING and BYTES by their text; nothing but an error object becomes ERROR.
 */
#include "stdlib/payload.h"

#include <lauxlib.h>

#include "stdlib/data_read.h"
#include "stdlib/data_write.h"
#include "stdlib/json.h"
#include "stdlib/msgpack.h"
#include "stdlib/yaml.h"
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
    LAZY_U("Payload", &payload_type),
    LAZY_F("new", payload_new),
    LAZY_T("format", format_entries),
    LAZY_DONE,
};

/* ---- the formats ---- */

#define ROUTE(name)                           \
    static int read_##name(lua_State *L)      \
    {                                         \
        return data_read(L, &name##_format);  \
    }                                         \
    static int write_##name(lua_State *L)     \
    {                                         \
        return data_write(L, &name##_sink);   \
    }                                         \
    static int check_##name(lua_State *L)     \
    {                                         \
        return data_check(L, &name##_format); \
    }

ROUTE(json)
ROUTE(yaml)
ROUTE(msgpack)

const struct payload_route std_payload_routes[PAYLOAD_FORMATS] = {
    [PAYLOAD_JSON] = {read_json, write_json, check_json},
    [PAYLOAD_YAML] = {read_yaml, write_yaml, check_yaml},
    [PAYLOAD_MSGPACK] = {read_msgpack, write_msgpack, check_msgpack},
};
