/* SPDX-License-Identifier: MIT */
/*
 * template_fitted: fresh clones, kept as bytes. Who runs processes one after the other gives each the chunk that the last one has freed, so the same
 * heads of heaps are made and the same pointers put to the same places again and again. What a worker clones often to one address it therefore
 * keeps a copy of: the next clone is a copy of bytes.
 *
 * Each worker has its own, all zero at first, always used with the same cache. A copy holds a reference to its template.
 */
#ifndef VM_TEMPLATE_FITTED_H
#define VM_TEMPLATE_FITTED_H

#include <stddef.h>
#include <stdint.h>

#include "sched/base/compiler.h"

struct heap;
struct template;

enum { TEMPLATE_FITTED_PLACES = 4, TEMPLATE_FITTED_LENT = 128 };
enum { TEMPLATE_FITTED_MAX = 32 * 1024 /* bytes of a copy; larger ones are not kept */ };

struct template_fitted_copy {
    struct template *tmpl; /* a reference; NULL: the place is empty */
    const struct heap *at; /* where the copy fits, */
    size_t room;           /* in a first chunk of so many bytes */
    char *bytes;
    const void *next; /* the template that was last cloned instead, */
    const void *next_at;
    uint32_t times; /* and how often to the same address in a row */
};

struct template_fitted {
    struct template_fitted_copy copies[TEMPLATE_FITTED_PLACES]; /* of clones in chunks, by template */
    struct template_fitted_copy lent[TEMPLATE_FITTED_LENT];     /* in memory of the caller, by template and place */
};

static inline struct template_fitted_copy *template_fitted_place(struct template_fitted *fitted,
                                                                 const struct template *tmpl)
{
    return &fitted->copies[(uintptr_t)tmpl * 0x9e3779b97f4a7c15u >> 62];
}

_Static_assert(TEMPLATE_FITTED_PLACES == 1 << 2, "template_fitted_place gives two bits");

/* What a clone that has that first chunk begins with, NULL: it is not known. */
static inline const char *template_fitted_find(struct template_fitted *fitted, const struct template *tmpl,
                                               const struct heap *heap, size_t room)
{
    const struct template_fitted_copy *copy = template_fitted_place(fitted, tmpl);
    return likely(copy->tmpl == tmpl && copy->at == heap && copy->room == room) ? copy->bytes : NULL;
}

/* It was not known, and a clone was made; it begins with `size` bytes. If that has come often enough it is kept, in place of another. */
void template_fitted_note(struct template_fitted *fitted, struct template *tmpl, const struct heap *heap, size_t room,
                          size_t size);

static inline struct template_fitted_copy *template_fitted_lent(struct template_fitted *fitted,
                                                                const struct template *tmpl, const struct heap *heap)
{
    enum { APART = 16 * 1024 /* bytes, or a multiple: places that are used at the same time */ };
    uint64_t number = ((uintptr_t)tmpl * 0x9e3779b97f4a7c15u >> 32) + (uintptr_t)heap / APART;
    return &fitted->lent[number % TEMPLATE_FITTED_LENT];
}

/* The same for a clone in memory of the caller. */
static inline const char *template_fitted_find_lent(struct template_fitted *fitted, const struct template *tmpl,
                                                    const struct heap *heap, size_t room)
{
    const struct template_fitted_copy *copy = template_fitted_lent(fitted, tmpl, heap);
    return likely(copy->tmpl == tmpl && copy->at == heap && copy->room == room) ? copy->bytes : NULL;
}

/* The place for the copy of such a clone, which the caller writes, instead of another; NULL: memory is out. */
char *template_fitted_make_lent(struct template_fitted *fitted, struct template *tmpl, const struct heap *heap,
                                size_t room, size_t size);

/* Frees all: when its worker has nothing to do, or ends. */
void template_fitted_drop(struct template_fitted *fitted);

#endif
