/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* host_type: the types that libraries show, by name and by number. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/duration.h"
#include "stdlib/libraries.h"
#include "vm/channel.h"
#include "vm/host_type.h"
#include "vm/lang/shape.h"
#include "vm/lang/shape_text.h"
#include "vm/type.h"

Test(host_type, by_name)
{
    cr_assert_eq(host_type_find(std_libraries, "time", "Duration"), &duration_type);
    cr_assert_eq(host_type_find(std_libraries, "channel", "Channel"), &channel_type);
    cr_assert_null(host_type_find(std_libraries, "time", "now"), "a function");
    cr_assert_null(host_type_find(std_libraries, "time", "Channel"));
    cr_assert_null(host_type_find(std_libraries, "nowhere", "Duration"));
    cr_assert_null(host_type_find(std_libraries, "logger", "info"));
    cr_assert_not_null(host_type_find(std_libraries, "logger", "Logger"));
    cr_assert_null(host_type_find(NULL, "time", "Duration"), "a VM without libraries");
}

/* Every type has a node, another than all others, and the node leads back to it. */
Test(host_type, the_set)
{
    char text[64], expected[64];
    unsigned count = 0;
    struct shapes *set = host_types_new(std_libraries);
    cr_assert(shape_is_sound(set, shape_size(set)));
    for (const struct library *library = std_libraries; library->name; library++) {
        for (const struct lazy_entry *e = library->entries; e && e->kind != LAZY_END; e++) {
            if (e->kind != LAZY_TYPE)
                continue;
            uint32_t node = host_types_node(std_libraries, e->type);
            cr_assert_eq(node, BUILTINS + count++);
            cr_assert_eq(host_type_of(std_libraries, set, shape_node(set, node)), e->type);
            shape_text(set, node, text, sizeof text);
            snprintf(expected, sizeof expected, "%s.%s", library->name, e->name);
            cr_assert_str_eq(text, expected);
        }
    }
    cr_assert(count >= 19 && set->node_count == BUILTINS + count);
    static const struct type none = {.name = "none"};
    cr_assert_eq(host_types_node(std_libraries, &none), 0);
    free(set);
    set = host_types_new(NULL);
    cr_assert_eq(set->node_count, BUILTINS);
    free(set);
}
