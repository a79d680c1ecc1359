/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "vm/pid.h"
#include "vm/pid_memo.h"

static struct pid_memo memo;

static void clear(void)
{
    memset(&memo, 0, sizeof memo);
}

TestSuite(pid_memo, .init = clear);

static uint64_t find(const char *text)
{
    return pid_memo_find(&memo, text, strlen(text));
}

static void keep(const char *text, uint64_t pid)
{
    pid_memo_keep(&memo, text, strlen(text), pid);
}

Test(pid_memo, an_empty_one_knows_nothing)
{
    cr_assert_eq(find("{host|0x10000010000a1}"), 0);
    cr_assert_eq(find(""), 0);
    cr_assert_eq(find("0x}"), 0);
    cr_assert_eq(pid_memo_find(&memo, "\0\0\0\0\0\0\0\0\0\0\0\0", 12), 0);
}

Test(pid_memo, only_the_very_same_text_is_found)
{
    keep("{host|0x10000010000a1}", 7);
    cr_assert_eq(find("{host|0x10000010000a1}"), 7);
    cr_assert_eq(find("{hose|0x10000010000a1}"), 0);
    cr_assert_eq(find("{shost|0x10000010000a1}"), 0);
    cr_assert_eq(find("host|0x10000010000a1}"), 0);
    cr_assert_eq(find("{host|0x20000010000a1}"), 0);
}

Test(pid_memo, what_is_found_was_kept_under_that_text)
{
    char text[40];
    unsigned found = 0;
    for (unsigned i = 1; i <= 4000; i++) {
        snprintf(text, sizeof text, "{host|0x10000010%05x}", i);
        keep(text, i);
    }
    for (unsigned i = 1; i <= 4000; i++) {
        snprintf(text, sizeof text, "{host|0x10000010%05x}", i);
        uint64_t pid = find(text);
        cr_assert(pid == 0 || pid == i);
        found += pid != 0;
    }
    cr_assert(found > 400 && found <= PID_MEMO_PLACES, "%u", found);
}

/* A process of a ring of 512 sends to one of them, round and round. */
Test(pid_memo, texts_that_share_a_place_have_two)
{
    char text[40];
    unsigned lost = 0;
    for (unsigned i = 0; i < 1024; i++) {
        snprintf(text, sizeof text, "{host|0x%013" PRIx64 "}", pid_to_number(pid_make(0, 1, i % 512)));
        bool is_known = find(text) != 0;
        lost += i >= 512 && !is_known;
        if (!is_known)
            keep(text, i + 1);
    }
    cr_assert_leq(lost, 20, "%u", lost); /* with one place for each: 38 */
}

Test(pid_memo, texts_of_all_lengths)
{
    for (size_t length = 0; length <= 80; length++) {
        char *text = malloc(length ? length : 1); /* so that sanitizers see a read outside of it */
        memset(text, 'a', length);
        pid_memo_keep(&memo, text, length, length);
        uint64_t pid = pid_memo_find(&memo, text, length);
        cr_assert_eq(pid, length < 9 || length > PID_MEMO_TEXT ? 0 : length, "%zu", length);
        free(text);
    }
}
