/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* list: order, removal twice, taking. */
#include "sched/base/list.h"

#include <criterion/criterion.h>

Test(list, keeps_order)
{
    struct list head, a, b, c;
    list_init(&head);
    cr_assert(list_is_empty(&head));
    cr_assert_null(list_take(&head));
    list_add_tail(&head, &b);
    list_add_tail(&head, &c);
    list_add_head(&head, &a);
    cr_assert_eq(list_take(&head), &a);
    cr_assert_eq(list_take(&head), &b);
    cr_assert_eq(list_take(&head), &c);
    cr_assert(list_is_empty(&a) && list_is_empty(&b), "who was taken may be removed again");
    cr_assert(list_is_empty(&head));
}

Test(list, removal_may_be_repeated)
{
    struct list head, a, b;
    list_init(&head);
    list_init(&a);
    list_remove(&a);
    list_add_tail(&head, &a);
    list_add_tail(&head, &b);
    list_remove(&a);
    list_remove(&a);
    cr_assert(list_is_empty(&a));
    cr_assert_eq(head.next, &b);
    cr_assert_eq(head.prev, &b);
}

Test(list, adds_before_any_node)
{
    struct list head, a, b;
    list_init(&head);
    list_add_tail(&head, &b);
    list_add_tail(&b, &a);
    cr_assert_eq(head.next, &a);
    cr_assert_eq(a.next, &b);
}

Test(list, moves_all_nodes_behind_those_of_another)
{
    struct list head, from, a, b, c;
    list_init(&head);
    list_init(&from);
    list_move(&head, &from);
    cr_assert(list_is_empty(&head));
    list_add_tail(&from, &b);
    list_add_tail(&from, &c);
    list_add_tail(&head, &a);
    list_move(&head, &from);
    cr_assert(list_is_empty(&from));
    cr_assert_eq(head.prev, &c);
    cr_assert_eq(list_take(&head), &a);
    cr_assert_eq(list_take(&head), &b);
    cr_assert_eq(list_take(&head), &c);
    cr_assert(list_is_empty(&head));
    list_add_tail(&from, &a);
    list_move(&head, &from);
    cr_assert_eq(head.next, &a);
    cr_assert_eq(a.next, &head);
}
