/* SPDX-License-Identifier: MIT */
/*
 * deny: runs a program for which some system calls fail: deny <errno> <syscall>[,<syscall>]... <program> [argument]...
 * Calls are named io_uring_setup, io_uring_enter, clone, eventfd2, memfd_create or given by number. Uses a seccomp filter, so
 * the program's own start (execve, mmap) is not touched.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS_LIMIT = 8, USAGE = 2, NO_FILTER = 77 };

static const struct {
    const char *name;
    int number;
} known[] = {
    {"io_uring_setup", SYS_io_uring_setup},
    {"io_uring_enter", SYS_io_uring_enter},
    {"clone", SYS_clone},
    {"clone3", SYS_clone3},
    {"eventfd2", SYS_eventfd2},
    {"memfd_create", SYS_memfd_create},
};

static int call_number(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return atoi(name);
}

/* Loads the number of the call, compares it with each of `calls`, and returns the error or allows. */
static int install(const int *calls, unsigned count, int error)
{
    struct sock_filter code[2 * CALLS_LIMIT + 2];
    unsigned short length = 0;
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < count; i++) {
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1);
        code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error);
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = length, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: %s <errno> <syscall>[,<syscall>]... <program> [argument]...\n", argv[0]);
        return USAGE;
    }
    int calls[CALLS_LIMIT];
    unsigned count = 0;
    for (char *name = strtok(argv[2], ","); name && count < CALLS_LIMIT; name = strtok(NULL, ","))
        calls[count++] = call_number(name);
    int r = install(calls, count, atoi(argv[1]));
    if (r < 0) {
        fprintf(stderr, "deny: no seccomp filter here: %s\n", strerror(-r));
        return NO_FILTER;
    }
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return EXIT_FAILURE;
}
