/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * The plain-data form, seen from Lua: plain(v…) gives the values as they come back, fields(t) the same for a table of named values. Both take the
 * resumable way when the value is big or the coroutine cannot yield.
 */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/encoding.h"
#include "vm/plain.h"
#include "vm/state.h"

static struct rig rig;

/* The bytes as a Lua string, so that decoding may raise. */
static int give_back(lua_State *L, struct codec_bytes *bytes)
{
    int count = 0;
    size_t length;
    lua_pushlstring(L, (const char *)bytes->data, bytes->length);
    encoding_done(L, bytes);
    const char *data = lua_tolstring(L, -1, &length);
    cr_assert_eq(codec_decode(L, data, length, &count), CODEC_OK);
    return count;
}

static int plain_k(lua_State *L, int status, lua_KContext top)
{
    (void)status;
    struct codec_bytes bytes = {0};
    enum codec_status outcome = plain_encode(L, 1, (int)top, (int)top, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, top, plain_k);
    return outcome == CODEC_OK ? give_back(L, &bytes) : plain_raise(L, "value", outcome);
}

static int lua_plain(lua_State *L)
{
    return plain_k(L, LUA_OK, lua_gettop(L));
}

static int fields_k(lua_State *L, int status, lua_KContext top)
{
    (void)status;
    struct codec_bytes bytes = {0};
    enum codec_status outcome = plain_encode_fields(L, 1, (int)top, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, top, fields_k);
    return outcome == CODEC_OK ? give_back(L, &bytes) : plain_raise(L, "value", outcome);
}

static int lua_fields(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    return fields_k(L, LUA_OK, lua_gettop(L));
}

static const struct lazy_entry extra[] = {
    LAZY_F("plain", lua_plain),
    LAZY_F("fields", lua_fields),
    LAZY_DONE,
};

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(plain, .init = open_rig, .fini = close_rig);

static void check(const char *body)
{
    char source[4000];
    snprintf(
        source, sizeof source,
        "local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end\n"
        "local function fails(text, ...)\n"
        "  local ok, err = pcall(...)\n"
        "  assert(not ok and errors.is(err, errors.INVALID) and tostring(err):find(text, 1, true), tostring(err))\n"
        "end\n"
        "return function()\n%s\nreturn 'ok' end",
        body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

Test(plain, scalars_are_kept)
{
    check("local a, b, c, d, e, f, g = plain(nil, true, 3, 3.0, 'x\\0y', math.mininteger, 1/0)\n"
          "assert(a == nil and b == true and c == 3 and math.type(c) == 'integer')\n"
          "assert(d == 3.0 and math.type(d) == 'float' and e == 'x\\0y' and f == math.mininteger and g == 1/0)\n"
          "assert(select('#', plain()) == 0 and select('#', plain(nil, nil)) == 2)");
}

Test(plain, a_sequence_becomes_an_array)
{
    check("local t = plain({10, 20, {30}, x = 1, [-1] = 2})\n"
          "assert(#t == 3 and t[2] == 20 and t[3][1] == 30 and count(t) == 3)\n"
          "local h = plain({1, nil, 3})\n"
          "assert(h[1] == 1 and h[2] == nil and h[3] == 3)\n"
          "assert(count(plain({})) == 0)\n"
          "local big = {} for i = 1, 300 do big[i] = i end\n"
          "assert(#plain(big) == 300 and plain(big)[300] == 300)");
}

Test(plain, other_tables_become_maps_with_string_keys)
{
    check("local t = plain({[0] = 'a', [1.5] = 'b', [true] = 'c', x = 'd', [7] = 'e'})\n"
          "assert(t['0'] == 'a' and t['1.5'] == 'b' and t['true'] == 'c' and t.x == 'd' and t['7'] == 'e')\n"
          "assert(count(t) == 5)\n"
          "local key = {}\n"
          "local u = plain({[key] = 1, [print] = 2})\n"
          "assert(u[tostring(key)] == 1 and u[tostring(print)] == 2)\n"
          "local many = {} for i = 1, 1000 do many['k' .. i] = i end\n"
          "local m = plain(many)\n"
          "assert(count(m) == 1000 and m.k1 == 1 and m.k1000 == 1000)");
}

Test(plain, what_has_no_data_becomes_its_text)
{
    check("local f, co, ch = function() end, coroutine.create(print), channel.new()\n"
          "local a, b, c, d, e = plain(f, co, ch, errors.new('broken'), payload.new(1))\n"
          "assert(a == tostring(f) and b == tostring(co) and c == tostring(ch), tostring(a))\n"
          "assert(d == 'broken' and e == 'payload{format=lua/any}')\n"
          "local t = plain({f = f, list = {ch}})\n"
          "assert(t.f == tostring(f) and t.list[1] == tostring(ch))");
}

Test(plain, metatables_are_dropped_and_never_asked)
{
    check("local asked = false\n"
          "local function ask() asked = true return 'asked' end\n"
          "local mt = {__tostring = ask, __index = ask, __pairs = ask, __len = ask}\n"
          "local key = setmetatable({}, mt)\n"
          "local t = plain(setmetatable({[key] = 1, x = 2}, mt))\n"
          "assert(not asked and getmetatable(t) == nil and t.x == 2 and count(t) == 2)\n"
          "for k in pairs(t) do assert(k == 'x' or k:find('^table: 0x')) end");
}

Test(plain, proxies_are_seen_through)
{
    check("local t = plain({inner = table.make_immutable({x = {1, 2}}), lib = process.event})\n"
          "assert(t.inner.x[2] == 2 and t.lib.EXIT == 'pid.exit')\n"
          "assert(#plain(table.make_immutable({1, 2, 3})) == 3)\n"
          "t.inner.x = 5");
}

Test(plain, shared_tables_are_written_twice)
{
    check("local s = {1}\n"
          "local t = plain({a = s, b = s})\n"
          "assert(t.a[1] == 1 and t.b[1] == 1 and t.a ~= t.b)");
}

Test(plain, cycles_depth_and_size_are_refused)
{
    check("local loop = {} loop.self = loop\n"
          "fails('a table contains itself', plain, loop)\n"
          "local a, b = {}, {} a[1] = b b.back = a\n"
          "fails('a table contains itself', plain, 1, a)\n"
          "fails('a table contains itself', plain, table.make_immutable(loop))\n"
          "fails('a table contains itself', fields, loop)\n"
          "local deep = {} for i = 1, 127 do deep = {deep} end\n"
          "assert(plain(deep))\n"
          "fails('nested deeper', plain, {deep})\n"
          "local s = ('x'):rep(1 << 20)\n"
          "fails('larger than 16 MB', plain, {s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s})\n"
          "fails('larger than 16 MB', plain, ('x'):rep((16 << 20) + 1))");
}

Test(plain, a_border_far_away_is_refused_at_once)
{
    check("local t = table.create(0, 64) for i = 0, 40 do t[1 << i] = 1 end\n"
          "assert(#t > 1 << 24)\n"
          "fails('larger than 16 MB', plain, t)");
}

Test(plain, shared_tables_that_would_grow_without_end_are_refused)
{
    check("local t = {1} for i = 1, 100 do t = {t, t} end\n"
          "fails('larger than 16 MB', plain, t)");
}

#define BIG "local big = {} for i = 1, 200 do big[i] = {} for j = 1, 200 do big[i]['k' .. j] = j end end\n"
#define IS_BIG "assert(#t == 200 and t[200].k200 == 200 and t[1].k1 == 1 and count(t[100]) == 200)"

Test(plain, big_values_are_encoded_in_pieces)
{
    check(BIG "local t, x = plain(big, 'x')\n" IS_BIG "assert(x == 'x')");
}

Test(plain, big_values_where_nothing_can_yield)
{
    check(BIG "local t\n"
              "local o = setmetatable({}, {__lt = function() t = plain(big) return true end})\n"
              "table.sort({o, o}, function(a, b) return a < b end)\n" IS_BIG);
}

Test(plain, big_values_do_not_keep_others_waiting)
{
    /* Large enough for several slices, but give_back decodes it in one call, which has to end before it counts as stuck on a busy machine. */
    check("local huge = {} for i = 1, 20 do huge[i] = {} for j = 1, 5000 do huge[i]['k' .. j] = j end end\n"
          "local t = plain(huge)\n"
          "assert(#t == 20 and t[20].k5000 == 5000)");
}

Test(plain, a_process_that_dies_in_the_middle_leaks_nothing)
{
    rig_add(&rig, "t:victim",
            "local huge = {} for i = 1, 20 do huge[i] = {} for j = 1, 20000 do huge[i]['k' .. j] = j end end\n"
            "return function() while true do plain(huge) end end");
    check("local pid = process.spawn_monitored('t:victim', 't:h')\n"
          "plain({1})\n"
          "process.terminate(pid)\n"
          "assert(tostring(process.events():receive().result.error) == 'process terminated')");
}

Test(plain, fields_are_the_string_keys)
{
    check("local t = fields({1, 2, x = {1, y = 2}, [true] = 3, z = print})\n"
          "assert(count(t) == 2 and t.x[1] == 1 and t.z == tostring(print) and t.x.y == nil)\n"
          "assert(count(fields({})) == 0 and count(fields({1, 2})) == 0)\n"
          "assert(fields(table.make_immutable({a = 1})).a == 1)");
}
