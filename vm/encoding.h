/* SPDX-License-Identifier: MIT */
/*
 * encoding: encoding values of a C function's stack for sending, and decoding what came back: small ones at once (into the scratch bytes of
 * the worker), big ones by the resumable encoder and decoder.
 */
#ifndef VM_ENCODING_H
#define VM_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "vm/codec.h"

/*
 * Encodes `count` values from index `first`; `top` is the top of the stack when the C function began. CODEC_MORE: state_reschedule, then call again
 * with the same arguments. On CODEC_OK *out holds the bytes: use them before anything that may raise or run Lua, then call encoding_done.
 */
enum codec_status encoding_run(lua_State *L, int first, int count, int top, struct codec_bytes *out);

/* Gives the bytes back. */
void encoding_done(lua_State *L, struct codec_bytes *bytes);

/* Pushes the bytes as a Lua string and gives them back, also when it raises for memory. */
void encoding_push(lua_State *L, struct codec_bytes *bytes);

/*
 * If the bytes are of one small table (vm/flat.h): pushes it and returns true, with the help of the keys that the state knows; else decode them in
 * another way. Needs FLAT_SLOTS free stack slots.
 */
bool encoding_decode_flat(lua_State *L, const void *data, size_t length);

/*
 * Decodes all values of the bytes, which must stay where they are: on CODEC_OK they are the `*count` values on top of the stack. `top` is the top of
 * the stack when the C function began. CODEC_MORE: state_reschedule, then call again with the same arguments.
 */
enum codec_status encoding_decode(lua_State *L, const void *data, size_t length, int top, int *count);

#endif
