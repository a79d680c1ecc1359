/* SPDX-License-Identifier: MIT */
/*
 * lazy_proxy: what lazy.c and lazy_freeze.c share.
 */
#ifndef VM_LAZY_PROXY_H
#define VM_LAZY_PROXY_H

#include <lua.h>

/* The __newindex of all proxies: raises. By it proxies are known. */
int lazy_refuse(lua_State *L);

#endif
