/* SPDX-License-Identifier: MIT */
/*
 * payload: the Payload objects of spec/actor-core section 14: a value with a format name. One that arrived in a message keeps
 * the encoded bytes until data() is first asked for, and the Lua value from then on.
 */
#ifndef VM_PAYLOAD_H
#define VM_PAYLOAD_H

#include <stddef.h>

#include <lua.h>

struct buffer;
struct type;

extern const struct type payload_type;

enum payload_format {
    PAYLOAD_LUA,
    PAYLOAD_ERROR,
    PAYLOAD_STRING,
    PAYLOAD_BYTES,
    PAYLOAD_JSON,
    PAYLOAD_YAML,
    PAYLOAD_MSGPACK,
    PAYLOAD_GOLANG,
    PAYLOAD_FORMATS /* how many */
};

/* "lua/any" … */
const char *payload_format_name(enum payload_format format);

/* Pushes a Payload of the value at `index`: format ERROR for an error object, else LUA. */
void payload_push_value(lua_State *L, int index);

/* Pushes a Payload of that format with the value at `index`; for JSON, YAML and MSGPACK that is the text, as a string. */
void payload_push(lua_State *L, int index, enum payload_format format);

/*
 * Pushes a Payload of top-level value number `value` (from 0) of an encoding of vm/codec.h. The userdata at stack index `owner` keeps the bytes
 * alive and unchanged; with owner 0 they are copied into the Payload.
 */
void payload_push_encoded(lua_State *L, int owner, const void *data, size_t length, int value);

/*
 * How texts of a format are read and written: C functions text -> value, value -> text, text -> true, each or nil and an error INTERNAL; they may
 * suspend. The VM is given an array of PAYLOAD_FORMATS of them (vm_config; the stdlib has one), or NULL; those of JSON, YAML and MSGPACK count.
 */
struct payload_route {
    lua_CFunction read, write, check;
};

/* Pushes a userdata to be the owner of the bytes of a buffer: it takes a reference of its own and charges the length to the heap. */
void payload_push_owner(lua_State *L, struct buffer *buffer);

#endif
