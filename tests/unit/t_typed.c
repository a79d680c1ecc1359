/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * What types as values cost a process. The programs count the bytes of their heap in between, with the collector at rest: what they have
 * taken is what they hold.
 */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/heap.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_pass.h"
#include "vm/state.h"
#include "vm/typed.h"

enum { KB = 1024, METATABLE = 300 };

/* used(): bytes of the heap of the running process, which is collected no more from the first call on. */
static int used(lua_State *L)
{
    lua_gc(L, LUA_GCSTOP, 0);
    lua_pushinteger(L, (lua_Integer)heap_used(heap_of_user(state_of(L))));
    return 1;
}

/* received(n): is a set that uses n of two types taken for the bytes of a type value? */
static int received(lua_State *L)
{
    struct shape_builder builder;
    shape_begin(&builder);
    const uint32_t both[] = {BUILTIN_NUMBER, BUILTIN_STRING};
    builder.uses = shape_append_words(&builder, both, 2);
    builder.use_count = (uint32_t)lua_tointeger(L, 1);
    size_t size = shape_sealed_size(&builder);
    void *bytes = lua_newuserdata(L, size);
    shape_write(&builder, bytes);
    shape_end(&builder);
    bool is_type = typed_push_bytes(L, bytes, size);
    lua_pushinteger(L, is_type && typed_test(L, -1));
    return 1;
}

static const struct lazy_entry extra[] = {LAZY_F("used", used), LAZY_F("received", received), LAZY_DONE};

static int64_t result_of(const char *source)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.extra = extra});
    rig_add(&rig, "t:main", source);
    int64_t result = rig_integer(rig_run(&rig, "t:main"));
    cr_assert_not(rig.last.failed, "%s", rig_text(&rig));
    rig_close(&rig);
    return result;
}

/* Bytes that the work takes. All values that it looks at are there before, and the stack, which is lent, is as high as it gets. */
#define TAKEN(work)                                                                    \
    result_of("type A = {id: integer, name: string, tags?: {string}}\n"                \
              "type B = {kind: 'circle' | 'square', size: number @min(0), owner: A}\n" \
              "type C = {left: A?, items: {B}, note?: string @min_len(2)}\n"           \
              "local function main()\n"                                                \
              "  local a = {id = 1, name = 'x', tags = {'y'}}\n"                       \
              "  local b = {kind = 'circle', size = 3, owner = a}\n"                   \
              "  local c = {left = a, items = {b}, note = 'abc'}\n"                    \
              "  local before = used(), select('#', table.unpack({}, 1, 150))\n"       \
              "  before = used()\n"                                                    \
              "  " work "\n"                                                           \
              "  return used() - before\n"                                             \
              "end\n"                                                                  \
              "return {main = main}\n")

#define TIMES(n, work) "for _ = 1, " #n " do " work " end"
#define THREE "assert(A(a) and A:is(a) and B(b) and B:is(b) and C(c) and C:is(c))"

Test(typed, the_count_counts)
{
    cr_assert_eq(TAKEN(""), 0);
    cr_assert_geq(TAKEN("local t = {1, 2, 3, 4}"), 56 + 4 * 16);
}

/* The lower bounds say that nothing has been there before. */
Test(typed, one_to_three_types_cost_less_than_1_kb)
{
    int64_t named = TAKEN("local t = A"), one = TAKEN("assert(A(a) and A:is(a))"), three = TAKEN(THREE);
    cr_assert(named > METATABLE && named == one, "%d", (int)named);
    cr_assert(one < 3 * KB / 4, "%d", (int)one);
    cr_assert(three > one && three < KB, "%d", (int)three);
}

Test(typed, values_that_are_valid_cost_nothing)
{
    cr_assert_eq(TAKEN(THREE), TAKEN(TIMES(300, THREE)));
}

Test(typed, types_that_look_at_much_cost_more_once)
{
    int64_t three = TAKEN(THREE), hot = TAKEN(TIMES(2000, THREE));
    cr_assert(hot > three && hot < 2 * KB, "%d", (int)hot);
    cr_assert_eq(hot, TAKEN(TIMES(4000, THREE)));
}

/* The same program with and without types, but for what is not executed. */
Test(typed, types_that_are_not_used_as_values_cost_nothing)
{
    int64_t typed = result_of("type A = {id: integer}\n"
                              "local function main(a: A?, b: number): integer return used() end\n"
                              "return {main = main}\n");
    int64_t plain = result_of("\n"
                              "local function main(a, b) return used() end\n"
                              "return {main = main}\n");
    cr_assert_eq(typed, plain);
}

/* A type of a C module lies in no process. */
Test(typed, host_types_cost_what_their_value_does)
{
    int64_t touched = TAKEN("local t = channel.Channel assert(t:is(channel.new()) == nil or true)");
    int64_t without = TAKEN("local t = channel.select assert(channel.new() == nil or true)");
    cr_assert(touched - without > METATABLE && touched - without < KB, "%d %d", (int)touched, (int)without);
}

Test(typed, a_use_that_is_not_reached_makes_nothing)
{
    int64_t used = result_of("type A = {id: integer}\n"
                             "local function main(a) if a then A(a) end return used() end\n"
                             "return {main = main}\n");
    int64_t plain = result_of("local A = {print}\n"
                              "local function main(a) if a then A[1](a) end return used() end\n"
                              "return {main = main}\n");
    cr_assert_lt(used, plain + METATABLE / 2);
}

Test(typed, received_bytes_are_one_type)
{
    cr_assert_eq(result_of("return {main = function() return received(0) end}"), 0);
    cr_assert_eq(result_of("return {main = function() return received(1) end}"), 1);
    cr_assert_eq(result_of("return {main = function() return received(2) end}"), 0);
}
