/* SPDX-License-Identifier: MIT */
/* links: host */
/* entry: the table of entries finds what is in it, whatever it is asked for. What ids may be is tested by t_definitions. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "entries_rig.h"

enum { ENTRIES = 1000 };

static struct entries entries;

static void add(unsigned i)
{
    char name[32];
    snprintf(name, sizeof name, "e%u", i);
    struct entry *entry =
        entry_new("app", name, strdup("k"), value_new(VALUE_MAP, 1), value_new(VALUE_MAP, 1), "f.yaml", i);
    cr_assert(entries_add(&entries, entry));
}

static void begin(void)
{
    for (unsigned i = 0; i < ENTRIES; i++)
        add(i);
}

static void end(void)
{
    entries_free(&entries);
}

static ptrdiff_t place(const char *id, size_t length)
{
    return entries_place(&entries, id, length);
}

Test(entry, nothing_is_found_in_an_empty_table)
{
    struct entries none = {0};
    cr_assert_eq(entries_place(&none, "a:b", 3), ENTRIES_NONE);
    cr_assert_null(entries_find(&none, "a:b"));
}

Test(entry, each_is_found_where_it_was_added, .init = begin, .fini = end)
{
    char id[32];
    for (unsigned i = 0; i < ENTRIES; i++) {
        snprintf(id, sizeof id, "app:e%u", i);
        cr_assert_eq(place(id, strlen(id)), (ptrdiff_t)i);
        cr_assert_eq(entries_find(&entries, id)->line, i);
        cr_assert_eq(entries_index(&entries, entries.items[i]), i);
    }
}

Test(entry, what_only_looks_like_an_id_is_not_found, .init = begin, .fini = end)
{
    static const char long_id[2000] = "app:e1";
    cr_assert_eq(place("", 0), ENTRIES_NONE);
    cr_assert_eq(place("app:e1000", 9), ENTRIES_NONE);
    cr_assert_eq(place("app:e1\0", 7), ENTRIES_NONE);
    cr_assert_eq(place("\0", 1), ENTRIES_NONE);
    cr_assert_eq(place("app:e", 5), ENTRIES_NONE);
    cr_assert_eq(place("App:e1", 6), ENTRIES_NONE);
    cr_assert_eq(place(long_id, sizeof long_id), ENTRIES_NONE);
    cr_assert_eq(place("app:e12", 6), 1, "the length counts");
}

static bool is_odd(void *ctx, const struct entry *entry)
{
    (void)ctx;
    return entry->line % 2;
}

static void drop(void *ctx, struct entry *entry)
{
    (void)ctx;
    entry_free(entry);
}

Test(entry, places_move_up_when_others_leave, .init = begin, .fini = end)
{
    entries_remove_if(&entries, is_odd, drop, NULL);
    cr_assert_eq(entries.count, ENTRIES / 2);
    cr_assert_eq(place("app:e1", 6), ENTRIES_NONE);
    cr_assert_eq(place("app:e10", 7), 5);
    add(1);
    cr_assert_eq(place("app:e1", 6), ENTRIES / 2);
}
