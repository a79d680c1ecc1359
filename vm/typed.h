/* SPDX-License-Identifier: MIT */
/*
 * typed: types as Lua values. A type value is a userdata that points to a node of a set of types (vm/lang/shape.h). The set belongs to the code
 * version or to the VM, which outlive the state, or lies in a userdata of the process if it was made at run time or came in a message; so
 * type values need no finalizer, and clones and dropped heaps touch no count.
 *
 * A process pays for what it uses. Until its program first uses a type as a value there is nothing; then a metatable and a weak table that
 * finds type values by what they are, so that equal anonymous types, and the same declared type, are one value per state. The tables
 * that hold type values for the program are weak too: an idle process drops them and makes them anew.
 *
 * The user value of a type value is
 *   cold   its `is` function once somebody has asked for it, before that the userdata that its set lies in, or nil;
 *   hot    a table that all hot types of the set share: the names of the set as Lua strings by number, the userdata of the set at 0, the `is`
 *          of node n at -1 - n.
 */
#ifndef VM_TYPED_H
#define VM_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct shape_builder;
struct shapes;
struct type;

struct typed {
    const struct type *type;
    const struct shapes *shapes;
    uint32_t node;
    uint32_t checks; /* values looked at, up to TYPED_HOT: then it is hot */
};

enum { TYPED_HOT = 1000 };

extern const struct type typed_type;

/* The type value at `index`, or NULL. */
const struct typed *typed_test(lua_State *L, int index);

/* Pushes the value of a node of a set that outlives the state. */
void typed_push(lua_State *L, const struct shapes *shapes, uint32_t node);

/* Pushes the value of a node of the set that the type value at index `whole` is of. */
void typed_push_part(lua_State *L, int whole, uint32_t node);

/* Pushes the value of a userdata type that a library shows (host_type.h). */
void typed_push_host(lua_State *L, const struct type *type);

/* Pushes the value of a builtin type. */
void typed_push_builtin(lua_State *L, unsigned kind);

/*
 * Pushes the value of a node of a set under construction: the set becomes one of the process. Ends the builder, also when it raises for
 * memory.
 */
void typed_push_built(lua_State *L, struct shape_builder *builder, uint32_t node);

/*
 * Sets the types of a chunk (ERASE_TYPES_UPVALUE) at stack index `function`: the address of their set, which takes no memory. When the chunk
 * indexes it, typed_index_chunk (as __index of light userdata, lazy.c) puts a table in its place.
 */
void typed_give_chunk(lua_State *L, int function, const struct shapes *shapes);
int typed_index_chunk(lua_State *L);

/* ---- type values in messages (codec): never raises; 0: no memory ---- */

/* Begins a set with the type alone; its bytes. Then shape_write and shape_end. */
size_t typed_begin_bytes(const struct typed *typed, struct shape_builder *builder);
/* Pushes the type of such bytes; false and nothing pushed: they are none. */
bool typed_push_bytes(lua_State *L, const void *data, size_t size);

/* ---- for the files of type values ---- */

/* Pushes the table for the names of the set of the type value at `index`, which is hot from now on. */
void typed_push_names(lua_State *L, int index);

/* typed_reflect.c: `__index` but for `is`. */
int typed_reflect(lua_State *L, const struct typed *typed);
/* typed_call.c: __call, and what `is` is a closure of, with the type value. */
int typed_call(lua_State *L);
int typed_is(lua_State *L);

#endif
