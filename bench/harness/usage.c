/* SPDX-License-Identifier: MIT */
/*
 * usage: usage <file> <command>...: runs the command, writes what the kernel knows of it into the file, and ends as it did:
 *
 *   <microseconds of CPU time> <kilobytes>
 *
 * The kilobytes are the peak of its resident memory. Both are exact, not sampled, and those of the command and of all that it waited for: their CPU time
 * together, the memory of the largest of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000L + time.tv_usec;
}

static int fail(const char *what)
{
    fprintf(stderr, "usage: %s: %s\n", what, strerror(errno));
    return 126;
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status;
    if (argc < 3) {
        fputs("usage: usage <file> <command>...\n", stderr);
        return 2;
    }
    pid_t pid = fork();
    if (pid < 0)
        return fail("fork");
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(fail(argv[2]));
    }
    while (wait4(pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return fail("wait4");
    }
    FILE *file = fopen(argv[1], "w");
    if (!file)
        return fail(argv[1]);
    fprintf(file, "%ld %ld\n", microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss);
    if (fclose(file) != 0)
        return fail(argv[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
