/* SPDX-License-Identifier: MIT */
/*
 * spawner: what a Spawner object of Lua (stdlib/process_spawner) adds to a spawn: context values, options, a name, messages. The settings are a
 * Lua table that programs never see; each change makes a copy, so settings that somebody has are never changed. What lies outside the
 * heap (contexts) hangs in it on userdata of its own and is charged once, however many copies refer to it.
 *
 * Called on the worker that runs the process.
 */
#ifndef VM_SPAWNER_H
#define VM_SPAWNER_H

#include <stddef.h>

#include <lua.h>

struct context;

enum spawner_values { SPAWNER_CONTEXT = 1, SPAWNER_OPTIONS };
enum { SPAWNER_MESSAGES_MAX = 1000 };

/* Pushes settings that add nothing; a copy of those at `index`. */
void spawner_push(lua_State *L);
void spawner_push_copy(lua_State *L, int index);

/* ---- changing fresh settings at `index` ---- */

/*
 * Pushes a holder for values, to be filled by spawner_fill, which overlays those of the settings at `index` with the fields of an encoding
 * (plain_encode_fields) and never raises: 0 or what context_merge says. spawner_set_values pops the holder.
 */
void spawner_push_holder(lua_State *L);
int spawner_fill(lua_State *L, int holder, int index, enum spawner_values which, const void *data, size_t length);
void spawner_set_values(lua_State *L, int index, enum spawner_values which);

void spawner_set_name(lua_State *L, int index); /* pops the name */
/* Pops topic and encoded arguments (strings; "": none). The caller has looked at spawner_messages. */
void spawner_add_message(lua_State *L, int index);

/* ---- using them: nothing here raises or allocates; pointers live as long as the settings are on the stack ---- */

struct context *spawner_values(lua_State *L, int index, enum spawner_values which); /* borrowed, NULL: none */
const char *spawner_name(lua_State *L, int index, size_t *length);                  /* NULL: none */
unsigned spawner_messages(lua_State *L, int index);

struct spawner_message {
    const char *topic, *body;
    size_t topic_length, length;
};
/* Number `which`, from 0. */
void spawner_message(lua_State *L, int index, unsigned which, struct spawner_message *out);

#endif
