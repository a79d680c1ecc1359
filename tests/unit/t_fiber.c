/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* The order in which the coroutines of a process run, and where they may wait. */
#include <criterion/criterion.h>
#include <lauxlib.h>

#include "tests/unit/vm_rig.h"

/* boundary(f, ...): calls f so that it cannot be suspended. */
static int boundary(lua_State *L)
{
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static const struct lazy_entry extra[] = {LAZY_F("boundary", boundary), LAZY_DONE};

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(fiber, .init = open_rig, .fini = close_rig);

static const char *run(const char *source)
{
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

Test(fiber, spawned_runs_first_until_it_blocks)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local out = {}\n"
                         "  coroutine.spawn(function() out[#out + 1] = 'a' coroutine.yield() out[#out + 1] = 'c' end)\n"
                         "  out[#out + 1] = 'b'\n"
                         "  coroutine.yield()\n"
                         "  out[#out + 1] = 'd'\n"
                         "  return table.concat(out)\n"
                         "end"),
                     "abcd");
}

Test(fiber, ready_ones_take_turns)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local out = {}\n"
                         "  for i = 1, 4 do coroutine.spawn(function()\n"
                         "    for j = 1, 3 do out[#out + 1] = i coroutine.yield() end\n"
                         "  end) end\n"
                         "  for j = 1, 6 do coroutine.yield() end\n"
                         "  return table.concat(out)\n"
                         "end"),
                     "123412341234");
}

Test(fiber, end_of_the_main_one_ends_the_process)
{
    cr_assert_str_eq(run("return function()\n"
                         "  for i = 1, 100 do coroutine.spawn(function() channel.new():receive() end) end\n"
                         "  return 'done'\n"
                         "end"),
                     "done");
}

Test(fiber, error_in_any_ends_the_process)
{
    cr_assert_str_eq(run("return function()\n"
                         "  coroutine.spawn(function() coroutine.yield() error('inner') end)\n"
                         "  channel.new():receive()\n"
                         "end"),
                     "Internal: t:main:2: inner");
}

Test(fiber, thousands_come_and_go)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch, sum = channel.new(), 0\n"
                         "  for i = 1, 5000 do coroutine.spawn(function() ch:send(i) end) end\n"
                         "  for i = 1, 5000 do sum = sum + ch:receive() end\n"
                         "  for i = 1, 20000 do coroutine.spawn(function() sum = sum + 1 end) end\n"
                         "  return sum\n"
                         "end"),
                     "12522500");
}

Test(fiber, blocking_inside_a_user_coroutine)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch, out = channel.new(), {}\n"
                         "  coroutine.spawn(function() for i = 1, 3 do ch:send(i) end ch:close() end)\n"
                         "  local values = coroutine.wrap(function()\n"
                         "    while true do\n"
                         "      local v, ok = ch:receive()\n"
                         "      if not ok then return 'end' end\n"
                         "      coroutine.yield(v)\n"
                         "    end\n"
                         "  end)\n"
                         "  for i = 1, 4 do out[i] = tostring(values()) end\n"
                         "  return table.concat(out, ' ')\n"
                         "end"),
                     "1 2 3 end");
}

Test(fiber, blocking_through_pcall_and_metamethods)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch = channel.new()\n"
                         "  coroutine.spawn(function() for i = 1, 3 do coroutine.yield() ch:send(i) end end)\n"
                         "  local t = setmetatable({}, {__index = function() return (ch:receive()) end,\n"
                         "                              __add = function() return (ch:receive()) end})\n"
                         "  local ok, a = pcall(function() return (ch:receive()) end)\n"
                         "  return a .. t.x .. (t + 1)\n"
                         "end"),
                     "123");
}

Test(fiber, cannot_block_over_a_c_boundary)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch = channel.new()\n"
                         "  local ok, err = pcall(boundary, function() ch:receive() end)\n"
                         "  assert(not ok and tostring(err):find('cannot block here'), tostring(err))\n"
                         "  assert(not boundary(coroutine.isyieldable))\n"
                         "  -- nothing is left in the channel's queue\n"
                         "  coroutine.spawn(function() ch:send('value') end)\n"
                         "  return (ch:receive())\n"
                         "end"),
                     "value");
}

Test(fiber, what_does_not_wait_works_over_a_c_boundary)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch = channel.new(2)\n"
                         "  boundary(function()\n"
                         "    ch:send(1)\n"
                         "    ch:send(2)\n"
                         "    coroutine.spawn(function() ch:send(3) end)\n"
                         "  end)\n"
                         "  return ch:receive() .. ch:receive() .. ch:receive()\n"
                         "end"),
                     "123");
}

Test(fiber, cannot_block_while_loading)
{
    cr_assert_str_eq(run("local ok, err = pcall(function() channel.new():receive() end)\n"
                         "assert(not ok)\n"
                         "return function() return (tostring(err):gsub('^[^ ]* ', '')) end"),
                     "cannot block while loading");
}

Test(fiber, spawned_while_loading_runs_after_the_start)
{
    cr_assert_str_eq(run("local out = {}\n"
                         "coroutine.spawn(function() out[#out + 1] = 'spawned' end)\n"
                         "out[#out + 1] = 'loaded'\n"
                         "return function()\n"
                         "  out[#out + 1] = 'main'\n"
                         "  coroutine.yield()\n"
                         "  return table.concat(out, ' ')\n"
                         "end"),
                     "loaded main spawned");
}

/* Each runs out of its slice over and over; preemption does not let another one in between. */
Test(fiber, long_ones_are_not_interleaved)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local inside, worst = 0, 0\n"
                         "  local done = channel.new(4)\n"
                         "  for i = 1, 4 do coroutine.spawn(function()\n"
                         "    coroutine.yield()\n"
                         "    inside = inside + 1\n"
                         "    local s = ''\n"
                         "    for j = 1, 300 do s = ('x'):rep(j * 20) if inside ~= 1 then worst = inside end end\n"
                         "    inside = inside - 1\n"
                         "    done:send(true)\n"
                         "  end) end\n"
                         "  for i = 1, 4 do done:receive() end\n"
                         "  return worst\n"
                         "end"),
                     "0");
}
