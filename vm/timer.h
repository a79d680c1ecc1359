/* SPDX-License-Identifier: MIT */
/*
 * timer: what stdlib/time is made of: sleeping, and channels that the clock feeds. They live in the heap of the process and end with it.
 */
#ifndef VM_TIMER_H
#define VM_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

/* Suspends the running coroutine for ns nanoseconds (<= 0: lets the others run once). Returns the yield; no Lua results. */
int vmtimer_sleep(lua_State *L, int64_t ns);

enum vmtimer_kind {
    VMTIMER_ONCE,  /* capacity 1: one Time value, then closed */
    VMTIMER_TICKER /* capacity 16, further ticks dropped while full */
};

struct vmtimer;

/*
 * Pushes a new channel fed by a new timer, armed for ns (> 0). *out stays valid as long as the channel is referenced (keep it as
 * the uservalue of the Timer object).
 */
void vmtimer_push_channel(lua_State *L, enum vmtimer_kind kind, int64_t ns, struct vmtimer **out);

/* Closes the channel. True if a one-shot was still pending (tickers: always true). */
bool vmtimer_stop(lua_State *L, struct vmtimer *timer);

/* Arms a pending one-shot anew; false if it has fired or was stopped. A value of the old arm is never delivered afterwards. */
bool vmtimer_reset(lua_State *L, struct vmtimer *timer, int64_t ns);

#endif
