/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Merging from C, and processes that are given a context and hand it down; what Lua can do with it is in tests/lua/ctx. */
#include <errno.h>

#include <criterion/criterion.h>

#include "sched/base/fault.h"
#include "tests/unit/vm_rig.h"
#include "vm/context.h"

static struct codec_bytes bytes;

static void teardown(void)
{
    codec_bytes_free(&bytes);
}

TestSuite(context, .fini = teardown);

/* An encoding of a table with `count` integer values under the keys; ends with NULL. */
static void put_fields(const char *const *keys, int first)
{
    uint32_t count = 0;
    while (keys[count])
        count++;
    bytes.length = 0;
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, count));
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(codec_put_string(&bytes, keys[i], strlen(keys[i])));
        cr_assert(codec_put_integer(&bytes, first + (int)i));
    }
}

static struct context *merge(struct context *base, const char *const *keys, int first)
{
    struct context *context = NULL;
    put_fields(keys, first);
    cr_assert_eq(context_merge(&context, base, bytes.data, bytes.length), 0);
    return context;
}

#define KEYS(...)                       \
    (const char *const[])               \
    {                                   \
        __VA_ARGS__ __VA_OPT__(, ) NULL \
    }

/* The integer under the key, -1: none. */
static int64_t get(const struct context *context, const char *key)
{
    struct context_value value;
    struct codec_view view;
    if (!context_find(context, key, strlen(key), &value))
        return -1;
    cr_assert_eq(codec_count(value.data, value.length), 1);
    cr_assert(codec_view(value.data, value.length, 0, &view));
    cr_assert_eq(view.tag, CODEC_INTEGER);
    return view.integer;
}

Test(context, nothing_is_empty)
{
    struct context_value value;
    cr_assert_null(context_ref(NULL));
    context_unref(NULL);
    cr_assert_eq(context_count(NULL), 0);
    cr_assert_eq(context_size(NULL), 0);
    cr_assert_not(context_find(NULL, "a", 1, &value));
    cr_assert_null(merge(NULL, KEYS(), 0));
}

Test(context, values_are_found_by_key)
{
    struct context *context = merge(NULL, KEYS("middle", "a", "z", "", "aa"), 10);
    cr_assert_eq(context_count(context), 5);
    cr_assert_eq(get(context, "middle"), 10);
    cr_assert_eq(get(context, "a"), 11);
    cr_assert_eq(get(context, "z"), 12);
    cr_assert_eq(get(context, ""), 13);
    cr_assert_eq(get(context, "aa"), 14);
    cr_assert_eq(get(context, "aaa"), -1);
    cr_assert_eq(get(context, "b"), -1);
    cr_assert(context_size(context) > 5 * sizeof(uint32_t));
    context_unref(context);
}

Test(context, merging_overlays_and_leaves_the_base_alone)
{
    struct context *base = merge(NULL, KEYS("a", "c", "e"), 1);
    struct context *context = merge(base, KEYS("f", "c", "b"), 10);
    struct context_value value;
    cr_assert_eq(context_count(context), 5);
    cr_assert_eq(get(context, "a"), 1);
    cr_assert_eq(get(context, "b"), 12);
    cr_assert_eq(get(context, "c"), 11);
    cr_assert_eq(get(context, "e"), 3);
    cr_assert_eq(get(context, "f"), 10);
    for (size_t i = 0; i < 5; i++) {
        context_at(context, i, &value);
        cr_assert(value.key_length == 1 && value.key[0] == "abcef"[i]);
    }
    cr_assert_eq(context_count(base), 3);
    cr_assert_eq(get(base, "c"), 2);
    context_unref(base);
    cr_assert_eq(get(context, "a"), 1, "it needs the base no more");
    context_unref(context);
}

Test(context, merging_nothing_gives_the_base)
{
    struct context *base = merge(NULL, KEYS("a"), 1), *same = merge(base, KEYS(), 0);
    cr_assert_eq(same, base);
    context_unref(same);
    context_unref(base);
}

Test(context, tables_are_values)
{
    struct context *context = NULL;
    struct context_value value;
    struct codec_view view;
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, 2));
    cr_assert(codec_put_string(&bytes, "t", 1) && codec_put_table(&bytes, 2, 1));
    cr_assert(codec_put_integer(&bytes, 1) && codec_put_table(&bytes, 1, 0) && codec_put_nil(&bytes));
    cr_assert(codec_put_string(&bytes, "k", 1) && codec_put_number(&bytes, 0.5));
    cr_assert(codec_put_string(&bytes, "after", 5) && codec_put_integer(&bytes, 7));
    cr_assert_eq(context_merge(&context, NULL, bytes.data, bytes.length), 0);
    cr_assert_eq(get(context, "after"), 7);
    cr_assert(context_find(context, "t", 1, &value));
    cr_assert(codec_view(value.data, value.length, 0, &view));
    cr_assert_eq(view.tag, CODEC_TABLE);
    context_unref(context);
}

Test(context, what_is_no_table_of_fields_is_refused)
{
    struct context *context = NULL;
    put_fields(KEYS("a", "b"), 1);
    for (size_t length = 0; length < bytes.length; length++)
        cr_assert_eq(context_merge(&context, NULL, bytes.data, length), -EINVAL, "%zu", length);
    bytes.length = 0;
    cr_assert(codec_begin(&bytes, 1) && codec_put_integer(&bytes, 1));
    cr_assert_eq(context_merge(&context, NULL, bytes.data, bytes.length), -EINVAL);
    bytes.length = 0;
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 1, 0) && codec_put_integer(&bytes, 1));
    cr_assert_eq(context_merge(&context, NULL, bytes.data, bytes.length), -EINVAL);
    bytes.length = 0;
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, 1));
    cr_assert(codec_put_integer(&bytes, 1) && codec_put_integer(&bytes, 2));
    cr_assert_eq(context_merge(&context, NULL, bytes.data, bytes.length), -EINVAL, "a key that is no string");
    cr_assert_str_eq(context_message(-EINVAL), "not a table of named values");
}

Test(context, keys_are_limited)
{
    struct context *base = NULL, *context = NULL;
    char key[16];
    cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, CONTEXT_KEYS_MAX));
    for (int i = 0; i < CONTEXT_KEYS_MAX; i++)
        cr_assert(codec_put_string(&bytes, key, (size_t)snprintf(key, sizeof key, "k%d", i)) &&
                  codec_put_integer(&bytes, i));
    cr_assert_eq(context_merge(&base, NULL, bytes.data, bytes.length), 0);
    cr_assert_eq(get(base, "k9999"), 9999);
    put_fields(KEYS("k1", "k2"), 1);
    cr_assert_eq(context_merge(&context, base, bytes.data, bytes.length), 0, "these are there already");
    context_unref(context);
    put_fields(KEYS("new"), 1);
    cr_assert_eq(context_merge(&context, base, bytes.data, bytes.length), -E2BIG);
    context_unref(base);
}

Test(context, size_is_limited)
{
    struct context *base = NULL, *context = NULL;
    size_t half = CODEC_MAX_BYTES / 2;
    char *text = calloc(1, half);
    for (int i = 0; i < 2; i++) {
        bytes.length = 0;
        cr_assert(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, 1));
        cr_assert(codec_put_string(&bytes, i ? "b" : "a", 1) && codec_put_string(&bytes, text, half));
        int result = context_merge(i ? &context : &base, base, bytes.data, bytes.length);
        cr_assert_eq(result, i ? -E2BIG : 0);
    }
    cr_assert(strstr(context_message(-E2BIG), "16 MB"));
    context_unref(base);
    free(text);
}

/* ---- no memory; on a worker, where a plan of faults is at hand ---- */

static void merge_without_memory(struct native *native, void *ctx)
{
    struct fault_plan *plan = ctx;
    struct context *context = NULL, *base = merge(NULL, KEYS("a"), 1), *over = merge(NULL, KEYS("b"), 2);
    (void)native;
    put_fields(KEYS("c"), 3);
    for (unsigned nth = 1; nth <= 2; nth++) { /* the list of items, the context */
        fault_set(plan, FAULT_MALLOC, nth, 1, ENOMEM);
        cr_assert_eq(context_merge(&context, base, bytes.data, bytes.length), -ENOMEM);
        fault_set(plan, FAULT_MALLOC, nth, 1, ENOMEM);
        cr_assert_eq(context_overlay(&context, base, over), -ENOMEM);
        cr_assert_null(context);
    }
    fault_set(plan, FAULT_MALLOC, 3, 1, ENOMEM);
    cr_assert_eq(context_overlay(&context, base, over), 0);
    cr_assert_eq(get(context, "a"), 1);
    cr_assert_eq(get(context, "b"), 2);
    cr_assert_str_eq(context_message(-ENOMEM), "out of memory");
    context_unref(context);
    context_unref(over);
    context_unref(base);
}

Test(context, without_memory_there_is_none)
{
    struct rig rig;
    struct fault_plan *plan = fault_plan_new();
    rig_open(&rig, &(struct rig_options){.workers = 1, .fault = plan});
    rig_call(&rig, merge_without_memory, plan);
    fault_set(plan, FAULT_MALLOC, 1, 0, 0);
    rig_close(&rig);
    fault_plan_free(plan);
}

/* ---- processes ---- */

static struct rig rig;

struct request {
    struct context *context;
    struct code *code;
};

static void spawn(struct native *native, void *ctx)
{
    struct request *request = ctx;
    struct vm_error error;
    struct native_spawn spawn = {.code = request->code, .host = rig.host, .context = request->context};
    cr_assert_eq(native_spawn(native, &spawn, NULL, &error), 0);
}

/* It is what processes have in common: it goes with the last of them. */
Test(context, processes_hand_it_down)
{
    rig_open(&rig, &(struct rig_options){0});
    rig_add(&rig, "t:child",
            "return function(main)\n"
            "  assert(ctx.get('a') == 1 and ctx.all().b == 2)\n"
            "  process.send(main, 'seen', process.pid())\n"
            "end");
    struct code *parent = rig_add(&rig, "t:parent",
                                  "return function()\n"
                                  "  process.registry.register('parent')\n"
                                  "  local main = process.inbox():receive():payload():data()\n"
                                  "  assert(process.spawn('t:child', 't:h', main))\n"
                                  "end");
    rig_add(&rig, "t:main",
            "return function()\n"
            "  assert(next(ctx.all()) == nil)\n"
            "  while not process.registry.lookup('parent') do time.sleep('1ms') end\n"
            "  process.send('parent', 'go', process.pid())\n"
            "  process.listen('seen'):receive()\n"
            "  return 'ok'\n"
            "end");
    struct request request = {merge(NULL, KEYS("a", "b"), 1), parent};
    rig_call(&rig, spawn, &request);
    context_unref(request.context);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
    rig_close(&rig);
}
