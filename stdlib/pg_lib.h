/* SPDX-License-Identifier: MIT */
/* pg_lib: what pg.c and pg_view.c share. */
#ifndef STDLIB_PG_LIB_H
#define STDLIB_PG_LIB_H

#include <stdbool.h>

#include <lua.h>

#include "vm/groups.h"

struct type;

extern const struct type pg_instance_type, pg_subscription_type;

/* The scope of the instance at index 1; NULL: it is released, which is pushed as an error. */
struct groups *pg_scope(lua_State *L);

/* The group name at `index`; false: missing, empty or too long, which is pushed as an error. Raises if it is no string. */
bool pg_name(lua_State *L, int index, struct groups_name *name);

/* Pushes the error that the answer means; `group`: the name it is about, or NULL. */
void pg_push_error(lua_State *L, const struct groups *groups, enum groups_answer answer,
                   const struct groups_name *group);

/* Returns `nils` times nil and the error on top. */
int pg_fail(lua_State *L, int nils);

/* ---- pg_view.c: methods ---- */

int pg_get_members(lua_State *L);
int pg_which_groups(lua_State *L);
int pg_monitor(lua_State *L);
int pg_events(lua_State *L);

#endif
