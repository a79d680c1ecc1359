/* SPDX-License-Identifier: MIT */
/*
 * local: what a worker keeps for a library between two calls: a parser with its memory, a context of a cipher. Who finds an item may
 * use it until the C function returns or yields, since the worker does nothing else meanwhile; an error raised in between leaves it on
 * the shelf, where it is found again. Who needs it longer takes it off.
 *
 * All of this: on the worker that runs the calling process.
 */
#ifndef VM_LOCAL_H
#define VM_LOCAL_H

#include <lua.h>

struct vm_local;

/* Embedded in what is kept. */
struct local_item {
    struct local_item *next;
    const void *key;                       /* whose it is: the address of something static */
    void (*free)(struct local_item *item); /* when the VM ends; any thread */
};

/* The item of that key, or NULL. */
struct local_item *local_find(lua_State *L, const void *key);

/* Puts it on the shelf, which owns it from now on. One of that key that is there already stays and comes after it. */
void local_add(lua_State *L, struct local_item *item);

/* Takes it off the shelf: the caller owns it. */
void local_remove(lua_State *L, struct local_item *item);

/* ---- for vm.c ---- */
void local_free_all(struct vm_local *local);

#endif
