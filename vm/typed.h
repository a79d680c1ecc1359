/* SPDX-License-Identifier: MIT */
/*
 * typed: types as Lua values. A type value is a userdata that points to a node of a set of types (vm/lang/shape.h). The set belongs to the code
 * version, which outlives the state, or lies in a userdata of the process if it was made at run time or came in a message; so type
 * values need no finalizer, and clones and dropped heaps touch no count.
 *
 * The user value of a type value is the home table of its set: names as Lua strings by number, `is` functions by address, and at 0 the
 * userdata that holds a set of the process. Equal anonymous types, and the same declared type, are one value per state: a weak table finds
 * them by content.
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
};

extern const struct type typed_type;

/* The type value at `index`, or NULL. */
const struct typed *typed_test(lua_State *L, int index);

/* Pushes the value of a node; `home`: stack index of the home table of its set. */
void typed_push(lua_State *L, int home, const struct shapes *shapes, uint32_t node);

/* Pushes the value of a builtin type. */
void typed_push_builtin(lua_State *L, unsigned kind);

/*
 * Pushes the value of a node of a set under construction: the set becomes one of the process. Ends the builder, also when it raises for
 * memory.
 */
void typed_push_built(lua_State *L, struct shape_builder *builder, uint32_t node);

/* Sets the types of a chunk (ERASE_TYPES_UPVALUE) at stack index `function`. They come into being when the chunk asks for them. */
void typed_give_chunk(lua_State *L, int function, const struct shapes *shapes);

/* ---- type values in messages (codec): never raises; 0: no memory ---- */

/* Begins a set with the type alone; its bytes. Then shape_write and shape_end. */
size_t typed_begin_bytes(const struct typed *typed, struct shape_builder *builder);
/* Pushes the type of such bytes; false and nothing pushed: they are none. */
bool typed_push_bytes(lua_State *L, const void *data, size_t size);

/* ---- for the files of type values ---- */

/* typed_reflect.c: `__index` but for `is`. */
int typed_reflect(lua_State *L, const struct typed *typed);
/* typed_call.c: __call, and what `is` is a closure of, with the type value. */
int typed_call(lua_State *L);
int typed_is(lua_State *L);

#endif
