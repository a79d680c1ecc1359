/* SPDX-License-Identifier: MIT */
/* subscription: the channels through which a process receives: inbox, events, listened topics. */
#ifndef VM_SUBSCRIPTION_H
#define VM_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

struct channel;
struct process;

/* Push the channel, the same one on every call. */
void subscription_push_inbox(lua_State *L);
void subscription_push_events(lua_State *L);

/* Pushes the channel of the topic, made on the first call with that mode. */
void subscription_push_topic(lua_State *L, const char *topic, size_t length, bool as_message);

/* Attaches the open channel at `index` to a topic, besides those it has. */
enum subscription_answer {
    SUBSCRIPTION_OK,    /* also when it has the topic already */
    SUBSCRIPTION_TAKEN, /* the topic has another channel */
    SUBSCRIPTION_FED    /* inbox, events, a timer's channel …: it has a source of its own */
};
enum subscription_answer subscription_attach(lua_State *L, int index, const char *topic, size_t length);

/* Ends the topic subscriptions of the channel at `index` and closes it; false: it has none. */
bool subscription_end(lua_State *L, int index);

/*
 * The process ends and its state stays: closes its channels, lets go of them and frees its topics and their messages, `most` at most; false while
 * more are left. Its mailbox is closed and no coroutine waits any more.
 */
bool subscription_end_some(struct process *process, unsigned most);

#endif
