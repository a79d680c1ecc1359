/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <pthread.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <stddef.h>

#include "sched/base/compiler.h"
#include "tests/unit/vm_rig.h"
#include "vm/code_struct.h"
#include "vm/context.h"
#include "vm/refs.h"
#include "vm/template_fitted.h"

/* More than there are banks, so that several meet in one. */
enum { OBJECTS = 3 * REFS_BANKS, TIMES = 500 };

struct object {
    char before[CACHE_LINE];
    struct refs refs;
    unsigned destroyed;
};

static struct object objects[OBJECTS];

static void destroy(struct refs *refs)
{
    container_of(refs, struct object, refs)->destroyed++;
}

static void init_all(bool is_banked)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = (struct object){0};
        refs_init(&objects[i].refs, is_banked, destroy);
    }
}

static unsigned count_destroyed(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < OBJECTS; i++) {
        cr_assert_leq(objects[i].destroyed, 1);
        count += objects[i].destroyed;
    }
    return count;
}

static uint32_t spare(const struct vm_local *local)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < REFS_BANKS; i++)
        count += local->refs[i].spare;
    return count;
}

Test(refs, outside_of_workers_they_are_counted_at_once)
{
    init_all(true);
    refs_take(&objects[0].refs);
    refs_drop(&objects[0].refs);
    cr_assert_eq(objects[0].destroyed, 0);
    refs_drop(&objects[0].refs);
    cr_assert_eq(objects[0].destroyed, 1);
}

/* Each taken and dropped more often than a bank holds, in changing order. */
static void take_and_drop(void)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        for (unsigned j = 0; j < TIMES; j++)
            refs_take(&objects[i * j % OBJECTS].refs);
        for (unsigned j = 0; j < TIMES; j++)
            refs_drop(&objects[i * j % OBJECTS].refs);
    }
}

static void use_banks(struct native *native, void *ctx)
{
    struct vm_local *local = vm_local(native_vm(native));
    (void)ctx;
    refs_flush(local->refs);
    init_all(true);
    take_and_drop();
    cr_assert_neq(spare(local), 0);
    cr_assert_leq(spare(local), 2 * REFS_AHEAD * REFS_BANKS);
    cr_assert_eq(count_destroyed(), 0);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
    cr_assert_geq(count_destroyed(), OBJECTS - REFS_BANKS);
    refs_flush(local->refs);
    cr_assert_eq(spare(local), 0);
    cr_assert_eq(count_destroyed(), OBJECTS);
}

static void use_none(struct native *native, void *ctx)
{
    struct vm_local *local = vm_local(native_vm(native));
    (void)ctx;
    refs_flush(local->refs);
    init_all(false);
    take_and_drop();
    cr_assert_eq(spare(local), 0);
    for (unsigned i = 0; i < OBJECTS; i++) {
        refs_drop(&objects[i].refs);
        cr_assert_eq(objects[i].destroyed, 1);
    }
}

static void leave_spare(struct native *native, void *ctx)
{
    (void)ctx;
    cr_assert_not_null(vm_local(native_vm(native))); /* made by the first who asks for it */
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_take(&objects[i].refs);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
}

Test(refs, workers_have_banks)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1});
    rig_call(&rig, use_banks, NULL);
    rig_call(&rig, use_none, NULL);
    rig_close(&rig);
}

/* What a worker has spare is given back by its VM in the end, whoever has dropped the last one. */
Test(refs, nothing_is_left_with_the_workers)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1, .seeded = true}); /* which does nothing when it is idle */
    init_all(true);
    rig_call(&rig, leave_spare, NULL);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
    cr_assert_lt(count_destroyed(), OBJECTS);
    rig_close(&rig);
    cr_assert_eq(count_destroyed(), OBJECTS);
}

/* ---- an idle worker ---- */

static const _Alignas(max_align_t) char clone_bytes[64] = "a heap";

static const char *find_copy(struct vm_local *local, struct template *tmpl)
{
    return template_fitted_find(&local->fitted, tmpl, (const void *)clone_bytes, 4096);
}

static struct template *template_in(struct native *native)
{
    struct vm_error error;
    return code_template(rig_of_vm(native_vm(native))->codes[0], &error);
}

/* References ahead, and a copy of a clone. */
static void leave_all(struct native *native, void *ctx)
{
    struct vm_local **local = ctx;
    struct template *tmpl = template_in(native);
    *local = vm_local(native_vm(native));
    leave_spare(native, NULL);
    for (unsigned i = 0; i < 4; i++)
        template_fitted_note(&(*local)->fitted, tmpl, (const void *)clone_bytes, 4096, sizeof clone_bytes);
    cr_assert_str_eq(find_copy(*local, tmpl), "a heap");
}

static void check_left(struct native *native, void *ctx)
{
    struct vm_local **local = ctx;
    cr_assert_null(find_copy(*local, template_in(native)), "an idle worker has kept its copy");
    cr_assert_eq(spare(*local), 0);
    cr_assert_eq(count_destroyed(), OBJECTS);
}

static bool are_all_gone(void)
{
    for (unsigned i = 0; i < OBJECTS; i++)
        if (atomic_load(&objects[i].refs.count))
            return false;
    return true;
}

/* A worker with nothing to do gives back what it has spare, and its copies. */
Test(refs, an_idle_worker_keeps_nothing, .timeout = 60)
{
    struct rig rig;
    struct vm_local *local;
    rig_open(&rig, &(struct rig_options){.workers = 1});
    rig_add(&rig, "t:main", "return function() return 'ok' end");
    init_all(true);
    rig_call(&rig, leave_all, &local);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
    RIG_UNTIL(are_all_gone());
    rig_call(&rig, check_left, &local);
    rig_close(&rig);
}

/* ---- contexts ---- */

/* What the worker has spare after a reference to a context of that size was taken and dropped. */
static uint32_t spare_after(struct vm_local *local, size_t size)
{
    struct codec_bytes bytes = {0};
    struct context *context = NULL;
    char *text = calloc(1, size);
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, 1) && codec_put_string(&bytes, "key", 3) &&
              codec_put_string(&bytes, text, size));
    cr_assert_eq(context_merge(&context, NULL, bytes.data, bytes.length), 0);
    refs_flush(local->refs);
    context_unref(context_ref(context));
    uint32_t count = spare(local);
    refs_flush(local->refs);
    context_unref(context);
    refs_flush(local->refs);
    codec_bytes_free(&bytes);
    free(text);
    return count;
}

static void use_contexts(struct native *native, void *ctx)
{
    struct vm_local *local = vm_local(native_vm(native));
    (void)ctx;
    cr_assert_gt(spare_after(local, 10), 0);
    cr_assert_gt(spare_after(local, 3000), 0);
    cr_assert_eq(spare_after(local, 4096), 0, "it would stay until the worker is idle");
    cr_assert_eq(spare_after(local, 1 << 20), 0);
}

Test(refs, large_contexts_are_freed_at_once)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1});
    rig_call(&rig, use_contexts, NULL);
    rig_close(&rig);
}

/* ---- several workers ---- */

static int take(lua_State *L)
{
    refs_take(&objects[luaL_checkinteger(L, 1)].refs);
    return 0;
}

static int drop(lua_State *L)
{
    refs_drop(&objects[luaL_checkinteger(L, 1)].refs);
    return 0;
}

/* Taken on one worker, dropped on another, or the other way round: of what goes to and fro just the first reference is left. */
Test(refs, pass_between_workers)
{
    static const struct lazy_entry extra[] = {LAZY_F("take", take), LAZY_F("drop", drop), LAZY_DONE};
    enum { USED = 6 }; /* of three the parent takes, of three the child */
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 3, .extra = extra});
    rig_add(&rig, "t:drops", "return function(n) drop(n) end");
    rig_add(&rig, "t:takes", "return function(n) take(n) end");
    rig_add(&rig, "t:main",
            "return function()\n"
            "  local events = process.events()\n"
            "  for i = 1, 3000 do\n"
            "    take(i % 3)\n"
            "    assert(process.spawn('t:drops', 't:h', i % 3))\n"
            "  end\n"
            "  for i = 1, 3000 do assert(process.spawn_monitored('t:takes', 't:h', 3 + i % 3)) end\n"
            "  for i = 1, 3000 do\n"
            "    events:receive()\n"
            "    drop(3 + i % 3)\n"
            "  end\n"
            "  return 'ok'\n"
            "end");
    init_all(true);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    rig_close(&rig);
    for (unsigned i = 0; i < USED; i++) {
        cr_assert_eq(atomic_load(&objects[i].refs.count), 1, "object %u", i);
        cr_assert_eq(objects[i].destroyed, 0);
        refs_drop(&objects[i].refs);
        cr_assert_eq(objects[i].destroyed, 1);
    }
}
