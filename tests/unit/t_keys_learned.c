/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* When the state of a process learns the keys of what it receives: known() is how many it knows. */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/fiber.h"
#include "vm/keys.h"
#include "vm/state.h"

static struct rig rig;

static int lua_known(lua_State *L)
{
    const struct keys *keys = state_of(L)->keys;
    lua_pushinteger(L, keys ? keys->count : 0);
    return 1;
}

static const struct lazy_entry extra[] = {LAZY_F("known", lua_known), LAZY_DONE};

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(keys_learned, .init = open_rig, .fini = close_rig);

/* In the body: get(count, value) sends it to itself and receives it so many times. */
static void check(const char *receive, const char *body)
{
    char source[2000];
    snprintf(source, sizeof source,
             "return function()\n"
             "  local me, inbox, got = process.pid(), process.inbox(), process.listen('raw')\n"
             "  local function get(count, value)\n"
             "    for _ = 1, count do\n"
             "      assert(process.send(me, '%s', value))\n"
             "      local back = %s\n"
             "      for key, item in pairs(value) do assert(back[key] == item) end\n"
             "    end\n"
             "  end\n"
             "  %s\n"
             "  return 'ok'\n"
             "end",
             strstr(receive, "inbox") ? "boxed" : "raw", receive, body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

static const char learns[] = "get(7, {id = 1, name = 'a'}) assert(known() == 0)\n"
                             "get(1, {id = 2, name = 'b'}) assert(known() == 2)\n"
                             "get(15, {x = 1}) assert(known() == 2)\n"         /* patience has doubled */
                             "get(1, {id = 3, name = 'c'}) get(15, {x = 2})\n" /* a known one begins the count anew */
                             "assert(known() == 2)\n"
                             "get(1, {x = 3}) assert(known() == 1)\n";

Test(keys_learned, after_eight_strange_tables_in_a_row_then_after_sixteen)
{
    check("got:receive()", learns);
}

Test(keys_learned, by_the_inbox_too)
{
    check("inbox:receive():payload():data()", learns);
}

Test(keys_learned, not_from_other_values)
{
    check("got:receive()", "for _ = 1, 300 do process.send(me, 'raw', 7) assert(got:receive() == 7) end\n"
                           "get(300, {1, 2, 3}) assert(known() == 0)");
}

/* Strings that stay, that change now and then, and that always change. */
Test(keys_learned, with_values_that_come_again)
{
    check("got:receive()",
          "for i = 1, 200 do get(1, {type = 'job', step = 's' .. i // 40, to = 'w' .. i, id = i}) end\n"
          "assert(known() == 4)");
}
