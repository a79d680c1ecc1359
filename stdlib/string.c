/* SPDX-License-Identifier: MIT */
/*
 * The table of the string library, and reading its arguments.
 */
#include "stdlib/string.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/string_lib.h"
#include "vm/error.h"

const char *string_of(lua_State *L, int index, size_t *length)
{
    if (likely(lua_isstring(L, index)))
        return lua_tolstring(L, index, length);
    return error_or_string(L, index, length);
}

const char *string_arg(lua_State *L, int arg, size_t *length)
{
    const char *text = string_of(L, arg, length);
    return likely(text != NULL) ? text : luaL_checklstring(L, arg, length);
}

lua_Integer string_position(lua_Integer index, size_t length)
{
    if (index >= 0)
        return index;
    return 0u - (size_t)index > length ? 0 : (lua_Integer)length + index + 1;
}

const struct lazy_entry std_string_entries[] = {
    LAZY_F("byte", string_byte),
    LAZY_F("char", string_char),
    LAZY_F("find", string_find),
    LAZY_F("format", string_format),
    LAZY_F("gmatch", string_gmatch),
    LAZY_F("gsub", string_gsub),
    LAZY_F("len", string_len),
    LAZY_F("lower", string_lower),
    LAZY_F("match", string_match),
    LAZY_F("pack", string_pack),
    LAZY_F("packsize", string_packsize),
    LAZY_F("rep", string_rep),
    LAZY_F("reverse", string_reverse),
    LAZY_F("sub", string_sub),
    LAZY_F("unpack", string_unpack),
    LAZY_F("upper", string_upper),
    LAZY_DONE,
};
