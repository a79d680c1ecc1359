/* SPDX-License-Identifier: MIT */
/*
 * await: where vm and io meet. A C function called from Lua asks io for something; if the answer is not there yet the coroutine, and only it, is
 * suspended until io calls back on whatever thread.
 *
 *     long n = await_input(L, stdio, data, size, flags, &await);
 *     if (n == -EAGAIN)
 *         return await_wait(L, await, k);        k: await_end(ctx), then ask again
 */
#ifndef STDLIB_AWAIT_H
#define STDLIB_AWAIT_H

#include <stddef.h>

#include <lua.h>

struct await;
struct io_loop;
struct io_stdio;

/* The event loop of the worker that runs the caller. */
struct io_loop *await_loop(void);

/*
 * io_stdio_read on behalf of the running coroutine. With -EAGAIN *await is set and the caller must return await_wait with it; all other results
 * are final. Raises if the coroutine cannot be suspended here, before anything has been read.
 */
long await_input(lua_State *L, struct io_stdio *stdio, void *data, size_t size, unsigned flags, struct await **await);

/* Suspends the coroutine; `k` is called with the await as ctx and calls await_end(ctx) first. */
int await_wait(lua_State *L, struct await *await, lua_KFunction k);
void await_end(lua_KContext ctx);

#endif
