/* SPDX-License-Identifier: MIT */
/*
 * handle: something outside the Lua heap that a userdata owns (a message buffer, an encoder's bytes). States end by dropping their
 * heap, not by collecting it, so every such userdata also hangs on a list that is released at the end.
 *
 * There are two lists. What a program has opened (a subscription, a stream, a connection) hangs on the process and is released at its end. The
 * state of a function outlives that, and what it keeps in globals and upvalues with it, so release must leave the object closed for whoever
 * uses it in the next call. Mere memory of a userdata hangs on the state.
 *
 * The struct is embedded in the userdata; its finalizer calls handle_close.
 */
#ifndef VM_HANDLE_H
#define VM_HANDLE_H

#include <lua.h>

#include "sched/base/list.h"

struct handle;
typedef void (*handle_release_f)(struct handle *handle); /* never raises, never touches Lua */

struct handle {
    struct list link;
    handle_release_f release;
};

/* Hangs it on the process, or on the state. From now on release runs exactly once. */
void handle_open(lua_State *L, struct handle *handle, handle_release_f release);
void handle_keep(lua_State *L, struct handle *handle, handle_release_f release);

/* Releases it now; a second call does nothing. */
void handle_close(struct handle *handle);

/* Releases all that is left; the heap is about to be dropped. */
void handle_close_all(struct list *handles);

#endif
