/* SPDX-License-Identifier: MIT */
/*
 * future: the Future objects of spec/actor-core 7.2: the result of a call that nobody waits for yet, and a channel that gives it once and is then
 * closed. While the call runs, the registry keeps the Future and its channel; afterwards the collector has them.
 *
 * Functions are called on the worker that runs the process.
 */
#ifndef VM_FUTURE_H
#define VM_FUTURE_H

#include <stdbool.h>

#include <lua.h>

#include "vm/type.h"

struct buffer;
struct future;
struct invocation;

extern const struct type future_type;

/* Pushes a Future without a call. Either future_begin follows, or future_discard. */
struct future *future_new(lua_State *L);
void future_discard(lua_State *L, struct future *future);

/* The invocation that will settle it, or orphan it. Never raises. */
void future_begin(struct future *future, struct invocation *invocation);

/* The result has come (borrowed): an encoding of {value, error}. At drain. */
void future_settle(struct future *future, struct buffer *result, bool failed);

/* The process ends; if its state stays, the Future counts as canceled from now on. */
void future_orphan(struct future *future);

/* For channels: is there a result that nobody has received; receive it; and push it, a Payload or an error object, as deliver_push does. */
bool future_is_ready(const struct future *future);
void future_take(struct future *future);
bool future_push_item(lua_State *L, struct future *future, int place);

#endif
