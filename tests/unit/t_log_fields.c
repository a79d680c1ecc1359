/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Log fields are valid JSON whatever the values are, and bounded.
 */
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>

#include "stdlib/log_fields.h"

/* The JSON of the value that the Lua expression gives. */
static void writes(const char *expression, const char *expected)
{
    lua_State *L = luaL_newstate();
    struct log_text text;
    cr_assert(!luaL_dostring(L, lua_pushfstring(L, "return %s", expression)), "%s", lua_tostring(L, -1));
    int top = lua_gettop(L);
    log_text_open(L, &text);
    log_fields_value(L, &text, top);
    cr_assert_eq(text.length, strlen(expected), "%s: %.*s", expression, (int)text.length, text.data);
    cr_assert_eq(memcmp(text.data, expected, text.length), 0, "%s: %.*s", expression, (int)text.length, text.data);
    log_text_close(L, &text);
    cr_assert_eq(lua_gettop(L), top);
    lua_close(L);
}

Test(log_fields, scalars)
{
    writes("nil", "null");
    writes("true", "true");
    writes("-5", "-5");
    writes("2.0", "2.0");
    writes("1e100", "1e+100");
    writes("0/0", "\"nan\"");
    writes("-1/0", "\"-inf\"");
    writes("math and 1 or 'no math'", "\"no math\"");
}

Test(log_fields, strings)
{
    writes("'plain'", "\"plain\"");
    writes("'a\"b\\\\c'", "\"a\\\"b\\\\c\"");
    writes("'\\n\\r\\t\\0\\x1f'", "\"\\n\\r\\t\\u0000\\u001f\"");
    writes("'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

#define BAD "\xef\xbf\xbd"

Test(log_fields, what_is_no_utf8_is_replaced)
{
    writes("'\\xff'", "\"" BAD "\"");
    writes("'a\\xc3'", "\"a" BAD "\"");
    writes("'\\x80b'", "\"" BAD "b\"");
    writes("'\\xc0\\xaf'", "\"" BAD BAD "\"");                   /* overlong */
    writes("'\\xe0\\x80\\xaf'", "\"" BAD BAD BAD "\"");          /* overlong */
    writes("'\\xed\\xa0\\x80'", "\"" BAD BAD BAD "\"");          /* surrogate */
    writes("'\\xf4\\x90\\x80\\x80'", "\"" BAD BAD BAD BAD "\""); /* over U+10FFFF */
    writes("'\\xf0\\x8f\\xbf\\xbf'", "\"" BAD BAD BAD BAD "\""); /* overlong */
    writes("'\\xe2\\x82x'", "\"" BAD BAD "x\"");
}

Test(log_fields, tables)
{
    writes("{}", "{}");
    writes("{1, 'x', {true}}", "[1,\"x\",[true]]");
    writes("{k = {n = 1}}", "{\"k\":{\"n\":1}}");
    writes("{[2.5] = 1}", "{\"2.5\":1}");
    writes("{[true] = 1}", "{\"true\":1}");
    writes("(function() local t = {} t[1] = t return t end)()", "[\"(cycle)\"]");
    writes("(function() local t = {} for _ = 1, 8 do t = {t} end return t end)()",
           "[[[[[[[[\"(nested too deep)\"]]]]]]]]");
}

Test(log_fields, fields_are_taken_back_when_too_long)
{
    lua_State *L = luaL_newstate();
    struct log_text text;
    lua_newtable(L);
    for (int i = 1; i <= 20000; i++) {
        lua_pushinteger(L, i);
        lua_rawseti(L, 1, i);
    }
    lua_pushinteger(L, 1);
    log_text_open(L, &text);
    log_fields_add(L, &text, "a", 1, 2);
    log_fields_add(L, &text, "wide", 4, 1);
    log_fields_add(L, &text, "b", 1, 2);
    const char *expected = "\"a\":1,\"wide\":\"(too long)\",\"b\":1";
    cr_assert_eq(text.length, strlen(expected));
    cr_assert_eq(memcmp(text.data, expected, text.length), 0, "%.*s", (int)text.length, text.data);
    for (int i = 0; i < 20000; i++)
        log_fields_add(L, &text, "another", 7, 2);
    cr_assert_leq(text.length, LOG_TEXT_MAX);
    cr_assert_eq(text.data[text.length - 1], '1');
    lua_close(L);
}

Test(log_fields, long_strings_lose_their_end)
{
    lua_State *L = luaL_newstate();
    struct log_text text;
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 0; i < 20000; i++)
        luaL_addstring(&buffer, "\xe2\x82\xac");
    luaL_pushresult(&buffer);
    int value = lua_gettop(L);
    log_text_open(L, &text);
    log_fields_value(L, &text, value);
    cr_assert_lt(text.length, 8300);
    cr_assert_eq(memcmp(text.data + text.length - 9, "\xe2\x82\xac(cut)\"", 9), 0);
    lua_close(L);
}
