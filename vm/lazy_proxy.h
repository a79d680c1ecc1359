/* SPDX-License-Identifier: MIT */
/*
 * lazy_proxy: what the lazy*.c files share.
 */
#ifndef VM_LAZY_PROXY_H
#define VM_LAZY_PROXY_H

#include <lua.h>

#include "vm/lazy.h"

/* The configuration; a userdata whose user value is the filler (lazy.c). */
struct lazy {
    const void *type; /* NULL: as in all userdata, see type.h */
    const struct lazy_entry *base;
    const struct library *libraries;
    lazy_allow_f allow;
    unsigned base_count;
    unsigned char touched[]; /* a bit per base entry, then per library */
};

/* Pushes the filler. */
struct lazy *lazy_push_filler(lua_State *L);

/* The __newindex of all proxies: raises. By it proxies are known. */
int lazy_refuse(lua_State *L);

/* Has the global of that bit come into being? */
bool lazy_is_touched(const struct lazy *lazy, unsigned bit);

/*
 * For the key at stack index 2 looked up in the registry: if it is the one under which Lua's auxiliary library looks for the name of the C function
 * that raises an argument error, pushes a table {name = function}. Returns how many values it has pushed.
 */
int lazy_push_callee(lua_State *L);

#endif
