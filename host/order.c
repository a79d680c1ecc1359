/* SPDX-License-Identifier: MIT */
/*
 * order: Kahn's algorithm over a heap of ready entries ordered by id. When nothing is ready but entries are left, a bottom
 * component is among them: entries that all reach each other and nothing else that is left. It is found by going from an entry to what it
 * reaches but what does not reach it back, until there is no such thing; its members are placed in id order.
 */
#include "host/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/problem.h"
#include "host/text.h"

struct sorter {
    const struct entries *entries, *decoded; /* decoded: may be NULL */
    struct order *order;
    size_t *rank;    /* position in id order, by position */
    size_t *waiting; /* references not placed yet, by position */
    bool *placed;
    size_t *heap, heap_count;      /* ready positions, smallest rank on top */
    struct references *dependents; /* by position */
};

static bool is_before(const struct sorter *s, size_t a, size_t b)
{
    return s->rank[a] < s->rank[b];
}

static void heap_push(struct sorter *s, size_t position)
{
    size_t at = s->heap_count++;
    while (at && is_before(s, position, s->heap[(at - 1) / 2])) {
        s->heap[at] = s->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    s->heap[at] = position;
}

static size_t heap_pop(struct sorter *s)
{
    size_t top = s->heap[0], last = s->heap[--s->heap_count], at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->heap_count)
            break;
        if (child + 1 < s->heap_count && is_before(s, s->heap[child + 1], s->heap[child]))
            child++;
        if (!is_before(s, s->heap[child], last))
            break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = last;
    return top;
}

/* Puts an entry, marked as placed, into the sequence; what waited for it alone becomes ready. */
static void place(struct sorter *s, size_t position)
{
    s->order->sequence[s->order->count++] = position;
    const struct references *dependents = &s->dependents[position];
    for (size_t i = 0; i < dependents->count; i++) {
        size_t dependent = dependents->items[i];
        if (!--s->waiting[dependent] && !s->placed[dependent])
            heap_push(s, dependent);
    }
}

/* Sets marks[] of all entries left that `from` reaches through `edges`; returns how many. `stack` has room for all entries. */
static size_t reach(const struct sorter *s, const struct references *edges, size_t from, bool *marks, size_t *stack)
{
    size_t depth = 0, count = 1;
    memset(marks, 0, s->entries->count * sizeof *marks);
    marks[from] = true;
    stack[depth++] = from;
    while (depth) {
        const struct references *next = &edges[stack[--depth]];
        for (size_t i = 0; i < next->count; i++) {
            size_t position = next->items[i];
            if (s->placed[position] || marks[position])
                continue;
            marks[position] = true;
            stack[depth++] = position;
            count++;
        }
    }
    return count;
}

/* Marks a bottom component of what is left; returns its size. */
static size_t find_component(const struct sorter *s, bool *component, bool *reached_by, size_t *stack)
{
    size_t at = 0;
    while (s->placed[at])
        at++;
    for (;;) {
        size_t count = reach(s, s->order->references, at, component, stack), next = 0;
        reach(s, s->dependents, at, reached_by, stack);
        while (next < s->entries->count && (!component[next] || reached_by[next]))
            next++;
        if (next == s->entries->count)
            return count;
        at = next;
    }
}

static int compare_ranks(const void *a, const void *b, void *sorter)
{
    const struct sorter *s = sorter;
    return is_before(s, *(const size_t *)a, *(const size_t *)b) ? -1 : 1;
}

/* Libraries do not start; that they import each other in a circle is said when a process needs one. */
static bool are_libraries(const struct sorter *s, const size_t *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!entry_is_kind(s->entries->items[members[i]], "library.lua"))
            return false;
    return true;
}

/* Nothing is ready: places the members of a circle. */
static void place_circle(struct sorter *s, struct problems *problems)
{
    size_t total = s->entries->count, count = 0;
    bool *component = alloc_zeroed(total), *reached_by = alloc_zeroed(total);
    size_t *members = alloc_resize(NULL, total, sizeof *members);
    struct text names = {0};
    size_t size = find_component(s, component, reached_by, members);
    for (size_t i = 0; i < total; i++)
        if (component[i])
            members[count++] = i;
    qsort_r(members, size, sizeof *members, compare_ranks, s);
    for (size_t i = 0; i < size; i++) {
        s->placed[members[i]] = true;
        text_printf(&names, "%s%s", i ? ", " : "", s->entries->items[members[i]]->id);
    }
    const struct entry *first = s->entries->items[members[0]];
    if (!are_libraries(s, members, size))
        problem_add(problems, LOG_WARN, first->file, first->line, first->id,
                    "refers to itself through others; these start in id order: %s", text_string(&names));
    for (size_t i = 0; i < size; i++)
        place(s, members[i]);
    text_free(&names);
    free(members);
    free(reached_by);
    free(component);
}

static int compare_ids(const void *a, const void *b, void *entries)
{
    struct entry **items = ((const struct entries *)entries)->items;
    return strcmp(items[*(const size_t *)a]->id, items[*(const size_t *)b]->id);
}

static void rank_by_id(struct sorter *s)
{
    size_t count = s->entries->count;
    size_t *sorted = alloc_resize(NULL, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = i;
    qsort_r(sorted, count, sizeof *sorted, compare_ids, (void *)s->entries);
    for (size_t i = 0; i < count; i++)
        s->rank[sorted[i]] = i;
    free(sorted);
}

static void find_references(struct sorter *s)
{
    struct reference_variables variables;
    reference_variables_find(&variables, s->entries);
    for (size_t i = 0; i < s->entries->count; i++) {
        struct references *references = &s->order->references[i];
        references_find(references, s->entries, &variables, s->entries->items[i],
                        s->decoded ? s->decoded->items[i] : NULL);
        s->waiting[i] = references->count;
        for (size_t j = 0; j < references->count; j++) {
            struct references *dependents = &s->dependents[references->items[j]];
            dependents->items =
                alloc_grow(dependents->items, dependents->count, &dependents->capacity, sizeof *dependents->items);
            dependents->items[dependents->count++] = i;
        }
    }
    reference_variables_free(&variables);
}

void order_compute(struct order *order, const struct entries *entries, const struct entries *decoded,
                   struct problems *problems)
{
    size_t count = entries->count;
    *order = (struct order){
        .sequence = alloc_zeroed(count * sizeof *order->sequence),
        .references = alloc_zeroed(count * sizeof *order->references),
    };
    struct sorter s = {
        .entries = entries,
        .decoded = decoded,
        .order = order,
        .rank = alloc_zeroed(count * sizeof *s.rank),
        .waiting = alloc_zeroed(count * sizeof *s.waiting),
        .placed = alloc_zeroed(count * sizeof *s.placed),
        .heap = alloc_zeroed(count * sizeof *s.heap),
        .dependents = alloc_zeroed(count * sizeof *s.dependents),
    };
    rank_by_id(&s);
    find_references(&s);
    for (size_t i = 0; i < count; i++)
        if (!s.waiting[i])
            heap_push(&s, i);
    while (order->count < count) {
        if (!s.heap_count) {
            place_circle(&s, problems);
            continue;
        }
        size_t next = heap_pop(&s);
        s.placed[next] = true;
        place(&s, next);
    }
    for (size_t i = 0; i < count; i++)
        references_free(&s.dependents[i]);
    free(s.dependents);
    free(s.heap);
    free(s.placed);
    free(s.waiting);
    free(s.rank);
}

void order_free(struct order *order)
{
    for (size_t i = 0; i < order->count; i++)
        references_free(&order->references[i]);
    free(order->references);
    free(order->sequence);
    *order = (struct order){0};
}
