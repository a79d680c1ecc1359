/* SPDX-License-Identifier: MIT */
/* envelope: the Message objects that the inbox and message-mode listeners give: topic, sender, payload. */
#ifndef VM_ENVELOPE_H
#define VM_ENVELOPE_H

#include <lua.h>

struct message;
struct type;

extern const struct type envelope_type;

/* Pushes a Message with topic, sender and body of the user message (borrowed): small bodies copied, big ones shared. */
void envelope_push(lua_State *L, const struct message *message);

#endif
