/* SPDX-License-Identifier: MIT */
/*
 * plain: Lua values in the plain-data form (spec actor-core section 3), as an encoding of vm/codec.h that any state can decode. It is what
 * is kept outside of processes: context values, options of calls and spawns, data of bus events, registry entries.
 *
 *   table with a sequence part     array of the values 1 … #t; its other keys are left out
 *   any other table                map; keys that are no strings become their tostring text
 *   function, thread, userdata     its tostring text, error objects too
 *   nil, boolean, number, string   as they are
 *
 * Metatables are dropped and never asked. A table that several places refer to is written for each of them; one that contains itself
 * is refused. Called on the worker that runs the process, from C functions that Lua called.
 */
#ifndef VM_PLAIN_H
#define VM_PLAIN_H

#include <lua.h>

#include "vm/codec.h"

/*
 * Encodes `count` values from index `first`; used just as encoding_run (vm/encoding.h): `top` is the top of the stack when the C function began;
 * CODEC_MORE: state_reschedule, then call again with the same arguments. On CODEC_OK *out holds the bytes: use them before anything that
 * may raise or run Lua, then call encoding_done. CODEC_CYCLE, CODEC_DEPTH, CODEC_SIZE, CODEC_MEMORY: see plain_raise. May raise for
 * memory and when the process is marked for death; nothing leaks then.
 */
enum codec_status plain_encode(lua_State *L, int first, int count, int top, struct codec_bytes *out);

/* The same for the one table at `index`, as a map of its string keys; other keys are left out. For tables of named values. */
enum codec_status plain_encode_fields(lua_State *L, int index, int top, struct codec_bytes *out);

/* Raises an error object of kind INVALID: "<what> cannot be stored: a table contains itself". */
int plain_raise(lua_State *L, const char *what, enum codec_status status);

#endif
