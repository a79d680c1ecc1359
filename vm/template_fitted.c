/* SPDX-License-Identifier: MIT */
/* template_fitted: see template_fitted.h. A copy costs as much as a clone, so it is made only for what has come several times in a row. */
#include "vm/template_fitted.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/fault.h"
#include "vm/template.h"

enum { TIMES = 4 };

static void drop(struct template_fitted_copy *copy)
{
    if (copy->tmpl)
        template_unref(copy->tmpl);
    free(copy->bytes);
    *copy = (struct template_fitted_copy){0};
}

/* By lines, as a heap is: what is compared or copied lies alike. */
static void *allocate(size_t size)
{
    return aligned_alloc(CACHE_LINE, (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1));
}

/* Has memory for a copy of that size in the place; false: there is none. */
static bool claim(struct template_fitted_copy *copy, struct template *tmpl, size_t size)
{
    if (copy->tmpl != tmpl)
        drop(copy);
    if (!copy->bytes)
        copy->bytes = fault_hit(template_fault(tmpl), FAULT_MALLOC) ? NULL : allocate(size);
    if (!copy->bytes)
        return false;
    if (!copy->tmpl)
        copy->tmpl = template_ref(tmpl);
    return true;
}

static void keep(struct template_fitted_copy *copy, struct template *tmpl, const struct heap *heap, size_t size)
{
    if (!claim(copy, tmpl, size))
        return; /* clones do without */
    memcpy(copy->bytes, heap, size);
    copy->at = heap;
    copy->times = 0;
}

void template_fitted_note(struct template_fitted *fitted, struct template *tmpl, const struct heap *heap, size_t room,
                          size_t size)
{
    struct template_fitted_copy *copy = template_fitted_place(fitted, tmpl);
    if (copy->next != tmpl || copy->next_at != heap)
        copy->times = 0;
    copy->next = tmpl;
    copy->next_at = heap;
    if (++copy->times < TIMES || size > TEMPLATE_FITTED_MAX)
        return;
    keep(copy, tmpl, heap, size);
    copy->room = room;
}

char *template_fitted_make_lent(struct template_fitted *fitted, struct template *tmpl, const struct heap *heap,
                                size_t room, size_t size)
{
    struct template_fitted_copy *copy = template_fitted_lent(fitted, tmpl, heap);
    if (!claim(copy, tmpl, size))
        return NULL;
    copy->at = heap;
    copy->room = room;
    return copy->bytes;
}

void template_fitted_drop(struct template_fitted *fitted)
{
    for (unsigned i = 0; i < TEMPLATE_FITTED_PLACES; i++)
        drop(&fitted->copies[i]);
    for (unsigned i = 0; i < TEMPLATE_FITTED_LENT; i++)
        drop(&fitted->lent[i]);
}
