/* SPDX-License-Identifier: MIT */
/* links: vm */
/* What is read with known keys is what is read without, whichever are known; and the collector leaves them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/codec_write.h"
#include "vm/flat.h"
#include "vm/keys.h"

static lua_State *L;
static struct keys *keys;
static unsigned char bytes[SCALARS_BYTES];

static const char same[] = "function same(a, b) "
                           "  for k, v in pairs(a) do assert(rawequal(b[k], v), k) end "
                           "  for k in pairs(b) do assert(a[k] ~= nil, k) end "
                           "end";

static void setup(void)
{
    L = luaL_newstate();
    luaL_openlibs(L);
    keys = NULL;
    cr_assert_eq(luaL_dostring(L, same), LUA_OK);
}

static void teardown(void)
{
    lua_close(L);
}

TestSuite(keys, .init = setup, .fini = teardown);

/* Encodes the value of an expression, which stays at 1. */
static size_t encode(const char *text)
{
    lua_settop(L, 0);
    lua_pushfstring(L, "return %s", text);
    cr_assert_eq(luaL_dostring(L, lua_tostring(L, 1)), LUA_OK, "%s: %s", text, lua_tostring(L, -1));
    lua_remove(L, 1);
    size_t length = flat_encode(L, 1, bytes);
    cr_assert_gt(length, 0, "%s", text);
    return length;
}

static void learn(const char *text)
{
    size_t length = encode(text);
    keys_learn(L, &keys, bytes, length);
    cr_assert_eq(lua_gettop(L), 1);
}

/* Reads what was written of the expression; it must be the same. */
static enum flat_result read(const char *text)
{
    size_t length = encode(text);
    lua_getglobal(L, "same");
    lua_pushvalue(L, 1);
    enum flat_result got = flat_decode(L, keys, bytes, length);
    cr_assert_neq(got, FLAT_NOT, "%s", text);
    cr_assert_eq(lua_gettop(L), 4, "%s", text);
    cr_assert_eq(lua_pcall(L, 2, 0, 0), LUA_OK, "%s: %s", text, lua_tostring(L, -1));
    return got;
}

Test(keys, nothing_is_known_at_first)
{
    cr_assert_eq(read("{id = 1}"), FLAT_STRANGE);
    cr_assert_eq(read("{}"), FLAT_STRANGE);
    cr_assert_eq(keys_patience(NULL), 8);
}

Test(keys, the_same_keys_with_other_values_are_known)
{
    learn("{id = 1, name = 'ping', share = 0.5}");
    cr_assert_eq(read("{id = 1, name = 'ping', share = 0.5}"), FLAT_KNOWN);
    cr_assert_eq(read("{id = -70000, name = '', share = true}"), FLAT_KNOWN);
    cr_assert_eq(read("{id = 'id', name = 'name', share = 'share'}"), FLAT_KNOWN);
}

/* Also those that begin alike, have some of them, or have more: whatever their order. */
Test(keys, other_keys_are_read_as_well)
{
    static const char *const others[] = {"{}",
                                         "{id = 1}",
                                         "{nam = 1}",
                                         "{name = 1}",
                                         "{names = 1, shares = 2, ids = 3}",
                                         "{x = 1, y = 2, z = 3}",
                                         "{id = 1, name = 'a', other = 2}",
                                         "{[''] = 1}",
                                         "{1, 2, 3}",
                                         "{1, 2, id = 3, name = 4, share = 5}",
                                         "{['id\\0'] = 1, ['na\\0me'] = 2}"};
    learn("{id = 1, name = 'ping', share = 0.5}");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        read(others[i]);
    cr_assert_eq(read("{id = 1, nbme = 'a', share = 2}"), FLAT_STRANGE);
    read("{id = 1, name = 'a', share = 2, more = 3}");
    cr_assert_eq(read("{id = 1, name = 2, share = 3}"), FLAT_KNOWN);
}

Test(keys, learning_forgets_what_was_known)
{
    learn("{id = 1, name = 'ping', share = 0.5}");
    struct keys *first = keys;
    learn("{x = 1, y = 2}");
    cr_assert_eq(keys, first);
    cr_assert_eq(read("{x = 3, y = 4}"), FLAT_KNOWN);
    cr_assert_eq(read("{id = 1, name = 2, share = 3}"), FLAT_STRANGE);
}

Test(keys, zeros_are_part_of_a_key)
{
    learn("{['a\\0b'] = 1, ['\\0'] = 2}");
    cr_assert_eq(read("{['a\\0b'] = 3, ['\\0'] = 4}"), FLAT_KNOWN);
    cr_assert_eq(read("{['a\\0c'] = 3, ['\\0\\0'] = 4}"), FLAT_STRANGE);
    learn("{[''] = 1}");
    cr_assert_eq(read("{[''] = 2}"), FLAT_KNOWN);
}

/* The longest that is learned, and one byte more, which ends the list. */
Test(keys, long_keys_are_looked_up)
{
    learn("{[('k'):rep(15)] = 1}");
    cr_assert_eq(keys->count, 1);
    cr_assert_eq(read("{[('k'):rep(15)] = 2}"), FLAT_KNOWN);
    cr_assert_eq(read("{[('k'):rep(14)] = 2}"), FLAT_STRANGE);
    learn("{[('k'):rep(16)] = 1}");
    cr_assert_eq(keys->count, 0);
    cr_assert_eq(read("{[('k'):rep(16)] = 2}"), FLAT_STRANGE);
    cr_assert_eq(read("{[('k'):rep(63)] = 2}"), FLAT_STRANGE);
}

Test(keys, more_keys_than_there_is_room_for)
{
    const char *twelve = "{a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12}";
    learn(twelve);
    cr_assert_eq(keys->count, KEYS_MAX);
    cr_assert_eq(read(twelve), FLAT_KNOWN);
}

Test(keys, nothing_is_learned_from_sequences)
{
    learn("{1, 2, 3}");
    learn("{}");
    learn("{1, id = 2}");
    cr_assert_null(keys);
    learn("{id = 1}");
    learn("{1, 2, 3}");
    cr_assert_eq(read("{id = 2}"), FLAT_KNOWN);
}

/* The last reference to the strings is that of the keys. */
Test(keys, the_collector_leaves_them)
{
    char text[100];
    snprintf(text, sizeof text, "{['k' .. %d] = 1, ['%s' .. 'q'] = 2}", 4711, "zz");
    learn(text);
    lua_settop(L, 0);
    for (int i = 0; i < 3; i++) {
        lua_gc(L, LUA_GCCOLLECT, 0);
        luaL_dostring(L, "local t = {} for i = 1, 1000 do t[i] = 'other' .. i end");
        lua_settop(L, 0);
    }
    cr_assert_eq(read(text), FLAT_KNOWN);
}

Test(keys, patience_grows_to_its_limit)
{
    for (unsigned i = 0, expected = 8; i < 10; i++) {
        learn("{id = 1}");
        expected = expected < 128 ? expected * 2 : 128;
        cr_assert_eq(keys_patience(keys), expected);
    }
}

static bool has_value(unsigned index, const char *text)
{
    const struct keys_text *value = &keys->values[index];
    return value->size == strlen(text) + 1 && memcmp(value->bytes + 1, text, strlen(text)) == 0;
}

static void read_times(int times, const char *text)
{
    for (; times > 0; times--)
        cr_assert_eq(read(text), FLAT_KNOWN, "%s", text);
}

Test(keys, strings_that_are_values_are_learned_too)
{
    learn("{id = 'first'}");
    cr_assert(has_value(0, "first"));
    read_times(3, "{id = 'first'}");
    read_times(1, "{id = 'firsT'}");
    read_times(1, "{id = 'first\\0'}");
    read_times(1, "{id = ''}");
    cr_assert(has_value(0, "first"));
    learn("{id = ''}");
    cr_assert(has_value(0, ""));
    read_times(2, "{id = ''}");
    read_times(2, "{id = 'x'}");
}

Test(keys, other_values_and_long_strings_are_not_learned)
{
    static const char *const values[] = {"1", "-1", "0.5", "true", "('v'):rep(16)", "('v'):rep(63)"};
    char text[60];
    learn("{id = ('v'):rep(15)}");
    cr_assert_eq(keys->values[0].size, KEYS_TEXT);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        snprintf(text, sizeof text, "{id = %s}", values[i]);
        read_times(40, text);
        cr_assert_eq(keys->values[0].size, KEYS_TEXT, "%s", text);
        learn(text);
        cr_assert_eq(keys->values[0].size, 0, "%s", text);
        read_times(2, "{id = 'short'}");
        learn("{id = ('v'):rep(15)}");
    }
}

/* Sixteen may be other ones, the next is learned; what is known in between counts for nothing. */
Test(keys, a_value_that_has_changed_is_learned_later)
{
    learn("{id = 'old'}");
    read_times(16, "{id = 'new'}");
    read_times(5, "{id = 'old'}");
    cr_assert(has_value(0, "old"));
    read_times(1, "{id = 'new'}");
    cr_assert(has_value(0, "new"));
    read_times(16, "{id = 'old'}");
    cr_assert(has_value(0, "new"));
    learn("{id = 5}");
    read_times(17, "{id = 'one'}");
    cr_assert(has_value(0, "one"));
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
    read_times(1, "{id = 'one'}");
}

/* Each field has its turn. */
Test(keys, of_several_values_all_that_stay_are_learned)
{
    char text[80];
    learn("{a = 1, b = 2, c = 3, d = 4}");
    for (int i = 0; i < 17 * 5; i++) {
        snprintf(text, sizeof text, "{a = 'x%d', b = 'y%d', c = 'stays', d = 'z%d'}", i, i, i);
        read_times(1, text);
    }
    for (unsigned i = 0; i < 4; i++) {
        bool is_c = keys->keys[i].bytes[1] == 'c';
        cr_assert_eq(has_value(i, "stays"), is_c);
        cr_assert_gt(keys->values[i].size, 0);
    }
}

Test(keys, nothing_is_learned_of_what_is_cut_off)
{
    learn("{id = 'first'}");
    size_t length = encode("{id = 'second'}");
    for (int i = 0; i < 40; i++) {
        unsigned char *cut = memcpy(malloc(length - 1), bytes, length - 1);
        cr_assert_eq(flat_decode(L, keys, cut, length - 1), FLAT_NOT);
        free(cut);
    }
    cr_assert(has_value(0, "first"));
    read_times(1, "{id = 'first'}");
    read_times(1, "{id = 'second'}");
}

/* Corrupt behind a known key, at each length, and with a value that is not flat. */
Test(keys, what_is_corrupt_is_left_to_others)
{
    learn("{id = 1, name = 'ping', share = 0.5}");
    size_t length = encode("{id = 1, name = 'ping', share = 0.5}");
    lua_settop(L, 0);
    for (size_t part = 0; part < length; part++) {
        unsigned char *cut = memcpy(malloc(part + 1), bytes, part);
        cr_assert_eq(flat_decode(L, keys, cut, part), FLAT_NOT);
        cr_assert_eq(lua_gettop(L), 0);
        free(cut);
    }
    learn("{a = 1}");
    lua_settop(L, 0);
    static const unsigned char nil[] = {
        1, WIRE_FLAT8, 0, 2, WIRE_STRING + 1, 'a', WIRE_NIL, WIRE_STRING + 1, 'b', 1, WIRE_STRING + 1, 'c', 2};
    cr_assert_eq(flat_decode(L, keys, nil, sizeof nil), FLAT_NOT);
    cr_assert_eq(lua_gettop(L), 0);
}
