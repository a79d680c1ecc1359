/* SPDX-License-Identifier: MIT */
/*
 * lazy_learn: which libraries and types a program uses, learned from one of its processes, so that later ones need not open them.
 */
#ifndef VM_LAZY_LEARN_H
#define VM_LAZY_LEARN_H

#include <stdbool.h>

#include <lua.h>

struct type;

/* What of libraries and types a process has opened, by the addresses of its descriptions. */
enum { LAZY_SET_MAX = 128, LAZY_SET_TYPES = 16 };
struct lazy_set {
    const void *items[LAZY_SET_MAX]; /* struct library, struct lazy_entry, luaL_Reg */
    unsigned count;
    const struct type *types[LAZY_SET_TYPES];
    unsigned type_count;
};
bool lazy_set_is_empty(const struct lazy_set *set);
bool lazy_set_has(const struct lazy_set *set, const void *item);
/* Each once; what is too much is left out. */
void lazy_set_add(struct lazy_set *set, const void *item);
void lazy_set_add_type(struct lazy_set *set, const struct type *type);

/*
 * Adds to the set what a state at rest has opened: nothing runs on it, and L, which may be suspended, can take values on its stack. True: that is
 * more than was in it. Allocates nothing in Lua and does not raise.
 */
bool lazy_learn(lua_State *L, struct lazy_set *set);

/* Pushes the value of a string key of the table on top, if it has that key. Allocates nothing and does not raise. */
bool lazy_push_field(lua_State *L, const char *name);

/* Opens what is in the set, so that clones find it open. Part of template set-up, after lazy_install. */
void lazy_prepare(lua_State *L, const struct lazy_set *set);

#endif
