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

static void keep(struct template_fitted_copy *copy, struct template *tmpl, const struct heap *heap, size_t size)
{
    if (copy->tmpl != tmpl)
        drop(copy);
    if (!copy->bytes)
        copy->bytes = fault_hit(template_fault(tmpl), FAULT_MALLOC) ? NULL : malloc(size);
    if (!copy->bytes)
        return; /* clones do without */
    if (!copy->tmpl)
        copy->tmpl = template_ref(tmpl);
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

void template_fitted_drop(struct template_fitted *fitted)
{
    for (unsigned i = 0; i < TEMPLATE_FITTED_PLACES; i++)
        drop(&fitted->copies[i]);
}
