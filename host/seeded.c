/* SPDX-License-Identifier: MIT */
/*
 * seeded: a guard variable in the environment holds the process id, which exec keeps: so the program knows that it has been run anew, while
 * children that inherit the variable do not take it for theirs. time() asks the same question instead of keeping a flag.
 */
#include "host/seeded.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const char guard[] = "MOONLET_SEEDED";

enum {
    FIXED_TIME = 1577836800, /* 2020-01-01T00:00:00Z, where the virtual clock starts */
    STACK_LIMIT = 8 << 20,
};

static bool is_entered(void)
{
    const char *value = getenv(guard);
    return value && strtol(value, NULL, 10) == (long)getpid();
}

/* The kernel places mappings below the room that it leaves for the stack. */
static void fix_stack_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < STACK_LIMIT ? limit.rlim_max : STACK_LIMIT;
    (void)setrlimit(RLIMIT_STACK, &limit);
}

int seeded_enter(char **argv)
{
    char pid[24];
    int now = personality(0xFFFFFFFF);
    if (is_entered())
        return now != -1 && (now & ADDR_NO_RANDOMIZE) ? 0 : -1;
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv(guard, pid, 1);
    fix_stack_limit();
    if (now == -1 || personality((unsigned long)now | ADDR_NO_RANDOMIZE) == -1)
        return -1;
    execv("/proc/self/exe", argv);
    return -1;
}

/* Replaces the C library's for the whole program, liblua included: fixed in seeded runs, the real one otherwise. */
time_t time(time_t *out)
{
    struct timespec now = {.tv_sec = FIXED_TIME};
    if (!is_entered())
        clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
