/* SPDX-License-Identifier: MIT */
/* links: sched_base */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "sched/base/bytes.h"

Test(bytes, equal_means_each_of_them_and_no_more)
{
    for (size_t length = 0; length < 70; length++) {
        char *a = malloc(length ? length : 1),
             *b = malloc(length ? length : 1); /* so that sanitizers see a read behind them */
        for (size_t i = 0; i < length; i++)
            a[i] = b[i] = (char)(i * 37);
        cr_assert(bytes_equal(a, b, length), "%zu", length);
        for (size_t i = 0; i < length; i++) {
            b[i] ^= 64;
            cr_assert_not(bytes_equal(a, b, length), "byte %zu of %zu", i, length);
            b[i] ^= 64;
        }
        free(a);
        free(b);
    }
}

Test(bytes, copy_writes_all_and_no_more)
{
    for (size_t length = 0; length < 70; length++) {
        char *from = malloc(length ? length : 1), *to = malloc(length + 2);
        for (size_t i = 0; i < length; i++)
            from[i] = (char)(i * 37 + 1);
        memset(to, 'x', length + 2);
        bytes_copy(to + 1, from, length);
        cr_assert_eq(memcmp(to + 1, from, length), 0, "%zu", length);
        cr_assert_eq(to[0], 'x');
        cr_assert_eq(to[length + 1], 'x');
        free(from);
        free(to);
    }
}
