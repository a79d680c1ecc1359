/* SPDX-License-Identifier: MIT */
/* links: vm; skip: tsan (there is one thread only) */
/*
 * What travels and what does not: each case is Lua text that returns a value and a function that checks the copy of it.
 * Corrupt input and memory errors are in t_codec_input.c.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/codec.h"
#include "vm/codec_cursor.h"
#include "vm/error.h"
#include "vm/lazy.h"

static lua_State *L;
static struct codec_bytes bytes;

static void setup(void)
{
    L = luaL_newstate();
    luaL_openlibs(L);
}

static void teardown(void)
{
    codec_bytes_free(&bytes);
    lua_close(L);
}

TestSuite(codec, .init = setup, .fini = teardown);

static void run(const char *text)
{
    if (luaL_dostring(L, text))
        cr_assert(false, "%s: %s", text, lua_tostring(L, -1));
}

/* The value at 1 and the check at 2: encodes, decodes, calls the check with the copy and the original. */
static void check_copy(const char *text)
{
    int top = lua_gettop(L), count = 0;
    bytes.length = 0;
    cr_assert_eq(codec_encode(L, 1, 1, &bytes), CODEC_OK, "%s", text);
    cr_assert_eq(lua_gettop(L), top);
    cr_assert_eq(codec_count(bytes.data, bytes.length), 1);
    lua_pushvalue(L, 2);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK, "%s", text);
    cr_assert_eq(count, 1);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 2, 0, 0))
        cr_assert(false, "%s: %s", text, lua_tostring(L, -1));
}

/*
 * The same with encoder and decoder stopping after every `step` values. The bytes are the same, but for numbered strings, which are
 * forgotten at every stop.
 */
static void check_copy_resumed(const char *text, uint32_t step)
{
    struct codec_bytes again = {0};
    int count = 0, stops = 0;
    lua_settop(L, 2);
    struct codec_encoder *encoder = codec_encoder_new(L, 1, 1);
    encoder->pause_every = step;
    encoder->by_count = true;
    enum codec_status status;
    while ((status = codec_encoder_run(L, encoder, &again)) == CODEC_MORE)
        stops++;
    cr_assert_eq(status, CODEC_OK, "%s", text);
    cr_assert_eq(lua_gettop(L), 3);
    if (!(bytes.data[0] & WIRE_HAS_STRINGS)) {
        cr_assert_eq(again.length, bytes.length);
        cr_assert_arr_eq(again.data, bytes.data, bytes.length);
    }
    lua_settop(L, 2);
    struct codec_decoder *decoder = codec_decoder_new(L, again.data, again.length);
    decoder->pause_every = step;
    decoder->by_count = true;
    lua_pushvalue(L, 2);
    while ((status = codec_decoder_run(L, decoder, &count)) == CODEC_MORE)
        stops++;
    cr_assert_eq(status, CODEC_OK, "%s", text);
    cr_assert_eq(lua_gettop(L), 5);
    cr_assert(lua_type(L, 1) != LUA_TTABLE || step > 1 || stops > 0);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 2, 0, 0))
        cr_assert(false, "%s: %s", text, lua_tostring(L, -1));
    codec_bytes_free(&again);
}

static void check(const char *text)
{
    lua_settop(L, 0);
    run(text);
    cr_assert_eq(lua_gettop(L), 2, "%s", text);
    check_copy(text);
    check_copy_resumed(text, 1);
    check_copy_resumed(text, 7);
}

static enum codec_status encode_status(const char *text)
{
    lua_settop(L, 0);
    run(text);
    bytes.length = 0;
    return codec_encode(L, 1, lua_gettop(L), &bytes);
}

Test(codec, scalars)
{
    check("return nil, function(v) assert(v == nil) end");
    check("return true, function(v) assert(v == true) end");
    check("return false, function(v) assert(v == false) end");
    check("return 1.5, function(v) assert(v == 1.5) end");
    check("return 3.0, function(v) assert(math.type(v) == 'float' and v == 3) end");
    check("return 0/0, function(v) assert(v ~= v) end");
    check("return -0.0, function(v) assert(1/v == -math.huge) end");
    check("return math.huge, function(v) assert(v == math.huge) end");
}

Test(codec, integers_stay_integers_at_every_width)
{
    static const char *const values[] = {"0",
                                         "127",
                                         "128",
                                         "-1",
                                         "-128",
                                         "-129",
                                         "255",
                                         "32767",
                                         "32768",
                                         "-32768",
                                         "-32769",
                                         "2147483647",
                                         "-2^31|0",
                                         "2147483648",
                                         "-2147483649",
                                         "math.maxinteger",
                                         "math.mininteger"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[200];
        snprintf(text, sizeof text, "return %s, function(v, o) assert(math.type(v) == 'integer' and v == o) end",
                 values[i]);
        check(text);
    }
    cr_assert_eq(encode_status("return 127"), CODEC_OK);
    cr_assert_eq(bytes.length, 2);
}

Test(codec, strings_of_every_head_size)
{
    static const int lengths[] = {0, 1, 63, 64, 255, 256, 70000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "return ('\\0\\255x'):rep(%d):sub(1, %d), function(v, o) assert(v == o and #v == %d) end", lengths[i],
                 lengths[i], lengths[i]);
        check(text);
    }
}

Test(codec, tables)
{
    check("return {}, function(v) assert(next(v) == nil) end");
    check("return {1, 'two', {3}}, function(v) assert(#v == 3 and v[2] == 'two' and v[3][1] == 3) end");
    check("return {a = 1, b = {c = {}}}, function(v) assert(v.a == 1 and next(v.b.c) == nil) end");
    check("return {[1.5] = 'f', [true] = 't', [-1] = 'n', [2^53|0] = 'big', [''] = 'e'}, function(v) "
          "assert(v[1.5] == 'f' and v[true] == 't' and v[-1] == 'n' and v[2^53|0] == 'big' and v[''] == 'e') end");
    check("return {1, 2, x = 1, y = 2, 3}, function(v) assert(#v == 3 and v.x == 1 and v.y == 2) end");
    check("return {{{{}}}, {}}, function(v) assert(#v == 2 and #v[1] == 1 and #v[1][1] == 1) end");
}

/* Sequences that lie in the hash part, before, between and behind other keys. */
Test(codec, sequence_in_hash_part)
{
    check("local t = {} t.x = 1 t[3] = 'c' t[2] = 'b' t.y = 2 t[1] = 'a' t.z = 3 "
          "return t, function(v) assert(v[1] == 'a' and v[2] == 'b' and v[3] == 'c' and v.x == 1 and v.y == 2 and v.z "
          "== 3) end");
    check("local t = {} for i = 100, 1, -1 do t[i] = i t['k' .. i] = i end return t, function(v) "
          "for i = 1, 100 do assert(v[i] == i and v['k' .. i] == i) end end");
}

Test(codec, holes_keep_the_length_of_small_arrays)
{
    check("return {1, nil, 3}, function(v, o) assert(#v == #o and v[1] == 1 and v[2] == nil and v[3] == 3) end");
    check("return {nil, nil, nil, 4}, function(v, o) assert(#v == #o and v[4] == 4) end");
    check("return {1, nil, 3, nil, 5, x = 9}, function(v) assert(v[1] == 1 and v[3] == 3 and v[5] == 5 and v.x == 9) "
          "end");
    check("return table.pack(nil, 2, nil), function(v) assert(v.n == 3 and v[2] == 2) end");
}

/* Borders of such tables may be enormous; the encoding must not be. */
Test(codec, sparse_keys_cost_nothing)
{
    check("local t = {} for i = 0, 40 do t[1 << i] = i end return t, function(v) "
          "for i = 0, 40 do assert(v[1 << i] == i) end end");
    cr_assert_lt(bytes.length, 400);
    check("return {[math.maxinteger] = 1, [math.mininteger] = 2, [0] = 3}, function(v) "
          "assert(v[math.maxinteger] == 1 and v[math.mininteger] == 2 and v[0] == 3) end");
    check("local t = {} for i = 1, 64 do t[i] = i end for i = 2, 63 do t[i] = nil end return t, function(v) "
          "assert(v[1] == 1 and v[64] == 64 and v[2] == nil) end");
}

Test(codec, tables_past_255_entries)
{
    static const int sizes[] = {255, 256, 257, 3000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[600];
        snprintf(text, sizeof text,
                 "local n = %d local t = {list = {}, map = {}, [1] = {k = {}}} "
                 "for i = 1, n do t.list[i] = -i t.map['k' .. i] = {i} t[1].k[i + 0.5] = 'v' .. i end "
                 "return t, function(v) assert(#v.list == n) local c = 0 for _ in pairs(v.map) do c = c + 1 end "
                 "assert(c == n) "
                 "for i = 1, n do assert(v.list[i] == -i and v.map['k' .. i][1] == i and v[1].k[i + 0.5] == 'v' .. i) "
                 "end end",
                 sizes[i]);
        check(text);
    }
}

/* Around the lengths at which the border is asked for and the head gets wide, with strings that come again and a hole anywhere. */
Test(codec, arrays_with_a_hole_at_each_length)
{
    static const int lengths[] = {14, 15, 16, 17, 18, 254, 255, 256, 257};
    char text[400];
    for (int i = 0; i < 9 * 19; i++) {
        snprintf(
            text, sizeof text,
            "local t, hole = {key = 'word1'}, %d for i = 1, %d do t[i] = i ~= hole and 'word' .. i %% 3 or nil end "
            "return t, function(v, o) for k in pairs(o) do assert(v[k] == o[k], k) end "
            "  for k in pairs(v) do assert(o[k] ~= nil, k) end end",
            i % 19, lengths[i / 19]);
        check(text);
    }
}

/* What stands behind the border stays there, or the copy would be longer. */
Test(codec, the_length_of_an_array_with_a_gap_is_kept)
{
    check("local t = {1, 2, 3} t[5] = 5 return t, function(v, o) assert(#o == 3 and #v == 3 and v[5] == 5) end");
    check("local t = {1, 2, 3, nil, 5} return t, function(v, o) assert(#o == 5 and #v == 5 and v[5] == 5) end");
}

/* Elements that lie in the hash part come in the order of their places there. */
Test(codec, arrays_filled_in_any_order)
{
    char text[600];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text,
                 "local seed = %d "
                 "local function random(n) seed = (seed * 1103515245 + 12345) %% 2147483648 return seed // 65536 %% n "
                 "+ 1 end "
                 "local t, n = {}, random(20) "
                 "for _ = 1, random(30) do t[random(n)] = random(9) end "
                 "if random(2) == 1 then t[0] = 5 t[-1] = 6 end "
                 "return t, function(v, o) for k in pairs(o) do assert(v[k] == o[k], k) end "
                 "  for k in pairs(v) do assert(o[k] ~= nil, k) end end",
                 i);
        check(text);
    }
}

Test(codec, shared_references_and_cycles)
{
    check("local a = {1} return {a, a, x = a}, function(v) assert(v[1] == v[2] and v.x == v[1] and v[1][1] == 1) end");
    check("local t = {} t.self = t t[1] = {up = t} return t, function(v) assert(v.self == v and v[1].up == v) end");
    check("local k = {} return {[k] = k, k = k}, function(v) local key = v.k assert(v[key] == key and next(key) == "
          "nil) end");
    check("local t = {} t[t] = t return t, function(v) assert(v[v] == v) end");
    check("local k = {{}} k.deep = {k} return {[k] = {k}, [{}] = 1}, function(v) "
          "for key, w in pairs(v) do if w ~= 1 then assert(w[1] == key and key.deep[1] == key) end end end");
    check("return {{1}, {1}}, function(v) assert(v[1] ~= v[2]) end");
}

/* More tables than the list of codec_seen.c holds, each met twice, with several rehashes. */
Test(codec, many_shared_tables)
{
    check(
        "local a, b = {}, {} for i = 1, 1000 do local t = {i} a[i] = t b[1001 - i] = t end return {a, b}, function(v) "
        "for i = 1, 1000 do assert(v[1][i] == v[2][1001 - i] and v[1][i][1] == i) end end");
    check("local a, b = {}, {} for i = 1, 33 do local t = {i} a[i] = t b[i] = t end return {a, b}, function(v) "
          "for i = 1, 33 do assert(v[1][i] == v[2][i]) end end");
}

/* Records whose keys and values repeat, with more different ones than there are numbers, and long ones. */
Test(codec, repeated_strings)
{
    check("local t = {} for i = 1, 20 do t[i] = {id = i, name = 'n' .. i, kind = 'even', tags = {'a', 'b', 'a'}} end "
          "return t, function(v) "
          "for i = 1, 20 do local r = v[i] assert(r.id == i and r.name == 'n' .. i and r.kind == 'even') "
          "assert(table.concat(r.tags) == 'aba') end end");
    check("local t = {} for i = 1, 300 do t[i] = {} for k = 1, 60 do t[i]['key' .. (i * 7 + k) % 90] = 'value' .. k % "
          "50 end end return t, "
          "function(v) for i = 1, 300 do for k = 1, 60 do assert(v[i]['key' .. (i * 7 + k) % 90] == 'value' .. k % 50) "
          "end end end");
    check("local s, t = ('long'):rep(100), {} for i = 1, 50 do t[i] = {s, [s] = s .. i % 3} end return t, function(v) "
          "local s = ('long'):rep(100) for i = 1, 50 do assert(v[i][1] == s and v[i][s] == s .. i % 3) end end");
    check("local s, t = {'red', 'green', ''}, {} for i = 1, 100 do t[i] = s[i % 3 + 1] end return t, function(v) "
          "local s = {'red', 'green', ''} for i = 1, 100 do assert(v[i] == s[i % 3 + 1]) end end");
}

Test(codec, repeated_strings_are_written_once)
{
    static const char word[] = "rather_long_word";
    cr_assert_eq(
        encode_status("local t = {} for i = 1, 50 do t[i] = {rather_long_word = 'rather_long_word'} end return t"),
        CODEC_OK);
    unsigned count = 0;
    for (size_t i = 0; i + sizeof word - 1 <= bytes.length; i++)
        count += memcmp(bytes.data + i, word, sizeof word - 1) == 0;
    cr_assert_eq(count, 1);
    cr_assert_lt(bytes.length, 300);
}

/* A top-level string is always there as such, for who looks at the encoding without a state. */
Test(codec, top_level_strings_are_not_numbered)
{
    struct codec_view view;
    cr_assert_eq(
        encode_status("local t = {} for i = 1, 9 do t[i] = {key = 'word'} end return t, 'word', 'key', 'word'"),
        CODEC_OK);
    cr_assert(bytes.data[0] & WIRE_HAS_STRINGS);
    static const char *const texts[] = {"word", "key", "word"};
    for (int i = 0; i < 3; i++) {
        cr_assert(codec_view(bytes.data, bytes.length, i + 1, &view));
        cr_assert_eq(view.tag, CODEC_STRING);
        cr_assert_eq(view.string.length, strlen(texts[i]));
        cr_assert_arr_eq(view.string.data, texts[i], view.string.length);
    }
    int count;
    lua_settop(L, 0);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    cr_assert_eq(lua_gettop(L), 4);
    cr_assert_str_eq(lua_tostring(L, 2), "word");
}

/* While an encoder waits the program goes on: other strings may lie where those it knows have been. */
Test(codec, strings_that_die_while_the_encoder_waits)
{
    run("t = {} for i = 1, 200 do t[i] = {} end return t");
    struct codec_encoder *encoder = codec_encoder_new(L, 1, 1);
    encoder->pause_every = 10;
    encoder->by_count = true;
    enum codec_status status;
    for (int i = 0; (status = codec_encoder_run(L, encoder, &bytes)) == CODEC_MORE; i++) {
        lua_pushinteger(L, i);
        lua_setglobal(L, "n");
        run("for i = 1, 200 do t[i] = 0 end collectgarbage() for i = 1, 200 do t[i] = {['k' .. n] = 'v' .. n} end");
    }
    cr_assert_eq(status, CODEC_OK);
    int count;
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    lua_setglobal(L, "copy");
    run("assert(#copy == 200) for i = 1, 200 do for k, v in pairs(copy[i]) do assert(k:sub(2) == v:sub(2) and "
        "k:find('^k') and v:find('^v')) end end");
}

Test(codec, references_hold_across_top_level_values)
{
    int count;
    cr_assert_eq(encode_status("local t = {} return t, 5, {t}, nil, t"), CODEC_OK);
    cr_assert_eq(codec_count(bytes.data, bytes.length), 5);
    lua_settop(L, 0);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    cr_assert_eq(count, 5);
    cr_assert_eq(lua_gettop(L), 5);
    cr_assert(lua_rawequal(L, 1, 5));
    lua_rawgeti(L, 3, 1);
    cr_assert(lua_rawequal(L, 1, -1));
    cr_assert(lua_isnil(L, 4));
}

Test(codec, any_number_of_top_level_values)
{
    static const int counts[] = {0, 1, 126, 127, 128, 5000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int count = -1;
        lua_settop(L, 0);
        cr_assert(lua_checkstack(L, counts[i] + 10));
        for (int k = 1; k <= counts[i]; k++)
            lua_pushinteger(L, k);
        bytes.length = 0;
        cr_assert_eq(codec_encode(L, 1, counts[i], &bytes), CODEC_OK);
        lua_settop(L, 0);
        cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
        cr_assert_eq(count, counts[i]);
        cr_assert_eq(lua_gettop(L), counts[i]);
        cr_assert(counts[i] == 0 || lua_tointeger(L, counts[i]) == counts[i]);
    }
}

Test(codec, what_does_not_travel_is_dropped)
{
    check("return print, function(v) assert(v == nil) end");
    check("return coroutine.create(print), function(v) assert(v == nil) end");
    check("return io.stdout, function(v) assert(v == nil) end");
    check("return {a = print, b = 1, c = io.stdout, d = coroutine.create(print)}, function(v) "
          "assert(v.b == 1) v.b = nil assert(next(v) == nil) end");
    check("return {[print] = 1, [io.stdout] = {2}, x = {[print] = print}}, function(v) "
          "assert(next(v.x) == nil) v.x = nil assert(next(v) == nil) end");
    check("return {1, print, 3}, function(v) assert(v[1] == 1 and v[2] == nil and v[3] == 3 and #v == 3) end");
    check("return {[{1}] = print, k = 1}, function(v) assert(v.k == 1) v.k = nil assert(next(v) == nil) end");
}

Test(codec, metatables_are_dropped_and_not_asked)
{
    check("local bad = function() error('metamethod ran') end "
          "local t = setmetatable({1, 2, x = 3}, {__index = bad, __newindex = bad, __pairs = bad, __len = bad, __gc = "
          "bad, __mode = 'k'}) "
          "return t, function(v) assert(getmetatable(v) == nil and #v == 2 and rawget(v, 'x') == 3) end");
}

static const struct lazy_entry proxy_entries[] = {
    LAZY_I("answer", 42),
    LAZY_S("name", "proxy"),
    LAZY_DONE,
};

Test(codec, proxies_travel_as_what_is_behind_them)
{
    lazy_push(L, proxy_entries);
    lua_setglobal(L, "proxy");
    check("return {proxy, proxy}, function(v) assert(v[1].answer == 42 and v[1].name == 'proxy' and v[1] == v[2]) "
          "assert(getmetatable(v[1]) == nil) end");
    run("frozen = {1, 2, {3}, x = 'y'}");
    lua_getglobal(L, "frozen");
    lazy_freeze(L, -1);
    check("return frozen, function(v) assert(#v == 3 and v[3][1] == 3 and v.x == 'y') v.x = 1 end");
}

Test(codec, depth_limit)
{
    static const struct {
        int depth;
        enum codec_status status;
    } cases[] = {{127, CODEC_OK}, {128, CODEC_OK}, {129, CODEC_DEPTH}, {100000, CODEC_DEPTH}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        int count;
        snprintf(text, sizeof text, "local t = {} for i = 2, %d do t = {%s = t} end return t", cases[i].depth,
                 i % 2 ? "[1]" : "x");
        cr_assert_eq(encode_status(text), cases[i].status, "%d", cases[i].depth);
        cr_assert_eq(lua_gettop(L), 1);
        cr_assert_eq(bytes.length > 0, cases[i].status == CODEC_OK);
        if (cases[i].status == CODEC_OK)
            cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    }
    cr_assert_str_eq(codec_message(CODEC_DEPTH), "value nested deeper than 128 levels");
}

Test(codec, table_keys_count_as_depth)
{
    cr_assert_eq(encode_status("local t = {} for i = 2, 128 do t = {[t] = 1} end return t"), CODEC_OK);
    cr_assert_eq(encode_status("local t = {} for i = 2, 129 do t = {[t] = 1} end return t"), CODEC_DEPTH);
}

Test(codec, size_limit)
{
    int count;
    cr_assert_eq(encode_status("return ('x'):rep(16 * 1024 * 1024 - 6)"), CODEC_OK);
    cr_assert_eq(bytes.length, CODEC_MAX_BYTES);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    cr_assert_eq(encode_status("return ('x'):rep(16 * 1024 * 1024 - 5)"), CODEC_SIZE);
    cr_assert_eq(encode_status("local s = ('x'):rep(1 << 20) local t = {} for i = 1, 17 do t[i] = s .. i end return t"),
                 CODEC_SIZE);
    cr_assert_eq(encode_status("local t = {} for i = 1, 2000000 do t[i] = i + 0.5 end return t"), CODEC_SIZE);
    cr_assert_eq(bytes.length, 0);
}

Test(codec, failure_leaves_the_bytes_as_they_were)
{
    cr_assert(codec_put_string(&bytes, "before", 6));
    size_t length = bytes.length;
    run("local t = {('y'):rep(5000)} for i = 2, 200 do t = {t} end return t");
    cr_assert_eq(codec_encode(L, 1, 1, &bytes), CODEC_DEPTH);
    cr_assert_eq(bytes.length, length);
    cr_assert_arr_eq(bytes.data + 1, "before", 6);
    lua_pushinteger(L, 7);
    cr_assert_eq(codec_encode(L, -1, 1, &bytes), CODEC_OK);
    cr_assert_eq(bytes.length, length + 2);
    cr_assert_eq(codec_count(bytes.data + length, bytes.length - length), 1);
}

/* Here nobody's time is ever up. */
Test(codec, try_encode_goes_on_while_there_is_time)
{
    run("local t = {} for i = 1, 10000 do t['k' .. i] = i end return t");
    cr_assert_eq(codec_try_encode(L, 1, 1, &bytes), CODEC_OK);
    size_t length = bytes.length;
    bytes.length = 0;
    cr_assert_eq(codec_encode(L, 1, 1, &bytes), CODEC_OK);
    cr_assert_eq(bytes.length, length);
}

/* What an abandoned encoder holds goes with its userdata: LeakSanitizer watches. */
Test(codec, encoder_can_be_abandoned_anywhere)
{
    run("local t = {} for i = 1, 50 do t[i] = {('x'):rep(i), i} end t[51] = t return t");
    for (int runs = 1; runs < 150; runs += 7) {
        struct codec_encoder *encoder = codec_encoder_new(L, 1, 1);
        encoder->pause_every = 1;
        encoder->by_count = true;
        for (int i = 0; i < runs; i++)
            cr_assert_eq(codec_encoder_run(L, encoder, &bytes), CODEC_MORE);
        lua_settop(L, 1);
    }
    lua_gc(L, LUA_GCCOLLECT, 0);
    cr_assert_eq(bytes.length, 0);
}

Test(codec, resumed_failures_restore_the_stack)
{
    enum codec_status status;
    run("local t = {} for i = 2, 129 do t = {x = t} end return t");
    struct codec_encoder *encoder = codec_encoder_new(L, 1, 1);
    encoder->pause_every = 3;
    encoder->by_count = true;
    while ((status = codec_encoder_run(L, encoder, &bytes)) == CODEC_MORE)
        ;
    cr_assert_eq(status, CODEC_DEPTH);
    cr_assert_eq(lua_gettop(L), 2);
    cr_assert_eq(bytes.length, 0);
}
