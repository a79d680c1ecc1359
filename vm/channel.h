/* SPDX-License-Identifier: MIT */
/*
 * channel: FIFO between the fibers of one process, moving references. A channel may also have a source, from which the runtime feeds it: the
 * unclaimed mailbox (inbox), the events, a listened topic, a timer, a subscription to a broker, a future. Nothing moves out of a source before
 * somebody receives.
 *
 * I1  receivers wait only while there is nothing to give: no buffered value, no blocked sender, no source item, not closed.
 * I2  senders wait only while the buffer is full and no receiver waits.
 * I3  A waiter is completed exactly once: whoever completes it first takes all waiters of its fiber off their channels.
 */
#ifndef VM_CHANNEL_H
#define VM_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/list.h"
#include "vm/fiber.h"
#include "vm/type.h"

struct feed;
struct future;
struct topic;
struct vmtimer;

enum channel_source {
    SOURCE_NONE,
    SOURCE_INBOX,
    SOURCE_EVENTS,
    SOURCE_TOPIC,
    SOURCE_TIMER,
    SOURCE_FEED,
    SOURCE_FUTURE
};

/* Lives in a userdata; its uservalue is the table of buffered values, made on first use. */
struct channel {
    const struct type *type;
    struct list receivers, senders; /* struct waiter */
    uint32_t capacity, count, head; /* buffer: values at head+1 … in the uservalue table, modulo capacity */
    bool closed;
    uint8_t source; /* enum channel_source */
    union {
        struct topic *topic;
        struct vmtimer *timer;
        struct feed *feed;
        struct future *future;
    };
};

extern const struct type channel_type;
extern const struct type channel_case_type;

/* Pushes a new channel. */
struct channel *channel_new(lua_State *L, uint32_t capacity);

/* The operations of spec section 4 on the stack as Lua called them: (channel, value), (channel), (channel), (cases, default). */
int channel_send(lua_State *L);
int channel_receive(lua_State *L);
int channel_close(lua_State *L);
int channel_case_send(lua_State *L);
int channel_case_receive(lua_State *L);
int channel_select(lua_State *L);

/* Gives the first waiting receiver a message of the topic that is the channel's source (taken). Called at drain, touches no Lua stack. */
void channel_pass(struct channel *channel, struct message *message);

/* The source may have got something: completes waiting receivers while it can. Called at drain, touches no Lua stack. */
void channel_notify(struct channel *channel, struct process *process);

/* Closes from C: wakes all waiters; nobody is rescheduled in favour of another. */
void channel_shut(struct channel *channel);

/* ---- shared by channel.c and select.c ---- */

/* Is there something to receive? And something to do for a sender? */
bool channel_can_receive(const struct channel *channel, struct process *process);
bool channel_can_send(const struct channel *channel);

enum channel_take { TAKE_VALUE, TAKE_ITEM, TAKE_CLOSED };

/*
 * Receives now (channel_can_receive holds): the value is pushed (TAKE_VALUE) or in fiber->item (TAKE_ITEM). *sender: a fiber to make
 * ready after the receiver, or NULL. `index` is the channel's stack index.
 */
enum channel_take channel_take(lua_State *L, int index, struct channel *channel, struct fiber **sender);

/* Gives the value on top of the stack (popped) to a receiver or the buffer; returns the receiver to make ready, or NULL. */
struct fiber *channel_give(lua_State *L, int index, struct channel *channel);

/* Takes all waiters of the fiber off their channels and stores which one ended the wait. */
void channel_end_wait(struct waiter *waiter, enum wait_result result);

#endif
