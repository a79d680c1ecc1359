/* SPDX-License-Identifier: MIT */
/* refs: see refs.h. What is spare in a bank is part of the count, so nothing is freed that a bank names. */
#include "vm/refs.h"

#include <stddef.h>

#include "sched/base/compiler.h"
#include "sched/worker.h"
#include "vm/vm_struct.h"

void refs_init(struct refs *refs, bool is_banked, refs_destroy_f destroy)
{
    atomic_init(&refs->count, 1);
    refs->is_banked = is_banked;
    refs->destroy = destroy;
}

static void drop(struct refs *refs, uint32_t count)
{
    /* The release of each holder pairs with the acquire of the one that frees. */
    if (atomic_fetch_sub_explicit(&refs->count, count, memory_order_acq_rel) == count)
        refs->destroy(refs);
}

static void empty(struct refs_bank *bank)
{
    struct refs_bank full = *bank;
    *bank = (struct refs_bank){0};
    if (full.spare)
        drop(full.of, full.spare);
}

/* Of the calling worker; NULL: not banked, or it is none, or has nothing of its own yet. */
static struct refs_bank *bank_of(struct refs *refs)
{
    struct worker *worker = refs->is_banked ? worker_self() : NULL;
    struct vm_local *local = worker ? worker_local(worker) : NULL;
    if (unlikely(!local))
        return NULL;
    struct refs_bank *bank = &local->refs[(uintptr_t)refs / CACHE_LINE % REFS_BANKS];
    if (unlikely(bank->of != refs)) {
        empty(bank);
        bank->of = refs;
    }
    return bank;
}

void refs_take(struct refs *refs)
{
    struct refs_bank *bank = bank_of(refs);
    if (!bank) {
        atomic_fetch_add_explicit(&refs->count, 1, memory_order_relaxed);
        return;
    }
    if (unlikely(!bank->spare)) {
        atomic_fetch_add_explicit(&refs->count, REFS_AHEAD, memory_order_relaxed);
        bank->spare = REFS_AHEAD;
    }
    bank->spare--;
}

void refs_drop(struct refs *refs)
{
    struct refs_bank *bank = bank_of(refs);
    if (!bank) {
        drop(refs, 1);
        return;
    }
    if (likely(++bank->spare < 2 * REFS_AHEAD))
        return;
    bank->spare -= REFS_AHEAD;
    drop(refs, REFS_AHEAD);
}

void refs_flush(struct refs_bank *banks)
{
    for (unsigned i = 0; i < REFS_BANKS; i++)
        empty(&banks[i]);
}
