/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"

static struct rig rig;

static const struct pool_config lazy = {.most = 16, .queue = UINT32_MAX};

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void open_quick(void)
{
    rig_open(&rig, &(struct rig_options){.function_idle_ns = 30000000});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(pool, .init = open_rig, .fini = close_rig);

static const char counter[] = "local n = 0 return function() n = n + 1 return n end";

static void check(const char *body)
{
    char source[4000];
    snprintf(source, sizeof source, "local funcs = require('funcs')\nreturn function(...)\n%s\nreturn 'ok' end", body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

static struct pool_stats stats_of(struct pool *pool)
{
    struct pool_stats stats;
    pool_stats(pool, &stats);
    return stats;
}

static void warm(struct native *native, void *pool)
{
    (void)native;
    pool_warm(pool);
}

Test(pool, is_empty_at_rest_and_keeps_what_it_made)
{
    struct pool *pool = rig_add_function(&rig, "t:f", counter, &lazy);
    cr_assert_eq(stats_of(pool).states, 0);
    check("for i = 1, 10 do assert(funcs.call('t:f') == i) end");
    struct pool_stats stats = stats_of(pool);
    cr_assert(stats.states == 1 && stats.idle == 1 && stats.waiting == 0);
    check("assert(funcs.call('t:f') == 11)");
}

Test(pool, warm_states_are_there_before_the_first_call)
{
    struct pool *pool =
        rig_add_function(&rig, "t:f", counter, &(struct pool_config){.most = 3, .least = 3, .queue = UINT32_MAX});
    rig_call(&rig, warm, pool);
    RIG_UNTIL(stats_of(pool).idle == 3);
    cr_assert_eq(stats_of(pool).states, 3);
    rig_call(&rig, warm, pool); /* no more than that */
    check("assert(funcs.call('t:f') == 1)");
    cr_assert_eq(stats_of(pool).states, 3);
}

Test(pool, states_that_cannot_be_made_ready_are_reported)
{
    struct pool *pool = rig_add_function(&rig, "t:f", "error('not today', 0)",
                                         &(struct pool_config){.most = 2, .least = 2, .queue = UINT32_MAX});
    rig_call(&rig, warm, pool);
    RIG_UNTIL(atomic_load(&rig.errors) == 2);
    RIG_UNTIL(stats_of(pool).states == 0);
    pthread_mutex_lock(&rig.lock);
    cr_assert(strstr(rig.log_text, "function t:f cannot be made ready: not today"));
    pthread_mutex_unlock(&rig.lock);
}

Test(pool, idle_states_go_after_a_while, .init = open_quick)
{
    struct pool *lazy_pool = rig_add_function(&rig, "t:f", counter, &lazy);
    struct pool *adaptive =
        rig_add_function(&rig, "t:g", counter, &(struct pool_config){.most = 4, .least = 1, .queue = UINT32_MAX});
    struct pool *fixed =
        rig_add_function(&rig, "t:h", counter, &(struct pool_config){.most = 2, .least = 2, .queue = 9});
    check("local list = {}\n"
          "for _, id in ipairs{'t:f', 't:g', 't:h'} do\n"
          "  for i = 1, 20 do list[#list + 1] = funcs.async(id) end\n"
          "end\n"
          "for _, f in ipairs(list) do f:channel():receive() end");
    RIG_UNTIL(stats_of(lazy_pool).states == 0);
    RIG_UNTIL(stats_of(adaptive).states == 1);
    cr_assert(stats_of(adaptive).idle == 1);
    cr_assert(stats_of(fixed).states >= 1 && stats_of(fixed).states == stats_of(fixed).idle);
    check("assert(funcs.call('t:f') == 1 and funcs.call('t:g') > 1)");
}

Test(pool, inline_keeps_nothing)
{
    struct pool *pool =
        rig_add_function(&rig, "t:f", counter, &(struct pool_config){.is_inline = true, .queue = UINT32_MAX});
    check("for i = 1, 5 do assert(funcs.call('t:f') == 1) end");
    RIG_UNTIL(stats_of(pool).states == 0);
}

Test(pool, a_state_whose_call_died_is_dropped)
{
    struct pool *pool =
        rig_add_function(&rig, "t:f", "return function(x) if x then channel.new():receive() end return 1 end", &lazy);
    check("assert(funcs.call('t:f') == 1)\n"
          "local _, err = funcs.call('t:f', true)\n"
          "assert(err:message():find('deadlock'))");
    cr_assert_eq(stats_of(pool).states, 0);
}

static void *close_when_called(void *ctx)
{
    RIG_UNTIL(process_lookup_name(rig.vm, "caller", 6) != 0);
    pool_close(ctx);
    return NULL;
}

Test(pool, closing_refuses_calls_and_lets_running_ones_finish)
{
    struct pool *pool = rig_add_function(
        &rig, "t:f",
        "return function(pid) process.send(pid, 'here', process.pid()) return process.listen('go'):receive() end",
        &(struct pool_config){.most = 1, .queue = UINT32_MAX});
    rig_add(&rig, "t:main",
            "local funcs = require('funcs')\n"
            "return function()\n"
            "  local me, here = process.pid(), process.listen('here')\n"
            "  local running, waiting = funcs.async('t:f', me), funcs.async('t:f', me)\n"
            "  local callee = here:receive()\n"
            "  process.registry.register('caller')\n"
            "  local err = waiting:channel():receive()\n"
            "  assert(err:kind() == errors.UNAVAILABLE and err:message() == 'pool is closed')\n"
            "  _, err = funcs.call('t:f', me)\n"
            "  assert(err:kind() == errors.UNAVAILABLE and err:message() == 'pool is closed')\n"
            "  process.send(callee, 'go', 'finished')\n"
            "  return running:channel():receive():data()\n"
            "end");
    pthread_t closer;
    pthread_create(&closer, NULL, close_when_called, pool);
    rig_run(&rig, "t:main");
    pthread_join(closer, NULL);
    cr_assert_str_eq(rig_text(&rig), "finished");
    RIG_UNTIL(stats_of(pool).states == 0);
}

static void replace(struct native *native, void *pool)
{
    (void)native;
    struct vm_error error;
    struct code *code = rig_compile(rig.vm, "t:f", "return function() return 'new' end", &error);
    cr_assert_not_null(code);
    pool_replace(pool, code, &(struct pool_config){.most = 2, .queue = UINT32_MAX});
    code_unref(code);
}

Test(pool, replacing_lets_running_calls_finish_on_the_old_code)
{
    struct pool *pool = rig_add_function(
        &rig, "t:f",
        "return function(pid) process.send(pid, 'here', process.pid()) return process.listen('go'):receive() end",
        &(struct pool_config){.most = 1, .queue = UINT32_MAX});
    rig_add(&rig, "t:caller",
            "local funcs = require('funcs')\n"
            "return function()\n"
            "  local me, here = process.pid(), process.listen('here')\n"
            "  local running, waiting = funcs.async('t:f', me), funcs.async('t:f', me)\n"
            "  local callee = here:receive()\n"
            "  process.registry.register('caller')\n"
            "  assert(waiting:channel():receive():data() == 'new')\n"
            "  assert(funcs.call('t:f') == 'new')\n"
            "  assert(process.send(callee, 'go', 'old'))\n"
            "  assert(running:channel():receive():data() == 'old')\n"
            "  process.registry.register('done')\n"
            "  process.listen('end'):receive()\n"
            "end");
    rig_add(&rig, "t:main", "return function() return (assert(process.spawn('t:caller', 't:h'))) end");
    rig_run(&rig, "t:main");
    RIG_UNTIL(process_lookup_name(rig.vm, "caller", 6) != 0);
    rig_call(&rig, replace, pool);
    RIG_UNTIL(process_lookup_name(rig.vm, "done", 4) != 0);
    struct pool_stats stats = stats_of(pool);
    cr_assert(stats.states <= 2 && stats.states == stats.idle);
    check("assert(funcs.call('t:f') == 'new')");
}

Test(pool, hosts_and_functions_have_one_name_space_of_bounded_size)
{
    struct vm_error error;
    struct code *code = rig_compile(rig.vm, "t:f", counter, &error);
    struct pool *pool = NULL;
    char id[32];
    struct pool *made[VM_HOSTS_MAX];
    unsigned count = 0;
    for (;; count++) {
        snprintf(id, sizeof id, "t:f%u", count);
        if (pool_new(rig.vm, &pool, id, code, &lazy, &error) != 0)
            break;
        made[count] = pool;
    }
    cr_assert(count > 4000 && count < VM_HOSTS_MAX);
    cr_assert_str_eq(error.kind, ERROR_INVALID);
    cr_assert_str_eq(error.message, "more than 4095 functions and hosts");
    cr_assert_null(vm_host_find(rig.vm, "t:f17", 5));
    cr_assert_not_null(vm_host_named(rig.vm, "t:f17", 5));
    cr_assert_not_null(vm_host_find(rig.vm, "t:h", 3));
    /* a name that was there is still to be had */
    cr_assert_eq(pool_new(rig.vm, &pool, "t:f17", code, &lazy, &error), 0);
    pool_unref(pool);
    for (unsigned i = 0; i < count; i++)
        pool_unref(made[i]);
    code_unref(code);
}
