/* SPDX-License-Identifier: MIT */
/* subscription: the channels through which a process receives: inbox, events, listened topics. */
#ifndef VM_SUBSCRIPTION_H
#define VM_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

struct channel;

/* Push the channel, the same one on every call. */
void subscription_push_inbox(lua_State *L);
void subscription_push_events(lua_State *L);

/* Pushes the channel of the topic, made on the first call with that mode. */
void subscription_push_topic(lua_State *L, const char *topic, size_t length, bool as_message);

/* Attaches the channel at `index` to a topic; false: the topic has another channel, or the channel another source. */
bool subscription_attach(lua_State *L, int index, const char *topic, size_t length);

/* Ends the topic subscription of the channel at `index` and closes it; false: it has none. */
bool subscription_end(lua_State *L, int index);

#endif
