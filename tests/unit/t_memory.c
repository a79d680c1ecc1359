/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* memory: what it gives, and that running out is an abort with a line on standard error that says for what. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sched/base/memory.h"

Test(memory, gives_and_resizes)
{
    char *zeroed = memory_zeroed(100, "a test"), *block = memory_alloc(10, "a test");
    for (int i = 0; i < 100; i++)
        cr_assert_eq(zeroed[i], 0);
    memcpy(block, "0123456789", 10);
    block = memory_resize(block, 1000, "a test");
    cr_assert_eq(memcmp(block, "0123456789", 10), 0);
    char *text = memory_string("text", "a test");
    cr_assert_str_eq(text, "text");
    free(zeroed);
    free(block);
    free(text);
    free(memory_alloc(0, "nothing"));
}

Test(memory, running_out_aborts_with_a_word)
{
    char text[300] = "";
    int ends[2], status;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        memory_out(123456, "the test of running out");
    }
    close(ends[1]);
    cr_assert_gt(read(ends[0], text, sizeof text - 1), 0);
    close(ends[0]);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    cr_assert_str_eq(text, "moonlet: out of memory: 123456 bytes for the test of running out\n");
}
