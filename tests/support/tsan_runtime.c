/* SPDX-License-Identifier: MIT */
/*
 * tsan_runtime: two things that ThreadSanitizer does not do for stock liblua. Part of every program of the tsan preset.
 *
 * liblua is built with _FORTIFY_SOURCE and so calls __longjmp_chk, which TSan does not intercept. Each Lua error and yield that
 * leaves an instrumented C function would leave its entry on TSan's shadow stack, until that overflows.
 *
 * TSan delays an asynchronous signal until its thread enters the next intercepted function. A Lua loop enters none, so it could
 * never be preempted. The preemption signal is therefore installed behind TSan's back; its handler and what that calls are
 * compiled without instrumentation (cmake/build.cmake), for it may interrupt TSan itself.
 */
#include <setjmp.h>
#include <signal.h>

void __longjmp_chk(jmp_buf buffer, int value) __attribute__((noreturn));
int __sigaction(int number, const struct sigaction *action, struct sigaction *former);
int __interceptor_sigaction(int number, const struct sigaction *action, struct sigaction *former);

void __longjmp_chk(jmp_buf buffer, int value)
{
    longjmp(buffer, value);
}

int sigaction(int number, const struct sigaction *action, struct sigaction *former)
{
    if (number == SIGURG)
        return __sigaction(number, action, former);
    return __interceptor_sigaction(number, action, former);
}
