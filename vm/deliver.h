/* SPDX-License-Identifier: MIT */
/* deliver: mailbox items as Lua values: raw topic values, Message objects, event tables, timer values. */
#ifndef VM_DELIVER_H
#define VM_DELIVER_H

#include <stdbool.h>

#include <lua.h>

struct channel;
struct fiber;

/*
 * If the fiber's item is what most messages to listeners are - a small value, a small table, or several small values -: pushes it and drops the item.
 * False: deliver_push has to do it. Needs as much of the stack as a C function has.
 */
bool deliver_small(lua_State *L, struct fiber *fiber);

/*
 * Turns the item of the fiber (or its timer value) into one Lua value on top of the stack, as `channel` delivers it, and drops the item. False:
 * over budget; state_reschedule and call again. `place` is a stack index that is top + 1 at the first call: a decoder may stay there meanwhile, and
 * the value ends up there.
 */
bool deliver_push(lua_State *L, struct fiber *fiber, struct channel *channel, int place);

#endif
