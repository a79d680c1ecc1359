/* SPDX-License-Identifier: MIT */
/* diagnostic: see the header. */
#include "vm/lang/diagnostic.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"

void diagnostics_init(struct diagnostics *list)
{
    *list = (struct diagnostics){0};
}

void diagnostics_destroy(struct diagnostics *list)
{
    free(list->items);
    *list = (struct diagnostics){0};
}

void diagnostics_add(struct diagnostics *list, const struct diagnostic *diagnostic)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 8;
        list->items = memory_resize(list->items, list->capacity * sizeof *list->items, "diagnostics of a source");
    }
    list->items[list->count++] = *diagnostic;
}

/* Merging keeps the order of equals, which qsort need not. */
static void merge_sort(struct diagnostic *items, struct diagnostic *room, uint32_t count)
{
    if (count < 2)
        return;
    uint32_t half = count / 2, left = 0, right = half;
    merge_sort(items, room, half);
    merge_sort(items + half, room, count - half);
    for (uint32_t i = 0; i < count; i++) {
        bool take_left = right == count || (left < half && items[left].start <= items[right].start);
        room[i] = items[take_left ? left++ : right++];
    }
    memcpy(items, room, count * sizeof *items);
}

static bool is_repeated(const struct diagnostics *list, const struct diagnostic *item)
{
    for (uint32_t i = list->count; i > 0 && list->items[i - 1].start == item->start; i--)
        if (!strcmp(list->items[i - 1].code, item->code))
            return true;
    return false;
}

void diagnostics_sort(struct diagnostics *list)
{
    if (!list->count)
        return;
    uint32_t count = list->count;
    struct diagnostic *room = memory_alloc(count * sizeof *room, "diagnostics of a source");
    merge_sort(list->items, room, count);
    free(room);
    list->count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!is_repeated(list, &list->items[i]))
            list->items[list->count++] = list->items[i];
}

const char *diagnostic_severity_name(enum diagnostic_severity severity)
{
    static const char *const names[] = {"error", "warning", "hint"};
    return names[severity];
}
