/* SPDX-License-Identifier: MIT */
/*
 * list: circular doubly linked intrusive list. A node that is in no list points to itself (after list_init), so
 * list_remove is always legal and may be called twice. No locking: the owner of the list calls.
 */
#ifndef SCHED_BASE_LIST_H
#define SCHED_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

/* Adds `node` before `at`; with `at` the head that is the tail of the list. */
static inline void list_add_tail(struct list *at, struct list *node)
{
    node->next = at;
    node->prev = at->prev;
    at->prev->next = node;
    at->prev = node;
}

static inline void list_add_head(struct list *at, struct list *node)
{
    list_add_tail(at->next, node);
}

static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* Takes the first node off the list, or NULL. */
static inline struct list *list_take(struct list *l)
{
    struct list *node = l->next;
    if (node == l)
        return NULL;
    l->next = node->next;
    node->next->prev = l;
    list_init(node);
    return node;
}

/* Moves all nodes of the list `from` to the tail of the list `at`, in their order. */
static inline void list_move(struct list *at, struct list *from)
{
    if (list_is_empty(from))
        return;
    from->next->prev = at->prev;
    from->prev->next = at;
    at->prev->next = from->next;
    at->prev = from->prev;
    list_init(from);
}

#endif
