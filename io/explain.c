/* SPDX-License-Identifier: MIT */
/*
 * explain: why a ring could not be opened, in words an operator can act on (io_explain_open_error of poller.h). Nearly
 * always it is one of three: a seccomp filter, the sysctl, the limit of locked memory.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "io/poller.h"

/* The first line of a small file without its end, or "unknown". */
static const char *read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return "unknown";
    if (!fgets(line, size, file))
        snprintf(line, (size_t)size, "unknown");
    line[strcspn(line, "\n")] = '\0';
    fclose(file);
    return line;
}

static const char *memlock_limit(char *text, size_t size)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
        return "unknown";
    if (limit.rlim_cur == RLIM_INFINITY)
        return "unlimited";
    snprintf(text, size, "%llu KiB", (unsigned long long)limit.rlim_cur / 1024);
    return text;
}

static const char *explain_cause(int error)
{
    switch (-error) {
    case EPERM:
    case EACCES:
        return "The system forbids it: a seccomp filter (containers have one by default), or the sysctl.";
    case ENOSYS:
        return "The kernel has none, or a seccomp filter pretends so.";
    case ENOMEM:
        return "The limit of locked memory is used up: raise memlock (ulimit -l, LimitMEMLOCK=) or use fewer workers.";
    case EINVAL:
    case EOPNOTSUPP:
        return "The kernel is too old: Linux 6.1 or newer is needed.";
    case EMFILE:
    case ENFILE:
        return "Too many open files: raise the limit (ulimit -n).";
    default:
        return "The cause is unknown; the usual ones are a seccomp filter, the sysctl and the memlock limit.";
    }
}

void io_explain_open_error(int error, char *text, size_t size)
{
    struct utsname system;
    char disabled[32], memlock[32];
    if (uname(&system) != 0)
        snprintf(system.release, sizeof system.release, "unknown");
    snprintf(
        text, size,
        "cannot open an io_uring: %s. %s (kernel %s; sysctl kernel.io_uring_disabled = %s, must be 0, or 1 with"
        " the right group; memlock limit %s; seccomp must allow io_uring_setup, io_uring_enter, io_uring_register)",
        strerror(-error), explain_cause(error), system.release,
        read_line("/proc/sys/kernel/io_uring_disabled", disabled, sizeof disabled),
        memlock_limit(memlock, sizeof memlock));
}
